"""Handlers and clients in many styles of reading, each with what a recording must say of it."""

import asyncio
import collections
import copy
import dataclasses
import functools
import gc
import inspect
import json
import operator
import pickle
import queue
import string
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from pydantic import BaseModel, TypeAdapter

from cartsnitch_common.events import encode_event
from cartsnitch_common.schemas.events import Event, PricesUpdated, ReceiptsIngested
from cartsnitch_common.schemas.fields import Money
from cartsnitch_common.schemas.rest import ObservedPrice, PricePage

RECEIPT = "receipts.ingested"
PRICES = "prices.updated"
BODY = "GET /prices"


@dataclass(frozen=True)
class Style:
    """One way of reading.

    Attributes:
        run: gets an event, or the JSON of an answer; what it returns depends on what it reads alone.
        subject: the channel, or the operation.
        reads: the places that a recording must name, and no other.
    """

    run: Callable[[Any], Any]
    subject: str
    reads: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the test is called by."""
        return self.run.__name__


STYLES: list[Style] = []


def reads(subject: str, *places: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Put a function into the table."""

    def put(run: Callable[[Any], Any]) -> Callable[[Any], Any]:
        STYLES.append(Style(run, subject, places))
        return run

    return put


class Totals(BaseModel):
    """A model of the service's own."""

    total: Money


class Wrapped(BaseModel):
    """One that holds a shared one."""

    receipt: ReceiptsIngested


class Loose(BaseModel):
    """One that holds anything."""

    body: Any


class Box(NamedTuple):
    """A tuple with names."""

    content: Any


@dataclass
class Kept:
    """Something that keeps an event."""

    event: Any
    seen: list[Any] = field(default_factory=list)


# --- events: attributes ------------------------------------------------------------------------------------


@reads(RECEIPT, "payload.total")
def an_attribute(event):
    return event.payload.total


@reads(RECEIPT)
def nothing(event):
    return "seen"


@reads(RECEIPT, "timestamp")
def the_envelope(event):
    return event.timestamp


@reads(RECEIPT, "payload.item_count", "payload.total")
def two_attributes_of_a_local(event):
    receipt = event.payload
    return receipt.total * receipt.item_count


@reads(RECEIPT, "payload.store_slug", "payload.total")
def a_condition_that_is_met(event):
    return event.payload.total if event.payload.store_slug == "meijer" else None


@reads(RECEIPT, "payload.total")
def getattr_by_a_name(event):
    return getattr(event.payload, "tot" + "al")


@reads(RECEIPT, "payload.currency")
def a_field_that_is_not_there(event):
    return getattr(event.payload, "currency", "USD")


@reads(RECEIPT, "payload.currency")
def hasattr_of_a_field_that_is_not_there(event):
    return hasattr(event.payload, "currency")


@reads(RECEIPT, "payload.total")
def an_attrgetter(event):
    return operator.attrgetter("payload.total")(event)


@reads(RECEIPT, "payload.total")
def reduced_to_an_attribute(event):
    return functools.reduce(getattr, ["payload", "total"], event)


@reads(RECEIPT, "payload.item_count", "payload.receipt_id")
def a_format(event):
    return f"{event.payload.receipt_id}: {event.payload.item_count:>4}"


@reads(RECEIPT, "payload.receipt_id")
def a_format_string(event):
    return "{.payload.receipt_id}".format(event)  # noqa: UP032


@reads(RECEIPT, "payload.total")
def a_pattern_of_the_class(event):
    match event:
        case Event(payload=ReceiptsIngested(total=total)):
            return total


@reads(RECEIPT, "payload.item_count", "payload.total")
def a_pattern_with_a_guard(event):
    match event.payload:
        case ReceiptsIngested(total=total, item_count=count) if count > 0:
            return total / count


@reads(RECEIPT, "payload.purchase_id")
def a_property_of_the_shared_class(event):
    return event.payload.idempotency_keys


@reads(RECEIPT, "payload.total")
def dispatch_on_the_exact_type(event):
    table = {ReceiptsIngested: lambda receipt: receipt.total}
    return table[type(event.payload)](event.payload)


@functools.singledispatch
def _total(payload):
    return None


@_total.register
def _(payload: ReceiptsIngested):
    return payload.total


@reads(RECEIPT, "payload.total")
def singledispatch(event):
    return _total(event.payload)


# --- events: through containers and later -------------------------------------------------------------------


@reads(PRICES, "payload.prices[].regular_price")
def a_loop(event):
    found = []
    for price in event.payload.prices:
        found.append(price.regular_price)  # noqa: PERF401 - a style
    return found


@reads(PRICES, "payload.prices[].sale_price", "payload.prices[].store_slug")
def a_comprehension_with_a_condition(event):
    return [price.sale_price for price in event.payload.prices if price.store_slug == "kroger"]


@reads(PRICES, "payload.prices[].source")
def an_item(event):
    return event.payload.prices[0].source


@reads(PRICES, "payload.prices[].source")
def an_unpacking(event):
    first, *_ = event.payload.prices
    return first.source


@reads(PRICES, "payload.prices")
def just_how_many(event):
    return len(event.payload.prices)


@reads(PRICES, "payload.prices[].regular_price")
def sorted_by_a_field(event):
    return [0 for _ in sorted(event.payload.prices, key=lambda price: price.regular_price)] and max(
        map(operator.attrgetter("regular_price"), event.payload.prices)
    )


@reads(PRICES, "payload.prices[].regular_price", "payload.prices[].store_slug")
def a_table_by_store(event):
    table = {price.store_slug: price for price in event.payload.prices}
    return {store: price.regular_price for store, price in table.items()}


@reads(PRICES, "payload.prices[].regular_price")
def a_pattern_of_a_sequence(event):
    match event.payload.prices:
        case [first, *_]:
            return first.regular_price


@reads(PRICES, "payload.prices[].observed_date")
def a_generator(event):
    def days():
        yield from (price.observed_date for price in event.payload.prices)

    return list(days())


@reads(PRICES, "payload.prices[].source")
def a_named_tuple_around(event):
    return [Box(price).content.source for price in event.payload.prices]


@reads(RECEIPT, "payload.total")
def kept_and_read_later(event):
    kept = Kept(event)
    del event
    return kept.event.payload.total


@reads(RECEIPT, "payload.total")
def a_closure_that_is_called_later(event):
    return lambda: event.payload.total


@reads(RECEIPT, "payload.total")
def a_partial_of_getattr(event):
    return functools.partial(getattr, event.payload, "total")()


@reads(RECEIPT, "payload.total")
def a_thread(event):
    found = []
    thread = threading.Thread(target=lambda: found.append(event.payload.total))
    thread.start()
    thread.join()
    return found


@reads(RECEIPT, "payload.total")
def a_pool_that_reads_in_c(event):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(operator.attrgetter("total"), event.payload).result()


@reads(RECEIPT, "payload.total")
def a_queue_and_a_worker(event):
    waiting, done = queue.Queue(), queue.Queue()

    def work():
        done.put(waiting.get().payload.total)

    thread = threading.Thread(target=work)
    thread.start()
    waiting.put(event)
    thread.join()
    return done.get()


@reads(RECEIPT, "payload.item_count", "payload.total")
async def a_coroutine(event):
    async def later():
        await asyncio.sleep(0)
        return event.payload.item_count

    return event.payload.total, await asyncio.create_task(later())


@reads(RECEIPT, "payload.total")
async def a_callback_of_the_loop_that_reads_in_c(event):
    found = []
    asyncio.get_running_loop().call_soon(found.extend, map(operator.attrgetter("total"), [event.payload]))
    await asyncio.sleep(0)
    return found


@reads(RECEIPT, "payload.total")
async def another_thread_of_asyncio(event):
    return await asyncio.to_thread(operator.attrgetter("total"), event.payload)


class Handler:
    """A handler with a state."""

    def __init__(self):
        self.sum = 0

    def __call__(self, event):
        self.sum += event.payload.total
        return self.sum


@reads(RECEIPT, "payload.total")
def a_callable_object(event):
    return Handler()(event)


# --- events: everything -------------------------------------------------------------------------------------


@reads(RECEIPT, "payload")
def model_dump(event):
    return event.payload.model_dump()["total"]


@reads(RECEIPT, "payload")
def model_dump_of_some(event):
    return event.payload.model_dump(include={"total"})


@reads(RECEIPT, "event")
def model_dump_json(event):
    return event.model_dump_json()


@reads(RECEIPT, "payload")
def model_dump_unbound(event):
    return BaseModel.model_dump(event.payload)


@reads(RECEIPT, "payload")
def model_copy(event):
    return event.payload.model_copy(update={"item_count": 0}).total


@reads(RECEIPT, "payload")
def iteration(event):
    return [value for name, value in event.payload if name == "total"]


@reads(RECEIPT, "payload")
def a_dict_of_it(event):
    return dict(event.payload)["total"]


@reads(RECEIPT, "payload")
def vars_of_it(event):
    return event.payload.item_count * vars(event.payload)["total"]


@reads(RECEIPT, "payload")
def its_dict(event):
    return event.payload.__dict__["total"]


@reads(RECEIPT, "payload")
def unpacked_into_a_call(event):
    def store(*, total, **_):
        return total

    return store(**event.payload.model_dump())


@reads(RECEIPT, "payload")
def equality(event):
    return event.payload == ReceiptsIngested.model_construct(total=1)


@reads(RECEIPT, "payload")
def membership(event):
    return event.payload in [ReceiptsIngested.model_construct(total=1), None]


@reads(RECEIPT, "payload")
def a_set_of_payloads(event):
    return len({event.payload, event.payload}), hash(event.payload)


@reads(RECEIPT, "payload")
def a_repr(event):
    return repr(event.payload)


@reads(RECEIPT, "event")
def printed_whole(event):
    return f"got {event}"


@reads(RECEIPT, "payload")
def percent_formatting(event):
    return "%s" % event.payload  # noqa: UP031


@reads(RECEIPT, "payload")
def a_copy(event):
    return copy.copy(event.payload).total


@reads(RECEIPT, "event")
def a_deep_copy(event):
    return copy.deepcopy(event).payload.total


@reads(RECEIPT, "event")
def pickled(event):
    return pickle.loads(pickle.dumps(event)).payload.total  # noqa: S301


@reads(RECEIPT, "payload")
def which_fields_were_set(event):
    return event.payload.total, sorted(event.payload.model_fields_set)


@reads(RECEIPT, "payload")
def json_dumps_with_a_default(event):
    return json.dumps(event.payload, default=lambda each: each.model_dump(mode="json"))


@reads(RECEIPT, "payload")
def serialized_by_the_core(event):
    return pydantic_core.to_json(event.payload)


@reads(PRICES, "payload.prices[]")
def a_list_of_them_serialized_by_the_core(event):
    return pydantic_core.to_json(event.payload.prices)


@reads(RECEIPT, "payload")
def dumped_by_a_type_adapter(event):
    return TypeAdapter(ReceiptsIngested).dump_python(event.payload)


@reads(RECEIPT, "payload")
def validated_by_a_type_adapter(event):
    return TypeAdapter(ReceiptsIngested).validate_python(event.payload).total


@reads(RECEIPT, "payload")
def within_another_model(event):
    return Wrapped(receipt=event.payload).receipt.total


@reads(RECEIPT, "payload")
def published_again(event):
    return encode_event("cartsnitch.receipts.ingested", "receiptwitness", event.payload, timestamp=_NEVER)


@reads(RECEIPT, "payload")
def a_dataclass_as_a_dict(event):
    return dataclasses.asdict(Kept(event.payload))["event"].total


@reads(RECEIPT, "payload")
def a_chain_of_maps(event):
    return collections.ChainMap({}, vars(event.payload))["total"]


@reads(RECEIPT, "payload")
def another_namespace(event):
    return SimpleNamespace(**dict(event.payload)).total


# --- events: another model, and past the hooks --------------------------------------------------------------


@reads(RECEIPT, "payload.total")
def another_model_from_its_attributes(event):
    return Totals.model_validate(event.payload, from_attributes=True).total


@reads(RECEIPT, "payload.total")
def a_type_adapter_from_its_attributes(event):
    return TypeAdapter(Totals).validate_python(event.payload, from_attributes=True).total


@reads(RECEIPT, "payload")
def past_the_class(event):
    return object.__getattribute__(event.payload, "total")


@reads(RECEIPT, "payload")
def an_attribute_without_its_hooks(event):
    return inspect.getattr_static(event.payload, "total")


@reads(RECEIPT, "payload")
def the_descriptor_of_its_dict(event):
    return BaseModel.__dict__["__dict__"].__get__(event.payload)["total"]


@reads(RECEIPT, "payload")
def the_names_that_it_has(event):
    return "total" in dir(event.payload)


@reads(RECEIPT, "payload")
def what_the_collector_knows(event):
    values = [each for each in gc.get_referents(event.payload) if isinstance(each, dict)]
    return any("total" in each for each in values)


@reads(RECEIPT, "payload")
def a_change_of_it(event):
    payload = event.payload
    object.__setattr__(payload, "total", 0)
    return vars(payload)["total"]


@reads(PRICES, "payload")
def a_field_and_then_everything(event):
    first = event.payload.prices[0]
    return first.source, event.payload.model_dump(), first.store_slug


# --- answers as JSON ----------------------------------------------------------------------------------------


@reads(BODY, "items[].regular_price")
def keys(body):
    return body["items"][0]["regular_price"]


@reads(BODY, "next_cursor")
def a_get(body):
    return body.get("next_cursor")


@reads(BODY, "total_count")
def a_get_of_what_is_not_there(body):
    return body.get("total_count", 0)


@reads(BODY, "total_count")
def a_key_that_is_caught(body):
    try:
        return body["total_count"]
    except KeyError:
        return 0


@reads(BODY, "has_more")
def the_word_in(body):
    return "has_more" in body


@reads(BODY, "items[].source")
def a_pattern_of_a_mapping(body):
    match body:
        case {"items": [{"source": source}, *_]}:
            return source


@reads(BODY, "items[]")
def a_pattern_with_the_rest(body):
    match body["items"][0]:
        case {"source": _, **rest}:
            return rest


@reads(BODY, "has_more")
def an_itemgetter(body):
    return operator.itemgetter("has_more")(body)


@reads(BODY, "has_more")
def percent_formatting_by_key(body):
    return "%(has_more)s" % body  # noqa: UP031


@reads(BODY, "has_more")
def a_format_map(body):
    return "{has_more}".format_map(body)


@reads(BODY, "has_more")
def a_template(body):
    return string.Template("$has_more").substitute(body)


@reads(BODY, "has_more")
def an_expression_evaluated(body):
    return eval("has_more", {}, body)  # noqa: S307


@reads(BODY, "event")
def dumped_as_json(body):
    return json.dumps(body)


@reads(BODY, "items[]")
def a_list_dumped_as_json(body):
    return json.dumps(body["items"])


@reads(BODY, "items[]")
def stars_in_a_display(body):
    return {**body["items"][0]}["source"]


@reads(BODY, "items[]")
def stars_in_a_call(body):
    def store(*, source, **_):
        return source

    return store(**body["items"][0])


@reads(BODY, "event")
def a_plain_dict_of_it(body):
    return dict(body)["has_more"]


@reads(BODY, "event")
def a_walk_over_the_items(body):
    return {name: value for name, value in body.items() if name == "has_more"}


@reads(BODY, "event")
def a_walk_over_the_keys(body):
    return [name for name in body if name.startswith("has")]


@reads(BODY, "event")
def backwards(body):
    return next(reversed(body))


@reads(BODY, "event")
def the_names(body):
    return sorted(body.keys())


@reads(BODY, "event")
def the_values(body):
    return False in body.values()


@reads(BODY, "event")
def how_many_fields(body):
    return len(body)


@reads(BODY, "event")
def equal_to_a_dict(body):
    return body == {"has_more": False}


@reads(BODY, "event")
def a_dict_equal_to_it(body):
    return body == {"has_more": False}


@reads(BODY, "event")
def different_from_a_dict(body):
    return body != {"has_more": False}


@reads(BODY, "event")
def merged(body):
    return (body | {"more": 1})["has_more"]


@reads(BODY, "event")
def merged_into_another(body):
    return ({"more": 1} | body)["has_more"]


@reads(BODY, "event")
def merged_in_place(body):
    body |= {"more": 1}
    return body["has_more"]


@reads(BODY, "event")
def updated_with(body):
    mine = {}
    mine.update(body)
    return mine["has_more"]


@reads(BODY, "event")
def updated(body):
    body.update(more=1)
    return body["has_more"]


@reads(BODY, "event")
def its_own_copy(body):
    return body.copy()["has_more"]


@reads(BODY, "event")
def copied(body):
    return copy.copy(body)["has_more"]


@reads(BODY, "event")
def copied_deeply(body):
    return copy.deepcopy(body)["has_more"]


@reads(BODY, "event")
def pickled_json(body):
    return pickle.loads(pickle.dumps(body))["has_more"]  # noqa: S301


@reads(BODY, "event")
def shown(body):
    return repr(body)


@reads(BODY, "event")
def popped(body):
    return body.pop("has_more")


@reads(BODY, "event")
def popped_blindly(body):
    return body.popitem()


@reads(BODY, "event")
def set_by_default(body):
    return body.setdefault("has_more", True)


@reads(BODY, "event")
def changed(body):
    body["has_more"] = None
    return len(body)


@reads(BODY, "event")
def a_key_deleted(body):
    del body["has_more"]
    return sorted(body)


@reads(BODY, "event")
def cleared(body):
    body.clear()
    return body


@reads(BODY, "has_more")
def a_body_that_is_not_empty(body):
    return body["has_more"] if body else None


@reads(BODY, "event")
def past_its_class(body):
    return dict.get(body, "has_more")


@reads(BODY, "event")
def an_item_past_its_class(body):
    return dict.__getitem__(body, "has_more")


@reads(BODY, "has_more")
def within_a_model(body):
    return Loose(body=body).body["has_more"]


@reads(BODY, "items[].regular_price")
def items_of_a_shared_class(body):
    return [ObservedPrice.model_validate(each).regular_price for each in body["items"]]


@reads(BODY, "has_more", "items[].source")
def the_shared_page(body):
    page = PricePage.model_validate(body)
    return page.has_more or [each.source for each in page.items]


@reads(BODY, "items[].source")
def a_list_by_a_type_adapter(body):
    return [each.source for each in TypeAdapter(list[ObservedPrice]).validate_python(body["items"])]


@reads(BODY, "items[]")
def a_part_for_a_model_of_its_own(body):
    class Price(BaseModel):
        regular_price: Money

    return [Price.model_validate(each).regular_price for each in body["items"]]


@reads(BODY, "event")
def an_init_with_stars(body):
    return PricePage(**body).has_more


_NEVER = __import__("datetime").datetime(2026, 3, 10, tzinfo=__import__("datetime").UTC)
_ = (UUID, PricesUpdated)
