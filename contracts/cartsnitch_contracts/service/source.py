"""A service's own source, read without importing it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from cartsnitch_contracts.service.histories import sources

_TESTS: Final = ("test", "tests", "conftest.py")


@dataclass(frozen=True)
class Source:
    """One module: its file, and the name that it is imported by."""

    path: Path
    module: str

    @cached_property
    def tree(self) -> ast.Module:
        """The module, parsed; empty where it is no Python that this interpreter knows."""
        try:
            return ast.parse(self.path.read_bytes(), filename=str(self.path))
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported name stands for: `{"EventType": "cartsnitch_common.constants.EventType"}`."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    found[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                found |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
        return found

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What the module's own globals are assigned, by name."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if value is not None:
                found |= {target.id: value for target in targets if isinstance(target, ast.Name)}
        return found

    def resolve(self, node: ast.expr) -> str:
        """The full name of what an expression names, as far as imports tell; empty for another expression."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, f"{self.module}.{node.id}")
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.module.split(".")
        if self.path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])


def source_of(folder: Path) -> Iterator[Source]:
    """Every module of a project but its tests; those below `src` are named from there."""
    for path in sources(folder, "*.py"):
        parts = path.relative_to(folder).parts
        if any(part in _TESTS or part.startswith("test_") for part in parts):
            continue
        inner = parts[1:] if parts[0] == "src" else parts
        names = [*inner[:-1], *([] if inner[-1] == "__init__.py" else [inner[-1].removesuffix(".py")])]
        if names and all(name.isidentifier() for name in names):
            yield Source(path, ".".join(names))
