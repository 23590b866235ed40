"""What a service's source says that its declaration should say."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cartsnitch_common.constants import EventType, Service
from cartsnitch_contracts.service.found import Found
from cartsnitch_contracts.service.writing import Draft
from cartsnitch_contracts.topology import ROUTES


@dataclass(frozen=True)
class Proposal:
    """A draft without what cannot be: `left_out` says of each why."""

    draft: Draft
    left_out: tuple[str, ...]


def service_of(folder: Path, found: Found) -> Service | None:
    """Whose source it is: as its publisher says, or by the project's or folder's name; None if none tells."""
    if len(found.services) == 1:
        return next(iter(found.services))
    names = [_project(folder / "pyproject.toml").get("name"), folder.resolve().name]
    plain = [str(name).lower().replace("-", "").replace("_", "").removeprefix("cartsnitch") for name in names]
    return next((Service(name) for name in plain if name in set(Service)), None)


def propose(service: Service, found: Found, app: str | None = None) -> Proposal:
    """A declaration of what was found, without what the platform's routes and documents do not foresee."""
    left_out = []
    publishes = []
    for channel, place in found.publishes.items():
        if service in ROUTES[channel].publishers:
            publishes.append(channel)
        else:
            left_out.append(f"publishes {channel}, at {place}: {service} is no publisher of it")
    consumes: dict[EventType, str] = {}
    for channel, (handler, place) in found.listens.items():
        if service not in ROUTES[channel].subscribers:
            left_out.append(f"consumes {channel}, at {place}: {service} is no subscriber of it")
        elif place.inside:
            left_out.append(
                f"consumes {channel}: {place} is inside {place.inside}; name a function of the module"
            )
        elif not handler:
            left_out.append(f"consumes {channel}, at {place}: its handler is no function of a module")
        else:
            consumes[channel] = handler
    calls = sorted(call for call in found.calls if not call.startswith(f"{service}:"))
    apps = list(found.apps)
    if app is None and len(apps) > 1:
        left_out.append(f"app: there are several, {', '.join(apps)}; name one with --app")
    chosen = app or (apps[0] if len(apps) == 1 else None)
    draft = Draft(service, sorted(publishes), dict(sorted(consumes.items())), calls, chosen)
    return Proposal(draft, tuple(left_out))


def _project(pyproject: Path) -> Mapping[str, object]:
    try:
        project = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return {}
    return project if isinstance(project, dict) else {}
