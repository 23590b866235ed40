"""`cartsnitch servers`: Postgres and Redis for local development, and what tests can run on here."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Annotated, Final, Never

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

app = typer.Typer(
    help="Postgres and Redis: for local development, and for tests.",
    no_args_is_help=True,
    add_completion=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

ANSWERS: Final = {True: "yes", False: "no", None: "after a pull"}
STOPPERS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL: Final = 0.1


@app.command()
def up(
    postgres: Annotated[bool, typer.Option("--postgres", help="Postgres alone.")] = False,
    redis: Annotated[bool, typer.Option("--redis", help="Redis alone.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the data for the next time; it is upgraded then.")
    ] = False,
) -> None:
    """Run both servers, migrated, until Ctrl-C or SIGTERM; no Docker, no root.

    They listen on sockets of this user alone. Standard output holds the lines for .env and nothing else, so
    `cartsnitch servers up > .env` works. For TCP there is compose.yaml.
    """
    from cartsnitch_fixtures.servers.local import LOCAL_SERVERS  # noqa: PLC0415 - half a second, for this alone

    asked = {"postgres": postgres, "redis": redis}
    wanted = [name for name in LOCAL_SERVERS if asked[name] or not any(asked.values())]
    with _until_asked_to_stop() as stop_if_asked, ExitStack() as stack:
        servers = [stack.enter_context(LOCAL_SERVERS[name](keep=keep)) for name in wanted]
        for server in servers:
            err.print(f"{server.version} runs. To look inside: {server.shell}", markup=False)
        after = "Their data stays for the next time" if keep else "Their data goes too, but for --keep"
        err.print(f"Ctrl-C stops what runs. {after}. For .env:")
        for server in servers:
            out.print(f"{server.variable}={server.url}", markup=False)
        out.file.flush()
        # Asked again and again: a signal could come before one waits for it.
        while not any(server.process.has_ended for server in servers):
            stop_if_asked()
            time.sleep(POLL)
        err.print("A server ended by itself, so all are stopped.")
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Try every backend that tests can run on; exit code 1 where a default one does not run."""
    from cartsnitch_fixtures.servers.doctor import examine  # noqa: PLC0415

    detail = Column("version, or why not", overflow="fold")
    table = Table("server", "backend", "runs here", detail, show_lines=True)
    healthy = True
    with err.status("Starting each of them ..."):
        for finding in examine():
            healthy &= bool(finding.runs) or not finding.is_default
            table.add_row(
                finding.kind.label,
                f"{finding.backend} (default)" if finding.is_default else finding.backend,
                ANSWERS[finding.runs],
                Text(finding.detail),
            )
    Console(highlight=False).print(table)
    raise typer.Exit(0 if healthy else 1)


class _AskedToStop(BaseException):
    """By a signal; no code on the way takes it for an error of its own."""


@contextmanager
def _until_asked_to_stop() -> Iterator[Callable[[], None]]:
    """Leave the block, in good order, when the first signal asks; those after it find us at that.

    The block calls what it gets while it waits, for Python drops what is raised within a finaliser.
    """
    asked = False

    def stop(number: int, frame: FrameType | None) -> Never:
        nonlocal asked
        asked = True
        for each in STOPPERS:
            signal.signal(each, signal.SIG_IGN)
        raise _AskedToStop

    def stop_if_asked() -> None:
        if asked:
            raise _AskedToStop

    before = {each: signal.getsignal(each) for each in STOPPERS}
    for each in STOPPERS:
        if before[each] != signal.SIG_IGN:  # under nohup
            signal.signal(each, stop)
    try:
        yield stop_if_asked
    except _AskedToStop:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
