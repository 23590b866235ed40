"""A report as text: what a person reads first, and last."""

import dataclasses
import re
from pathlib import Path

import pytest

import sample_reports as samples
from cartsnitch_contracts.diff.report import Comparison, Finding, Kind, Order
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.payloads import Problem
from cartsnitch_contracts.reports import render
from cartsnitch_contracts.reports.witness import shown


def test_a_break_reads_from_the_proof_to_the_remedy():
    """What, where, the smallest payload, who stops and why, the order, what to do, one line of summary."""
    assert (
        render(samples.BREAK)
        == """\
base v0.4.2 (merge base 3f1c9ad) -> working tree
BREAKS  receipts.ingested  payload.total -> payload.grand_total    field-removed
        src/cartsnitch_common/schemas/events.py:41  fingerprint 696963dabeae
  new ReceiptWitness -> old readers, smallest payload (rest as example "minimal"):
    -  "total": "41.17"
    +  "grand_total": "41.17"
  old ReceiptWitness -> new readers, the same the other way round
  StickerShock 1.7.0 (common 0.4.2)  stops: reads it at handlers.py:58
  ClipArtist   0.9.3 (common 0.4.1)  stops: its decoder requires it, unread
  ShrinkRay, API                     safe: not subscribed
  order     none in one step       rollback  unsafe after the first new event
  do        1 send both   2 move StickerShock, upgrade ClipArtist   3 drop total

1 break, 0 unproven. Version 0.4.3 is too small: 0.5.0.                   exit 1
"""
    )


def test_the_documentation_shows_a_report_as_it_is():
    """The first thing on the page is what the command prints."""
    page = (Path(__file__).parents[3] / "docs" / "contracts.md").read_text(encoding="utf-8")

    assert f"$ cartsnitch contracts check\n{render(samples.BREAK)}```" in page


def test_an_addition_says_what_is_proved():
    """Nobody stops, any order will do, and the version is right."""
    assert (
        render(samples.ADDITION)
        == """\
base v0.4.2 (merge base 3f1c9ad) -> working tree
SAFE    prices.updated  payload.prices[].unit_price  added, optional  optional-field-added
        src/cartsnitch_common/schemas/events.py:67
  proved    old readers ignore it; new readers accept its absence
  StickerShock, ClipArtist  safe: ignores it
  order     any                    rollback  safe

0 breaks, 0 unproven, 1 addition. Version 0.4.3 is right.                 exit 0
"""
    )


def test_a_column_is_proved_by_the_statement_that_fails():
    """With the rows that must be there first, what the server answers, and the note on the migration."""
    text = render(samples.FULL)

    assert "BREAKS  database  purchases.currency  added VARCHAR(3) NOT NULL, no default  column-req" in text
    assert (
        """\
  old services -> migrated schema, smallest statement found:
       INSERT INTO users (id) VALUES ('2')
       INSERT INTO purchases (id, user_id) VALUES ('1', '2')
    refused: 23502  null value in column "currency" violates not-null constraint
  the migration itself fails if purchases has rows
  ReceiptWitness 2.1.0 (common 0.4.2)  stops: it owns the table and writes it
"""
        in text
    )
    assert (
        "  do        1 add with server_default 'USD'   2 release ReceiptWitness, writing it\n      " in text
    )


def test_what_is_unproven_waived_stale_or_worth_a_note_is_said():
    """Each with its reason; an expired waiver is told from one that matches nothing."""
    lines = render(samples.FULL).splitlines()

    assert "  old callers -> new ReceiptWitness, unproven: the pattern looks behind" in lines
    assert "  API 1.0.0 (common 0.4.0)  may stop: it calls this" in lines
    assert (
        "WAIVED  ShrinkRay GET /alerts  waived until 2027-01-31: nobody calls it  operation-removed" in lines
    )
    assert "STALE   waiver feedfacecafe matches no finding: remove it (was needed for 0.3)" in lines
    assert "STALE   waiver 696963dabeae ended on 2026-02-01 (for a while)" in lines
    assert lines[-2].startswith("note    documents/consumers/clipartist.json is missing")
    assert lines[-1].startswith("2 breaks, 1 unproven, 1 addition, 1 waived, 2 stale waivers. Version 0.4.3")


def test_no_finding_is_said_in_words():
    """An empty report would look like a failure to report."""
    assert (
        render(samples.NOTHING)
        == """\
base old.json -> new.json
Nothing changed that a writer or a reader could notice.
0 breaks, 0 unproven.                                                     exit 0
"""
    )


def test_colour_only_adds():
    """Without its escapes the coloured text is the plain one, and plain text has none."""
    coloured = render(samples.FULL, colour=True)

    assert "\x1b[1;31mBREAKS \x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(samples.FULL)
    assert "\x1b" not in render(samples.FULL)


BROKEN = Comparison(Verdict.BREAKING, witness={"user_id": "1"})
HOLDS = Comparison(Verdict.COMPATIBLE)


@pytest.mark.parametrize(
    ("kind", "forward", "backward", "order", "rollback"),
    [
        (Kind.EVENT, BROKEN, HOLDS, "readers first", "readers cannot go back after the first new event"),
        (Kind.EVENT, HOLDS, BROKEN, "writers first", "ReceiptWitness cannot go back while new readers run"),
        (
            Kind.REQUEST,
            BROKEN,
            HOLDS,
            "readers first: ReceiptWitness, then callers",
            "ReceiptWitness cannot go back after the first new request",
        ),
        (
            Kind.REQUEST,
            HOLDS,
            BROKEN,
            "writers first: callers, then ReceiptWitness",
            "callers cannot go back while the new ReceiptWitness runs",
        ),
        (
            Kind.RESPONSE,
            BROKEN,
            HOLDS,
            "readers first: callers, then ReceiptWitness",
            "callers cannot go back after the first new response",
        ),
        (Kind.DATABASE, BROKEN, HOLDS, "migrate first", "safe for services; the migration stays"),
        (Kind.DATABASE, HOLDS, BROKEN, "services first", "services cannot go back once migrated"),
        (Kind.DATABASE, BROKEN, BROKEN, "none in one step", "services cannot go back once migrated"),
        (
            Kind.OPERATION,
            BROKEN,
            HOLDS,
            "readers first: callers, then ReceiptWitness",
            "callers cannot go back while the new ReceiptWitness runs",
        ),
        (Kind.OPERATION, BROKEN, BROKEN, "none in one step", "unsafe after the first new call"),
    ],
)
def test_the_order_is_said_in_the_words_of_what_changed(kind, forward, backward, order, rollback):
    """Who goes first is named; of the database it is the migration or the services."""
    subject = "receipts.ingested" if kind is Kind.EVENT else "ReceiptWitness POST /sync/{store_slug}"
    finding = Finding(kind, subject, "a-rule", "user_id", "", forward=forward, backward=backward)

    words = " ".join(render(dataclasses.replace(samples.NOTHING, findings=[finding])).split())

    assert f"order {order} rollback {rollback}" in words


def test_a_witness_unlike_every_example_is_printed_whole():
    """A difference in every line would hide it; without an example there is nothing to differ from."""
    many = {f"field{number}": number for number in range(8)}
    for examples in ({}, {"typical": {}}):
        finding = dataclasses.replace(
            samples.RENAMED,
            forward=Comparison(Verdict.BREAKING, witness=many),
            backward=HOLDS,
            examples={"forward": examples},
        )

        text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

        assert "new ReceiptWitness -> old readers, smallest payload found:" in text
        assert '"field7": 7' in text


def test_a_witness_that_is_an_example_is_named_alone():
    """Nothing differs, and the reader's objection tells the rest."""
    finding = dataclasses.replace(
        samples.RENAMED,
        forward=HOLDS,
        backward=Comparison(
            Verdict.BREAKING,
            witness=samples.MINIMAL,
            problem=Problem(("payload", "total"), "type", '"41.17" is not of type "number"'),
        ),
        examples={"backward": {"minimal": samples.MINIMAL}},
    )

    text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

    assert 'old ReceiptWitness -> new readers, smallest payload: example "minimal" as it is\n' in text
    assert '    refused: payload.total "41.17" is not of type "number"\n' in text


def test_a_changed_value_is_shown_beside_the_old_one():
    """`1`, `1.0` and `true` are told apart."""
    finding = dataclasses.replace(
        samples.RENAMED,
        forward=Comparison(Verdict.BREAKING, witness={"payload": {"prices": [{"sale": True}], "n": 1.0}}),
        backward=HOLDS,
        examples={"forward": {"minimal": {"payload": {"prices": [{"sale": 1}], "n": 1}}}},
    )

    text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

    assert "       payload.prices[0].sale    1 -> true\n" in text
    assert "       payload.n    1 -> 1.0\n" in text


def test_a_list_that_is_much_longer_gets_one_line():
    """A hundred prices too many are counted, and not printed."""
    price = {"sale_price": "2.99", "source": "receipt"}

    alike = shown({"prices": [price] * 101}, {"minimal": {"prices": [price]}})
    others = shown({"prices": [price, *range(1_000)]}, {"minimal": {"prices": [price]}})
    fresh = shown({"ids": ["a"] * 5}, {"minimal": {"ids": []}, "without": {}})

    assert [str(line) for line in alike.lines] == ["+  prices: 100 more items, each as [0]"]
    assert [str(line) for line in others.lines] == ["+  prices: 1,000 more items, the first 0"]
    assert [str(line) for line in fresh.lines] == ['+  ids: 5 items, each "a"']


def test_the_nearest_example_is_chosen():
    """Not the first that there is."""
    far = {"payload": {"x": 1, "y": 2, "z": 3}}
    finding = dataclasses.replace(
        samples.RENAMED, examples={"forward": {"far": far, "near": samples.MINIMAL, "farther": {}}}
    )

    assert '(rest as example "near")' in render(dataclasses.replace(samples.NOTHING, findings=[finding]))


def test_two_different_proofs_are_both_shown():
    """Only what mirrors the other is left to say."""
    finding = dataclasses.replace(
        samples.RENAMED, backward=Comparison(Verdict.BREAKING, witness={"payload": {"other": 1}}), examples={}
    )

    text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

    assert text.count("smallest payload found:") == 2
    assert "other way round" not in text


def test_a_direction_that_nobody_goes_is_not_proved():
    """New callers on an old service: that only says who goes first."""
    finding = dataclasses.replace(samples.UNPROVEN, forward=BROKEN, backward=HOLDS)

    text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

    assert text.splitlines()[1].startswith("SAFE ")
    assert "  proved    the new ReceiptWitness accepts what callers send today\n" in text
    assert "smallest" not in text
    assert "  order     readers first: ReceiptWitness, then callers\n" in text


def test_a_break_of_the_shared_class_alone_explains_the_version():
    """Nobody stops, yet the version must be raised as for a break."""
    finding = dataclasses.replace(samples.ADDED, shared=Verdict.BREAKING)

    text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

    assert "  the shared class refuses it, and no service decodes with that: for the version it is a" in text


def test_what_only_the_schema_refuses_is_no_break():
    """The class takes it: the finding is safe, and says why."""
    schema_only = Comparison(Verdict.BREAKING, witness={"payload": {"n": "5"}}, schema_only=True)
    finding = dataclasses.replace(samples.RENAMED, forward=schema_only, backward=HOLDS, effects=(), steps=())

    text = render(dataclasses.replace(samples.NOTHING, findings=[finding]))

    assert finding.order is Order.ANY
    assert "SAFE    receipts.ingested" in text
    assert "proved    a reader's class takes what its schema refuses" in text
    assert "by the schema alone, the class takes it; smallest payload" in text


def test_hostile_text_is_shown_and_does_nothing():
    """One line stays one line; escapes, bells and what turns text around are spelled out; length is cut."""
    text = render(samples.HOSTILE)

    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\\u001b[31mred\\u0007" in text
    assert "\\u202e" in text
    assert not any(line.startswith("::error") for line in text.splitlines())
    assert "(1,000,002 characters)" in text
    assert len(text) < 20_000
