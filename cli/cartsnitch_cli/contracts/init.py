"""Writing a service's declaration, from its source and a few questions."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service.drafting import propose, service_of
from cartsnitch_contracts.service.found import find
from cartsnitch_contracts.service.writing import Draft, require_undeclared, write_declaration

FILE = "pyproject.toml"

Consumes = Annotated[list[str] | None, typer.Option(help="A channel and its handler: CHANNEL=module:name.")]
Calls = Annotated[list[str] | None, typer.Option(help="A call of another: 'receiptwitness:GET /prices'.")]


def init(
    folder: Annotated[Path, typer.Argument(help="The service's repository.")] = Path(),
    *,
    service: Annotated[Service | None, typer.Option(help="Whose it is.  [default: as found]")] = None,
    app: Annotated[str | None, typer.Option(help="Its ASGI app, as module:name.")] = None,
    publishes: Annotated[list[EventType] | None, typer.Option(help="A channel that it sends on.")] = None,
    consumes: Consumes = None,
    calls: Calls = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take what was found.")] = False,
) -> None:
    """Write [tool.cartsnitch] into pyproject.toml, by what the source says and by asking; never over one."""
    pyproject = folder / FILE
    require_undeclared(pyproject)
    found = find(folder)
    whose = service or service_of(folder, found) or _asked_service(ask=not yes)
    proposal = propose(whose, found, app)
    given = dict(_pair(text) for text in consumes or ())
    draft = Draft(
        whose,
        sorted({*proposal.draft.publishes, *(publishes or ())}),
        dict(sorted({**proposal.draft.consumes, **given}.items())),
        sorted({*proposal.draft.calls, *(calls or ())}),
        proposal.draft.app,
    )
    if not yes:
        draft = _confirmed(draft)
    write_declaration(pyproject, draft)
    say(f"wrote [tool.cartsnitch] into {pyproject}:")
    for line in draft.toml.splitlines():
        say(f"  {line}".rstrip())
    for line in proposal.left_out:
        say(f"left out  {line}")
    say("now       pytest --cartsnitch-contracts")


def _asked_service(*, ask: bool) -> Service:
    names = ", ".join(Service)
    answer = typer.prompt(f"Which service is this: {names}?") if ask else ""
    if answer not in set(Service):
        raise ConfigurationError(f"Nothing in the source says whose it is. Give --service, one of: {names}.")
    return Service(answer)


def _confirmed(draft: Draft) -> Draft:
    """The draft, less what is answered with no."""
    return Draft(
        draft.service,
        [each for each in draft.publishes if typer.confirm(f"It publishes {each}?", default=True)],
        {
            channel: place
            for channel, place in draft.consumes.items()
            if typer.confirm(f"It consumes {channel} with {place}?", default=True)
        },
        [each for each in draft.calls if typer.confirm(f"It calls {each}?", default=True)],
        typer.prompt("Its ASGI app, as module:name; empty for none", default=draft.app or "") or None,
    )


def _pair(text: str) -> tuple[EventType, str]:
    channel, _, place = text.partition("=")
    if channel not in set(EventType) or not place:
        raise ConfigurationError(
            f"--consumes takes CHANNEL=module:name, not {text!r}. The channels are: {', '.join(EventType)}."
        )
    return EventType(channel), place
