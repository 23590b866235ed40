"""The revisions that this package brings along, oldest first."""

from collections.abc import Collection
from importlib.metadata import version
from importlib.resources import files

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from cartsnitch_common.errors import MigrationError

FILE_TEMPLATE = "%%(rev)s_%%(slug)s"  # as in alembic.ini; ConfigParser halves the percent signs


def config(target: str | URL | Connection | None = None) -> Config:
    """What `alembic.command` functions take to work on this history, from a checkout or an installed wheel.

    `target` is a database URL; or a connection, which is then used as it stands: everything happens in its
    transaction (one is begun and committed where it has none), under its own timeouts. Without a target the
    settings name the database.
    """
    made = Config()
    made.set_main_option("script_location", str(files(__package__)).replace("%", "%%"))
    made.set_main_option("file_template", FILE_TEMPLATE)
    made.set_main_option("path_separator", "os")
    made.set_main_option("revision_environment", "true")
    if target is not None:
        made.attributes["connection" if isinstance(target, Connection) else "url"] = target
    return made


def revisions(script: ScriptDirectory | None = None) -> list[str]:
    """The ids of all revisions, oldest first."""
    script = script or ScriptDirectory.from_config(config())
    return [revision.revision for revision in script.walk_revisions()][::-1]


def head() -> str:
    """The id of the newest revision."""
    return revisions()[-1]


def refuse_unknown(heads: Collection[str], script: ScriptDirectory | None = None) -> None:
    """Explain a database at revisions that `script` (this package's, unless given) does not have.

    Raises:
        MigrationError: there is such a revision.
    """
    known = revisions(script)
    unknown = sorted(set(heads) - set(known))
    if unknown:
        raise MigrationError(
            f"The database is at revision {', '.join(unknown)}, which cartsnitch-common "
            f"{version('cartsnitch-common')} does not know (it knows {known[0]} to {known[-1]}): "
            "a newer version has migrated it.\n"
            "Install that version, or a later one, here. To bring the database back instead, run "
            f"`cartsnitch db downgrade {known[-1]}` with the newer version."
        )
