"""What a checkout takes away from what the last release made public."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import griffe
import page
import surface

KIND: Final = griffe.BreakageKind
WORDS: Final = {
    KIND.OBJECT_REMOVED: "is gone",
    KIND.OBJECT_CHANGED_KIND: "is another kind of thing",
    KIND.PARAMETER_REMOVED: "lost a parameter",
    KIND.PARAMETER_MOVED: "has a parameter at another place",
    KIND.PARAMETER_CHANGED_KIND: "takes a parameter in fewer ways",
    KIND.PARAMETER_CHANGED_REQUIRED: "demands a parameter that could be left out",
    KIND.PARAMETER_ADDED_REQUIRED: "demands a new parameter",
    KIND.CLASS_REMOVED_BASE: "lost a base class",
}
"""What counts. Defaults, values and types are not judged: their text does not tell whether they fit."""


@dataclass(frozen=True)
class Break:
    """One public thing that no longer serves who used it.

    Attributes:
        name: as a caller knows it.
        what: what became of it.
        place: where it stands now, or stood, as `file:line`; empty for what has none.
        deprecated: what the release said of its end; empty where it said nothing.
    """

    name: str
    what: str
    place: str = ""
    deprecated: str = ""

    def noted(self, changelog: str) -> bool:
        """Whether the unreleased part of a changelog names it under Removed or Changed."""
        spans = re.findall(r"`([^`\n]+)`", _taken_away(changelog))
        return any(self.name == span or ("." in span and self.name.endswith(f".{span}")) for span in spans)


@dataclass(frozen=True)
class Changes:
    """What a release's users lose and get, each sorted by name."""

    broken: list[Break]
    added: list[str]


def changes(old: Path, new: Path) -> Changes:
    """What became of the public names of one checkout in another."""
    before, after = surface.read(old), surface.read(new)
    had, has = page.tool_names(page.page(old)), page.tool_names(page.page(new))
    broken = {(each.name, each.what): each for each in _python(before, after, old, new)}
    broken |= {(name, ""): Break(name, WORDS[KIND.OBJECT_REMOVED]) for name in had - has}
    added = {*after.paths(), *has} - {*before.paths(), *had}
    return Changes([broken[key] for key in sorted(broken)], sorted(added))


def _python(before: surface.Surface, after: surface.Surface, old: Path, new: Path) -> Iterator[Break]:
    for module, was in before.modules.items():
        if module not in after.modules:
            yield Break(module, f"is no longer on the list of public modules ({surface.LIST})")
            continue
        for name in before.names(module):
            if name.path not in {each.path for each in after.names(module)}:
                place = _place(was.members[name.path.rpartition(".")[2]], old)
                yield Break(name.path, WORDS[KIND.OBJECT_REMOVED], place, name.deprecated)
        for breakage in griffe.find_breaking_changes(was, after.modules[module]):
            if breakage.kind in WORDS:
                root = old if breakage.kind is KIND.OBJECT_REMOVED else new
                yield _of(breakage, root)


def _of(breakage: griffe.Breakage, root: Path) -> Break:
    what = WORDS[breakage.kind]
    parameter = breakage.old_value if breakage.old_value is not None else breakage.new_value
    if isinstance(parameter, griffe.Parameter):
        what = f"{what}: {parameter.name}"
    return Break(breakage.obj.path, what, _place(breakage.obj, root), surface.deprecation(breakage.obj))


def _place(member: griffe.Object | griffe.Alias, root: Path) -> str:
    return f"{Path(str(member.filepath)).relative_to(root)}:{member.lineno}"


def _taken_away(changelog: str) -> str:
    """The text under Removed and Changed, in the part of the changelog that no release has."""
    newest = re.split(r"^## \[", changelog, maxsplit=2, flags=re.MULTILINE)[1:2]
    parts = re.split(r"^### ", "".join(newest), flags=re.MULTILINE)
    return "\n".join(part for part in parts if part.startswith(("Removed", "Changed")))
