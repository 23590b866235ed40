"""A call as one JSON value, so that parameters and body are judged like any payload.

{"path": {"store_slug": "meijer"}, "query": {"since": "2026-03-01"}, "body": {...}}
"""

import re
from typing import Any

from cartsnitch_contracts.diff.schema.shape import Root, Schema
from cartsnitch_contracts.inclusion import Verdict, decide
from cartsnitch_contracts.rest import Operation

LOCATIONS = ("path", "query", "header", "cookie")


class Call:
    """The calls of one operation, as schemas; parameters in the path have the names given, in their order."""

    def __init__(self, operation: Operation, names: list[str]) -> None:
        self.operation = operation
        self._renamed = dict(zip(path_names(operation), names, strict=False))

    @property
    def writer(self) -> Schema:
        """What callers send: what is declared and nothing else."""
        return self._schema("writer", closed=True)

    @property
    def reader(self) -> Schema:
        """What the service takes; it ignores unknown parameters, and a body that it does not read."""
        return self._schema("reader", closed=False)

    def examples(self, bodies: dict[str, Any]) -> dict[str, Any]:
        """Calls with these bodies, and the simplest parameters."""
        if not bodies:
            return {}
        simplest = decide(self.writer, {"not": {}})
        if simplest.verdict is not Verdict.BREAKING or not isinstance(simplest.witness, dict):
            return {}
        return {name: {**simplest.witness, "body": body} for name, body in bodies.items()}

    def _schema(self, side: str, *, closed: bool) -> Schema:
        definitions: Schema = {}
        parts: Schema = {}
        required = []
        for location in LOCATIONS:
            fields = [each for each in self.operation.parameters if each.location == location]
            names = {each: self._renamed.get(each.name, each.name) for each in fields}
            demanded = sorted(names[each] for each in fields if each.required)
            if not fields:
                continue
            parts[location] = {
                "type": "object",
                "properties": {
                    names[each]: _embedded(
                        getattr(each.sides, side), f"{location}-{names[each]}-", definitions
                    )
                    for each in fields
                },
                **({"required": demanded} if demanded else {}),
                **({"additionalProperties": False} if closed else {}),
            }
            if demanded or closed:
                required.append(location)
        if self.operation.request is not None:
            parts["body"] = _embedded(getattr(self.operation.request, side), "body-", definitions)
            if self.operation.request_required:
                required.append("body")
        return {
            "type": "object",
            "properties": parts,
            **({"required": required} if required else {}),
            **({"additionalProperties": False} if closed else {}),
            **({"$defs": definitions} if definitions else {}),
        }


def path_names(operation: Operation) -> list[str]:
    """The names of the parameters in the path, in order."""
    return re.findall(r"\{([^{}]*)\}", operation.path)


def _embedded(schema: Schema, prefix: str, definitions: Schema) -> Schema:
    """The schema as a part of a larger one, which gets its definitions."""
    root = Root(schema)
    if not root.plain:
        return {"$id": f"urn:cartsnitch:{prefix}", **schema}
    alone = root.alone(schema, prefix)
    definitions.update(alone.pop("$defs", {}))
    return alone
