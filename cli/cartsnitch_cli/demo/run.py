"""The demo's phases, one after the other."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from redis import Redis
from sqlalchemy.exc import DataError

from cartsnitch_cli.demo.broken import break_contract
from cartsnitch_cli.demo.detector import StickerShock
from cartsnitch_cli.demo.files import Rejected, find_files, read_file, write_receipts
from cartsnitch_cli.demo.ingest import ReceiptWitness
from cartsnitch_cli.demo.judging import judge, price_series, product_ids
from cartsnitch_cli.demo.outcome import Outcome
from cartsnitch_cli.demo.parsing import ParsedReceipt, UnreadableReceiptError, parse_receipt
from cartsnitch_cli.demo.slips import plain, printed
from cartsnitch_cli.demo.steps import Advance, Steps
from cartsnitch_cli.demo.town import town
from cartsnitch_cli.demo.wiretap import Wiretap
from cartsnitch_common.constants import EventType
from cartsnitch_common.database import dispose_engines, session_scope
from cartsnitch_fixtures.market import Household, Market
from cartsnitch_fixtures.receipts import Receipt
from cartsnitch_fixtures.servers.postgres import embedded_postgres
from cartsnitch_fixtures.servers.redis import embedded_redis
from cartsnitch_migrations import head, upgrade

NOBODY: Final = ("you@example.com", "You")
"""Whose receipts a user's own files are: they do not say."""


@dataclass(frozen=True)
class Servers:
    """Where the run's own Postgres and Redis are; `url` is an empty database."""

    url: str
    postgres: str
    redis: Redis
    redis_version: str


@dataclass
class Supply:
    """The receipts to ingest: their files, and what is known of them beforehand."""

    files: list[Path]
    market: Market | None
    generated: list[Receipt]

    def owner(self, path: Path) -> tuple[str, str]:
        """E-mail address and name of whose account page a file is from."""
        household = self._households.get(path.stem)
        return (household.email, household.name) if household else NOBODY

    def __post_init__(self) -> None:
        known = {household.id: household for household in self.market.households} if self.market else {}
        self._households: dict[str, Household] = {
            receipt.receipt_id: known[receipt.household_id] for receipt in self.generated
        }


@dataclass(frozen=True)
class Read:
    """A receipt that could be read, and the file that it is from."""

    path: Path
    receipt: ParsedReceipt


@dataclass
class Stored:
    """What ingesting counted."""

    receipts: int = 0
    repeated: int = 0
    lines: int = 0
    price_events: int = 0


def run_demo(steps: Steps, *, receipts: Path | None, out: Path, count: int, seed: int) -> Outcome:
    """The main job from end to end, on servers of its own that are gone afterwards.

    Args:
        steps: shows and times the phases.
        receipts: a folder of the user's own files; without one, receipts are generated.
        out: where generated receipts go.
        count: how many receipts to generate.
        seed: of what is generated.

    Raises:
        CartsnitchError: a server does not start, there are no files, or a service stands still.
    """
    if receipts:
        find_files(receipts)  # a mistyped folder is told before anything starts
    with ExitStack() as stack:
        with steps.step("Start Postgres and Valkey", 2) as advance:
            servers = stack.enter_context(_servers(advance))
        with steps.step("Migrate an empty database"):
            upgrade(servers.url)
        supply = _supply(steps, receipts, out, count, seed)
        witness = ReceiptWitness(servers.url, servers.redis)
        wiretap = stack.enter_context(closing(Wiretap(servers.redis)))
        shock = stack.enter_context(StickerShock(servers.url, servers.redis).running())
        read, rejected = _read(steps, supply, witness)
        stored = _ingest(steps, read, witness, wiretap, rejected)
        with steps.step("Find price increases", stored.price_events) as advance:
            for done in shock.wait_for(stored.price_events):
                advance(done)
        wiretap.listen()
        with steps.step("Check messages against contracts", len(wiretap.messages)) as advance:
            for done in wiretap.check():
                advance(done)
        with steps.step("Break a contract on purpose"):
            broken = break_contract(list(wiretap.samples(EventType.RECEIPTS_INGESTED)))
        truth = supply.market.truth.increases if supply.market else ()
        with session_scope(servers.url) as session:
            ids = product_ids(session, (planted.product.code for planted in truth))
            keys = {
                (ids[planted.product.code], str(planted.store))
                for planted in truth
                if planted.product.code in ids
            }
            keys |= {(alert.normalized_product_id, str(alert.store_slug)) for alert in shock.alerts}
            series = price_series(session, keys)
        return Outcome(
            postgres=servers.postgres,
            redis=servers.redis_version,
            revision=head(),
            generated=supply.market is not None,
            receipts=stored.receipts,
            repeated=stored.repeated,
            lines=stored.lines,
            shoppers=len({one.receipt.purchase.user_id for one in read}),
            rejected=tuple(rejected),
            wiretap=wiretap,
            alerts=tuple(shock.alerts),
            verdict=judge(truth, shock.alerts, ids, series),
            charts=series,
            broken=broken,
            slips=printed(supply.generated) if supply.market else plain(one.receipt for one in read),
            service_errors=tuple(shock.errors),
            seconds=steps.seconds,
        )


@contextmanager
def _servers(advance: Advance) -> Iterator[Servers]:
    with embedded_postgres() as postgres, postgres.empty_database() as url:
        advance(1)
        with embedded_redis() as redis, redis.keyspace() as keyspace:
            try:
                yield Servers(url, postgres.version, keyspace.client(), redis.version)
            finally:
                dispose_engines()


def _supply(steps: Steps, folder: Path | None, out: Path, count: int, seed: int) -> Supply:
    if folder:
        return Supply(find_files(folder), None, [])
    market = town(seed, count)
    generated: list[Receipt] = []
    files: list[Path] = []
    with steps.step("Generate receipts", count) as advance:
        for path in write_receipts(_noting(market.receipts(count), generated.append), out / "receipts"):
            files.append(path)
            advance(len(files))
    return Supply(files, market, generated)


def _noting(receipts: Iterable[Receipt], note: Callable[[Receipt], object]) -> Iterator[Receipt]:
    for receipt in receipts:
        note(receipt)
        yield receipt


def _read(steps: Steps, supply: Supply, witness: ReceiptWitness) -> tuple[list[Read], list[Rejected]]:
    """Every receipt that can be read, oldest first, as prices are to be compared in the order of days."""
    read: list[Read] = []
    rejected: list[Rejected] = []
    users: dict[tuple[str, str], UUID] = {}
    with steps.step("Read files", len(supply.files)) as advance:
        for number, path in enumerate(supply.files, 1):
            owner = supply.owner(path)
            if owner not in users:
                users[owner] = witness.user(*owner)
            for result in _receipts_of(path, users[owner], witness):
                if isinstance(result, Rejected):
                    rejected.append(result)
                else:
                    read.append(Read(path, result))
            advance(number)
    return sorted(read, key=lambda one: one.receipt.purchase.purchase_date), rejected


def _receipts_of(path: Path, user_id: UUID, witness: ReceiptWitness) -> Iterator[ParsedReceipt | Rejected]:
    entries = read_file(path)
    if isinstance(entries, Rejected):
        yield entries
        return
    for number, entry in enumerate(entries, 1):
        try:
            yield parse_receipt(entry, user_id=user_id, store_ids=witness.store_ids)
        except UnreadableReceiptError as error:
            which = f"receipt {number}: " if len(entries) > 1 else ""
            yield Rejected(path, f"{which}{error}")


def _ingest(
    steps: Steps, read: list[Read], witness: ReceiptWitness, wiretap: Wiretap, rejected: list[Rejected]
) -> Stored:
    stored = Stored()
    with steps.step("Ingest and publish", len(read)) as advance:
        for number, one in enumerate(read, 1):
            try:
                ingested = witness.ingest(one.receipt)
            except DataError as error:  # JSON may hold what a JSONB column cannot, such as half a surrogate
                rejected.append(
                    Rejected(one.path, f"the database refuses it: {str(error.orig).splitlines()[0]}")
                )
                continue
            if ingested is None:
                stored.repeated += 1
            else:
                stored.receipts += 1
                stored.lines += ingested.lines
                stored.price_events += ingested.price_events
            wiretap.listen()
            advance(number)
    return stored
