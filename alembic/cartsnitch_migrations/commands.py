"""Bring a database along the history, and ask where it stands."""

from collections.abc import Callable

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from cartsnitch_common.errors import MigrationError
from cartsnitch_common.models import Base
from cartsnitch_migrations.connection import WAIT, connected, engine_for
from cartsnitch_migrations.differences import COMPARISON, describe, overlooked
from cartsnitch_migrations.history import config, head, refuse_unknown, revisions


def upgrade(
    target: str | URL | Connection,
    revision: str = "head",
    *,
    lock_timeout: float | None = None,
    wait: float = WAIT,
) -> None:
    """Bring a database up to `revision`: an id, "head" or a step like "+1".

    Each revision is a transaction of its own. A connection is migrated within its own transaction, if it has
    one, and under its own timeouts. A table in use is waited for `lock_timeout` seconds (without it
    `CARTSNITCH_DATABASE_LOCK_TIMEOUT`; 0 has no limit), another migration `wait` seconds.

    Raises:
        ConfigurationError: that is no database URL.
        DatabaseUnavailableError: no server answers.
        MigrationError: no such revision, the database is newer than this package or no PostgreSQL, another
            migration does not end, or a revision failed.
    """
    _run(command.upgrade, target, revision, lock_timeout, wait)


def downgrade(
    target: str | URL | Connection, revision: str, *, lock_timeout: float | None = None, wait: float = WAIT
) -> None:
    """Bring a database back to `revision`: an id, "base" (empty) or a step like "-1". Data is lost by it.

    Raises:
        What `upgrade` raises.
    """
    _run(command.downgrade, target, revision, lock_timeout, wait)


def current(url: str | URL) -> str | None:
    """The revision that a database is at; None is one that was never migrated.

    Raises:
        ConfigurationError, DatabaseUnavailableError, MigrationError: as from `upgrade`.
    """
    with engine_for(url) as engine, connected(engine) as connection:
        return _known_revision(MigrationContext.configure(connection))


def check(url: str | URL) -> list[str]:
    """How a database differs from the models, in sentences; an empty list when it does not.

    Raises:
        ConfigurationError, DatabaseUnavailableError, MigrationError: as from `upgrade`.
    """
    with engine_for(url) as engine, connected(engine) as connection:
        state = MigrationContext.configure(connection, opts=dict(COMPARISON))
        revision = _known_revision(state)
        found = describe(compare_metadata(state, Base.metadata), connection.dialect)
        found += overlooked(connection, Base.metadata)
    if revision != head():
        found.insert(0, f"the database is at revision {revision or 'none'}, the package at {head()}")
    return found


def _known_revision(state: MigrationContext) -> str | None:
    heads = state.get_current_heads()
    refuse_unknown(heads)
    return max(heads, default=None)


def _run(
    action: Callable[[Config, str], None],
    target: str | URL | Connection,
    revision: str,
    lock_timeout: float | None,
    wait: float,
) -> None:
    settings = config(target)
    settings.attributes |= {"lock_timeout": lock_timeout, "wait": wait}
    try:
        action(settings, revision)
    except CommandError as error:
        raise MigrationError(
            f"{str(error).rstrip('.')}. The revisions are {', '.join(revisions())}; "
            "`head` is the newest and `base` an empty database."
        ) from None
