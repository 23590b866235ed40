"""Bugs of the kind that such engines have had, planted in copies of this one: the search must find each."""

import importlib
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cartsnitch_contracts import inclusion
from schemas.hunt import Decide

PACKAGE: Final = "cartsnitch_contracts.inclusion"


@dataclass(frozen=True)
class Bug:
    """One bug.

    Attributes:
        name: what is wrong.
        module: the file that it goes into.
        before: the text there, once.
        after: the text instead.
        family: of pairs, in which the search finds it.
    """

    name: str
    module: str
    before: str
    after: str
    family: str

    def __str__(self) -> str:
        return self.name


BUGS: Final = (
    Bug(
        "an open bound counts as closed",
        "literals.py",
        '"exclusiveMinimum": ("above", True)',
        '"exclusiveMinimum": ("at least", True)',
        "numbers",
    ),
    Bug(
        "the smallest common multiple is the product",
        "numbers.py",
        "over = lcm(*(",
        "over = __import__('math').prod((",
        "numbers",
    ),
    Bug(
        "true is 1 where items must differ",
        "unique.py",
        "if isinstance(value, bool) or value is None:",
        "if value is None:",
        "arrays",
    ),
    Bug(
        "two that must be contained may be one",
        "table.py",
        "if least == 1:\n            return self.some_item",
        "if least <= 2:\n            return self.some_item",
        "arrays",
    ),
    Bug(
        "twins are searched as if each stood alone",
        "arrays.py",
        "if not (distinct or self._twins) and any(",
        "if not distinct and any(",
        "arrays",
    ),
    Bug(
        "items begin one too late",
        "literals.py",
        "table.every_item(prefix, None",
        "table.every_item(prefix + 1, None",
        "arrays",
    ),
    Bug(
        "an item that may be missing is taken for one that is there",
        "facts.py",
        "self._least > start",
        "self._least >= start",
        "arrays",
    ),
    Bug(
        "what was looked at is no longer bound to its condition",
        "unevaluated.py",
        "return [case.with_condition(self._table, condition) for case in cases]",
        "return cases",
        "objects",
    ),
    Bug(
        "of two branches with one tag both may hold",
        "tags.py",
        "not one[1][name] & other[1][name] for name in shared",
        "one[1][name] for name in shared",
        "tagged",
    ),
    Bug(
        "the cell outside of a pattern is forgotten",
        "cells.py",
        "for part in (outside, inside) if",
        "for part in (inside,) if",
        "objects",
    ),
    Bug(
        "an object that is full counts as too large",
        "objects.py",
        "len(self._required)) > self._most",
        "len(self._required)) >= self._most",
        "objects",
    ),
    Bug(
        "names that must not be are not forbidden",
        "literals.py",
        'if "propertyNames" in schema:',
        'if "propertyNames" in schema and schema.get("minProperties"):',
        "objects",
    ),
    Bug(
        "emptiness that leans on an open question is remembered",
        "memory.py",
        "if found is None and lean < depth:",
        "if found is None and lean < -1:",
        "trees",
    ),
    Bug(
        "a reference hides its siblings",
        "compile.py",
        "said += self._references(node, scope)",
        "said = self._references(node, scope) or said",
        "trees",
    ),
    Bug(
        "one alternative is as good as all",
        "solver.py",
        "for part in reversed(ways)]",
        "for part in ways[:1]]",
        "mutated",
    ),
    Bug("parts that differ in a size are one class", "keywords.py", '        "maxItems",\n', "", "mutated"),
    Bug(
        "a run at the edge may be empty",
        "regex/language.py",
        "            if outer.least:",
        "            if outer.least > 9:",
        "patterns",
    ),
)


@contextmanager
def planted(bug: Bug, folder: Path) -> Iterator[Decide]:
    """The engine with the bug, as a package of its own below the folder."""
    name = f"planted_{abs(hash(bug.name))}"
    package = folder / name
    shutil.copytree(Path(inclusion.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    place = package / bug.module
    text = place.read_text(encoding="utf-8")
    assert text.count(bug.before) == 1, (
        f"{bug.module} no longer says {bug.before!r}: plant '{bug}' elsewhere."
    )
    place.write_text(text.replace(bug.before, bug.after), encoding="utf-8")
    for file in package.rglob("*.py"):
        file.write_text(
            re.sub(rf"\b{re.escape(PACKAGE)}\b", name, file.read_text(encoding="utf-8")), encoding="utf-8"
        )
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(name).decide
    finally:
        sys.path.remove(str(folder))
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]
