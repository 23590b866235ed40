"""Who publishes on a channel, and who subscribes to it."""

from dataclasses import dataclass

from cartsnitch_common.constants import EventType, Service

SERVICES: dict[str, str] = {
    Service.RECEIPT_WITNESS: "ReceiptWitness",
    Service.STICKER_SHOCK: "StickerShock",
    Service.SHRINK_RAY: "ShrinkRay",
    Service.CLIP_ARTIST: "ClipArtist",
    Service.API: "API",
}
"""Each service's name as people write it, by its name on the wire."""


@dataclass(frozen=True)
class Route:
    """One channel's two ends."""

    publishers: tuple[Service, ...]
    subscribers: tuple[Service, ...]


ROUTES: dict[EventType, Route] = {
    EventType.RECEIPTS_INGESTED: Route(
        (Service.RECEIPT_WITNESS,), (Service.STICKER_SHOCK, Service.SHRINK_RAY, Service.API)
    ),
    EventType.PRICES_UPDATED: Route((Service.RECEIPT_WITNESS,), (Service.STICKER_SHOCK, Service.CLIP_ARTIST)),
    EventType.PRODUCTS_NORMALIZED: Route(
        (Service.RECEIPT_WITNESS,), (Service.SHRINK_RAY, Service.STICKER_SHOCK)
    ),
    EventType.COUPONS_UPDATED: Route((Service.CLIP_ARTIST,), (Service.API,)),
    EventType.ALERT_PRICE_INCREASE: Route((Service.STICKER_SHOCK,), (Service.API, Service.CLIP_ARTIST)),
    EventType.ALERT_SHRINKFLATION: Route((Service.SHRINK_RAY,), (Service.API,)),
}
"""Every channel's route."""


def title(service: str) -> str:
    """A service's name as people write it; one that is not known here stays as it is."""
    return SERVICES.get(service, service)
