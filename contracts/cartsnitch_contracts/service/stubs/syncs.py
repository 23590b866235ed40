"""What a stub of ReceiptWitness remembers of the synchronisations that it was asked for."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from cartsnitch_common.schemas.rest import SyncState
from cartsnitch_contracts.service.stubs.errors import StubError

START: Final = "POST /sync/{store_slug}"
STATES: Final = "GET /sync/status"
_JOBS: Final = UUID("01950000-7c1a-7000-8000-000000000050")
_AT_WORK: Final = ("queued", "running")


class Syncs:
    """Each user's linked stores: those of the contract's example, and what was started since.

    A job is queued until `run`, `finish` or `fail` says otherwise.
    """

    def __init__(self, linked: list[dict[str, Any]]) -> None:
        self._linked = linked
        self._states: dict[str, dict[str, dict[str, Any]]] = {}
        self._jobs: dict[tuple[str, str], str] = {}

    def start(self, user_id: str, store_slug: str) -> dict[str, Any]:
        """The job that fetches the receipts; where one is at work already, that one, and it is `running`."""
        state = self._of(user_id).setdefault(store_slug, _idle(store_slug))
        key = (_normal(user_id), store_slug)
        if state["status"] in _AT_WORK and key in self._jobs:
            return {"job_id": self._jobs[key], "status": "running", "message": "A sync is at work already."}
        state["status"] = "queued"
        self._jobs[key] = str(uuid5(_JOBS, f"{key} {len(self._jobs)} {state['last_sync_at']}"))
        message = f"Fetching receipts from {store_slug.title()}."
        return {"job_id": self._jobs[key], "status": "queued", "message": message}

    def states(self, user_id: str) -> list[dict[str, Any]]:
        """What is told of each linked store."""
        return [dict(state) for state in self._of(user_id).values()]

    def run(self, user_id: UUID | str, store_slug: str) -> None:
        """The job is at work."""
        self._started(user_id, store_slug)["status"] = "running"

    def finish(self, user_id: UUID | str, store_slug: str, *, items: int, at: datetime) -> None:
        """The job is done: it fetched so many lines, and ended at a moment with an offset."""
        state = self._started(user_id, store_slug)
        done = SyncState(store_slug=store_slug, status="completed", last_sync_at=at, items_synced=items)
        state.update(done.model_dump(mode="json"))

    def fail(self, user_id: UUID | str, store_slug: str) -> None:
        """The job failed; when receipts were last fetched stays as it was."""
        self._started(user_id, store_slug)["status"] = "failed"

    def _started(self, user_id: UUID | str, store_slug: str) -> dict[str, Any]:
        user = _normal(user_id)
        if (user, store_slug) not in self._jobs:
            known = ", ".join(f"{store} of {whose}" for whose, store in self._jobs)
            raise StubError(
                f"No sync of {store_slug} was started for {user}; started were: {known or 'none'}. "
                f"Call {START} first, as the service's caller does."
            )
        return self._states[user][store_slug]

    def _of(self, user_id: UUID | str) -> dict[str, dict[str, Any]]:
        linked = {state["store_slug"]: dict(state) for state in self._linked}
        return self._states.setdefault(_normal(user_id), linked)


def _normal(user_id: UUID | str) -> str:
    return str(UUID(str(user_id)))


def _idle(store_slug: str) -> dict[str, Any]:
    return {"store_slug": store_slug, "status": "idle", "last_sync_at": None, "items_synced": None}
