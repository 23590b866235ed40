"""The line of Python that caused a finding, found in the sources without running them."""

import ast
import dataclasses
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.report import Finding, Kind, Source
from cartsnitch_contracts.diff.schema.shape import Root
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.places import EACH
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.topology import SERVICES

SCHEMAS = "src/cartsnitch_common"
MIGRATIONS = "alembic/cartsnitch_migrations/versions"
OPERATIONS = "contracts/cartsnitch_contracts/rest/operations.py"
CHANNELS = "EventType"
"""The class that lists the channels; a channel that is gone was a line of it."""
_MOST_BYTES = 1_000_000


def located(findings: Iterable[Finding], head: Snapshot, root: Path) -> list[Finding]:
    """The findings with their lines, as far as these are found below `root`."""
    code = Code(root)
    return [dataclasses.replace(finding, source=_source(finding, head, code)) for finding in findings]


def _source(finding: Finding, head: Snapshot, code: "Code") -> Source | None:
    match finding.kind:
        case Kind.DATABASE:
            return code.migration(finding.subject, finding.new_place or finding.place)
        case Kind.EVENT:
            name = finding.subject.partition(" ")[0]
            if name not in head.events:
                return code.line_of_class(CHANNELS)
            return _in_schema(finding, head.events[name].reader, code)
        case _:
            return _in_operation(finding, head, code)


def _in_schema(finding: Finding, schema: Any, code: "Code") -> Source | None:
    """The field's line in the class that the schema was made of; the class' line where the field is gone."""
    if schema is None:
        return None
    path = places.parse(finding.new_place or finding.place) if finding.place else ()
    root = Root(schema)
    owner, name = None, None
    node = _object(root, schema)
    for step in path:
        if isinstance(step, str) and node is not None:
            owner, name = node.get("title"), step
        node = _object(root, _below(node, step))
    if owner is None or name is None:
        return code.line_of_class(str(schema.get("title", "")))
    return _field(finding, owner, name, code)


def _field(finding: Finding, owner: str, name: str, code: "Code") -> Source | None:
    line = code.line_of_field(owner, name)
    if finding.rule.startswith("values-"):
        return code.line_of_values(owner, name) or line
    return line or code.line_of_class(owner)


def _in_operation(finding: Finding, head: Snapshot, code: "Code") -> Source | None:
    """The line of a body's or a query's field, or of the operation's path in the table of operations."""
    service, _, rest = finding.subject.partition(" ")
    operation, _, status = rest.partition(" -> ")
    wire = next((name for name, title in SERVICES.items() if title == service), service)
    table = code.line_with(OPERATIONS, f'"{operation.partition(" ")[2]}"', f'"{operation.partition(" ")[0]}"')
    table = table or code.line_with(OPERATIONS, "ENDPOINTS", "")  # of an operation that is gone
    if finding.kind is Kind.OPERATION or wire not in head.rest:
        return table
    try:
        found = head.rest[wire].operation(operation)
    except DocumentError:
        return table
    if finding.kind is Kind.RESPONSE:
        sides = found.responses.get(status)
        return (_in_schema(finding, sides.reader, code) if sides else None) or table
    if finding.place.startswith("body") and found.request is not None:
        inside = finding.place.removeprefix("body").removeprefix(".")
        body = dataclasses.replace(finding, place=inside, new_place=None)
        return _in_schema(body, found.request.reader, code) or table
    if finding.place.startswith("query.") and table is not None:
        query = code.word_below(table, "query=rest.", "Endpoint(")
        name = (finding.new_place or finding.place).removeprefix("query.")
        return (_field(finding, query, name, code) if query else None) or table
    return table


def _below(node: Any, step: places.Step) -> Any:
    if not isinstance(node, dict):
        return None
    if step is EACH:
        return node.get("items", node.get("additionalProperties"))
    return node.get("properties", {}).get(step) if isinstance(step, str) else None


def _object(root: Root, node: Any, depth: int = 0) -> Any:
    """The object or list that a node stands for, with its title."""
    if not isinstance(node, dict) or depth > 20:
        return None
    if "$ref" in node:
        return _object(root, root.target(node["$ref"]), depth + 1)
    for branch in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        found = _object(root, branch, depth + 1)
        if found is not None:
            return found
    return node if "properties" in node or "items" in node or "additionalProperties" in node else None


class Code:
    """The Python files of a checkout."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _modules(self) -> list[tuple[str, ast.Module]]:
        found = []
        for file in sorted((self._root / SCHEMAS).rglob("*.py")):
            text = self._read(file)
            try:
                found.append((file.relative_to(self._root).as_posix(), ast.parse(text)))
            except (SyntaxError, ValueError):
                continue
        return found

    @cached_property
    def _classes(self) -> dict[str, tuple[str, ast.ClassDef]]:
        """The classes by name; those of the schemas come before models of the same name."""
        found: dict[str, tuple[str, ast.ClassDef]] = {}
        for file, module in sorted(self._modules, key=lambda each: "/schemas/" not in each[0]):
            for node in module.body:
                if isinstance(node, ast.ClassDef):
                    found.setdefault(node.name, (file, node))
        return found

    @cached_property
    def _aliases(self) -> dict[str, ast.expr]:
        found: dict[str, ast.expr] = {}
        for _, module in self._modules:
            for node in module.body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    found.setdefault(node.targets[0].id, node.value)
                elif isinstance(node, ast.TypeAlias):
                    found.setdefault(node.name.id, node.value)
        return found

    def line_of_class(self, name: str) -> Source | None:
        """Where a class starts."""
        known = self._classes.get(name.partition("[")[0])
        return None if known is None else Source(known[0], known[1].lineno)

    def line_of_field(self, owner: str, name: str) -> Source | None:
        """Where a class, or one that it inherits from, declares a field."""
        found = self._field(owner, name)
        return None if found is None else Source(found[0], found[1].lineno)

    def line_of_values(self, owner: str, name: str) -> Source | None:
        """Where the closed vocabulary of a field is: the enum that its annotation leads to."""
        found = self._field(owner, name)
        return None if found is None else self._enum(found[1].annotation, set())

    def _field(self, owner: str, name: str) -> tuple[str, ast.AnnAssign] | None:
        file, node = self._classes.get(owner.partition("[")[0], (None, None))
        if file is None or node is None:
            return None
        for line in node.body:
            if (
                isinstance(line, ast.AnnAssign)
                and isinstance(line.target, ast.Name)
                and line.target.id == name
            ):
                return file, line
        for base in node.bases:
            for inherited in _names(base):
                found = self._field(inherited, name) if inherited != owner else None
                if found is not None:
                    return found
        return None

    def _enum(self, annotation: ast.expr, seen: set[str]) -> Source | None:
        for name in _names(annotation):
            if name in seen:
                continue
            seen.add(name)
            known = self._classes.get(name)
            if known and any("Enum" in each for base in known[1].bases for each in _names(base)):
                return Source(known[0], known[1].lineno)
            if name in self._aliases:
                found = self._enum(self._aliases[name], seen)
                if found is not None:
                    return found
        return None

    def migration(self, table: str, name: str) -> Source | None:
        """The newest migration's line that names a column or constraint of a table, or the table itself."""
        for file in sorted((self._root / MIGRATIONS).glob("*.py"), reverse=True):
            lines = self._read(file).decode(errors="replace").splitlines()
            text = "\n".join(lines)
            if f'"{table}"' not in text:
                continue
            for number, line in enumerate(lines, 1):
                if f'"{name or table}"' in line:
                    return Source(file.relative_to(self._root).as_posix(), number)
        return None

    def line_with(self, file: str, text: str, before: str) -> Source | None:
        """The first line of a file with a text, a line with `before` directly above it or on it."""
        lines = self._read(self._root / file).decode(errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            if text in line and before in "".join(lines[max(0, number - 2) : number]):
                return Source(file, number)
        return None

    def word_below(self, start: Source, text: str, end: str) -> str | None:
        """The name that follows a text, from a line on until one that holds `end`; None where it is not."""
        lines = self._read(self._root / start.file).decode(errors="replace").splitlines()
        for line in lines[start.line - 1 :]:
            if text in line:
                return line.partition(text)[2].partition(",")[0].strip()
            if end in line:
                return None
        return None

    def _read(self, file: Path) -> bytes:
        try:
            with file.open("rb") as stream:
                return stream.read(_MOST_BYTES)
        except OSError:
            return b""


def _names(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr
