"""The services' own statements, gathered from checkouts of them."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cartsnitch_contracts.diff.consumers import loads
from cartsnitch_contracts.errors import DocumentError

OWN = "contracts/<service>.json"
"""Where a service keeps its own copy, which is the authority."""
_MOST_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Collected:
    """What came of a collection.

    Attributes:
        written: the services whose copy was new or changed.
        unchanged: those whose copy said the same already.
        left: those that have a copy, but were in none of the checkouts.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    left: tuple[str, ...]


def collect(paths: Iterable[Path], into: Path) -> Collected:
    """Copy each checkout's `contracts/<service>.json`, or a file that is named, to `into`.

    Which service a checkout is of stands in its `pyproject.toml`, as `service` of `[tool.cartsnitch]`.

    All are read and checked before the first is written.

    Raises:
        DocumentError: a checkout has none, one of them is broken, or two are of the same service.
    """
    texts: dict[str, tuple[Path, str]] = {}
    for path in paths:
        file = own_file(path) if path.is_dir() else path
        text = _text(file)
        service = loads(text, source=str(file)).service
        if "/" in service or "\\" in service or service.startswith("."):
            raise DocumentError(
                f'{file} is of {service!r}, which is no name of a service. Mend its "service".'
            )
        if service in texts:
            raise DocumentError(f"{texts[service][0]} and {file} are both of {service}. Name one of them.")
        texts[service] = (file, text)
    written, unchanged = [], []
    for service, (_, text) in sorted(texts.items()):
        target = into / f"{service}.json"
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            unchanged.append(service)
            continue
        _write(target, text)
        written.append(service)
    left = sorted({file.stem for file in into.glob("*.json")} - texts.keys())
    return Collected(tuple(written), tuple(unchanged), tuple(left))


def own_file(checkout: Path) -> Path:
    """Where the service of a checkout keeps its statement.

    Raises:
        DocumentError: its `pyproject.toml` does not say which service it is.
    """
    project = checkout / "pyproject.toml"
    try:
        service = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["cartsnitch"]["service"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            f"{project} does not say which service it is of: {type(error).__name__}: {error}.\n"
            f'Add it as service = "stickershock" to [tool.cartsnitch], or name a file instead of {checkout}.'
        ) from None
    return checkout / OWN.replace("<service>", str(service))


def own_copy(checkout: Path) -> Path | None:
    """The same where there is one; None otherwise."""
    try:
        file = own_file(checkout)
    except DocumentError:
        return None
    return file if file.is_file() else None


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise DocumentError(f"{file} is larger than 16 MiB. Write it anew with describe().")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(
            f"{file} cannot be read: {reason}. Write it with "
            "`pytest --cartsnitch-record` in the service's checkout, or name the file."
        ) from None


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DocumentError(
            f"{target} cannot be written: {error.strerror or error}. Choose another folder."
        ) from None
