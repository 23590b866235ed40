"""Which product a line of a receipt is: known by its code, or by its name where it has none."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Text, cast, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import NormalizedProduct, PurchaseItem
from receiptwitness.formats import FORMATS

PLU_DIGITS: Final = 5
UPC_DIGITS: Final = 12
_VARIANTS: Final = type_coerce(NormalizedProduct.upc_variants, JSONB)


def shared_code(code: str, store: StoreSlug) -> str:
    """A code as all stores share it: twelve digits with the check digit, or a PLU of four or five.

    `code` has lost the zeros that pad it; Kroger also leaves out the check digit, which is computed here.
    """
    if not PLU_DIGITS < len(code) <= UPC_DIGITS:
        return code
    if FORMATS[store].codes_have_check_digit or len(code) == UPC_DIGITS:
        return code.zfill(UPC_DIGITS)
    body = code.zfill(UPC_DIGITS - 1)
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The last digit of a UPC-A, from the eleven before it."""
    odd, even = (sum(map(int, body[start::2])) for start in (0, 1))
    return str(-(3 * odd + even) % 10)


def match_products(session: Session, items: Iterable[PurchaseItem], store: StoreSlug) -> None:
    """Give each line its product, which is made where nobody saw it before; a deposit has none."""
    lines = [item for item in items if "deposit" not in item.product_name_raw.lower()]
    codes = {item: shared_code(item.upc, store) for item in lines if item.upc}
    names = {item: _plain(item.product_name_raw) for item in lines if not item.upc}
    known = {**_by_code(session, set(codes.values())), **_by_name(session, set(names.values()))}
    for item in lines:
        key = codes.get(item) or names[item]
        if key not in known:
            known[key] = NormalizedProduct(
                canonical_name=item.product_name_raw, upc_variants=[key] if item in codes else []
            )
            session.add(known[key])
        product = known[key]
        if item.upc and item.upc not in product.upc_variants:
            product.upc_variants = [*product.upc_variants, item.upc]
        item.normalized_product_id = product.id


def _by_code(session: Session, codes: set[str]) -> dict[str, NormalizedProduct]:
    has_one = _VARIANTS.has_any(cast(sorted(codes), ARRAY(Text)))
    found = session.scalars(select(NormalizedProduct).where(has_one))
    return {code: product for product in found for code in codes.intersection(product.upc_variants)}


def _by_name(session: Session, names: set[str]) -> dict[str, NormalizedProduct]:
    name = func.lower(NormalizedProduct.canonical_name)
    found = session.scalars(select(NormalizedProduct).where(name.in_(names), _VARIANTS == []).order_by("id"))
    return {_plain(product.canonical_name): product for product in found}


def _plain(name: str) -> str:
    return name.lower()
