"""Findings about the database: what they say of services, orders, steps and the migration."""

import itertools
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from cartsnitch_common.constants import Service
from cartsnitch_contracts.database import loads
from cartsnitch_contracts.database.document import Column, Sends, enum_check
from cartsnitch_contracts.database.export import document, document_of
from cartsnitch_contracts.diff.consumers import Consumer, Read
from cartsnitch_contracts.diff.report import Impact, Order
from cartsnitch_contracts.diff.tables import compare_databases
from cartsnitch_contracts.diff.tables.objections import objections
from cartsnitch_contracts.diff.tables.sqltypes import SqlType, parse
from cartsnitch_contracts.inclusion import Verdict
from database_changes import CHANGES, world

OLD = document()


def changed(table, **parts):
    """The package's own document with another table."""
    return replace(OLD, tables={**OLD.tables, table: replace(OLD.tables[table], **parts)})


def with_column(table, name, column):
    return changed(table, columns={**OLD.tables[table].columns, name: column})


def impacts(finding):
    return {effect.service: effect.impact for effect in finding.effects}


def reasons(finding):
    return {effect.service: effect.reason for effect in finding.effects}


def test_a_document_agrees_with_itself():
    """Nothing changed is nothing found."""
    assert compare_databases(OLD, OLD) == []


def test_a_column_that_needs_a_value_stops_its_owner_alone():
    """The report of a new column NOT NULL: the owner's INSERT fails, the others' SELECTs run."""
    new = with_column("purchases", "currency", Column("character varying(3)"))

    (finding,) = compare_databases(OLD, new)

    assert (finding.subject, finding.place, finding.rule) == ("purchases", "currency", "column-required")
    assert finding.summary == "added varchar(3) NOT NULL, no default"
    assert finding.verdict is Verdict.BREAKING
    assert (finding.order, finding.rollback_is_safe) == (Order.TOGETHER, False)
    assert finding.backward.witness["sqlstate"] == "23502"
    assert finding.backward.witness["sql"].startswith("INSERT INTO purchases (id, user_id, store_id, ")
    assert finding.notes == ("the migration itself fails if purchases has rows",)
    assert finding.effects[0].service == "receiptwitness"
    assert list(impacts(finding).values()) == [Impact.STOPS, *[Impact.SAFE] * 4]
    assert reasons(finding)["receiptwitness"] == ("owner; its INSERT on purchases fails once migrated, 23502")
    assert reasons(finding)["api"] == "never writes purchases; its SELECTs run"
    assert finding.steps[1] == "release ReceiptWitness, writing currency"


def test_a_column_that_is_gone_stops_whoever_reads():
    """A SELECT names every column; a service that does not use the table goes on."""
    columns = {name: each for name, each in OLD.tables["purchases"].columns.items() if name != "source_url"}
    services = {"clipartist": Consumer("clipartist", reads_tables=frozenset({"coupons"}))}

    (finding,) = compare_databases(OLD, changed("purchases", columns=columns), services)

    assert (finding.rule, finding.order) == ("column-removed", Order.WRITERS_FIRST)
    stops = {service for service, impact in impacts(finding).items() if impact is Impact.STOPS}
    assert stops == set(map(str, Service)) - {"clipartist"}
    assert reasons(finding)["clipartist"] == "does not use purchases"


def test_a_store_more_breaks_nobody():
    """A value more in an enum's CHECK: migrate first, and readers keep what they do not know."""
    checks = {"ck_stores_slug": enum_check("slug", ["meijer", "kroger", "target", "aldi"])}

    (finding,) = compare_databases(OLD, changed("stores", checks=checks))

    assert (finding.rule, finding.summary) == ("check-widened", "'aldi' added")
    assert (finding.verdict, finding.order) == (Verdict.COMPATIBLE, Order.READERS_FIRST)
    assert finding.rollback_is_safe
    assert set(impacts(finding).values()) == {Impact.SAFE}
    assert reasons(finding)["api"] == "never writes stores; reads an unknown value as it is"
    assert finding.forward.witness["sql"].endswith(
        "VALUES ('00000000-0000-7000-8000-000000000001', 'a', 'aldi')"
    )
    assert finding.notes == ()


def test_a_column_more_that_may_be_null_breaks_nobody():
    """New code needs the migration, older code does not notice it."""
    new = with_column("stores", "phone", Column("character varying(20)", True, None, Sends.NULL))

    (finding,) = compare_databases(OLD, new)

    assert (finding.rule, finding.verdict, finding.order) == (
        "column-added",
        Verdict.COMPATIBLE,
        Order.READERS_FIRST,
    )
    assert finding.forward.witness["sql"] == "SELECT stores.phone FROM stores"


def test_a_service_is_judged_by_the_version_that_it_pins():
    """One whose older models send NULL stops, though those of the base would not."""
    code = Column("character varying(20)", False, "''", Sends.CLIENT)
    base = with_column("stores", "code", replace(code, nullable=True))
    new = with_column("stores", "code", code)
    pinned = with_column("stores", "code", replace(code, nullable=True, insert=Sends.NULL, default=None))

    (finding,) = compare_databases(base, new, pinned={"receiptwitness": pinned})

    assert finding.rule == "column-made-required"
    assert [mismatch.witness["sql"][:6] for mismatch in finding.backward.findings] == ["UPDATE", "INSERT"]
    assert "INSERT" in reasons(finding)["receiptwitness"]


def test_a_writer_that_is_no_owner_is_told():
    """From its own statement; whether its rows do harm, nobody can prove."""
    services = {"shrinkray": Consumer("shrinkray", version="1.2.0", writes_tables=frozenset({"purchases"}))}

    (finding,) = compare_databases(OLD, OLD, services)

    assert (finding.rule, finding.verdict) == ("table-written-by-another", Verdict.UNPROVEN)
    assert finding.summary == "written by ShrinkRay, owned by ReceiptWitness"
    assert [(effect.service, effect.version) for effect in finding.effects] == [("shrinkray", "1.2.0")]


def test_another_owner_means_two_writers_for_a_while():
    """Nothing fails, and the two are named."""
    (finding,) = compare_databases(OLD, changed("coupons", owner="receiptwitness"))

    assert (finding.rule, finding.verdict) == ("table-owner-changed", Verdict.UNPROVEN)
    assert impacts(finding) == {"clipartist": Impact.MAY_STOP, "receiptwitness": Impact.MAY_STOP}
    assert finding.steps == (
        "release ClipArtist without its writes to coupons",
        "then release ReceiptWitness",
    )


def test_two_owners_are_named_as_they_state_themselves():
    """The new owner is released last, also where the former says that it writes the table."""
    services = {"clipartist": Consumer("clipartist", version="0.9.3", writes_tables=frozenset({"coupons"}))}

    (finding,) = compare_databases(OLD, changed("coupons", owner="shrinkray"), services)

    assert finding.steps[1] == "then release ShrinkRay"
    assert [(effect.service, effect.version) for effect in finding.effects] == [
        ("clipartist", "0.9.3"),
        ("shrinkray", None),
    ]


def test_a_default_is_not_blamed_for_the_null_that_is_refused_beside_it():
    """NULL -> NOT NULL with a default stops who sends NULL; the default itself breaks nobody."""
    code = Column("character varying(100)", False, "''", Sends.CLIENT)

    findings = compare_databases(OLD, with_column("coupons", "coupon_code", code))

    assert {finding.rule: finding.verdict for finding in findings} == {
        "column-made-required": Verdict.BREAKING,
        "column-default-added": Verdict.COMPATIBLE,
    }


def test_deleting_a_parent_concerns_who_writes_the_parent():
    """The account of a user goes with the user; refused from now on, the API can delete no user."""
    name = "fk_purchases_user_id_users"
    keys = OLD.tables["purchases"].foreign_keys
    new = changed("purchases", foreign_keys={**keys, name: replace(keys[name], ondelete="NO ACTION")})

    (finding,) = compare_databases(OLD, new)

    assert finding.rule == "foreign-key-action-changed"
    assert {service for service, impact in impacts(finding).items() if impact is Impact.STOPS} == {"api"}
    assert finding.backward.witness["sql"].startswith("DELETE FROM users WHERE id = ")
    assert len(finding.backward.witness["before"]) == 3


def test_breaks_come_first():
    """Then what is unproven, then what is safe."""
    tables = {**OLD.tables, "tags": OLD.tables["stores"]}
    del tables["coupons"]
    new = replace(OLD, tables=tables)

    found = compare_databases(OLD, new)

    assert [finding.rule for finding in found] == ["table-removed", "table-added"]


DOCUMENTS = [
    document_of(models, dict.fromkeys(models.metadata.tables, "api"), head="1")
    for models in (world(edits) for case in CHANGES[::3] for edits in (case.old, case.new))
]


def test_every_objection_is_explained_by_a_finding():
    """Whatever changes at once: no statement is known to fail without a finding that says so."""
    for old, new in itertools.product(DOCUMENTS, repeat=2):
        findings = compare_databases(old, new)
        told = {mismatch.summary for finding in findings for mismatch in finding.backward.findings}
        found = [each for table in {*old.tables, *new.tables} for each in objections(old, new, table)]
        assert {each.message or each.reason for each in found} <= told


def test_comparing_needs_no_model():
    """The differ works on documents alone."""
    code = (
        "import sys, cartsnitch_contracts.diff.tables; "
        "print([m for m in ('sqlalchemy', 'alembic', 'cartsnitch_common.models') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("varchar(5)", SqlType("character varying", (5,))),
        ("character varying", SqlType("character varying")),
        ("numeric(10, 2)", SqlType("numeric", (10, 2))),
        ("timestamptz", SqlType("timestamp with time zone")),
        ("timestamp(3) with time zone", SqlType("timestamp with time zone", (3,))),
        ("double precision", SqlType("double precision")),
        ("integer[]", SqlType("integer[]")),
    ],
)
def test_types_are_read_by_their_usual_names(text, kind):
    """Names and sizes; what is unknown stays as it is."""
    assert parse(text) == kind


def test_tables_that_refer_to_each_other_are_compared():
    """Rows that need each other cannot be made; the statement that fails is shown all the same."""

    def circle(**columns):
        def table(other):
            key = {"columns": ["id"], "table": other, "target": ["id"], "ondelete": "CASCADE"}
            return {"columns": {"id": {"type": "integer"}, **columns}, "foreign_keys": {"f": key}}

        return loads(json.dumps({"tables": {"a": table("b"), "b": table("a")}}), source="here")

    found = compare_databases(circle(), circle(more={"type": "integer"}))

    assert [finding.backward.witness["sql"] for finding in found] == [
        "INSERT INTO a (id) VALUES (1)",
        "INSERT INTO b (id) VALUES (1)",
    ]


def test_a_table_of_a_thousand_columns_is_compared_at_once():
    """Each statement is judged once, and renamings are not looked for among so many."""

    def wide(letter):
        columns = {f"{letter}{number}": {"type": "integer"} for number in range(1000)}
        return loads(json.dumps({"tables": {"t": {"columns": columns}}}), source="here")

    assert len(compare_databases(wide("a"), wide("b"))) == 2000


@pytest.mark.parametrize("kind", ["numeric(99999999,2)", "integer[]", "tsvector", "nothing at all (", ""])
def test_a_type_that_is_not_known_is_never_called_safe(kind):
    """Neither to nor from it."""
    texts = [json.dumps({"tables": {"t": {"columns": {"a": {"type": each}}}}}) for each in ("integer", kind)]
    one, other = (loads(text, source="here") for text in texts)

    (finding,) = compare_databases(one, other)

    assert {finding.forward.verdict, finding.backward.verdict} == {Verdict.UNPROVEN}


@pytest.mark.parametrize(
    ("columns", "impact"),
    [(("source",), Impact.SAFE), (("source", "observed_date"), Impact.STOPS), (None, Impact.STOPS)],
)
def test_a_column_that_no_statement_names_may_go(columns, impact):
    """A service that only selects others is safe; one that does not say which selects all."""
    kept = {
        name: each for name, each in OLD.tables["price_history"].columns.items() if name != "observed_date"
    }
    named = None if columns is None else {"price_history": tuple(map(Read, columns))}
    reader = Consumer(
        "stickershock",
        reads_tables=frozenset({"price_history"}),
        reads_columns=named,
        writes_tables=frozenset(),
    )

    found = compare_databases(OLD, changed("price_history", columns=kept), {"stickershock": reader})

    (finding,) = [each for each in found if each.place == "observed_date"]
    assert impacts(finding)["stickershock"] is impact
