"""Field types of the contracts: exact decimals, UTC times, open enums, and texts that fit their columns.

A type knows both of its sides: what a reader accepts (JSON Schema mode "validation") and what a writer sends
(mode "serialization"), so that the two can be frozen and compared.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    EmailStr,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from cartsnitch_common.constants import (
    AccountStatus,
    DiscountType,
    MatchConfidence,
    MatchMethod,
    PriceSource,
    ProductCategory,
    Service,
    SizeUnit,
    StoreSlug,
    SyncStatus,
)


@dataclass(frozen=True)
class Exact:
    """A decimal that fits Numeric(`digits`, `places`) and travels as a JSON string.

    Input may be a Decimal, a string, an integer or a number (a float counts as its shortest decimal text); it
    is rounded half up to `places`, because retailers print 0.895. NaN, infinity, booleans and what does not
    fit are refused. `lowest` and `highest` are inclusive bounds of the rounded value, and `sent`
    is then the pattern of what a writer sends within them.
    """

    digits: int
    places: int
    lowest: Decimal | None = None
    highest: Decimal | None = None
    sent: str = ""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        lowest, highest = self._bounds()
        # What a writer of ours sends is told by its pattern, without a call into Python.
        canonical = (
            self.sent or rf"^(0|[1-9][0-9]{{0,{self.digits - self.places - 1}}})\.[0-9]{{{self.places}}}$"
        )
        return core_schema.union_schema(
            [
                core_schema.chain_schema(
                    [core_schema.str_schema(strict=True, pattern=canonical), core_schema.decimal_schema()]
                ),
                core_schema.no_info_plain_validator_function(self._rounding()),
            ],
            mode="left_to_right",
            custom_error_type="exact_decimal",
            custom_error_message=(
                f"Input should be a decimal from {lowest} to {highest}, as a number or a string like '4.99'"
            ),
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    def _rounding(self) -> Callable[[Any], Decimal]:
        number = re.compile(rf"-?[0-9]{{1,{self.digits - self.places}}}(?:\.[0-9]+)?").fullmatch
        unit = Decimal(1).scaleb(-self.places)
        lowest, highest = self._bounds()

        def round_half_up(value: Any) -> Decimal:
            if isinstance(value, float):
                value = repr(value)
            elif isinstance(value, bool) or not isinstance(value, Decimal | str | int):
                raise ValueError(type(value))
            elif isinstance(value, str) and not number(value):
                raise ValueError(value)
            try:
                rounded = Decimal(value).quantize(unit, ROUND_HALF_UP)
                fits = lowest <= rounded <= highest
            except InvalidOperation:  # NaN, infinity, or more digits than any context holds
                fits = False
            if not fits:
                raise ValueError(value)
            return rounded or abs(rounded)  # no negative zero

        return round_half_up

    def _bounds(self) -> tuple[Decimal, Decimal]:
        unit = Decimal(1).scaleb(-self.places)
        limit = Decimal(10) ** (self.digits - self.places) - unit
        lowest = -limit if self.lowest is None else self.lowest
        highest = limit if self.highest is None else self.highest
        return lowest.quantize(unit), highest.quantize(unit)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        lowest, highest = self._bounds()
        sign = "-?" if lowest < 0 else ""
        whole = len(str(int(max(abs(lowest), abs(highest)))))
        if handler.mode == "serialization":
            any_sent = rf"^{sign}(0|[1-9][0-9]{{0,{whole - 1}}})\.[0-9]{{{self.places}}}$"
            return {"type": "string", "pattern": self.sent or any_sent}
        half = Decimal(5).scaleb(-self.places - 1)
        number: dict[str, Any] = {"type": "number", "exclusiveMaximum": float(highest + half)}
        number["minimum" if lowest > 0 else "exclusiveMinimum"] = float(lowest - half)
        return {
            "anyOf": [
                number,
                {"type": "string", "pattern": rf"^{sign}[0-9]{{1,{self.digits - self.places}}}(\.[0-9]+)?$"},
            ]
        }


@dataclass(frozen=True)
class Open:
    """An enum that may grow: a reader keeps a value that it does not know as a plain string.

    A writer (validation context `WRITING`, as the event bus sets it) may only send known values.
    """

    enum: type[StrEnum]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def keep(value: str, info: core_schema.ValidationInfo) -> str:
            if info.context and info.context.get("cartsnitch_writing"):
                raise ValueError(value)
            return value

        members = list(self.enum)
        return core_schema.union_schema(
            [
                core_schema.enum_schema(self.enum, members, sub_type="str"),
                core_schema.with_info_after_validator_function(keep, core_schema.str_schema()),
            ],
            mode="left_to_right",
            custom_error_type="known_value",
            custom_error_message=f"Input should be one of {', '.join(members)}",
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        known = {"type": "string", "enum": [member.value for member in self.enum]}
        return known if handler.mode == "serialization" else {"anyOf": [known, {"type": "string"}]}


def _to_utc(value: datetime) -> datetime:
    try:
        return value if value.tzinfo is UTC else value.astimezone(UTC)
    except OverflowError:  # at one end of the calendar, where the offset leads out of it
        raise ValueError("a moment must lie in the years 1 to 9999, in UTC") from None


def without_nul(value: Any) -> Any:
    """JSON as it is, unless a text in it holds U+0000, which PostgreSQL cannot store."""
    match value:
        case str() if "\x00" in value:
            raise PydanticCustomError(
                "nul", "Text must not hold the character U+0000, which PostgreSQL cannot store"
            )
        case dict():
            for key, item in value.items():
                without_nul(key)
                without_nul(item)
        case list():
            for item in value:
                without_nul(item)
    return value


def _text(longest: int, *, pattern: str = r"^[^\x00]*$", shortest: int = 1) -> StringConstraints:
    return StringConstraints(min_length=shortest, max_length=longest, pattern=pattern)


_POSITIVE = r"^(0\.(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})|[1-9][0-9]{0,6}\.[0-9]{3})$"

Money = Annotated[Decimal, Exact(10, 2)]
"""US dollars, exact to the cent, within Numeric(10, 2)."""
Quantity = Annotated[Decimal, Exact(10, 3)]
"""Pieces or pounds, as Numeric(10, 3)."""
SoldQuantity = Annotated[Decimal, Exact(10, 3, lowest=Decimal("0.001"), sent=_POSITIVE)]
"""Pieces or pounds that were sold: more than nothing."""
Percent = Annotated[Decimal, Exact(9, 2)]
"""Percent to two places: `12.50` is an eighth."""
Confidence = Annotated[
    Decimal, Exact(3, 2, lowest=Decimal(0), highest=Decimal(1), sent=r"^(0\.[0-9]{2}|1\.00)$")
]
"""0.00 to 1.00."""
UtcDateTime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment: input needs an offset, output is UTC and ends in `Z`."""

OpenService = Annotated[Service | str, Open(Service)]
OpenStoreSlug = Annotated[StoreSlug | str, Open(StoreSlug)]
OpenAccountStatus = Annotated[AccountStatus | str, Open(AccountStatus)]
OpenSyncStatus = Annotated[SyncStatus | str, Open(SyncStatus)]
OpenDiscountType = Annotated[DiscountType | str, Open(DiscountType)]
OpenPriceSource = Annotated[PriceSource | str, Open(PriceSource)]
OpenProductCategory = Annotated[ProductCategory | str, Open(ProductCategory)]
OpenMatchConfidence = Annotated[MatchConfidence | str, Open(MatchConfidence)]
OpenMatchMethod = Annotated[MatchMethod | str, Open(MatchMethod)]
OpenSizeUnit = Annotated[SizeUnit | str, Open(SizeUnit)]

Text100 = Annotated[str, _text(100)]
Text200 = Annotated[str, _text(200)]
Text300 = Annotated[str, _text(300)]
Text1000 = Annotated[str, _text(1000)]
Url = Annotated[str, _text(500, pattern=r"^https?://[^\s\x00]+$")]
Email = Annotated[EmailStr, StringConstraints(max_length=255)]
Upc = Annotated[str, _text(20, shortest=4, pattern=r"^[0-9]{4,20}$")]
"""Digits as a retailer prints them: padded with zeros or without a check digit, 4 (a PLU) to 20 of them."""
StateCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ZipCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}(-[0-9]{4})?$")]
Size = Annotated[
    str, _text(50, pattern=r"^(0\.[0-9]*[1-9][0-9]*|[1-9][0-9]*(\.[0-9]+)?)( ?x ?[1-9][0-9]*(\.[0-9]+)?)?$")
]
"""A positive number, `15.5`, or a multipack, `12 x 12`; its unit stands beside it."""
JsonObject = Annotated[dict[str, Any], AfterValidator(without_nul)]
