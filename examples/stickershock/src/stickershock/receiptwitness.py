"""What this service asks of ReceiptWitness."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
from pydantic import ValidationError

from cartsnitch_common.errors import CartsnitchError
from cartsnitch_common.schemas import Reader
from cartsnitch_common.schemas.rest import SERVICE_KEY, PricesQuery
from stickershock.sightings import SeenPrice


class ReceiptWitnessError(CartsnitchError):
    """ReceiptWitness does not answer, or not as its contract says; the message names the call."""


class SeenProduct(Reader):
    """The part of a product that this service reads."""

    canonical_name: str
    category: str | None = None


class SeenPage(Reader):
    """A page of prices: that part of them that this service reads."""

    items: list[SeenPrice]
    next_cursor: str | None = None
    has_more: bool


class ReceiptWitness:
    """Calls over `client`, whose `base_url` is that of ReceiptWitness."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self._client = client
        self._headers = {SERVICE_KEY: key}

    async def prices(self, cursor: str | None) -> AsyncIterator[SeenPage]:
        """All pages of prices behind a place; from the first one for None.

        Raises:
            ReceiptWitnessError: one cannot be had.
        """
        while True:
            page = await self._get("/prices", SeenPage, PricesQuery(cursor=cursor, limit=1000))
            yield page
            if not page.has_more:
                return
            cursor = page.next_cursor

    async def product(self, product_id: UUID) -> SeenProduct | None:
        """A product; None where there is none of that id.

        Raises:
            ReceiptWitnessError: it cannot be had.
        """
        try:
            return await self._get(f"/products/{product_id}", SeenProduct)
        except _NotFoundError:
            return None

    async def _get[M: Reader](self, path: str, model: type[M], query: PricesQuery | None = None) -> M:
        try:
            response = await self._client.get(
                path, params=query.wire() if query else None, headers=self._headers
            )
            if response.status_code == httpx.codes.NOT_FOUND:
                raise _NotFoundError(f"ReceiptWitness has nothing at {path}.")
            response.raise_for_status()
            return model.model_validate_json(response.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise ReceiptWitnessError(
                f"GET {path} of ReceiptWitness failed: {type(error).__name__}: {error}. "
                "The state is kept, and the next event or catching up goes on from there."
            ) from error


class _NotFoundError(ReceiptWitnessError):
    pass
