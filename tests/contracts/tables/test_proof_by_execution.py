"""Changes of a schema, really made: what PostgreSQL does to old and new code is what the report says."""

import functools

import pytest

from cartsnitch_contracts.database.export import document_of
from cartsnitch_contracts.diff.tables import compare_databases
from cartsnitch_contracts.inclusion import Verdict
from database_battery import Battery
from database_changes import CHANGES, world
from document_ddl import catalogue

pytestmark = pytest.mark.needs_postgres("error_codes", "schemas", "type_checks", "catalogue")


class Version:
    """One version's models, their document, and everything that their mappers send."""

    def __init__(self, edits):
        self.models = world(edits)
        owners = dict.fromkeys(self.models.metadata.tables, "receiptwitness")
        self.document = document_of(self.models, owners, head="0001")


@functools.cache
def version(edits):
    """The same models for the same edits: their statements are compiled once."""
    return Version(edits)


@pytest.fixture
def connection(db_engine):
    """A connection whose transaction is rolled back, tables included."""
    with db_engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def schema(connection):
    """Make a schema, or go to one that is there: `schema("old")`."""
    made = set()

    def enter(name, version=None):
        if name not in made:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
            made.add(name)
        connection.exec_driver_sql(f"SET LOCAL search_path TO {name}")
        if version is not None:
            version.models.metadata.create_all(connection, checkfirst=False)

    return enter


@pytest.fixture(params=CHANGES, ids=lambda case: case.name)
def case(request):
    """One change."""
    return request.param


@pytest.fixture
def old(case):
    return version(case.old)


@pytest.fixture
def new(case):
    return version(case.new)


def verdicts(findings, direction):
    comparisons = [getattr(finding, direction) for finding in findings]
    return {comparison.verdict for comparison in comparisons}, [
        mismatch for comparison in comparisons for mismatch in comparison.findings
    ]


def test_old_and_new_code_fare_as_it_is_said(case, old, new, connection, schema):
    """What runs on its own schema and fails on the other is a break; what is stored otherwise is unproven."""
    schema("old", old)
    schema("new", new)
    outcome = {}
    for age, version, other in (("old", old, new), ("new", new, old)):
        battery = Battery(version.models, version.document, other.document)
        for place in ("old", "new"):
            schema(place)
            outcome[age, place] = battery.run(connection)
    found = {
        "there": compare_databases(old.document, new.document),
        "back": compare_databases(new.document, old.document),
    }

    for way, direction, age, place in (
        ("there", "forward", "new", "old"),
        ("there", "backward", "old", "new"),
        ("back", "forward", "old", "new"),
        ("back", "backward", "new", "old"),
    ):
        own, other = outcome[age, age], outcome[age, place]
        works = {name for name, seen in own.items() if not seen.sqlstate}
        assert len(works) > len(own) / 3, {name: own[name] for name in own if name not in works}
        broken = {name: other[name].sqlstate for name in works if other[name].sqlstate}
        altered = {name for name in works - broken.keys() if other[name].stored != own[name].stored}
        altered |= {
            name for name in own.keys() - works if name.startswith("delete") and not other[name].sqlstate
        }
        said, mismatches = verdicts(found[way], direction)
        claimed = {mismatch.witness["sqlstate"] for mismatch in mismatches if mismatch.witness}
        where = f"{way} {direction}: {age} code on the {place} schema"
        assert (Verdict.BREAKING in said) == bool(broken), (where, said, broken)
        assert set(broken.values()) <= claimed, (where, broken)
        if not broken and not case.undecided:
            assert (Verdict.UNPROVEN in said) == bool(altered), (where, said, altered, mismatches)
    for way, rule, order in zip(("there", "back"), case.rules, case.orders, strict=True):
        assert [finding.rule for finding in found[way]] == [rule], way
        assert found[way][0].order is order, way


def test_every_witness_shows_what_it_says(case, old, new, connection, schema):
    """The statement of each finding, run on the schema it is about, fails with that code and message."""
    schema("old", old)
    schema("new", new)
    findings = compare_databases(old.document, new.document)

    for direction, place in (("forward", "old"), ("backward", "new")):
        for mismatch in verdicts(findings, direction)[1]:
            if mismatch.witness is None:
                continue
            schema(place)
            seen = run(connection, mismatch.witness)
            assert seen == (mismatch.witness["sqlstate"], mismatch.witness["message"]), mismatch.witness


def test_the_migration_leads_to_what_the_document_says(case, old, new, connection, schema):
    """The DDL makes the new models' tables of the old ones."""
    schema("migrated", old)
    for statement in case.ddl:
        connection.exec_driver_sql(statement)
    migrated = catalogue(connection)
    schema("new", new)

    assert migrated == catalogue(connection)


def test_a_note_says_whether_the_migration_itself_fails(case, old, new, connection, schema):
    """On rows that the old code could store, it fails just where the note says so."""
    schema("filled", old)
    notes = [
        note
        for finding in compare_databases(old.document, new.document)
        for note in finding.notes
        if " itself fails " in note
    ]

    fails = Battery(old.models, old.document, new.document).stops(connection, case.ddl)

    assert fails == bool(notes) or case.undecided, notes


def run(connection, witness):
    """PostgreSQL's code and message for a witness; None when it takes it."""
    from sqlalchemy.exc import DBAPIError

    with connection.begin_nested() as savepoint:
        try:
            for statement in witness.get("before", ()):
                connection.exec_driver_sql(statement)
            refused = None
        except DBAPIError as error:
            refused = ("before", str(error.orig))
        try:
            if refused is None:
                connection.exec_driver_sql(witness["sql"])
        except DBAPIError as error:
            refused = (error.orig.sqlstate, error.orig.diag.message_primary)
        if refused is not None:
            savepoint.rollback()
    return refused
