"""Handlers and clients that hand on what they got, to something of which a test may give a double."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter

from cartsnitch_common.events import decode_as, decode_event, encode_event
from cartsnitch_common.schemas.events import AnyEvent, Event, PricesUpdated, PricesUpdatedEvent


@dataclass
class Found:
    price: Any


class Rise:
    def __init__(self, price):
        self.prices = {"first": [price]}


class Store:
    def save(self, price):
        return price.regular_price

    async def save_later(self, price):
        return price.regular_price

    def save_all(self, prices):
        return [each.regular_price for each in prices]


def saves(event, store):
    first = event.payload.prices[0]
    if first.store_slug:
        store.save(first)


def saves_by_name(event, store):
    store.save(price=event.payload.prices[0])


def saves_a_list(event, store):
    store.save([event.payload.prices[0]])


def saves_what_holds_it(event, store):
    store.save(Found(event.payload.prices[0]))


def saves_an_object_of_its_own(event, store):
    store.save(Rise(event.payload.prices[0]))


def saves_an_iterator(event, store):
    store.save(each for each in event.payload.prices)


def saves_a_field(event, store):
    store.save(event.payload.prices[0].store_slug)


async def saves_later(event, store):
    await store.save_later(event.payload.prices[0])


async def saves_in_a_task(event, store):
    await asyncio.create_task(store.save_later(event.payload.prices[0]))


def hands_on_a_function(event, store):
    first = event.payload.prices[0]
    store.call(lambda: first)


def asks_a_client(client):
    return client.prices()["has_more"]


def gives_a_page(client, store):
    store.save(client.get("/prices").json())


# --- events that the service decodes itself


class Price(BaseModel):
    sale_price: str | None = None


class Prices(BaseModel):
    prices: list[Price]


def reads_the_shop(event):
    return event.payload.prices[0].store_slug


def reads_the_sale_price(event):
    return event.payload.prices[0].sale_price


def decodes(raw):
    return decode_event(raw).payload.prices[0].sale_price


def decodes_as(raw):
    return decode_as(raw, PricesUpdatedEvent).payload.prices[0].sale_price


def decodes_with_its_own(raw):
    return decode_as(raw, Event[Prices]).payload.prices[0].sale_price


def validates_the_event(raw):
    return PricesUpdatedEvent.model_validate_json(raw).payload.prices[0].sale_price


def validates_the_payload(raw):
    return PricesUpdated.model_validate(json.loads(raw)["payload"]).prices[0].sale_price


def makes_the_payload(raw):
    return PricesUpdated(**json.loads(raw)["payload"]).prices[0].sale_price


def validates_several(raw):
    return TypeAdapter(list[AnyEvent]).validate_json(b"[" + raw + b"]")[0].payload.prices[0].sale_price


async def listens(subscriber):
    @subscriber.on("cartsnitch.prices.updated")
    async def handle(event):
        subscriber.stop()
        return reads_the_shop(event)

    await subscriber.run()


def publishes(payload):
    return encode_event(PricesUpdated.event_type, "receiptwitness", payload)
