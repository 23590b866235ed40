"""The service under test: its real app, on the test's own database and Redis."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import Store, User, UserStoreAccount, utc_now
from cartsnitch_common.schemas.rest import SERVICE_KEY, SETTLING
from cartsnitch_fixtures.receipts import Receipt
from receiptwitness.main import app
from receiptwitness.parts import get_now

KEY = "a-key-of-the-tests"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The folder that account pages are read from."""
    return tmp_path


@pytest.fixture
def service_environment(
    service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, pages: Path
) -> Mapping[str, str]:
    """What the kit sets, and the settings of this service."""
    monkeypatch.setenv("RECEIPTWITNESS_SERVICE_KEYS", f"another-key,{KEY}")
    monkeypatch.setenv("RECEIPTWITNESS_PAGES", str(pages))
    return service_environment


@pytest.fixture
def client(service_environment: object) -> Iterator[TestClient]:
    """A caller with a key, of the running service; what was recorded counts as settled at once."""
    app.dependency_overrides[get_now] = lambda: utc_now() + SETTLING
    with TestClient(app, headers={SERVICE_KEY: KEY}) as client:
        yield client
    app.dependency_overrides.clear()


@pytest.fixture
def user(client: TestClient, db_session: Session, user_factory) -> User:
    """A user with an account at each store; the service has made the stores."""
    user: User = user_factory.create_sync()
    stores = db_session.scalars(select(Store))
    db_session.add_all(UserStoreAccount(user_id=user.id, store_id=store.id) for store in stores)
    db_session.commit()
    return user


@pytest.fixture
def save_page(pages: Path) -> Callable[[User, Receipt], None]:
    """Adds a receipt to the user's account page at its store."""

    def save(user: User, receipt: Receipt) -> None:
        folder = pages / receipt.store
        folder.mkdir(exist_ok=True)
        with (folder / f"{user.id}.jsonl").open("a") as page:
            page.write(json.dumps(receipt.raw()) + "\n")

    return save


@pytest.fixture
def sync(client: TestClient) -> Callable[[UUID, StoreSlug], None]:
    """Has the service fetch a user's receipts; the job is over when it returns."""

    def run(user_id: UUID, store: StoreSlug) -> None:
        answer = client.post(f"/sync/{store}", json={"user_id": str(user_id)})
        assert answer.status_code == 202, answer.text

    return run
