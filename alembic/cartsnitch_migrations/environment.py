"""What Alembic runs for every command: connect, wait for one's turn, migrate."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cartsnitch_common.config import get_settings
from cartsnitch_common.models import Base
from cartsnitch_migrations.connection import WAIT, alone, connected, engine_for, explain, take_turn
from cartsnitch_migrations.differences import COMPARISON
from cartsnitch_migrations.history import refuse_unknown
from cartsnitch_migrations.rendering import render_item

OPTIONS: dict[str, Any] = {
    **COMPARISON,
    "render_item": render_item,
    "transaction_per_migration": True,  # a table is locked for its own revision, not for all that follow
}


def run() -> None:
    """Run Alembic's current command.

    The database is that of `config.attributes["connection"]`, else of `config.attributes["url"]`, else of the
    settings (`database_url_sync`).

    Raises:
        DatabaseUnavailableError: no server answers.
        MigrationError: the database is newer than this package, another migration does not end, or a
            revision failed.
    """
    attributes = context.config.attributes
    try:
        if context.is_offline_mode():
            _print()
        elif "connection" in attributes:
            _run_within(attributes["connection"])
        else:
            _run_on(attributes.get("url") or get_settings().database_url_sync)
    except DBAPIError as error:
        raise explain(error) from error


def _print() -> None:
    _configure(dialect_name="postgresql", literal_binds=True, dialect_opts={"paramstyle": "named"})
    milliseconds = round(get_settings().database_lock_timeout * 1000)
    context.execute(f"SET lock_timeout = {milliseconds}")
    context.execute("SET statement_timeout = 0")
    with context.begin_transaction():
        context.run_migrations()


def _run_on(url: str) -> None:
    attributes = context.config.attributes
    with (
        engine_for(url, lock_timeout=attributes.get("lock_timeout")) as engine,
        connected(engine) as connection,
    ):
        _configure(connection=connection)
        changes = not context.get_context().opts.get("dont_mutate")
        with alone(engine, wait=attributes.get("wait", WAIT)) if changes else nullcontext():
            _migrate()


def _run_within(connection: Connection) -> None:
    with nullcontext() if connection.in_transaction() else connection.begin():
        take_turn(connection, wait=context.config.attributes.get("wait", WAIT))
        _configure(connection=connection)
        _migrate()


def _configure(**where: Any) -> None:
    metadata = context.config.attributes.get("metadata", Base.metadata)
    context.configure(target_metadata=metadata, process_revision_directives=number, **where, **OPTIONS)


def _migrate() -> None:
    state = context.get_context()
    if not state.purge:
        refuse_unknown(state.get_current_heads(), context.script)
    with context.begin_transaction():
        context.run_migrations()


def number(
    state: MigrationContext,
    heads: str | Iterable[str | None] | Iterable[str],
    directives: list[MigrationScript],
) -> None:
    """Give a new revision the number after the newest (`0002`) instead of random digits."""
    script = context.script
    for directive in directives:
        newest = script.get_current_head() or "0"
        directive.rev_id = f"{int(newest) + 1:04d}"
