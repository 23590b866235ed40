"""What services state of themselves: read, checked, gathered, and written from their own code."""

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cartsnitch_common.constants import EventType
from cartsnitch_common.events import EventSubscriber
from cartsnitch_common.schemas.base import Reader
from cartsnitch_common.schemas.events import Event, PricesUpdated
from cartsnitch_common.schemas.fields import Money
from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.diff.collect import collect
from cartsnitch_contracts.diff.consumers import Read, consumers, loads, read
from cartsnitch_contracts.diff.describe import describe, dumps
from cartsnitch_contracts.diff.effects import effect
from cartsnitch_contracts.diff.own import own_readers
from cartsnitch_contracts.diff.report import SAFE
from cartsnitch_contracts.files import Folder, package_files
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.topology import ROUTES, SERVICES

PACKAGE = Snapshot("the package", package_files())
STATED: dict[str, Any] = {
    "service": "stickershock",
    "version": "1.7.0",
    "pins": "0.4.2",
    "recorded": "0.4.2",
    "publishes": ["alerts.price_increase"],
    "consumes": {
        "prices.updated": {"reads": [{"field": "payload.prices[].sale_price", "at": "handlers.py:34"}]},
        "receipts.ingested": {"decoder": "own", "schema": {"type": "object"}},
    },
    "calls": {"receiptwitness": {"GET /prices": {}}},
    "tables": {"reads": ["price_history"], "writes": []},
}


class MyPrice(Reader):
    """Just what this service needs."""

    normalized_product_id: UUID
    sale_price: Money | None = None


class MyPrices(Reader):
    """A model of its own."""

    prices: list[MyPrice]


def test_a_statement_is_read():
    """What decodes, what is read and where, what is called, and the tables."""
    stated = read(STATED, source="stickershock.json")

    prices = stated.decoder("prices.updated", subscribed=False)
    assert (stated.service, stated.version, stated.pins) == ("stickershock", "1.7.0", "0.4.2")
    assert prices is not None
    assert prices.shared
    assert prices.read("payload.prices[].sale_price") == Read("payload.prices[].sale_price", "handlers.py:34")
    assert prices.read("payload.prices") is not None
    assert prices.read("payload.prices[].source") is None
    assert stated.consumes is not None
    assert not stated.consumes["receipts.ingested"].shared
    assert stated.decoder("coupons.updated", subscribed=True) is None
    assert stated.caller("receiptwitness", "GET /prices", calling=False) is not None
    assert stated.caller("receiptwitness", "GET /purchases", calling=True) is None
    assert (stated.reads_tables, stated.writes_tables) == ({"price_history"}, set())


def test_a_stale_statement_is_not_believed():
    """Fields that were recorded with another version count for nothing, and a note says so."""
    stated = read({**STATED, "recorded": "0.4.1"}, source="stickershock.json")

    assert stated.consumes is not None
    assert all(decoder.reads is None for decoder in stated.consumes.values())
    assert stated.notes == (
        "stickershock stated its reads with common 0.4.1 and pins 0.4.2: it counts as reading everything",
    )


def test_a_lower_bound_counts_as_everything():
    """What was seen is still told with its place, and a note says which code no test ran."""
    prices = {
        "reads": [{"field": "payload.prices[].sale_price", "at": "handlers.py:34"}],
        "complete": False,
        "uncovered": ["handlers.py:41-44"],
    }
    stated = read({**STATED, "consumes": {"prices.updated": prices}}, source="stickershock.json")

    decoder = (stated.consumes or {})["prices.updated"]
    assert (decoder.reads, decoder.uncovered) == (None, ("handlers.py:41-44",))
    assert decoder.read("payload.prices[].sale_price") == Read(
        "payload.prices[].sale_price", "handlers.py:34"
    )
    (note,) = stated.notes
    assert note == (
        "stickershock recorded a lower bound of what it reads of prices.updated, for no test runs all of "
        "handlers.py:41-44: it counts as reading everything"
    )


@pytest.mark.parametrize(
    ("bound", "reason"),
    [
        ({}, "does not read it"),
        ({"complete": False, "uncovered": ["h.py:4"]}, "decodes, but finds it absent from now on"),
    ],
)
def test_the_comparer_takes_a_lower_bound_for_everything(bound, reason):
    """A field that goes is not known to be unread."""
    prices = {"reads": [{"field": "payload.prices[].sale_price"}], **bound}
    stated = read({**STATED, "consumes": {"prices.updated": prices}}, source="stickershock.json")
    decoder = stated.decoder("prices.updated", subscribed=True)
    assert decoder is not None

    told = effect(stated, decoder, "payload.prices[].source", SAFE, SAFE, removed=True)

    assert told.reason == reason


def test_tables_of_which_not_all_is_known_count_as_read():
    """All of them, where code was not run; the columns go with them."""
    tables = {
        "reads": ["price_history"],
        "columns": {"price_history": [{"field": "source", "at": "queries.py:7"}]},
    }
    bound = {"complete": False, "uncovered": ["queries.py:9"]}

    whole = read({**STATED, "tables": tables}, source="stickershock.json")
    partly = read({**STATED, "tables": {**tables, **bound}}, source="stickershock.json")

    assert whole.reads_columns == {"price_history": (Read("source", "queries.py:7"),)}
    assert (partly.reads_tables, partly.reads_columns) == (None, None)
    assert "what it reads of tables, for no test runs all of queries.py:9" in partly.notes[0]


def test_a_missing_statement_counts_as_everything():
    """Every service of the platform is there."""
    found = consumers({"stickershock": STATED})

    assert set(found) == set(SERVICES)
    assert found["stickershock"].notes == ()
    assert found["api"].decoder("receipts.ingested", subscribed=True) is not None
    assert found["api"].writes_tables is None
    assert "documents/consumers/api.json is missing" in found["api"].notes[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"service": 5}, "service is no text"),
        ({"publishes": "prices.updated"}, "publishes is no list"),
        ({"consumes": []}, "consumes is no JSON object"),
        (
            {"consumes": {"x": {"decoder": "other"}}},
            'consumes.x.decoder is "shared", or "own" with a "schema"',
        ),
        ({"consumes": {"x": {"decoder": "own"}}}, 'consumes.x.decoder is "shared", or "own" with a "schema"'),
        (
            {"consumes": {"x": {"decoder": "own", "schema": {"type": 1}}}},
            "consumes.x.schema is not a JSON Schema",
        ),
        ({"consumes": {"x": {"reads": [{"field": "a..b"}]}}}, "is no place in an event"),
        ({"consumes": {"x": {"reads": [], "complete": False}}}, "x.complete is true, or false with"),
        ({"consumes": {"x": {"reads": [], "uncovered": ["handlers.py:3"]}}}, "x.complete is true, or"),
        ({"tables": {"reads": [1]}}, "tables.reads is no text"),
        ({"subscribes": []}, "'subscribes' is no key of it; there are: calls, consumes"),
    ],
)
def test_a_broken_statement_names_the_key(change, message):
    """And what to write instead."""
    with pytest.raises(DocumentError, match=r"me\.json") as caught:
        loads(json.dumps({**STATED, **change}), source="me.json")

    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "[]", "null", "{}"])
def test_what_is_no_statement_is_an_error(text):
    """No traceback, whatever it is."""
    with pytest.raises(DocumentError, match=r"me\.json"):
        loads(text, source="me.json")


def test_a_statement_of_another_service_is_told():
    """The file's name and its content must agree."""
    with pytest.raises(DocumentError, match=r"consumers/api\.json is of 'stickershock'"):
        consumers({"api": STATED})


def test_the_statements_of_the_package_are_whole():
    """Five services, each with the channels of the topology, tables and known fields."""
    found = consumers(PACKAGE.consumers)

    assert not [note for each in found.values() for note in each.notes]
    for channel, route in ROUTES.items():
        name = channel.removeprefix("cartsnitch.")
        assert {each.service for each in found.values() if name in (each.consumes or {})} == set(
            route.subscribers
        )
        assert {each.service for each in found.values() if name in (each.publishes or ())} == set(
            route.publishers
        )
    for document in PACKAGE.rest.values():
        for operation in document.operations:
            callers = {
                each.service
                for each in found.values()
                if each.caller(document.service, operation.name, calling=False)
            }
            assert callers == set(operation.callers)


def test_a_service_writes_its_statement_from_its_code():
    """The models of its handlers tell what it decodes with; its own goes in with its fields and line."""
    subscriber = EventSubscriber("redis://localhost")

    @subscriber.on(EventType.PRICES_UPDATED)
    def on_prices(event: Event[MyPrices]) -> None: ...

    @subscriber.on(EventType.RECEIPTS_INGESTED)
    def on_receipt(event: Event[Any]) -> None: ...

    document = describe(
        "clipartist",
        version="0.9.3",
        pins="0.4.1",
        subscriber=subscriber,
        publishes=["cartsnitch.coupons.updated"],
        reads={"receipts.ingested": [Read("payload.total", "handlers.py:58")]},
        calls={"receiptwitness": {"GET /prices": None}},
        writes_tables=["coupons"],
    )

    stated = loads(dumps(document), source="clipartist.json")
    prices = (stated.consumes or {})["prices.updated"]
    assert not prices.shared
    assert [each.field for each in prices.reads or ()] == [
        "payload.prices[].normalized_product_id",
        "payload.prices[].sale_price",
    ]
    assert str((prices.reads or ())[0].at).rpartition("/")[2].startswith("test_consumers.py:")
    receipts = (stated.consumes or {})["receipts.ingested"]
    assert (receipts.shared, receipts.reads) == (True, (Read("payload.total", "handlers.py:58"),))
    assert stated.publishes == {"coupons.updated"}
    assert document["recorded"] == "0.4.1"
    assert "reads" not in document["tables"]


def test_a_shared_class_on_the_handler_is_no_model_of_its_own():
    """And without recordings it is read altogether."""
    subscriber = EventSubscriber("redis://localhost")

    @subscriber.on(EventType.PRICES_UPDATED)
    def on_prices(event: Event[PricesUpdated]) -> None: ...

    stated = read(describe("clipartist", subscriber=subscriber), source="clipartist.json")

    decoder = (stated.consumes or {})["prices.updated"]
    assert (decoder.shared, decoder.reads) == (True, None)


def copy_of(checkout: Path) -> Path:
    return checkout / "contracts" / f"{checkout.name}.json"


def checkout(folder: Path, service: str, version: str = "1") -> Path:
    own = copy_of(folder / service)
    own.parent.mkdir(parents=True, exist_ok=True)
    declared = f'[tool.cartsnitch]\nservice = "{service}"\n'
    (folder / service / "pyproject.toml").write_text(declared)
    own.write_text(json.dumps({**STATED, "service": service, "version": version}))
    return folder / service


def test_statements_are_gathered_from_checkouts(tmp_path):
    """The service's own copy is the authority; what nobody brought is left."""
    into = tmp_path / "consumers"
    first = [checkout(tmp_path, service) for service in ("api", "shrinkray")]

    assert collect(first, into).written == ("api", "shrinkray")
    again = collect([copy_of(checkout(tmp_path, "api", version="2"))], into)

    assert (again.written, again.unchanged, again.left) == (("api",), (), ("shrinkray",))
    assert consumers({"api": json.loads((into / "api.json").read_text())})["api"].version == "2"
    assert collect(first, into).unchanged == ("api", "shrinkray")


def test_a_broken_checkout_stops_the_gathering(tmp_path):
    """Before anything is written."""
    good, bad = checkout(tmp_path, "api"), checkout(tmp_path, "shrinkray")
    copy_of(bad).write_text('{"service": "../evil"}')

    for paths in ([good, bad], [good, tmp_path / "gone"], [good, copy_of(good)]):
        with pytest.raises(DocumentError):
            collect(paths, tmp_path / "consumers")
    assert not (tmp_path / "consumers").exists()


def test_models_that_did_not_change_are_not_judged():
    """The same statements on both sides."""
    assert list(own_readers(PACKAGE, PACKAGE)) == []


def test_a_statement_that_was_broken_can_be_mended(tmp_path):
    """Nothing was known of the service then; what is broken now is an error, as ever."""
    broken, mended = (tmp_path / name for name in ("broken", "mended"))
    for folder, stated in ((broken, {**STATED, "subscribes": []}), (mended, STATED)):
        shutil.copytree(files("cartsnitch_contracts") / "documents", folder)
        (folder / "consumers" / "stickershock.json").write_text(json.dumps(stated))
    before, after = (Snapshot(folder.name, Folder(folder)) for folder in (broken, mended))

    assert list(own_readers(before, after)) == []
    with pytest.raises(DocumentError, match="stickershock"):
        list(own_readers(after, before))
