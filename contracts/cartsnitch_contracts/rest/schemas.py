"""The schemas inside an OpenAPI document, each as a JSON Schema 2020-12 that stands alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import keywords
from cartsnitch_contracts.references import Root
from cartsnitch_contracts.rest.older import modern
from cartsnitch_contracts.validation import Schema

DIALECT = keywords.DRAFT
MAPS = keywords.MAPS | keywords.DEFINITIONS
LISTS = keywords.LISTS
SINGLE = keywords.SINGLE | {"contentSchema"}
MOST_HOPS = 50
NO_SCHEMA = frozenset({"discriminator", "xml", "externalDocs", "example", "$schema"})
"""What OpenAPI writes into a schema without saying anything of the values."""


@dataclass(frozen=True)
class _Part:
    """A schema that others refer to, ready to stand under `$defs`, and the pointers that it refers to."""

    name: str
    schema: Any
    pointers: tuple[str, ...]


class Schemas:
    """The schemas of one document; what several of them refer to is made ready once."""

    def __init__(self, root: Mapping[str, Any], source: str, *, older: bool) -> None:
        self._root = Root(root, source)
        self._older = older
        self._names: dict[str, str] = {}
        self._parts: dict[str, _Part] = {}

    def alone(self, schema: Any) -> Schema:
        """A copy whose references lead into its own `$defs`."""
        hops = 0
        while isinstance(schema, dict) and schema.keys() == {"$ref"}:
            schema = self.at(schema["$ref"])
            hops += 1
            if hops > MOST_HOPS:
                raise self.error("references go in a circle; let one refer to a schema")
        copy, pointers = self._copy(schema)
        if isinstance(copy, bool):
            copy = {} if copy else {"not": {}}
        definitions = {part.name: part.schema for part in self._reachable(pointers)}
        own = copy.pop("$defs", {})
        alone = {"$schema": DIALECT, **copy}
        return {**alone, "$defs": {**own, **definitions}} if own or definitions else alone

    def at(self, reference: Any) -> Any:
        """What a reference within the document refers to.

        Raises:
            DocumentError: it leads out of the document, or nowhere.
        """
        if not isinstance(reference, str):
            raise self.error(f"{reference!r:.80} stands where a reference should")
        return self._root.at(reference, self._root.raw)[0]

    def error(self, reason: str) -> DocumentError:
        """An error that names the file."""
        return DocumentError(f"{self._root.source} is no OpenAPI document that can be read: {reason}.")

    def _reachable(self, pointers: tuple[str, ...]) -> Iterator[_Part]:
        waiting, seen = list(reversed(pointers)), set(pointers)
        while waiting:
            part = self._part(waiting.pop())
            yield part
            new = [pointer for pointer in dict.fromkeys(part.pointers) if pointer not in seen]
            seen.update(new)
            waiting.extend(reversed(new))

    def _part(self, pointer: str) -> _Part:
        if pointer not in self._parts:
            copy, pointers = self._copy(self.at(pointer))
            self._parts[pointer] = _Part(self._name(pointer), copy, pointers)
        return self._parts[pointer]

    def _name(self, pointer: str) -> str:
        if pointer not in self._names:
            plain = re.sub(r"[^A-Za-z0-9._-]", "_", pointer.rpartition("/")[2]) or "_"
            taken, name, number = set(self._names.values()), plain, 1
            while name in taken:
                number += 1
                name = f"{plain}_{number}"
            self._names[pointer] = name
        return self._names[pointer]

    def _copy(self, schema: Any) -> tuple[Any, tuple[str, ...]]:
        found: list[str] = []
        return self._walk(schema, found), tuple(dict.fromkeys(found))

    def _walk(self, schema: Any, found: list[str]) -> Any:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise self.error(f"{schema!r:.80} stands where a schema should")
        if self._older:
            schema = modern(schema)
        if "$id" in schema:  # its references are relative to it
            return schema
        copy: Schema = {}
        for keyword, value in schema.items():
            if keyword in MAPS and isinstance(value, dict):
                copy[keyword] = {name: self._walk(part, found) for name, part in value.items()}
            elif keyword in LISTS and isinstance(value, list):
                copy[keyword] = [self._walk(part, found) for part in value]
            elif keyword in SINGLE:
                copy[keyword] = self._walk(value, found)
            elif keyword in ("$ref", "$dynamicRef") and isinstance(value, str):
                copy[keyword] = self._local(value, found)
            elif keyword not in NO_SCHEMA:
                copy[keyword] = value
        return copy

    def _local(self, reference: str, found: list[str]) -> str:
        if reference.startswith("#") and not _is_pointer(reference):
            return reference  # an anchor beside it
        self.at(reference)
        found.append(reference)
        return f"#/$defs/{self._name(reference)}"


def _is_pointer(reference: Any) -> bool:
    return isinstance(reference, str) and (reference == "#" or reference.startswith("#/"))
