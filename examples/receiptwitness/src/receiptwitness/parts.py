"""What the endpoints work with: made when the app starts, from the settings, and closed with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from cartsnitch_common.config import get_settings as get_common_settings
from cartsnitch_common.constants import Service
from cartsnitch_common.database import dispose_engines, get_sync_session_factory
from cartsnitch_common.events import EventPublisher
from cartsnitch_common.schemas.rest import SERVICE_KEY
from receiptwitness.board import SyncBoard
from receiptwitness.ingest import Ingester
from receiptwitness.settings import Settings
from receiptwitness.sources import Folder
from receiptwitness.sync import Syncer


@dataclass(frozen=True)
class Parts:
    """Settings, sessions on the database, and what runs the syncs."""

    settings: Settings
    sessions: sessionmaker[Session]
    syncer: Syncer


@contextmanager
def open_parts(settings: Settings) -> Iterator[Parts]:
    """The parts while the service runs; their connections end with it."""
    sessions = get_sync_session_factory()
    with Redis.from_url(get_common_settings().redis_url) as redis:
        syncer = Syncer(
            sessions,
            SyncBoard(redis, patience=settings.sync_patience),
            Folder(settings.pages),
            Ingester(sessions, EventPublisher(redis, Service.RECEIPT_WITNESS)),
        )
        yield Parts(settings, sessions, syncer)
    dispose_engines()


def get_parts(request: Request) -> Parts:
    """What the running app has made."""
    parts: Parts = request.app.state.parts
    return parts


def get_session(parts: Annotated[Parts, Depends(get_parts)]) -> Iterator[Session]:
    """A session to read with, which by its scope ends before background tasks: they take minutes."""
    with parts.sessions() as session:
        yield session


def get_now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


def require_service_key(
    parts: Annotated[Parts, Depends(get_parts)],
    key: Annotated[str | None, Security(APIKeyHeader(name=SERVICE_KEY, auto_error=False))],
) -> None:
    """Refuse who does not send a known key."""
    known = [each.get_secret_value().encode() for each in parts.settings.service_keys]
    if key is None or not any(compare_digest(each, key.encode()) for each in known):
        raise HTTPException(401, f"Send the key of your service in the header {SERVICE_KEY}.")


type PartsNow = Annotated[Parts, Depends(get_parts)]
type SessionNow = Annotated[Session, Depends(get_session, scope="function")]
type Now = Annotated[datetime, Depends(get_now)]
