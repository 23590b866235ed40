"""What ClipArtist serves: shopping trips, shopping lists, coupons."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas.base import Reader, RequestBody, RowRead
from cartsnitch_common.schemas.coupon import CouponRead
from cartsnitch_common.schemas.fields import Money, OpenStoreSlug, SoldQuantity, Text300
from cartsnitch_common.schemas.rest.paging import Page, PageQuery


class WantedItem(RequestBody):
    """One thing to buy; without `product_id` it is looked for by name."""

    product_id: UUID | None = None
    name: Text300
    quantity: SoldQuantity


class OptimizeRequest(RequestBody):
    """What a user wants to buy; without preferred stores all that the user has linked are considered."""

    user_id: UUID
    items: Annotated[list[WantedItem], Field(min_length=1, max_length=200)]
    preferred_stores: Annotated[list[StoreSlug], Field(default_factory=list, max_length=20)]


class TripItem(Reader):
    """One thing bought on a trip; `price` is for the whole quantity, in dollars before coupons."""

    name: str
    price: Money
    product_id: UUID | None = None


class TripCoupon(Reader):
    """A coupon to use on a trip, and the dollars that it saves there."""

    coupon_id: UUID
    title: str
    savings: Money
    requires_clip: bool
    coupon_code: str | None = None


class Trip(Reader):
    """What to buy at one store; `subtotal` is before coupons, `savings` what they take off it."""

    store_id: UUID
    store_name: str
    items: list[TripItem]
    subtotal: Money
    coupons: list[TripCoupon]
    savings: Money


class ShoppingPlan(Reader):
    """The cheapest trips that were found; `total_cost` is after `total_savings`."""

    trips: list[Trip]
    total_cost: Money
    total_savings: Money


class ShoppingListsQuery(PageQuery):
    """Whose lists."""

    user_id: UUID


class ShoppingListItem(Reader):
    """One thing on a list."""

    product_id: UUID | None = None
    name: str
    quantity: SoldQuantity


class ShoppingList(RowRead):
    """A user's list."""

    user_id: UUID
    name: str
    items: list[ShoppingListItem]


class ShoppingListPage(Page[ShoppingList]):
    """Lists, by the time when they were made."""


class RelevantCouponsQuery(PageQuery):
    """For whose purchases and lists; at one store where it is named."""

    user_id: UUID
    store_slug: StoreSlug | None = None


class RelevantCoupon(CouponRead):
    """An offer for something that the user buys, with the store that makes it."""

    store_slug: OpenStoreSlug


class RelevantCouponPage(Page[RelevantCoupon]):
    """Coupons that are valid today, by the time when they were first read."""
