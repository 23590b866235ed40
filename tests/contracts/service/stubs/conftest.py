"""A stub of ReceiptWitness, and a client of it."""

from collections.abc import Iterator

import httpx
import pytest

from cartsnitch_contracts.service.stubs import Stub, stub

USER = "01950000-7c1a-7000-8000-000000000007"


@pytest.fixture
def receiptwitness() -> Iterator[Stub]:
    """As a test has it at its start."""
    made = stub("receiptwitness")
    yield made
    made.close()


@pytest.fixture
def client(receiptwitness: Stub) -> Iterator[httpx.Client]:
    """Sends the key, and reaches the stub without a network."""
    with httpx.Client(
        transport=receiptwitness.transport,
        base_url=receiptwitness.base_url,
        headers={"X-Service-Key": "key-of-the-tests"},
    ) as client:
        yield client
