"""Handlers of which a test runs all, or not all: `partly_...` have lines that it does not reach."""

import contextlib
import functools
import queue
import threading

STORED = []
WAITING = queue.Queue()


def everything(event):
    kept = []
    with contextlib.nullcontext():
        for price in event.payload.prices:
            try:
                kept.append({"price": price.regular_price, "day": price.observed_date})
            finally:
                kept.append(None)
    assert kept, "a constant"
    if kept:
        kept = [each for each in kept if each]
    while True:
        if kept:
            break
    return kept


def partly_a_line(event):
    if len(event.payload.prices) > 5:
        return event.payload.prices[0].source
    return None


def partly_half_a_line(event):
    first = event.payload.prices[0]
    return first.sale_price if first.source == "receipt" else first.coupon_price


def partly_the_second_operand(event):
    return event.payload.prices[0].source == "receipt" or event.payload.prices[0].coupon_price


def partly_an_except(event):
    try:
        return event.payload.prices[0].regular_price
    except IndexError:
        return event.timestamp


def partly_a_message(event):
    assert event.payload.prices, f"nothing from {event.service}"


def partly_a_case(event):
    match event.payload.prices[0].source:
        case "receipt":
            return 1
        case _:
            return event.service


def partly_a_lambda(event):
    describe = lambda: event.service  # noqa: E731
    return describe if event.payload.prices else None


def _helper(price):
    if price.source == "receipt":
        return price.regular_price
    return price.sale_price


def partly_a_helper(event):
    return [_helper(price) for price in event.payload.prices]


RULES = {"receipt": lambda price: price.regular_price, "website": lambda price: price.coupon_price}


def partly_a_table(event):
    return [RULES[price.source](price) for price in event.payload.prices]


class Steps:
    """Called by name."""

    def do_receipt(self, price):
        return price.regular_price

    def do_website(self, price):
        return price.coupon_price


STEPS = Steps()


def partly_a_name_made_up(event):
    return [getattr(STEPS, f"do_{price.source}")(price) for price in event.payload.prices]


@functools.singledispatch
def _say(value):
    return value


@_say.register
def _(value: int):
    return value + 1


@_say.register
def _(value: str):
    return value.upper()


def partly_a_dispatch(event):
    return _say(event.payload.prices[0].source.value)


async def partly_a_coroutine(event):
    if event.payload.prices:
        return event.payload.prices[0].source
    return event.service


async def everything_of_a_coroutine(event):
    async def inner():
        return event.payload.prices[0].source

    return await inner()


def _later():
    event = WAITING.get()
    if event.payload.prices[0].source == "website":
        STORED.append(event.service)


def partly_a_worker(event):
    thread = threading.Thread(target=_later)
    thread.start()
    WAITING.put(event)
    thread.join()


def kept_for_later(event):
    WAITING.put(event)


def partly_later():
    event = WAITING.get()
    return event.service if event.payload.prices[0].source == "website" else None


def partly_never_called(event):
    return event.service


def shared_with_a_client(event):
    return [_helper_of_both(price) for price in event.payload.prices]


def partly_a_client(body):
    return [_helper_of_both(price) for price in body]


def _helper_of_both(price):
    return price["source"] if isinstance(price, dict) else price.source


def partly_from_a_cache(client, known=None):
    body = known if known is not None else client.get("/prices").json()
    if body["has_more"]:
        return body["next_cursor"]
    return None


def partly_from_a_cache_in_a_delivery(event, client, known=None):
    assert event.service
    return partly_from_a_cache(client, known)


def after_a_retry(client):
    for attempt in range(3):
        try:
            response = client.get("/prices")
        except ConnectionError:
            STORED.append(attempt + 1)
            continue
        return response.json()["has_more"]
    return None
