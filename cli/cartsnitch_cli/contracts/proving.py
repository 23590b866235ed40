"""`check --prove`: both states are built and installed, and really exchange what the report is about."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from cartsnitch_contracts.diff.report import Report
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.proof import (
    Observed,
    Process,
    Release,
    disagreements,
    exchanged,
    install,
    prove,
    revision,
    working_tree,
)
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_fixtures.servers.options import PostgresOptions, RedisOptions
from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS
from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS


def proved(report: Report, base: Snapshot, head: Snapshot, root: Path) -> Report:
    """The report with what happened to each of its subjects, and with contradictions where it is wrong.

    `root` is the checkout; both releases run against servers of their own.

    Raises:
        DocumentError: the base is no git revision, so there is nothing to build.
        ProofError: a state cannot be built, installed or run.
        ServerUnavailableError: there is no Postgres or Redis to run them on.
    """
    if not any(map(exchanged, report.findings)):
        return replace(report, notes=[*report.notes, "nothing changed that two releases could exchange"])
    if not base.commit:
        raise DocumentError(
            f"{base.label} is no git revision, so there is no source to prove anything with. "
            "Name a revision, or a release that has a tag: --base REF."
        )
    with tempfile.TemporaryDirectory(prefix="cartsnitch-proof-") as name, ExitStack() as stack:
        folder = Path(name)
        redis = stack.enter_context(REDIS_BACKENDS["embedded"](RedisOptions()))
        url = stack.enter_context(redis.keyspace()).url
        postgres = stack.enter_context(POSTGRES_BACKENDS["embedded"](PostgresOptions()))
        before, after = (
            stack.enter_context(_release(source, folder, promises, url))
            for source, promises in (
                (revision(root, base.commit, folder / "base"), base),
                (working_tree(root, folder / "head"), head),
            )
        )
        observed = prove(report, before, after, postgres.empty_database)
    wrong = disagreements(report.findings, observed)
    notes = [*report.notes, *map(_words, observed), *(f"CONTRADICTION  {line}" for line in wrong)]
    return replace(report, notes=notes, contradictions=wrong)


@contextmanager
def _release(source: Path, folder: Path, promises: Snapshot, redis_url: str) -> Iterator[Release]:
    with Process(install(source, folder / f"{source.name} installed"), redis_url) as process:
        process.call("listen", [f"{PREFIX}{name}" for name in promises.events])
        yield Release(process, promises)


def _words(seen: Observed) -> str:
    came = [
        f"old readers refused the new release: {seen.forward}" if seen.forward else "",
        f"new readers refused the old release: {seen.backward}" if seen.backward else "",
    ]
    what = "; ".join(filter(None, came)) or "nothing was refused, either way"
    return f"proved by execution: {seen.subject}: {what}"
