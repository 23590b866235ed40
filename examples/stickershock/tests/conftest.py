"""The service under test: its real parts on the test's own Redis, beside a stub of ReceiptWitness."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import httpx
import pytest
from fastapi.testclient import TestClient
from redis.asyncio import Redis

from cartsnitch_common.constants import Service
from cartsnitch_common.events import AsyncEventPublisher
from cartsnitch_common.schemas.rest import SERVICE_KEY, SETTLING
from cartsnitch_contracts.service.stubs import Stub
from stickershock.ledger import Ledger
from stickershock.main import app
from stickershock.receiptwitness import ReceiptWitness
from stickershock.watch import PriceWatch, utc_now

KEY = "a-key-of-the-tests"


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the service runs in."""
    return "asyncio"


@pytest.fixture
def receiptwitness(stub: Callable[[str], Stub]) -> Stub:
    """The other service, as its contract describes it."""
    return stub("receiptwitness")


@pytest.fixture
def make_watch(async_redis_client: Redis, receiptwitness: Stub) -> Callable[..., PriceWatch]:
    """Makes a watch on the test's ledger, which may publish to another Redis, at another time."""
    client = httpx.AsyncClient(transport=receiptwitness.transport, base_url=receiptwitness.base_url)

    def make(publish_to: Redis = async_redis_client, now: Callable[[], datetime] = utc_now) -> PriceWatch:
        return PriceWatch(
            Ledger(async_redis_client),
            ReceiptWitness(client, "key-of-stickershock"),
            AsyncEventPublisher(publish_to, Service.STICKER_SHOCK),
            now=now,
        )

    return make


@pytest.fixture
def watch(make_watch: Callable[..., PriceWatch]) -> PriceWatch:
    """What the handler of events works with."""
    return make_watch()


@pytest.fixture
def service_environment(
    service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, receiptwitness: Stub
) -> Mapping[str, str]:
    """What the kit sets, and the settings of this service."""
    monkeypatch.setenv("STICKERSHOCK_SERVICE_KEYS", f"another-key,{KEY}")
    monkeypatch.setenv("STICKERSHOCK_RECEIPTWITNESS_URL", receiptwitness.url)
    monkeypatch.setenv("STICKERSHOCK_RECEIPTWITNESS_KEY", "key-of-stickershock")
    return service_environment


@pytest.fixture
def client(service_environment: object) -> Iterator[TestClient]:
    """A caller with a key, of the running service; what was found counts as settled at once."""
    app.dependency_overrides[utc_now] = lambda: utc_now() + SETTLING
    with TestClient(app, headers={SERVICE_KEY: KEY}) as client:
        yield client
    app.dependency_overrides.clear()
