"""A call as one JSON value, so that parameters and body are judged like any payload.

{"path": {"store_slug": "meijer"}, "query": {"since": "2026-03-01"}, "body": {...}}
"""

import re
from collections.abc import Iterable
from typing import Any

from cartsnitch_contracts.diff.schema.shape import Root, Schema
from cartsnitch_contracts.inclusion import Verdict, decide
from cartsnitch_contracts.rest import Operation

LOCATIONS = ("path", "query", "header", "cookie")


class Call:
    """The calls of one operation, as schemas.

    Of the versions that are compared, all have the locations that one of them has, if only empty, and the
    last one's names for the parameters in the path: what they are called means nothing on the wire.
    """

    def __init__(self, operation: Operation, versions: Iterable[Operation]) -> None:
        compared = list(versions)
        self.operation = operation
        self._renamed = dict(zip(_path_names(operation), _path_names(compared[-1]), strict=False))
        used = {parameter.location for each in (operation, *compared) for parameter in each.parameters}
        self._locations = [location for location in LOCATIONS if location in used]

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
        for location in self._locations:
            fields = {
                self._renamed.get(each.name, each.name): each
                for each in self.operation.parameters
                if each.location == location
            }
            demanded = sorted(name for name, each in fields.items() if each.required)
            parts[location] = {
                "type": "object",
                "properties": {
                    name: _embedded(getattr(each.sides, side), f"{location}-{name}-", definitions)
                    for name, each in fields.items()
                },
                **({"required": demanded} if demanded else {}),
                **({"additionalProperties": False} if closed else {}),
            }
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


def _path_names(operation: Operation) -> list[str]:
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
