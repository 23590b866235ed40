"""Rows of the shared models as ReceiptWitness answers with them."""

from typing import Any, Final

from pydantic import BaseModel, ValidationError

from cartsnitch_common.models import Base, NormalizedProduct, PriceHistory, Purchase
from cartsnitch_common.schemas.rest import ObservedPrice, ProductDetail, PurchaseDetail
from cartsnitch_contracts.service.stubs.errors import StubError

ANSWERS: Final[dict[type[Base], type[BaseModel]]] = {
    Purchase: PurchaseDetail,
    NormalizedProduct: ProductDetail,
    PriceHistory: ObservedPrice,
}


def answer(row: Base) -> dict[str, Any]:
    """A row as JSON has it, with the store's name and, of a purchase, its lines.

    Raises:
        StubError: no operation answers with such a row, or it lacks what is answered.
    """
    schema = ANSWERS.get(type(row))
    if schema is None:
        known = ", ".join(model.__name__ for model in ANSWERS)
        raise StubError(f"No service answers with a row of {type(row).__name__}; of these: {known}.")
    values = {name: getattr(row, name) for name in schema.model_fields if hasattr(row, name)}
    if isinstance(row, Purchase):
        values |= {"store_slug": row.store.slug, "item_count": len(row.items)}
    elif isinstance(row, PriceHistory):
        values |= {"store_slug": row.store.slug, "price_history_id": row.id}
    try:
        return schema.model_validate(values).model_dump(mode="json")
    except ValidationError as error:
        lacking = ", ".join(str(each["loc"][0]) for each in error.errors())
        raise StubError(
            f"This {type(row).__name__} lacks {lacking}, which its service answers with. "
            "Save it first, as create_sync of its factory does, or set them."
        ) from None
