"""The state of every sync, where several processes work on it."""

import pytest
from redis import Redis

from cartsnitch_common.constants import StoreSlug, SyncStatus
from cartsnitch_common.models import new_id
from receiptwitness.board import Job, SyncBoard

USER, STORE = new_id(), StoreSlug.KROGER
KEY = f"receiptwitness:sync:{USER}:{STORE}"


@pytest.fixture
def board(redis_client):
    """A board on the test's Redis."""
    return SyncBoard(redis_client, patience=900)


@pytest.fixture
def watched(redis_url):
    """Another process's board, and what is called after each command that it sends to Redis."""
    calls = []

    class Watched(Redis):
        def execute_command(self, *command, **options):
            answer = super().execute_command(*command, **options)
            for call in calls:
                call()
            return answer

    with Watched.from_url(redis_url) as redis:
        yield SyncBoard(redis, patience=900), calls


@pytest.mark.parametrize("say", [SyncBoard.post, SyncBoard.release])
@pytest.mark.parametrize("status", [SyncStatus.RUNNING, SyncStatus.COMPLETED])
def test_a_job_that_was_given_up_says_no_more(board, redis_client, say, status):
    """The next one keeps its state and its lock."""
    late = board.claim(USER, STORE)
    redis_client.delete(f"{KEY}:lock")
    job = board.claim(USER, STORE)

    say(board, USER, STORE, Job(job_id=late.job_id, status=status))

    assert board.last(USER, STORE) == job
    assert board.claim(USER, STORE) is None


def test_a_job_that_ended_makes_way(board):
    """Its state stays, its lock goes."""
    job = board.claim(USER, STORE)
    ended = Job(job_id=job.job_id, status=SyncStatus.COMPLETED, items_synced=3)
    board.post(USER, STORE, job.model_copy(update={"status": SyncStatus.RUNNING}))
    running = board.last(USER, STORE)

    board.release(USER, STORE, ended)

    assert running.status is SyncStatus.RUNNING
    assert board.last(USER, STORE) == ended
    assert board.claim(USER, STORE) is not None


def test_a_job_that_ends_while_it_is_read_has_not_failed(board, watched):
    """It is at work, or it has ended well."""
    reader, calls = watched
    job = board.claim(USER, STORE)
    ended = Job(job_id=job.job_id, status=SyncStatus.COMPLETED)
    calls.append(lambda: board.release(USER, STORE, ended))

    assert reader.last(USER, STORE) in (job, ended)
    assert board.last(USER, STORE) == ended


def test_a_claim_is_seen_as_a_whole(watched, redis_client):
    """Never the lock without its job."""
    claimer, calls = watched
    seen = []
    calls.append(lambda: seen.append((redis_client.exists(KEY), redis_client.exists(f"{KEY}:lock"))))

    claimer.claim(USER, STORE)

    assert seen[-1] == (1, 1)
    assert all(job == lock for job, lock in seen)


def test_a_claim_runs_out(board, redis_client):
    """After the patience of the board, in seconds."""
    board.claim(USER, STORE)

    assert 0 < redis_client.ttl(f"{KEY}:lock") <= 900
