"""Products as the platform knows them, across stores."""

from typing import Annotated

from pydantic import Field

from cartsnitch_common.constants import ProductCategory, SizeUnit
from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import (
    OpenProductCategory,
    OpenSizeUnit,
    Size,
    Text100,
    Text200,
    Text300,
    Upc,
)


class NormalizedProductCreate(RequestBody):
    """A product; `size` is a number (or a multipack like `12 x 12`) in `size_unit`."""

    canonical_name: Text300
    category: ProductCategory | None = None
    subcategory: Text100 | None = None
    brand: Text200 | None = None
    size: Size | None = None
    size_unit: SizeUnit | None = None
    upc_variants: Annotated[list[Upc], Field(default_factory=list)]


class NormalizedProductRead(RowRead):
    """A product, as stored."""

    canonical_name: str
    category: OpenProductCategory | None = None
    subcategory: str | None = None
    brand: str | None = None
    size: str | None = None
    size_unit: OpenSizeUnit | None = None
    upc_variants: list[str]
