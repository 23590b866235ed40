"""Findings as people read them."""

import dataclasses

from cartsnitch_contracts import compare_documents, load_document, places, rename_field, render
from cartsnitch_contracts.reports.older import summary

RECEIPTS = load_document("receipts.ingested")
PRICES = load_document("prices.updated")


def test_a_break_reads_from_the_proof_to_the_remedy():
    """What, the smallest payload, who stops and why, the order, what to do, one line of summary."""
    findings = compare_documents(RECEIPTS, rename_field(RECEIPTS, "payload.total", "grand_total"))

    text = render(findings, heading="next -> working tree")

    assert text == (
        "next -> working tree\n"
        "BREAKS  receipts.ingested  payload.total -> payload.grand_total  renamed, required  field-removed\n"
        '  new ReceiptWitness -> old readers, smallest payload (rest as example "minimal"):\n'
        '    -  "total": "0.00"\n'
        '    +  "grand_total": "0.00"\n'
        "    refused: payload.total is missing\n"
        '  old ReceiptWitness -> new readers, smallest payload (rest as example "minimal"):\n'
        '    -  "grand_total": "0.00"\n'
        '    +  "total": "0.00"\n'
        "    refused: payload.grand_total is missing\n"
        "  StickerShock    stops: its old decoder requires payload.total,"
        " its new decoder requires payload.grand_total\n"
        "  ShrinkRay       stops: its old decoder requires payload.total,"
        " its new decoder requires payload.grand_total\n"
        "  API             stops: its old decoder requires payload.total,"
        " its new decoder requires payload.grand_total\n"
        "  ClipArtist      safe: not subscribed\n"
        "  order           none in one step\n"
        "  rollback        unsafe after the first new event\n"
        "  do              1 send both total and grand_total\n"
        "                  2 move StickerShock, ShrinkRay, API to grand_total\n"
        "                  3 drop total\n"
        "\n"
        "1 break, 0 unproven.\n"
    )


def test_an_optional_field_that_goes_is_safe_and_says_what_is_lost():
    """Nobody stops, yet readers find it absent."""
    text = render(compare_documents(PRICES, rename_field(PRICES, "payload.prices[].sale_price", "offer")))

    assert text.startswith("SAFE    prices.updated  payload.prices[].sale_price")
    assert "StickerShock    decodes, but finds payload.prices[].sale_price absent from now on" in text
    assert text.endswith("0 breaks, 0 unproven, 1 safe.\n") or "2 safe." in text


def test_no_finding_is_said_in_words():
    """An empty report would look like a failure to report."""
    text = render([])

    assert text == "Nothing changed that a writer or a reader could notice.\n0 breaks, 0 unproven.\n"


def test_what_is_unproven_says_why_and_who_may_stop():
    """It is not passed off as safe."""
    blind = dataclasses.replace(RECEIPTS, examples={"accepted": {}})

    text = render(compare_documents(blind, rename_field(blind, "payload.total", "grand_total")))

    assert text.startswith("UNPROVEN receipts.ingested")
    assert "unproven, no payload at hand fits the writer" in text
    assert "API             may stop: nothing proves it safe" in text
    assert text.endswith("0 breaks, 1 unproven.\n")


def test_a_witness_unlike_every_example_is_printed_whole():
    """A difference in every line would hide it; without an example there is nothing to differ from."""
    changed = rename_field(RECEIPTS, "payload.total", "grand_total")
    for examples in ({}, {"maximal": RECEIPTS.accepted["maximal"]}):
        old = dataclasses.replace(RECEIPTS, examples={"accepted": examples})

        text = render(compare_documents(old, changed))

        assert "new ReceiptWitness -> old readers, smallest payload found:" in text
        assert '"grand_total": "0.00"' in text
        assert "as example" not in text.partition("old ReceiptWitness")[0]


def test_a_changed_value_is_shown_beside_the_old_one():
    """With its place, shortened when it is long."""
    closed = {**PRICES.reader["$defs"]["PriceUpdate"]["properties"]}
    closed["source"] = {"type": "string", "maxLength": 1}
    new = dataclasses.replace(
        PRICES, reader=places.put(PRICES.reader, ("$defs", "PriceUpdate", "properties"), closed)
    )

    text = render(compare_documents(PRICES, new))

    assert 'example "minimal" as it is' in text
    assert "refused: payload.prices[0].source" in text


def test_the_summary_counts():
    """One break is singular."""
    findings = compare_documents(RECEIPTS, rename_field(RECEIPTS, "payload.total", "grand_total"))

    assert summary(findings) == "1 break, 0 unproven."
    assert summary(findings * 2) == "2 breaks, 0 unproven."
