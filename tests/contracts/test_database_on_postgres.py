"""The database document against PostgreSQL and the mappers themselves."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from cartsnitch_common.models import Base
from cartsnitch_contracts.database.document import Sends, Sets
from cartsnitch_contracts.database.export import document
from document_ddl import catalogue, statements

pytestmark = pytest.mark.needs_postgres("catalogue", "schemas", "migrations", "uuid", "jsonb")

DOCUMENT = document()
MAPPERS = {str(mapper.local_table): mapper for mapper in Base.registry.mappers}
VALUES = {"numeric": Decimal(1), "date": date(2026, 3, 10), "timestamp": datetime(2026, 3, 10, tzinfo=UTC)}


@pytest.fixture
def sent(db_engine):
    """The statements that went to the server, each with its parameters."""
    seen = []

    def remember(*arguments):
        seen.append(arguments[2:4])

    event.listen(db_engine, "before_cursor_execute", remember)
    yield seen
    event.remove(db_engine, "before_cursor_execute", remember)


def smallest(session, name):
    """A row with nothing but the attributes that the document calls needed, stored with its parents."""
    table, mapper = DOCUMENT.tables[name], MAPPERS[name]
    parents = {key.columns[0]: key.table for key in table.foreign_keys.values()}
    values = {}
    for column, what in table.columns.items():
        if what.insert is not Sends.VALUE:
            continue
        if column in parents:
            value = smallest(session, parents[column]).id
        else:
            kind = re.match(r"\w+", what.type)[0]
            value = (*table.values_of(column), VALUES.get(kind, "MI"))[0]
        values[mapper.get_property_by_column(mapper.local_table.c[column]).key] = value
    if name == "stores":
        found = session.scalar(select(mapper.class_).where(mapper.class_.slug == values["slug"]))
        if found is not None:
            return found
    row = mapper.class_(**values)
    session.add(row)
    session.flush()
    return row


def test_a_migrated_database_has_just_what_the_document_says(db_engine):
    """Tables made from the document alone are, in PostgreSQL's own words, those that the migrations made."""
    with db_engine.connect() as connection:
        migrated = catalogue(connection)
        connection.exec_driver_sql("CREATE SCHEMA documented")
        connection.exec_driver_sql("SET LOCAL search_path TO documented")
        for statement in statements(DOCUMENT):
            connection.exec_driver_sql(statement)
        documented = catalogue(connection)
        connection.rollback()

    assert documented == migrated
    assert {table for _, table, _ in migrated} == set(DOCUMENT.tables)


@pytest.mark.parametrize("name", sorted(DOCUMENT.tables))
def test_a_mapper_inserts_what_the_document_says(db_session, sent, name):
    """With the needed attributes alone: values, explicit NULLs, and nothing where the server is to decide."""
    smallest(db_session, name)

    statement, parameters = next(
        pair for pair in reversed(sent) if pair[0].startswith(f"INSERT INTO {name} ")
    )
    named = re.search(r"\((.*?)\) VALUES", statement)[1].split(", ")
    seen = {
        column: Sends.OMITTED if column not in named else parameters[column] is not None
        for column in DOCUMENT.tables[name].columns
    }
    said = {
        column: {Sends.OMITTED: Sends.OMITTED, Sends.NULL: False}.get(what.insert, True)
        for column, what in DOCUMENT.tables[name].columns.items()
    }
    assert seen == said


@pytest.mark.parametrize("name", sorted(DOCUMENT.tables))
def test_a_mapper_selects_every_column(db_session, sent, name):
    """A SELECT names all columns of the document, so that none can go while a reader is about."""
    db_session.scalars(select(MAPPERS[name].class_)).all()

    named = re.findall(rf"{name}\.(\w+)", sent[-1][0].partition(" \nFROM")[0])
    assert named == list(DOCUMENT.tables[name].columns)


@pytest.mark.parametrize("name", sorted(DOCUMENT.tables))
def test_a_mapper_updates_what_the_document_says(db_session, sent, name):
    """An UPDATE names what was changed, and what changes at every update."""
    row = smallest(db_session, name)
    row.created_at = datetime(2020, 1, 1, tzinfo=UTC)
    db_session.flush()

    named = set(re.findall(r"(\w+)=", sent[-1][0].partition(" WHERE")[0]))
    each = {column for column, what in DOCUMENT.tables[name].columns.items() if what.update is Sets.EACH}
    assert named == {"created_at"} | each
