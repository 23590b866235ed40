"""Schemas taken out of a larger document, so that they stand alone as JSON Schema 2020-12."""

from typing import Any
from urllib.parse import unquote

from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import keywords
from cartsnitch_contracts.validation import Schema

_ONE = keywords.SINGLE | {"additionalItems", "contentSchema"}
_LISTS = keywords.LISTS | {"items"}
_MAPS = keywords.MAPS | {"dependencies"}
_HELD = frozenset(("$defs", "definitions", "$id", "$schema"))
_MOST_HOPS = 100


class Root:
    """A document whose parts refer to each other by `#/...`; `source` names it in errors."""

    def __init__(self, raw: Any, source: str) -> None:
        self.raw = raw
        self.source = source

    def resolved(self, node: Any) -> Any:
        """The part itself where `node` is a reference to it.

        Raises:
            DocumentError: it refers to another file, to what is not there, or round in a circle.
        """
        for _ in range(_MOST_HOPS):
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                return node
            node, _ = self.at(node["$ref"], self.raw)
        raise DocumentError(f"{self.source}: the reference {node['$ref']} leads back to itself.")

    def at(self, reference: str, *holders: Any) -> tuple[Any, Any]:
        """What a reference points to, and the first of the holders that has it.

        Raises:
            DocumentError: none of them has it, or it is no `#/...`.
        """
        path, _, pointer = reference.partition("#")
        if path or (pointer and not pointer.startswith("/")):
            raise DocumentError(
                f"{self.source} refers to {reference}; nothing is fetched and no anchor is followed. "
                "Put its text into the document and refer to it as '#/...'."
            )
        for holder in holders:
            node = holder
            try:
                for part in pointer.split("/")[1:]:
                    step = unquote(part).replace("~1", "/").replace("~0", "~")
                    node = node[int(step)] if isinstance(node, list) else node[step]
            except (LookupError, TypeError, ValueError):
                continue
            return node, holder
        raise DocumentError(f"{self.source} refers to {reference}, which it does not hold.")


class Extraction:
    """Schemas of one document that share their `$defs`; `closed` gives them out."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._names: dict[int, str] = {}
        self._definitions: dict[str, Schema] = {}

    def schema(self, node: Any, *, old: bool) -> Any:
        """The schema with its references turned to the shared `$defs`.

        They are looked up in the schema itself, then in the document. `old` says that it is written for
        draft 7 or before: a reference hides what stands beside it, `items` may be a list, and `dependencies`
        are of both kinds.
        """
        return self._walk(node, node, old)

    def closed(self, schema: Any) -> Schema:
        """One of the schemas, or what was made of several, with the shared `$defs`."""
        body = schema if isinstance(schema, dict) else {"allOf": [schema]}
        return {**body, "$defs": self._definitions} if self._definitions else body

    def _walk(self, node: Any, local: Any, old: bool) -> Any:
        if not isinstance(node, dict):
            return node
        if "$id" in node:
            local = node
        reference = node.get("$ref")
        written = {"$ref": reference} if old and reference is not None else node
        if old:
            written = _modern(written)
        result: Schema = {}
        for key, value in written.items():
            if key == "$ref":
                result[key] = self._named(value, local, old)
            elif key in _MAPS and isinstance(value, dict):
                result[key] = {name: self._walk(item, local, old) for name, item in value.items()}
            elif key in _LISTS and isinstance(value, list):
                result[key] = [self._walk(item, local, old) for item in value]
            elif key in _ONE:
                result[key] = self._walk(value, local, old)
            elif key not in _HELD:
                result[key] = value
        return result

    def _named(self, reference: str, local: Any, old: bool) -> str:
        target, holder = self._root.at(reference, local, self._root.raw)
        if isinstance(target, dict) and "schemaFormat" in target and "schema" in target:
            target = target["schema"]
        if holder is not local:
            local = target
        if id(target) not in self._names:
            stem = reference.rstrip("/").rpartition("/")[2].strip("#") or "root"
            name, number = stem, 2
            while name in self._definitions:
                name, number = f"{stem}-{number}", number + 1
            self._names[id(target)] = name
            self._definitions[
                name
            ] = {}  # holds the name while the target is walked, which may refer to itself
            self._definitions[name] = self._walk(target, local, old)
        name = self._names[id(target)]
        return "#/$defs/" + name.replace("~", "~0").replace("/", "~1")


def _modern(schema: Schema) -> Schema:
    """A schema of draft 7 in the words of 2020-12; its parts are left as they are."""
    result = dict(schema)
    if isinstance(result.get("items"), list):
        result["prefixItems"] = result.pop("items")
        if "additionalItems" in result:
            result["items"] = result["additionalItems"]
    result.pop("additionalItems", None)
    for name, needed in result.pop("dependencies", {}).items():
        kind = "dependentRequired" if isinstance(needed, list) else "dependentSchemas"
        result[kind] = {**result.get(kind, {}), name: needed}
    return result
