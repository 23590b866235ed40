"""The stores' JSON, read back into the platform's own terms."""

import json

import pytest

from cartsnitch_cli.demo.files import Rejected, read_file
from cartsnitch_cli.demo.ingest import product_code
from cartsnitch_cli.demo.parsing import UnreadableReceiptError, parse_receipt
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import new_id
from cartsnitch_fixtures.catalogue import is_upc, products_at
from cartsnitch_fixtures.market import Market
from cartsnitch_fixtures.receipts import ReceiptFactory
from cartsnitch_fixtures.receipts.tills import TILLS

USER = new_id()
STORES = {slug: new_id() for slug in StoreSlug}


def parse(entry):
    return parse_receipt(entry, user_id=USER, store_ids=STORES)


@pytest.fixture
def raw():
    """A receipt of each store, as its account page gives it, with two lines or more."""
    receipts = {receipt.store: receipt for receipt in Market(3).receipts() if len(receipt.lines) > 1}
    return {store: json.loads(json.dumps(receipt.raw())) for store, receipt in receipts.items()}


@pytest.mark.parametrize("store", list(StoreSlug))
def test_what_a_store_writes_is_read_back_whole(store):
    """Totals, lines, codes and every discount are those of the receipt that was written."""
    receipts = [receipt for receipt in Market(1).receipts() if receipt.store == store]

    read = [parse(json.loads(json.dumps(receipt.raw()))) for receipt in receipts]

    assert len(read) > 50
    for receipt, parsed in zip(receipts, read, strict=True):
        expected = receipt.to_create(user_id=USER, store_id=STORES[store])
        assert parsed.store == store
        assert parsed.purchase == expected.model_copy(update={"source_url": None})


def test_untidy_pages_are_read_as_rightly():
    """Other names, null totals on one level, lines that were not sold: the answer beside each page is met."""
    for receipt in ReceiptFactory().batch(400, messy=True):
        parsed = parse(json.loads(json.dumps(receipt.raw())))

        expected = receipt.to_create(user_id=USER, store_id=STORES[receipt.store])
        assert parsed.purchase == expected.model_copy(update={"source_url": None}), receipt.variants


@pytest.mark.parametrize(
    "mark",
    [{"voided": True}, {"status": "VOIDED"}, {"status": "returned"}, {"returnFlag": "Y"}, {"isReturn": True}],
)
def test_a_line_that_was_not_sold_is_left_out(raw, mark):
    """Voided and returned lines stand in the JSON and are not part of the purchase."""
    entry = raw[StoreSlug.KROGER]
    before = len(parse(entry).purchase.items)
    entry["detail"]["items"][0] |= mark

    parsed = parse(entry)

    assert len(parsed.purchase.items) == before - 1


def test_a_flag_that_says_no_leaves_the_line(raw):
    """Both `false` and "N" mean that the line was sold."""
    entry = raw[StoreSlug.KROGER]
    before = len(parse(entry).purchase.items)
    entry["detail"]["items"][0] |= {"voided": False, "returnFlag": "N", "status": "SOLD"}

    assert len(parse(entry).purchase.items) == before


def test_other_spellings_are_understood(raw):
    """The same receipt under other keys gives the same purchase."""
    entry = raw[StoreSlug.TARGET]
    expected = parse(entry).purchase
    other = json.loads(
        json.dumps(entry)
        .replace('"items"', '"lineItems"')
        .replace('"description"', '"itemDescription"')
        .replace('"quantity"', '"qty"')
        .replace('"tax"', '"salesTax"')
        .replace('"upc"', '"UPC"')
        .replace('"totalPrice"', '"lineTotal"')
    )

    purchase = parse(other).purchase

    assert purchase.model_copy(update={"raw_data": expected.raw_data}) == expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda entry: entry.pop("orderId") and entry["detail"].pop("receiptId"), "orderId: Field required"),
        (
            lambda entry: entry["detail"]["items"][1].pop("basePrice"),
            r"items\[1\]\.basePrice: Field required",
        ),
        (lambda entry: entry.update(purchaseDate="yesterday"), "purchaseDate is not a moment"),
        (lambda entry: entry["detail"].pop("items"), "items is missing"),
        (lambda entry: entry["detail"]["items"].insert(0, 7), r"items\[0\] is a number"),
        (lambda entry: entry["detail"]["items"][0].update(quantity=0), r"items\[0\]\.quantity"),
    ],
)
def test_what_is_wrong_is_named_as_the_store_spells_it(raw, change, reason):
    """The reason can be found in the file."""
    entry = raw[StoreSlug.KROGER]
    change(entry)

    with pytest.raises(UnreadableReceiptError, match=reason):
        parse(entry)


@pytest.mark.parametrize("entry", [{}, {"total": 3}, [], "receipt", None, {"detail": 3, "items": 4}])
def test_what_is_no_stores_receipt_is_refused(entry):
    """Whatever JSON it is, it is refused with a reason and nothing else happens."""
    with pytest.raises(UnreadableReceiptError):
        parse(entry)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"total": NaN}', "NaN is no JSON value"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "the list is empty"),
    ],
)
def test_a_file_that_cannot_be_read_has_a_reason(tmp_path, content, reason):
    """Broken text, other encodings, depth and emptiness are reasons, not crashes."""
    path = tmp_path / "receipt.json"
    path.write_bytes(content)

    result = read_file(path)

    assert isinstance(result, Rejected)
    assert reason in result.reason


def test_a_file_holds_one_receipt_or_a_list(tmp_path):
    """Both are given as a list."""
    one, many = tmp_path / "one.json", tmp_path / "many.json"
    one.write_text('{"a": 1}', encoding="utf-8")
    many.write_text('[{"a": 1}, {"b": 2}]', encoding="utf-8-sig")

    assert read_file(one) == [{"a": 1}]
    assert read_file(many) == [{"a": 1}, {"b": 2}]


def test_a_product_has_one_code_at_all_stores():
    """Whether a store pads it with zeros or drops the check digit."""
    for store in StoreSlug:
        for product in products_at(store):
            padded = TILLS[store].upc(product)
            if padded and is_upc(product.code):
                assert product_code(padded.lstrip("0"), store) == product.code


@pytest.mark.parametrize(
    ("upc", "store", "code"),
    [
        ("4011", StoreSlug.KROGER, "4011"),
        ("94011", StoreSlug.TARGET, "94011"),
        ("3600029145", StoreSlug.KROGER, "036000291452"),
        ("36000291452", StoreSlug.MEIJER, "036000291452"),
    ],
)
def test_a_code_that_lost_its_zeros_gets_them_back(upc, store, code):
    """036000291452 is the textbook's example of a check digit; a PLU stays as it is."""
    assert product_code(upc, store) == code
