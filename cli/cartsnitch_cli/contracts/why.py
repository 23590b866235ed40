"""One event, and what went wrong with it."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say, table
from cartsnitch_cli.contracts.files import read_json
from cartsnitch_contracts.diff.consumers import Consumer, consumers
from cartsnitch_contracts.diff.effects import ordered
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.origin import Origin, trace
from cartsnitch_contracts.reports.words import clean, plural
from cartsnitch_contracts.topology import title


def why(
    event: Annotated[Path, typer.Argument(metavar="EVENT.json", help="One event, as it was published.")],
) -> None:
    """Say which versions accept an event, what is wrong with it, who wrote it most likely, who chokes.

    Exit code 0 when every subscriber takes it, 1 when one does not.
    """
    services = consumers(snapshot().consumers)
    known = {name: services[name] for name in ordered(services)}
    origin = trace(read_json(event, "an event's JSON"), known)
    _tell(origin)
    raise typer.Exit(0 if origin.is_taken else 1)


def _tell(origin: Origin) -> None:
    by = f" from {clean(title(origin.service), 40)}" if origin.service else ""
    stranger = "" if origin.service in origin.publishers else ", which does not publish there"
    say(f"{origin.channel}{by}{stranger if by else ''}")
    rows = [("  VERSION", "MAY BE SENT", "ACCEPTED")]
    rows += [(f"  {fit.version}", _yes(fit.sent), _yes(fit.accepted)) for fit in origin.fits]
    for line in table(rows):
        say(line)
    if origin.wrong is None:
        say("  nothing is wrong with it")
    else:
        say(f"  first wrong  {clean(origin.wrong)}")
    likeliest = origin.likeliest
    wrong = len(likeliest[-1].sent)
    fit = "as its contract says" if not wrong else f"against its contract in {plural(wrong, 'place')}"
    writers = ", ".join(map(title, origin.publishers))
    say(f"  written by   {writers} at {' or '.join(each.version for each in likeliest)}, {fit}")
    for reception in origin.receptions:
        problem = reception.problem
        says = "takes it" if problem is None else f"chokes: {clean(problem.place)} {clean(problem.message)}"
        say(f"  {_named(reception.consumer):<34} {says}")


def _yes(problems: tuple[object, ...]) -> str:
    return "no" if problems else "yes"


def _named(consumer: Consumer) -> str:
    pins = f" (common {consumer.pins})" if consumer.pins else ""
    return f"{title(consumer.service)} {consumer.version or ''}".rstrip() + pins
