"""Fetching a user's receipts from a store, in the background."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from cartsnitch_common.constants import StoreSlug, SyncStatus
from cartsnitch_common.models import Store, UserStoreAccount
from receiptwitness.board import Job, SyncBoard
from receiptwitness.ingest import Ingester
from receiptwitness.parsing import UnreadableReceiptError
from receiptwitness.sources import Source

log = logging.getLogger(__name__)


class Syncer:
    """Runs the jobs that a board has claimed."""

    def __init__(
        self, sessions: sessionmaker[Session], board: SyncBoard, source: Source, ingester: Ingester
    ) -> None:
        self.board = board
        self._sessions = sessions
        self._source = source
        self._ingester = ingester

    def run(self, user_id: UUID, store: StoreSlug, job: Job) -> None:
        """Fetch and store every receipt; ends as `failed` if one could not be read or the rest broke off.

        What can be read is stored all the same, and the next sync goes over everything again.
        """
        status, lines = SyncStatus.COMPLETED, 0
        try:
            self.board.post(user_id, store, job.model_copy(update={"status": SyncStatus.RUNNING}))
            for page in self._source.receipts(store, user_id):
                try:
                    lines += self._ingester.ingest(page, store, user_id)
                except OperationalError:
                    raise  # not this receipt is at fault, but the database
                except (UnreadableReceiptError, StatementError) as error:
                    status = SyncStatus.FAILED
                    log.warning("Sync %s goes on without a receipt: %s", job.job_id, _reason(error))
            if status is SyncStatus.COMPLETED:
                self._remember(user_id, store, datetime.now(UTC))
        except Exception:
            status = SyncStatus.FAILED
            log.exception("Sync %s broke off.", job.job_id)
        ended = Job(job_id=job.job_id, status=status, items_synced=lines, finished_at=datetime.now(UTC))
        self.board.release(user_id, store, ended)

    def _remember(self, user_id: UUID, store: StoreSlug, moment: datetime) -> None:
        with self._sessions.begin() as session:
            session.execute(
                update(UserStoreAccount)
                .where(
                    UserStoreAccount.user_id == user_id,
                    UserStoreAccount.store_id == Store.id,
                    Store.slug == store,
                )
                .values(last_sync_at=moment)
            )


def _reason(error: UnreadableReceiptError | StatementError) -> str:
    """Why a receipt was not stored, without the words of others, which may hold what was bought."""
    if isinstance(error, UnreadableReceiptError):
        return str(error)
    return f"It cannot be stored: {type(error.orig).__name__}."
