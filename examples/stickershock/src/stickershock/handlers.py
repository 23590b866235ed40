"""What is done with events."""

from cartsnitch_common.schemas.events import Event
from stickershock.sightings import SeenPrices
from stickershock.watch import PriceWatch


async def on_prices_updated(event: Event[SeenPrices], watch: PriceWatch) -> None:
    """Prices were observed."""
    await watch.see(event.payload.prices)
