"""Small baskets made by hand, whose figures can be told without measuring."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cartsnitch_common.constants import StoreSlug
from cartsnitch_fixtures.catalogue import Product, product_by_code
from cartsnitch_fixtures.realism.published import FIGURES
from cartsnitch_fixtures.realism.reading import Basket, Line

CEREAL = "410100000013"
MONDAY = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)


def product(code: str = "thing", **changes: Any) -> Product:
    """A plain product of the catalogue under another code: neither weighed, taxed nor a store's own."""
    plain: dict[str, Any] = {"weighed": False, "taxable": False, "deposit_containers": 0, "store_brand": None}
    return replace(product_by_code(CEREAL), code=code, **(plain | changes))


def line(
    what: Product | None = None,
    *,
    pieces: int = 1,
    regular: int = 199,
    advertised: int | None = None,
    coupon: int = 0,
) -> Line:
    """A line at a regular price in cents; `advertised` is that of a piece once the chain reduced it."""
    sold = regular if advertised is None else advertised
    return Line(
        product=what or product(),
        pieces=pieces,
        regular=regular,
        advertised=sold,
        before=regular * pieces,
        reduced=sold * pieces,
        coupon=coupon,
        paid=sold * pieces - coupon,
    )


def basket(
    lines: Sequence[Line],
    *,
    household: int = 1,
    store: StoreSlug = StoreSlug.KROGER,
    moment: datetime = MONDAY,
) -> Basket:
    """A trip with these lines."""
    return Basket(UUID(int=household), store, moment, list(lines), sum(each.paid for each in lines))


def passes(metric: str, ours: float) -> bool | None:
    """Whether this much of the metric is within its mark."""
    return next(figure for figure in FIGURES if figure.metric == metric).passes(ours)
