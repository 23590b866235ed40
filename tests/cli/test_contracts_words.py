"""`contracts show` and `contracts explain`: what there is, and what a rule means."""

import pytest
from typer.testing import CliRunner

from cartsnitch_cli.contracts import app
from cartsnitch_contracts import DocumentError, documents
from cartsnitch_contracts.diff.rules import RULES
from cartsnitch_contracts.library import snapshot


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


def test_show_lists_the_operations_of_a_service():
    """A line each, with the statuses of its answers and who calls it."""
    lines = said("show", "clipartist").splitlines()

    assert lines[0].startswith("clipartist  next")
    (coupons,) = [line for line in lines if line.startswith("GET /coupons/relevant ")]
    told = "GET /coupons/relevant 200, 401, 422 API Coupons for what a user buys"
    assert " ".join(coupons.split()) == told
    assert lines[-1] == 'one of them: cartsnitch contracts show "clipartist:GET /coupons/relevant"'


def test_show_tells_all_of_an_operation():
    """Who calls it, what may be asked, what is answered by status, and an example."""
    lines = said("show", "receiptwitness:POST /sync/{store_slug}").splitlines()

    assert lines[0].startswith("receiptwitness:POST /sync/{store_slug}  next")
    assert lines[0].endswith("API -> ReceiptWitness")
    assert "store_slug  path  kroger, meijer or target  yes" in lines
    for head, field in (
        ("request  application/json", "user_id"),
        ("202  application/json", "job_id"),
        ("401, 404, 422, 429  application/problem+json", "detail"),
    ):
        assert lines[lines.index(head) + 1].split() == ["FIELD", "HOLDS", "SENT", "DEMANDED"]
        assert lines[lines.index(head) + 2].startswith(field)
    assert '202, example "minimal"' in lines


@pytest.mark.parametrize(
    "operation",
    [f"{service}:{each.name}" for service, of in snapshot().rest.items() for each in of.operations],
)
def test_every_operation_can_be_shown(operation):
    """As `calls` of a declaration names it."""
    assert said("show", operation).startswith(operation)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("show", "price.updates"), "Is it prices.updated?"),
        (("show", "prices.updated", "sale_prise"), "Is it payload.prices[].sale_price?"),
        (("show", "prices.updated", "--version", "9.9.9"), "no document of version '9.9.9'"),
        (("show", "clipartst"), "no channel or service 'clipartst'. Is it clipartist?"),
        (("show", "clipartst:GET /optimize"), "no service 'clipartst'. Is it clipartist?"),
        (("show", "clipartist:POST /optimise"), "Did you mean POST /optimize?"),
        (("show", "clipartist", "title"), "A field can be named of a channel"),
        (("explain", "field_remved"), "Is it field-removed"),
        (("explain", "zzz"), "'cartsnitch contracts explain' lists all"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(arguments, complaint):
    """The list of what there is follows."""
    with pytest.raises(DocumentError) as raised:
        CliRunner().invoke(app, list(arguments), catch_exceptions=False)

    assert complaint in str(raised.value)


def test_help_shows_what_is_in_brackets(monkeypatch):
    """Of the command and of its options: a table of TOML, or what goes without saying."""
    monkeypatch.setenv("COLUMNS", "200")

    text = said("init", "--help")

    assert "Write [tool.cartsnitch] into pyproject.toml, by" in text
    assert "Whose it is.  [default: as found]" in text
    assert "Write [tool.cartsnitch] into pyproject.toml, by" in said("--help")


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
