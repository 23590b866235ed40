"""Every `next.json`: the documents as the schemas and models say them now."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cartsnitch_contracts import export as events
from cartsnitch_contracts.asyncapi import asyncapi_document
from cartsnitch_contracts.database import export as database
from cartsnitch_contracts.document import loads
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import Files, Folder
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.rest import export as rest
from cartsnitch_contracts.stable import dumps


def _events() -> dict[str, str]:
    """Each is read again: its examples are written by hand, and may be of fields that are gone."""
    made = {f"events/{document.name}/{NEXT}.json": document.dumps() for document in events.generate()}
    for path, text in made.items():
        loads(text, source=f"{path.removesuffix(f'{NEXT}.json')}examples.json")
    return made


def _asyncapi() -> dict[str, str]:
    document = asyncapi_document(events.generate(), events.envelope_schema(), version=NEXT)
    return {f"asyncapi/{NEXT}.json": dumps(document)}


KINDS: Final[dict[str, Callable[[], dict[str, str]]]] = {
    "events": _events,
    "asyncapi": _asyncapi,
    "rest": rest.generate,
    "database": database.generate,
}
"""What makes the texts of each kind of document, by path; each starts with the kind."""


def drafts() -> dict[str, str]:
    """The text of each `next.json`, by its path in the folder of documents."""
    return {path: text for make in KINDS.values() for path, text in make().items()}


def outdated(files: Files) -> list[str]:
    """The paths of each `next.json` that does not say what the schemas say, is missing, or is of nothing."""
    return sorted(_differences(files, drafts()))


def write(folder: Path) -> list[Path]:
    """Write each `next.json` below `folder` whose text is new, and delete those of nothing; returns these.

    Raises:
        DocumentError: the folder cannot be written.
    """
    made = drafts()
    written = [folder / path for path in sorted(_differences(Folder(folder), made))]
    for file in written:
        text = made.get(file.relative_to(folder).as_posix())
        try:
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise DocumentError(
                f"{folder} cannot be written: {error.strerror or error}. Name a folder that can: --to FOLDER."
            ) from None
    return written


def _differences(files: Files, made: dict[str, str]) -> set[str]:
    names = {name for kind in KINDS for name in files.names(f"{kind}/")}
    stale = {path for path, text in made.items() if path not in names or files.read(path) != text.encode()}
    return stale | {name for name in names - made.keys() if name.endswith(f"/{NEXT}.json")}
