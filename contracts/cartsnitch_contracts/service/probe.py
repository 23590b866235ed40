"""What importing an application does, watched in a process of its own: `python -m ... MODULE:NAME FILE`.

Writes JSON to FILE: the application's routes, and what was opened or read on the way, with the line of the
service that did it.
"""

import json
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings
from sqlalchemy import Engine

ROOT = Path.cwd()


def watch(events: list[dict[str, str]]) -> None:
    """Note engines, settings and connections from now on."""

    def note(what: str) -> None:
        events.append({"what": what, "place": _place()})

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            note(f"connects to {arguments[1]}")

    sys.addaudithook(audit)
    _before(Engine, lambda engine, *rest: note(f"opens an engine on {rest[2].render_as_string()}"))
    _before(BaseSettings, lambda settings, *rest: note(f"reads {type(settings).__name__}"))


def _before(cls: type, note: Any) -> None:
    init: Any = cls.__init__  # type: ignore[misc]  # on purpose: it is wrapped

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        note(self, *args)
        init(self, *args, **kwargs)

    cls.__init__ = __init__  # type: ignore[misc]


def _place() -> str:
    """The innermost line that is the service's own."""
    for frame in reversed(traceback.extract_stack()):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT) and not {"site-packages", "lib"} & set(path.relative_to(ROOT).parts):
            return f"{path.relative_to(ROOT)}:{frame.lineno}"
    return ""


def main(place: str, file: str) -> None:
    """Import it, and write what that did."""
    events: list[dict[str, str]] = []
    found: dict[str, Any] = {"events": events, "routes": [], "error": ""}
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    watch(events)
    module, _, name = place.partition(":")
    try:
        app = import_module(module)
        for part in name.split("."):
            app = getattr(app, part)
        paths = app.openapi()["paths"] if hasattr(app, "openapi") else {}
        found["routes"] = [
            f"{method.upper()} {path}" for path, operations in paths.items() for method in operations
        ]
    except BaseException as error:
        found["error"] = f"{type(error).__name__}: {error}"
    Path(file).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
