"""What the service makes of the stores' JSON."""

import json

import pytest

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import new_id
from receiptwitness.parsing import UnreadableReceiptError, parse_receipt
from receiptwitness.products import shared_code

USER, STORE = new_id(), new_id()


@pytest.mark.parametrize("messy", [False, True])
@pytest.mark.parametrize("store", StoreSlug)
def test_a_receipt_of_each_store_is_read_exactly(receipt_factory, store, messy):
    """Every field is what the kit knows of the page, tidy or not; the page does not tell its own address."""
    receipts = receipt_factory.batch(60, store=store, messy=messy)

    for receipt in receipts:
        read = parse_receipt(receipt.raw(), store, user_id=USER, store_id=STORE)
        right = receipt.to_create(user_id=USER, store_id=STORE)
        assert read == right.model_copy(update={"source_url": None})


@pytest.mark.parametrize("store", StoreSlug)
def test_a_page_may_have_everything_at_one_level(receipt_factory, store):
    """Lines and totals beside the number and the day."""
    page = receipt_factory(store=store, seed=3).raw()
    flat = {name: value for name, value in page.items() if name != "detail"} | page["detail"]

    read, same = (parse_receipt(each, store, user_id=USER, store_id=STORE) for each in (page, flat))

    assert read.model_copy(update={"raw_data": flat}) == same


def test_a_receipt_that_lacks_something_is_refused_by_name(receipt_factory):
    """The message names receipt and field, and holds nothing of what was bought."""
    page = receipt_factory(store="kroger", seed=3).raw()
    del page["detail"]["items"][0]["basePrice"]

    with pytest.raises(UnreadableReceiptError) as refused:
        parse_receipt(page, StoreSlug.KROGER, user_id=USER, store_id=STORE)

    assert page["orderId"] in str(refused.value)
    assert "items.0.unit_price: Field required" in str(refused.value)
    assert page["detail"]["items"][0]["description"] not in str(refused.value)


@pytest.mark.parametrize("lines", [None, "milk", [1]])
def test_a_page_without_lines_is_no_receipt(receipt_factory, lines):
    """Lines are a list of objects; anything else is refused instead of read as an empty receipt."""
    page = receipt_factory(store="target", seed=3).raw()
    page["detail"]["items"] = lines

    with pytest.raises(UnreadableReceiptError, match="list of objects"):
        parse_receipt(page, StoreSlug.TARGET, user_id=USER, store_id=STORE)


@pytest.mark.parametrize("value", [r'"\ud83c"', r'{"\udf4e": 1}', "NaN", "1e999"])
def test_a_receipt_that_postgres_cannot_store_is_refused_by_name(receipt_factory, value):
    """Python reads it as JSON; a whole emoji is stored."""
    page = receipt_factory(store="kroger", seed=3).raw() | {"note": json.loads(r'"\ud83c\udf4e"')}
    parse_receipt(page, StoreSlug.KROGER, user_id=USER, store_id=STORE)
    page["note"] = json.loads(value)

    with pytest.raises(UnreadableReceiptError, match=page["orderId"]):
        parse_receipt(page, StoreSlug.KROGER, user_id=USER, store_id=STORE)


@pytest.mark.parametrize(
    ("printed", "store", "shared"),
    [
        ("41250100126", StoreSlug.MEIJER, "041250100126"),
        ("1111041700", StoreSlug.KROGER, "011110417008"),
        ("4011", StoreSlug.KROGER, "4011"),
        ("85239110478", StoreSlug.TARGET, "085239110478"),
    ],
)
def test_codes_of_all_stores_meet(printed, store, shared):
    """Twelve digits with the check digit, which Kroger leaves out; a PLU stays as it is."""
    assert shared_code(printed, store) == shared
