"""Who fetches what at the moment: the state of every sync, in Redis, where all processes see it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from redis import Redis

from cartsnitch_common.constants import StoreSlug, SyncStatus
from cartsnitch_common.models import new_id

_PREFIX: Final = "receiptwitness:sync"


class Job(BaseModel):
    """One sync; `items_synced` counts the lines of the receipts that it found and stored."""

    job_id: UUID
    status: SyncStatus
    items_synced: int | None = None
    finished_at: datetime | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether it has not ended."""
        return self.status in {SyncStatus.QUEUED, SyncStatus.RUNNING}


class SyncBoard:
    """The last sync of each user at each store; one that takes over `patience` seconds is given up."""

    def __init__(self, redis: Redis, *, patience: int) -> None:
        self._redis = redis
        self._patience = patience

    def last(self, user_id: UUID, store: StoreSlug) -> Job | None:
        """The job at work, or the last one that ended; one that was given up has failed."""
        found = self._redis.get(_key(user_id, store))
        if not found:
            return None
        job = Job.model_validate_json(found)
        if job.is_at_work and not self._redis.exists(_lock(user_id, store)):
            return job.model_copy(update={"status": SyncStatus.FAILED})
        return job

    def claim(self, user_id: UUID, store: StoreSlug) -> Job | None:
        """A new job, if none is at work; nobody else gets one until it ends."""
        job = Job(job_id=new_id(), status=SyncStatus.QUEUED)
        if not self._redis.set(_lock(user_id, store), str(job.job_id), nx=True, ex=self._patience):
            return None
        self.post(user_id, store, job)
        return job

    def post(self, user_id: UUID, store: StoreSlug, job: Job) -> None:
        """Say how far a job has come."""
        self._redis.set(_key(user_id, store), job.model_dump_json())

    def release(self, user_id: UUID, store: StoreSlug, job: Job) -> None:
        """Post a job that ended, and let the next one begin."""
        self.post(user_id, store, job)
        self._redis.delete(_lock(user_id, store))


def _key(user_id: UUID, store: StoreSlug) -> str:
    return f"{_PREFIX}:{user_id}:{store}"


def _lock(user_id: UUID, store: StoreSlug) -> str:
    return f"{_PREFIX}:{user_id}:{store}:lock"
