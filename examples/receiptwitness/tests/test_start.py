"""Starting the service."""

from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient
from sqlalchemy import func, select, text

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import Store
from receiptwitness.main import app


def test_each_store_has_its_row(service_environment, db_session):
    """After the first start, and no second one after the next."""
    for _ in range(2):
        with TestClient(app):
            pass

    assert sorted(db_session.scalars(select(Store.slug))) == sorted(StoreSlug)


def test_two_that_start_together_both_start(service_environment, db_session):
    """Who comes second waits for the rows of the first, and takes them."""
    db_session.add_all(Store(slug=slug, name="of the first") for slug in StoreSlug)
    db_session.flush()

    with ThreadPoolExecutor() as pool:
        second = pool.submit(_start)
        while not db_session.scalar(WAITING) and not second.done():
            pass
        db_session.commit()

    second.result()
    assert db_session.scalar(select(func.count()).select_from(Store)) == len(StoreSlug)


WAITING = text("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")


def _start():
    with TestClient(app):
        pass
