"""What a service does in the database: it has the migrated schema, and keeps to its own tables."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import NullPool, create_engine

from cartsnitch_contracts.database.allowances import Allowance, granted, objections
from cartsnitch_contracts.database.grants import grants_of
from cartsnitch_contracts.library import database
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.histories import migrations_of
from cartsnitch_contracts.service.powers import may_create, privileges
from cartsnitch_contracts.service.promise import NOBODY, BrokenPromise, Promise
from cartsnitch_contracts.service.tables import own_tables
from cartsnitch_contracts.topology import title


def promises(config: ServiceConfig) -> Iterator[Promise]:
    """The schema, the grants, no migrations of its own, and one for each exception that is allowed.

    None for a service that declares not to use the database.
    """
    if not config.database.use:
        return

    def schema(database_url: str) -> None:
        check_schema(config, database_url)

    def grants(service_database_url: str) -> None:
        check_grants(config, service_database_url)

    def migrations() -> None:
        check_migrations(config)

    yield Promise("database", "schema", NOBODY, "schema", schema, needs=("migrations",))
    yield Promise("database", "grants", NOBODY, "grants", grants, needs=("roles",))
    yield Promise("database", "migrations", NOBODY, "no migrations", migrations)
    for number, allowance in enumerate(config.database.allow):
        yield _exception(config, allowance, number)


def check_schema(config: ServiceConfig, database_url: str) -> None:
    """The models fit the migrated schema, and the service defines no table of its own, or anew.

    Raises:
        BrokenPromise: they differ, or it does; each difference is a line.
    """
    from cartsnitch_migrations import check  # noqa: PLC0415 - half a second, which the other kinds need not wait

    lines = [
        f"{table.module} defines {table.name} anew: import its model from cartsnitch_common.models"
        if table.again
        else f"{table.module} defines {table.name}, which no migration of cartsnitch-common makes"
        for table in own_tables(config)
    ]
    _break(
        f"{config.service} does not fit the migrated schema.",
        lines or check(database_url),
        "use the models of cartsnitch-common as they are, and add there what they lack",
    )


def check_grants(config: ServiceConfig, service_database_url: str) -> None:
    """Postgres lets the service's role use its own tables, and refuses it every other, and the schema.

    Raises:
        BrokenPromise: it lets it do more, or less.
    """
    document = database()
    grants = grants_of(document, config.service, granted(config.database.allow))
    lines = []
    with create_engine(service_database_url, poolclass=NullPool).connect() as connection:
        for name, table in document.tables.items():
            access = grants.tables.get(name)
            due, has = set(access.privileges if access else ()), privileges(connection, document, name)
            if has - due:
                lines.append(f"it may {_listed(has - due)} {name}, which is {title(table.owner)}'s")
            if due - has:
                lines.append(f"it may not {_listed(due - has)} {name}")
        if may_create(connection):
            lines.append("it may CREATE tables")
    _break(
        f"The role that {config.service} logs in as has other grants than the service.",
        lines,
        "leave the fixtures database_url and service_database_url as the kit has them",
    )


def check_migrations(config: ServiceConfig) -> None:
    """The service's repository has no migrations: all of the schema's history is in cartsnitch-common.

    Raises:
        BrokenPromise: it has.
    """
    _break(
        f"{config.service} carries migrations of its own, and only cartsnitch-common may.",
        [f"{path.relative_to(config.folder)} {what}" for path, what in migrations_of(config.folder)],
        "bring the change to the models and migrations of cartsnitch-common, and remove these",
    )


def check_allowance(config: ServiceConfig, allowance: Allowance, today: date) -> None:
    """An exception is still needed, and its day is not past.

    Raises:
        BrokenPromise: it is past, or stale.
    """
    stated = _stated_tables(config)
    found = objections(
        config.database.allow,
        database(),
        config.service,
        today=today,
        reads=stated.get("reads"),
        writes=stated.get("writes"),
    )
    for entry, said in found:
        if entry is allowance:
            line = config.line_of("database", "allow", allowance.table)
            raise BrokenPromise(f"{config.path.name}:{line}: {said}")


def _exception(config: ServiceConfig, allowance: Allowance, number: int) -> Promise:
    table = database().tables.get(allowance.table)
    twice = any(each.table == allowance.table for each in config.database.allow[:number])

    def check() -> None:
        check_allowance(config, allowance, datetime.now(UTC).date())

    return Promise(
        "database",
        f"allow-{allowance.table}" + (f"-{number + 1}" if twice else ""),
        title(table.owner) if table else NOBODY,
        "allow-list",
        check,
    )


def _stated_tables(config: ServiceConfig) -> dict[str, Any]:
    """The tables that the service's own statement has; none while there is none, or it is a lower bound."""
    file = config.folder / "contracts" / f"{config.service}.json"
    stated = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    tables: dict[str, Any] = stated.get("tables", {})
    return tables if tables.get("complete", True) else {}


def _break(what: str, lines: Sequence[str], fix: str) -> None:
    if lines:
        raise BrokenPromise("\n".join((what, *(f"  {line}" for line in lines), f"fix      {fix}")))


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words))
