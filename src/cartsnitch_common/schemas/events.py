"""The six channels: one payload class each, and the envelope that they travel in.

    {"event_type": "cartsnitch.receipts.ingested", "timestamp": "2026-03-10T14:02:11Z",
     "service": "receiptwitness", "payload": {...}}

The channels are fixed and carry no version: a payload only evolves compatibly (add beside, move the readers,
remove). Redis may deliver a message twice; `idempotency_keys` tells which facts a reader has seen before.
"""

from abc import abstractmethod
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from cartsnitch_common.constants import EventType
from cartsnitch_common.schemas.base import Reader
from cartsnitch_common.schemas.fields import (
    Confidence,
    Money,
    OpenMatchConfidence,
    OpenMatchMethod,
    OpenPriceSource,
    OpenService,
    OpenSizeUnit,
    OpenStoreSlug,
    Percent,
    Size,
    Text200,
    Text300,
    Upc,
    UtcDateTime,
)

_Count = Annotated[int, Field(ge=0)]


class _Fact(Reader):
    # An instance is validated again when it is published: what was put together unchecked is found out there.
    model_config = ConfigDict(frozen=True, revalidate_instances="always", from_attributes=False)


class EventPayload(_Fact):
    """What travels inside the envelope; immutable."""

    event_type: ClassVar[EventType]

    @property
    @abstractmethod
    def idempotency_keys(self) -> tuple[str, ...]:
        """One key for each fact that the payload states; a redelivered fact has the key that it had."""


class ReceiptsIngested(EventPayload):
    """A receipt was stored. Recognised again by `purchase_id`."""

    event_type = EventType.RECEIPTS_INGESTED

    purchase_id: UUID
    user_id: UUID
    store_slug: OpenStoreSlug
    receipt_id: Text200
    purchase_date: date
    total: Money
    item_count: _Count

    @property
    def idempotency_keys(self) -> tuple[str, ...]:
        return (str(self.purchase_id),)


class PriceUpdate(_Fact):
    """One observed price, in dollars a piece (or a pound, where it is weighed)."""

    price_history_id: UUID
    normalized_product_id: UUID
    store_slug: OpenStoreSlug
    observed_date: date
    regular_price: Money
    sale_price: Money | None = None
    loyalty_price: Money | None = None
    coupon_price: Money | None = None
    source: OpenPriceSource


class PricesUpdated(EventPayload):
    """Prices were observed, 1 to 1,000 at once. Each is recognised again by its `price_history_id`."""

    event_type = EventType.PRICES_UPDATED

    prices: Annotated[list[PriceUpdate], Field(min_length=1, max_length=1000)]

    @property
    def idempotency_keys(self) -> tuple[str, ...]:
        return tuple(str(price.price_history_id) for price in self.prices)


class ProductsNormalized(EventPayload):
    """A receipt line was matched to a product. Recognised again by `purchase_item_id`."""

    event_type = EventType.PRODUCTS_NORMALIZED

    purchase_item_id: UUID
    normalized_product_id: UUID
    canonical_name: Text300
    upc: Upc | None = None
    match_method: OpenMatchMethod
    confidence: OpenMatchConfidence

    @property
    def idempotency_keys(self) -> tuple[str, ...]:
        return (str(self.purchase_item_id),)


class CouponsUpdated(EventPayload):
    """A store's coupons were read anew. Recognised again by store and `refreshed_at`."""

    event_type = EventType.COUPONS_UPDATED

    store_slug: OpenStoreSlug
    coupon_ids: list[UUID]
    added: _Count
    updated: _Count
    expired: _Count
    refreshed_at: UtcDateTime

    @property
    def idempotency_keys(self) -> tuple[str, ...]:
        return (f"{self.store_slug}|{self.refreshed_at.isoformat()}",)


class PriceIncreaseAlert(EventPayload):
    """A product costs more. Recognised again by product, store and `observed_date`.

    `percent_change` is of the price; `cpi_percent_change` of the consumer price index over the same time.
    """

    event_type = EventType.ALERT_PRICE_INCREASE

    normalized_product_id: UUID
    canonical_name: Text300
    store_slug: OpenStoreSlug
    old_price: Money
    new_price: Money
    percent_change: Percent
    observed_date: date
    previous_observed_date: date
    cpi_percent_change: Percent | None = None

    @property
    def idempotency_keys(self) -> tuple[str, ...]:
        return (f"{self.normalized_product_id}|{self.store_slug}|{self.observed_date.isoformat()}",)


class ShrinkflationAlert(EventPayload):
    """A package shrank. Recognised again by `shrinkflation_event_id`."""

    event_type = EventType.ALERT_SHRINKFLATION

    shrinkflation_event_id: UUID
    normalized_product_id: UUID
    canonical_name: Text300
    old_size: Size
    old_unit: OpenSizeUnit
    new_size: Size
    new_unit: OpenSizeUnit
    price_at_old_size: Money | None = None
    price_at_new_size: Money | None = None
    unit_price_percent_change: Percent | None = None
    confidence: Confidence
    detected_date: date

    @property
    def idempotency_keys(self) -> tuple[str, ...]:
        return (str(self.shrinkflation_event_id),)


class Event[P](Reader):
    """The envelope: exactly these four keys on the wire.

    A handler may take `Event[MyPayload]` with a smaller model of its own: only that is validated then.
    """

    model_config = ConfigDict(frozen=True, from_attributes=False)

    event_type: EventType
    timestamp: UtcDateTime
    service: OpenService
    payload: P


class ReceiptsIngestedEvent(Event[ReceiptsIngested]):
    """The envelope of `cartsnitch.receipts.ingested`."""

    event_type: Literal[EventType.RECEIPTS_INGESTED]


class PricesUpdatedEvent(Event[PricesUpdated]):
    """The envelope of `cartsnitch.prices.updated`."""

    event_type: Literal[EventType.PRICES_UPDATED]


class ProductsNormalizedEvent(Event[ProductsNormalized]):
    """The envelope of `cartsnitch.products.normalized`."""

    event_type: Literal[EventType.PRODUCTS_NORMALIZED]


class CouponsUpdatedEvent(Event[CouponsUpdated]):
    """The envelope of `cartsnitch.coupons.updated`."""

    event_type: Literal[EventType.COUPONS_UPDATED]


class PriceIncreaseAlertEvent(Event[PriceIncreaseAlert]):
    """The envelope of `cartsnitch.alerts.price_increase`."""

    event_type: Literal[EventType.ALERT_PRICE_INCREASE]


class ShrinkflationAlertEvent(Event[ShrinkflationAlert]):
    """The envelope of `cartsnitch.alerts.shrinkflation`."""

    event_type: Literal[EventType.ALERT_SHRINKFLATION]


AnyEvent = Annotated[
    ReceiptsIngestedEvent
    | PricesUpdatedEvent
    | ProductsNormalizedEvent
    | CouponsUpdatedEvent
    | PriceIncreaseAlertEvent
    | ShrinkflationAlertEvent,
    Field(discriminator="event_type"),
]
"""Whatever may arrive, told apart by `event_type`."""

_ENVELOPES = (
    ReceiptsIngestedEvent,
    PricesUpdatedEvent,
    ProductsNormalizedEvent,
    CouponsUpdatedEvent,
    PriceIncreaseAlertEvent,
    ShrinkflationAlertEvent,
)
PAYLOADS: dict[EventType, type[EventPayload]] = {
    payload.event_type: payload
    for payload in (
        ReceiptsIngested,
        PricesUpdated,
        ProductsNormalized,
        CouponsUpdated,
        PriceIncreaseAlert,
        ShrinkflationAlert,
    )
}
"""Each channel's payload class."""
ENVELOPES: dict[EventType, type[Event[Any]]] = dict(zip(PAYLOADS, _ENVELOPES, strict=True))
"""Each channel's envelope class."""
