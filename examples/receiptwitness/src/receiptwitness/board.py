"""Who fetches what at the moment: the state of every sync, in Redis, where all processes see it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from redis import Redis

from cartsnitch_common.constants import StoreSlug, SyncStatus
from cartsnitch_common.models import new_id

_PREFIX: Final = "receiptwitness:sync"

# Each script has the keys of job and lock, and runs in Redis as a whole: nobody sees one without the other.
_CLAIM: Final = """
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'EX', ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
_POST: Final = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return redis.call('DEL', KEYS[2])
"""


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
        found, lock = self._redis.mget(_key(user_id, store), _lock(user_id, store))
        if not found:
            return None
        job = Job.model_validate_json(found)
        if job.is_at_work and not lock:
            return job.model_copy(update={"status": SyncStatus.FAILED})
        return job

    def claim(self, user_id: UUID, store: StoreSlug) -> Job | None:
        """A new job, if none is at work; nobody else gets one until it ends."""
        job = Job(job_id=new_id(), status=SyncStatus.QUEUED)
        return job if self._run(_CLAIM, user_id, store, job, self._patience) else None

    def post(self, user_id: UUID, store: StoreSlug, job: Job) -> None:
        """Say how far a job has come; nothing is said of one that was given up."""
        self._run(_POST, user_id, store, job)

    def release(self, user_id: UUID, store: StoreSlug, job: Job) -> None:
        """Post a job that ended, and let the next one begin; one that was given up changes nothing."""
        self._run(_RELEASE, user_id, store, job)

    def _run(self, script: str, user_id: UUID, store: StoreSlug, job: Job, *more: int) -> bool:
        keys = _key(user_id, store), _lock(user_id, store)
        return bool(self._redis.eval(script, len(keys), *keys, str(job.job_id), job.model_dump_json(), *more))


def _key(user_id: UUID, store: StoreSlug) -> str:
    return f"{_PREFIX}:{user_id}:{store}"


def _lock(user_id: UUID, store: StoreSlug) -> str:
    return f"{_PREFIX}:{user_id}:{store}:lock"
