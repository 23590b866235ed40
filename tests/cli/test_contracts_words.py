"""`contracts show` and `contracts explain`: what there is, and what a rule means."""

import pytest
from typer.testing import CliRunner

from cartsnitch_cli.contracts import app
from cartsnitch_contracts import DocumentError, documents
from cartsnitch_contracts.diff.rules import RULES


def said(*arguments: str) -> str:
    """What a command that ends well says."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_show_lists_every_field_of_a_channel():
    """With what it holds, whether it is always sent and demanded, since when, and the smallest example."""
    lines = said("show", "prices.updated").splitlines()

    assert lines[0].startswith("prices.updated  next")
    assert lines[0].endswith("ReceiptWitness -> StickerShock, ClipArtist")
    assert lines[2].split() == ["FIELD", "HOLDS", "SENT", "DEMANDED", "SINCE"]
    (sale,) = [line for line in lines if line.startswith("payload.prices[].sale_price ")]
    assert sale.split()[1:] == ["text", "or", "null", "always", "no", "next"]
    (source,) = [line for line in lines if line.startswith("payload.prices[].source ")]
    assert "catalog, receipt or weekly_ad" in source
    assert 'example "minimal"' in lines


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_every_channel_can_be_shown(document):
    """By its short name and by its full one."""
    assert said("show", document.name) == said("show", document.channel)


@pytest.mark.parametrize("field", ["sale_price", "payload.prices[].sale_price"])
def test_show_tells_all_of_one_field(field):
    """Named in full or by its end: both sides, who writes and reads it, and values from the examples."""
    text = said("show", "prices.updated", field)

    assert "  payload.prices[].sale_price\n" in text
    assert "  sent      always; text, like ^-?(0|[1-9]" in text
    assert "  accepted  may be absent; number, above -99999999.995" in text
    assert "  written   by ReceiptWitness\n" in text
    assert "  read      by StickerShock, with the shared class" in text
    assert "  read      by ClipArtist, with a model of its own" in text
    assert '"2.99", null' in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("show", "price.updates"), "Is it prices.updated?"),
        (("show", "prices.updated", "sale_prise"), "Is it payload.prices[].sale_price?"),
        (("show", "prices.updated", "--version", "9.9.9"), "no document of version '9.9.9'"),
        (("explain", "field_remved"), "Is it field-removed"),
        (("explain", "zzz"), "'cartsnitch contracts explain' lists all"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(arguments, complaint):
    """The list of what there is follows."""
    with pytest.raises(DocumentError) as raised:
        CliRunner().invoke(app, list(arguments), catch_exceptions=False)

    assert complaint in str(raised.value)


def test_explain_lists_all_rules():
    """Each with its purpose, on one line."""
    lines = said("explain").splitlines()

    assert len(lines) == len(RULES) + 1
    assert all(rule.purpose in text for rule, text in zip(RULES.values(), lines[1:], strict=True))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_explained(rule):
    """Purpose, fix, numbered steps without a placeholder, and what a case changes that is allowed."""
    text = said("explain", rule.id)

    words, allowed, case = text.partition("  allowed ")
    assert rule.purpose in words
    assert rule.fix in words
    assert f"{len(rule.steps)} " in words
    assert "{" not in words.partition("  breaks")[0]
    assert allowed
    assert case.strip()


def test_a_case_shows_what_it_changes():
    """As a difference of its two versions."""
    text = said("explain", "column-required")

    assert "  breaks  An old INSERT has no value for the new column.\n" in text
    assert '+        "currency": {' in text


def test_a_rule_is_found_however_it_is_written():
    """As a Python name, or in capitals."""
    assert said("explain", "Field_Removed") == said("explain", "field-removed")
