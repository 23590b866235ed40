"""`/sync`: fetch a user's receipts, and how far that is."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, HTTPException, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartsnitch_common.constants import StoreSlug, SyncStatus
from cartsnitch_common.models import Store, UserStoreAccount
from cartsnitch_common.schemas.rest import SyncJob, SyncRequest, SyncState, SyncStates, SyncStatusQuery
from receiptwitness.board import Job
from receiptwitness.parts import Now, PartsNow, SessionNow

router = APIRouter(prefix="/sync")


@router.post("/{store_slug}", status_code=202)
def start_sync(
    *,
    store_slug: StoreSlug,
    request: SyncRequest,
    parts: PartsNow,
    session: SessionNow,
    background: BackgroundTasks,
    now: Now,
) -> SyncJob:
    """Fetch a user's new receipts from a store, after the answer; a job at work is told and not doubled."""
    if not _accounts(session, request.user_id, store_slug):
        raise HTTPException(404, f"The user has linked no account at {store_slug}.")
    board = parts.syncer.board
    last = board.last(request.user_id, store_slug)
    if last is None or not last.is_at_work:
        wait = _seconds_left(last, now, parts.settings.sync_pause)
        if wait > 0:
            raise HTTPException(429, "This store was read a moment ago.", {"Retry-After": str(wait)})
        job = board.claim(request.user_id, store_slug)
        if job is not None:
            background.add_task(parts.syncer.run, request.user_id, store_slug, job)
            return _told(job, store_slug)
        last = board.last(request.user_id, store_slug)  # that of a call which came first
    if last is None or not last.is_at_work:
        raise HTTPException(429, "The same sync ends at this moment.", {"Retry-After": "1"})
    return _told(last.model_copy(update={"status": SyncStatus.RUNNING}), store_slug)


@router.get("/status")
def list_sync_states(
    query: Annotated[SyncStatusQuery, Query()], parts: PartsNow, session: SessionNow
) -> SyncStates:
    """Each linked store of a user, and when its receipts were last fetched."""
    states = []
    for slug, last_sync_at in _accounts(session, query.user_id):
        job = parts.syncer.board.last(query.user_id, slug)
        states.append(
            SyncState(
                store_slug=slug,
                status=job.status if job else SyncStatus.IDLE,
                last_sync_at=last_sync_at,
                items_synced=job.items_synced if job else None,
            )
        )
    return SyncStates(states)


def _accounts(
    session: Session, user_id: UUID, store: StoreSlug | None = None
) -> list[tuple[StoreSlug, datetime | None]]:
    statement = (
        select(Store.slug, UserStoreAccount.last_sync_at)
        .join(UserStoreAccount.store)
        .where(UserStoreAccount.user_id == user_id)
        .order_by(Store.slug)
    )
    if store:
        statement = statement.where(Store.slug == store)
    return [(StoreSlug(slug), moment) for slug, moment in session.execute(statement)]


def _seconds_left(last: Job | None, now: datetime, pause: int) -> int:
    """How long the next sync has to wait, in whole seconds."""
    if last is None or last.finished_at is None:
        return 0
    return pause - int((now - last.finished_at).total_seconds())


def _told(job: Job, store: StoreSlug) -> SyncJob:
    return SyncJob(job_id=job.job_id, status=job.status, message=f"Fetching receipts from {store}.")
