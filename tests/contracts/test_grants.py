"""What a service may do in the database, and what is allowed beyond that for a while."""

from datetime import date

import pytest

from cartsnitch_common.constants import Service
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.database.allowances import Allowance, granted, objections
from cartsnitch_contracts.database.granting import grant_script
from cartsnitch_contracts.database.grants import Access, grants_of
from cartsnitch_contracts.database.instead import instead_of
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.service.config import load

TODAY = date(2026, 6, 1)
ENTRY = '{table = "stores", access = "read", reason = "no call yet", expires = 2026-12-31}'


@pytest.fixture
def document():
    return snapshot().database


@pytest.fixture
def allow(tmp_path):
    """The allow-list of a pyproject.toml with these entries."""

    def allow(*entries):
        file = tmp_path / "pyproject.toml"
        lines = ["[tool.cartsnitch]", 'service = "stickershock"', "[tool.cartsnitch.database]", "allow = ["]
        file.write_text("\n".join([*lines, *(f"    {entry}," for entry in entries), "]\n"]), encoding="utf-8")
        return load(file).database.allow

    return allow


@pytest.mark.parametrize("service", Service)
def test_every_table_has_one_writer(document, service):
    """A service writes what it owns and reads the schema's version; each other table is refused it."""
    grants = grants_of(document, service)

    written = {name for name, access in grants.tables.items() if access is Access.WRITE}
    assert written == {name for name, table in document.tables.items() if table.owner == service}
    assert grants.tables.keys() - written == {"alembic_version"}
    assert grants.refused == {
        name: table.owner for name, table in document.tables.items() if table.owner != service
    }


def test_a_service_that_nobody_knows_is_refused(document):
    """The error lists those that there are."""
    with pytest.raises(DocumentError, match=r"'stickershok'\. Did you mean stickershock\? There are: rec"):
        grants_of(document, "stickershok")


def test_what_is_allowed_is_granted(document, allow):
    """A table of another service becomes readable, and is not refused any more."""
    grants = grants_of(document, "stickershock", granted(allow(ENTRY)))

    assert grants.tables["stores"] is Access.READ
    assert "stores" not in grants.refused


def test_no_allow_list_is_an_empty_one(tmp_path):
    """A service that keeps the rule writes none."""
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.cartsnitch]\nservice = "stickershock"\n', encoding="utf-8")

    assert load(file).database.allow == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('"stores"', "An entry of the allow-list names no table"),
        (ENTRY.replace('"read"', '"all"'), "stores is allowed with the access 'all', which is not known"),
        (ENTRY.replace('"no call yet"', '" "'), "stores is allowed for no reason"),
        (ENTRY.replace("2026-12-31", '"soon"'), "stores is allowed, and that expires on no day: 'soon'"),
        (ENTRY.replace("2026-12-31", "2026-12-31T00:00:00Z"), "stores is allowed, and that expires on"),
        (ENTRY.replace("reason", "why"), "stores is allowed with 'why', which means nothing"),
    ],
)
def test_an_entry_says_all_that_it_must(allow, entry, said):
    """What is missing is named with its line, and the message shows a whole entry."""
    users = ENTRY.replace("stores", "users")

    with pytest.raises(ConfigurationError, match=rf"^pyproject.toml:6: {said}") as refused:
        allow(users, entry)

    assert 'Write {table = "stores", access = "read"' in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('database = "all"', "database holds a list of what is allowed"),
        ('database = {allow = "all"}', "database holds a list of what is allowed"),
        ('database = {use = "no"}', "use is a text, but must be true or false"),
        ("database = {alow = []}", "There is no setting 'alow'. Did you mean allow?"),
    ],
)
def test_the_list_is_one(tmp_path, setting, said):
    """What else stands in its place is refused with its line."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f'[tool.cartsnitch]\nservice = "stickershock"\n{setting}\n', encoding="utf-8")

    with pytest.raises(ConfigurationError, match=rf"^pyproject.toml:3: {said}"):
        load(file)


@pytest.mark.parametrize(
    ("service", "entry", "said"),
    [
        (
            "stickershock",
            ENTRY.replace("2026-12-31", "2026-05-31"),
            "stores was allowed until 2026-05-31: no c",
        ),
        ("receiptwitness", ENTRY, "stores is ReceiptWitness's own"),
        ("stickershock", f"{ENTRY},\n    {ENTRY}", "stores is listed twice"),
        ("stickershock", ENTRY.replace("stores", "users"), "users is not read any more"),
        ("stickershock", ENTRY.replace('"read"', '"write"'), "stores is not written any more"),
    ],
)
def test_an_entry_that_is_past_or_of_no_use_is_objected_to(document, allow, service, entry, said):
    """As a waiver is, with what to do."""
    found = list(objections(allow(entry), document, service, today=TODAY, reads={"stores"}, writes=set()))

    assert [line[: len(said)] for _, line in found] == [said]


def test_an_entry_for_no_table_is_objected_to(document):
    """It may have been one in the release before; where it is declared it is refused anyway."""
    entry = Allowance("shops", Access.READ, "no call yet", TODAY)

    ((_, line),) = objections([entry], document, "stickershock", today=TODAY)

    assert line.startswith("shops is no table of the database")


def test_an_entry_holds_until_the_end_of_its_day(document, allow):
    """On the day itself it is still allowed, and a service that does not say what it reads is believed."""
    entries = allow(ENTRY)

    assert not list(objections(entries, document, "stickershock", today=date(2026, 12, 31)))


@pytest.mark.parametrize("role", ["", "r" * 64, "ü" * 32, "public", "pg_monitor", "a\0b", "a$cartsnitch$b"])
def test_a_name_that_no_role_can_have_is_refused(document, role):
    """Postgres would cut it silently or refuse it half way."""
    with pytest.raises(DocumentError, match="Give another --role"):
        grant_script(grants_of(document, "stickershock"), role)


def test_every_call_that_stands_for_a_table_is_served_by_its_owner(document):
    """The REST document of the table's owner has the operation."""
    rest = snapshot().rest
    instead = {name: instead_of(name) for name in document.tables}

    served = {
        name: rest[document.tables[name].owner].operation(operation).name
        for name, operation in instead.items()
        if operation
    }
    assert served == {name: operation for name, operation in instead.items() if operation}
    assert {name for name, operation in instead.items() if not operation} == {
        "store_locations",
        "stores",
        "users",
    }
