"""The smallest correct version for a change, and whether the project has it."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from cartsnitch_contracts.diff.consumers import consumers
from cartsnitch_contracts.diff.documents import in_documents
from cartsnitch_contracts.diff.pins import Pins
from cartsnitch_contracts.diff.report import Bump, Finding, VersionAdvice
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.manifest import is_version, numbers
from cartsnitch_contracts.snapshot import Snapshot


def bump(version: str, findings: Iterable[Finding]) -> Bump:
    """How far `version` must be raised: in 0.x a break raises the minor, an addition the patch.

    What is unproven counts as a break, and so does what breaks the package's own classes alone, when no
    service decodes with them.
    """
    found = [finding.contract for finding in findings]
    if not found:
        return Bump.NONE
    compatible = all(verdict is Verdict.COMPATIBLE for verdict in found)
    if numbers(version)[0] == 0:
        return Bump.PATCH if compatible else Bump.MINOR
    return Bump.MINOR if compatible else Bump.MAJOR


def raised(version: str, by: Bump) -> str:
    """The version after a bump: 0.4.2 by a minor one is 0.5.0."""
    major, minor, patch = numbers(version)
    match by:
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"
        case Bump.NONE:
            return version


def advise(released: str | None, declared: str, findings: Iterable[Finding]) -> VersionAdvice | None:
    """What the version should be.

    Args:
        released: the newest release that the change comes after; None before the first, which may hold
            anything.
        declared: the version in `pyproject.toml` now; there is no advice where it is empty.
    """
    if not is_version(declared):
        return None
    if released is None:
        return VersionAdvice(declared, declared, Bump.NONE, declared)
    by = bump(released, findings)
    return VersionAdvice(released, declared, by, raised(released, by))


def smallest(old: Snapshot, new: Snapshot) -> str:
    """The smallest correct version of what `new` holds, where `old` is the newest release.

    Raises:
        DocumentError: the old state has no version, or a document is broken.
    """
    released = old.version or old.at
    found = in_documents(old, new, consumers(new.consumers), Pins(old))
    return raised(released, bump(released, found))


def declared_version(pyproject: bytes, source: str) -> str:
    """The version that a `pyproject.toml` declares; empty where it declares none.

    Raises:
        DocumentError: it is no TOML.
    """
    try:
        project = tomllib.loads(pyproject.decode()).get("project", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"{source} is no TOML: {error}. Mend it first.") from None
    version = project.get("version", "") if isinstance(project, dict) else ""
    return version if isinstance(version, str) else ""


def version_of(checkout: Path) -> str:
    """The version that a checkout's `pyproject.toml` declares; empty where it has none."""
    file = checkout / "pyproject.toml"
    return declared_version(file.read_bytes(), str(file)) if file.is_file() else ""
