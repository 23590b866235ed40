"""Messages that services read, and another value for each of their fields."""

ID = "018f5e3e-7b1c-7000-8000-00000000000{}".format
RECEIPT_EVENT = {
    "event_type": "cartsnitch.receipts.ingested",
    "timestamp": "2026-03-10T14:02:11Z",
    "service": "receiptwitness",
    "payload": {
        "purchase_id": ID(1),
        "user_id": ID(2),
        "store_slug": "meijer",
        "receipt_id": "R-17",
        "purchase_date": "2026-03-09",
        "total": "41.17",
        "item_count": 12,
    },
}
PRICE = {
    "price_history_id": ID(3),
    "normalized_product_id": ID(4),
    "store_slug": "kroger",
    "observed_date": "2026-03-08",
    "regular_price": "3.99",
    "sale_price": "2.99",
    "loyalty_price": None,
    "coupon_price": None,
    "source": "receipt",
}
PRICES_EVENT = {
    "event_type": "cartsnitch.prices.updated",
    "timestamp": "2026-03-10T14:02:11Z",
    "service": "receiptwitness",
    "payload": {"prices": [PRICE]},
}
PAGE = {
    "items": [{**PRICE, "purchase_item_id": None, "created_at": "2026-03-10T14:02:11Z"}],
    "next_cursor": "abc",
    "has_more": False,
}
OTHERWISE = {
    "timestamp": "2026-03-11T09:00:00Z",
    "created_at": "2026-03-11T09:00:00Z",
    "service": "clipartist",
    "store_slug": "target",
    "receipt_id": "R-18",
    "purchase_date": "2026-03-01",
    "observed_date": "2026-03-01",
    "total": "9.50",
    "item_count": 3,
    "regular_price": "1.25",
    "sale_price": "1.05",
    "loyalty_price": "1.00",
    "coupon_price": "0.95",
    "source": "website",
    "next_cursor": "xyz",
    "has_more": True,
}
"""Another value for each field; ids get another id."""
