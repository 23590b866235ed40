"""Field types: what a reader accepts, what a writer sends, and what is refused."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas.base import WRITING
from cartsnitch_common.schemas.fields import (
    Confidence,
    Email,
    JsonObject,
    Money,
    OpenStoreSlug,
    Percent,
    Quantity,
    Size,
    SoldQuantity,
    StateCode,
    Text100,
    Upc,
    Url,
    UtcDateTime,
    ZipCode,
)


def read(kind, value):
    return TypeAdapter(kind).validate_python(value)


def refuses(kind, value):
    with pytest.raises(ValidationError):
        read(kind, value)
    return True


@pytest.mark.parametrize(
    ("given_value", "amount"),
    [
        ("4.99", "4.99"),
        ("4", "4.00"),
        (4, "4.00"),
        (4.99, "4.99"),
        (0.895, "0.90"),
        ("0.895", "0.90"),
        (Decimal("0.894"), "0.89"),
        ("-0.895", "-0.90"),
        (-0.001, "0.00"),
        (0.1 + 0.2, "0.30"),
        ("99999999.99", "99999999.99"),
        ("99999999.994", "99999999.99"),
    ],
)
def test_money_is_rounded_half_up_to_cents(given_value, amount):
    """A float counts as the decimal that it prints as, so 0.895 is 89.5 cents."""
    money = read(Money, given_value)

    assert (str(money), type(money)) == (amount, Decimal)


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "inf",
        "-Infinity",
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        "99999999.995",
        99999999.995,
        Decimal(10) ** 8,
        10**30,
        "1e3",
        "1_000",
        " 4.99",
        "4.99 ",
        "+4.99",
        "4,99",
        "$4.99",
        "",
        ".99",
        "4.",
        True,
        False,
        None,
        [],
        b"4.99",
        "\u0664.\u0669\u0669",
    ],
)
def test_what_is_no_amount_is_refused(value):
    """Nothing is guessed: NaN, infinity, too large, other notations, booleans."""
    assert refuses(Money, value)


def test_a_decimal_travels_as_a_string():
    """JSON numbers drift between languages; a string keeps every digit."""

    class Line(BaseModel):
        price: Money
        quantity: Quantity
        change: Percent

    line = Line.model_validate_json('{"price": 4.9, "quantity": "1.3299", "change": "12.345"}')

    assert line.model_dump_json() == '{"price":"4.90","quantity":"1.330","change":"12.35"}'
    assert line.model_dump() == {
        "price": Decimal("4.90"),
        "quantity": Decimal("1.330"),
        "change": Decimal("12.35"),
    }


@pytest.mark.parametrize(
    ("kind", "lowest", "highest", "outside"),
    [
        (SoldQuantity, "0.001", "9999999.999", ["0", "-1", "0.0004", "9999999.9995"]),
        (Confidence, "0.00", "1.00", ["-0.01", "1.005", "2"]),
    ],
)
def test_bounds_hold_after_rounding(kind, lowest, highest, outside):
    """Both ends are inside; what rounds beyond them is not."""
    assert [str(read(kind, end)) for end in (lowest, highest)] == [lowest, highest]
    assert all(refuses(kind, value) for value in outside)


exact_kinds = st.sampled_from([Money, Quantity, Percent, SoldQuantity, Confidence])
numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4).map(
        str
    ),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.integers(),
    st.text(max_size=12),
)


@given(exact_kinds, numbers)
def test_what_a_reader_takes_a_writer_can_send_on(kind, value):
    """Every accepted value fits the writer's schema, is within half a unit, and survives a round trip."""
    adapter = TypeAdapter(kind)
    try:
        taken = adapter.validate_python(value)
    except ValidationError:
        return

    sent = adapter.dump_json(taken)

    writer = jsonschema_rs.validator_for(adapter.json_schema(mode="serialization"))
    reader = jsonschema_rs.validator_for(adapter.json_schema(mode="validation"))
    text = sent.decode().strip('"')
    assert writer.is_valid(text)
    assert reader.is_valid(text)
    assert adapter.validate_json(sent) == taken
    exact = Decimal(value) if isinstance(value, str) else Decimal(repr(value))
    assert taken == exact.quantize(taken, ROUND_HALF_UP)


def test_a_moment_becomes_utc_and_ends_in_z():
    """Input with any offset; a moment without one is refused."""
    adapter = TypeAdapter(UtcDateTime)

    moment = adapter.validate_python("2026-03-10T09:02:11-05:00")

    assert moment == datetime(2026, 3, 10, 14, 2, 11, tzinfo=UTC)
    assert adapter.dump_json(moment) == b'"2026-03-10T14:02:11Z"'
    assert refuses(UtcDateTime, "2026-03-10T09:02:11")
    assert refuses(UtcDateTime, datetime(2026, 3, 10))  # noqa: DTZ001 (what is refused)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_leaves_the_calendar_in_utc_is_refused(moment):
    """An offset at the first or last day is a validation error, not an overflow that nobody expects."""
    assert refuses(UtcDateTime, moment)


def test_a_reader_keeps_an_unknown_enum_value_and_a_writer_may_not_send_one():
    """A store that is added later reaches an older service as a plain string."""
    adapter = TypeAdapter(OpenStoreSlug)

    assert adapter.validate_python("kroger") is StoreSlug.KROGER
    assert (adapter.validate_python("aldi"), adapter.dump_json("aldi")) == ("aldi", b'"aldi"')
    assert adapter.validate_python("kroger", context=WRITING) is StoreSlug.KROGER
    with pytest.raises(ValidationError, match="meijer, kroger, target"):
        adapter.validate_python("aldi", context=WRITING)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Upc, ["4011", "0001111041700", "0" * 20], ["401", "0" * 21, "40a1", "", "\u0664\u0664\u0664\u0664"]),
        (StateCode, ["MI"], ["mi", "M", "MIC", "M1"]),
        (ZipCode, ["48073", "48073-1234"], ["4807", "480731234", "48073-12", "ABCDE"]),
        (Size, ["15.5", "12 x 12", "6x8.4", "0.5"], ["0", "-1", "0.0", "12 oz", "", "1.", "x12", "12 x 0"]),
        (Url, ["https://x.test/a"], ["ftp://x.test", "x.test", "https://a b", "https://" + "x" * 500]),
        (Email, ["a@example.com"], ["a@", "a" * 250 + "@example.com"]),
        (Text100, ["é" * 100], ["", "é" * 101, "a\x00b"]),
        (JsonObject, [{"a": [1, {"b": "c"}]}], [{"a": [{"b": "\x00"}]}, {"\x00": 1}, []]),
    ],
)
def test_texts_fit_their_columns(kind, good, bad):
    """What is accepted can be stored; what PostgreSQL would refuse is refused here, with a reason."""
    assert [read(kind, value) for value in good] == good
    assert all(refuses(kind, value) for value in bad)


def test_json_schemas_tell_both_sides():
    """The reader's schema is wide, the writer's is what really leaves."""

    class Both(BaseModel):
        store: OpenStoreSlug
        total: Annotated[Money, "dollars"]

    reader = Both.model_json_schema(mode="validation")["properties"]
    writer = Both.model_json_schema(mode="serialization")["properties"]

    assert {"type": "string"} in reader["store"]["anyOf"]
    assert writer["store"]["enum"] == ["meijer", "kroger", "target"]
    assert {option["type"] for option in reader["total"]["anyOf"]} == {"number", "string"}
    assert writer["total"]["type"] == "string"


@pytest.mark.parametrize("kind", [Money, Quantity, Percent, SoldQuantity, Confidence])
@given(st.from_regex(r"-?[0-9]{1,8}\.[0-9]{2,3}", fullmatch=True))
def test_a_writers_schema_takes_nothing_that_its_reader_refuses(kind, text):
    """What the document says may be sent can be decoded, and leaves again as it came."""
    adapter = TypeAdapter(kind)
    if not jsonschema_rs.validator_for(adapter.json_schema(mode="serialization")).is_valid(text):
        return

    taken = adapter.validate_python(text)

    assert str(taken) == text or (taken == 0 and text.startswith("-"))
