"""Whether what a declaration names as `module:name` is there, by the source: nothing is imported."""

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path

from cartsnitch_contracts.errors import meant
from cartsnitch_contracts.service.source import Source


def missing(folder: Path, place: str) -> str:
    """Why a project has nothing at `module:name`; empty where it has, or its source cannot tell."""
    module, _, path = place.partition(":")
    package, _, last = module.rpartition(".")
    spec = _spec(folder, module)
    if spec is None:
        beside = _folders(_spec(folder, package)) if package else []
        known = [each.stem for where in beside for each in Path(where).glob("*.py")]
        return f"there is no module {module}.{meant(last, known, before=f'{package}.')}"
    if spec.origin is None or not spec.origin.endswith(".py"):
        return ""
    file, name = Path(spec.origin), path.partition(".")[0]
    names = set(_globals(Source(file, module).tree.body))
    if {name, "*", "__getattr__"} & names or PathFinder.find_spec(name, _folders(spec)):
        return ""
    return f"{file.name} has no {name}.{meant(name, names)}"


def _spec(folder: Path, module: str) -> ModuleSpec | None:
    first, *further = module.split(".")
    spec = PathFinder.find_spec(first, [str(folder), str(folder / "src"), *sys.path]) or find_spec(first)
    for name in further:
        spec = PathFinder.find_spec(name, _folders(spec))
    return spec


def _folders(spec: ModuleSpec | None) -> list[str]:
    """Where a package's modules are; nowhere for what is none."""
    return list((spec and spec.submodule_search_locations) or ())


def _globals(body: Iterable[ast.stmt]) -> Iterator[str]:
    """What a module's statements bind, those within an `if` or a `try` too; `*` for an import of all."""
    for node in body:
        inner = (
            [] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ast.walk(node)
        )
        for each in (node, *inner):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield each.name
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield each.id
            elif isinstance(each, ast.alias):
                yield (each.asname or each.name).partition(".")[0]
