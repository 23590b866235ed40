"""Small edits of a schema: of any effect, or such that no payload is lost."""

from random import Random
from typing import Any, Final

from schemas.general import General
from schemas.pools import BOUNDS, DIVISORS, NAMES, PATTERNS, TYPES, Node, Schema
from schemas.walk import Spot, replaced, rewritten, spots

LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
DROPPABLE: Final = (
    *LOWER, *UPPER, "multipleOf", "pattern", "format", "uniqueItems", "required", "propertyNames",
    "dependentRequired", "not", "const", "enum", "type", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
"""Without one of these a schema accepts no less; the last two at the root alone, as they evaluate too."""


def mutated(random: Random, schema: Schema, draw: General) -> Schema:
    """The schema after one small edit somewhere."""
    spot = random.choice(spots(schema))
    new = _edited(random, spot.node, draw)
    if not spot.path and not isinstance(new, dict):
        return schema
    whole: Schema = replaced(schema, spot.path, new)
    return _whole(whole, draw)


def weakened(random: Random, schema: Schema, draw: General) -> Schema:
    """A schema that accepts all that the given one does, and often more."""
    if any(
        not spot.growing and isinstance(spot.node, dict) and spot.node.get("$ref") == "#"
        for spot in spots(schema)
    ):
        return _whole({"anyOf": [{"$ref": "#/$defs/Root"}, draw.node(1)], "$defs": _rooted(schema)}, draw)
    growing = [spot for spot in spots(schema) if spot.growing and isinstance(spot.node, dict)]
    for _ in range(6):
        spot = random.choice(growing)
        new = _grown(random, spot, draw)
        if new is not None and (spot.path or isinstance(new, dict)):
            if not spot.path and "$defs" in schema:
                new = {**new, "$defs": schema["$defs"]}
            whole: Schema = replaced(schema, spot.path, new)
            return _whole(whole, draw)
    body = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
    return _whole({"anyOf": [body, draw.node(1)], "$defs": schema.get("$defs", {})}, draw)


def _rooted(schema: Schema) -> Schema:
    """Definitions, one of them the former root, so that a new root may accept more than is referred to."""

    def point(node: Schema) -> Schema:
        return {**node, "$ref": "#/$defs/Root"} if node.get("$ref") == "#" else node

    pointed = rewritten(schema, point)
    assert isinstance(pointed, dict)
    body = {keyword: value for keyword, value in pointed.items() if keyword != "$defs"}
    return {**pointed.get("$defs", {}), "Root": body}


def _whole(schema: Schema, draw: General) -> Schema:
    """The schema with every definition that it refers to, and none without need of the keyword."""
    definitions = dict(schema.get("$defs", {}))
    for name in sorted(draw.used - definitions.keys()):
        definitions[name] = {"type": ["null", "array"], "items": {"$ref": "#"}}
    draw.used.clear()
    rest = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
    return {**rest, "$defs": definitions} if definitions else rest


def _edited(random: Random, node: Node, draw: General) -> Node:
    if isinstance(node, bool):
        return not node if random.random() < 0.5 else draw.leaf()
    keywords = [keyword for keyword in node if keyword not in ("$defs", "$ref")]
    roll = random.random()
    if roll < 0.2 or not keywords:
        return _with_definitions(node, draw.node(1))
    if roll < 0.35:
        extra = draw.typed(1, draw.theme) or {"not": draw.leaf()}
        keyword = random.choice(list(extra))
        return {**node, keyword: extra[keyword]}
    keyword = random.choice(keywords)
    if roll < 0.5:
        return {name: value for name, value in node.items() if name != keyword}
    return {**node, keyword: _other_value(random, keyword, node[keyword], draw)}


def _with_definitions(node: Schema, new: Node) -> Node:
    return {**new, "$defs": node["$defs"]} if "$defs" in node and isinstance(new, dict) else new


def _other_value(random: Random, keyword: str, value: Any, draw: General) -> Any:  # noqa: PLR0911
    match keyword:
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return random.choice((value + 1, value - 1, value + 0.5, random.choice(BOUNDS)))
        case "multipleOf":
            return random.choice((value * 2, value * 3, random.choice(DIVISORS)))
        case _ if isinstance(value, int) and not isinstance(value, bool) and keyword != "const":
            return max(0, value + random.choice((-1, 1)))
        case "type":
            return random.choice(TYPES)
        case "enum":
            return random.choice(([*value[1:]] or [draw.constant()], [*value, draw.constant()]))
        case "const":
            return draw.constant()
        case "pattern":
            return random.choice(tuple(PATTERNS))
        case "required":
            return sorted({*value} ^ {random.choice(NAMES)})
        case "anyOf" | "oneOf" | "allOf" | "prefixItems":
            return random.choice((value[1:] or value, [*value, draw.node(1)], [*value[:-1], draw.node(1)]))
        case "properties":
            return random.choice(({**value, draw.name(): draw.node(1)}, dict(list(value.items())[1:])))
        case _:
            return value


def _grown(random: Random, spot: Spot, draw: General) -> Node | None:  # noqa: PLR0911
    """What accepts no less than the node, or None when this draw found no way; without definitions."""
    assert isinstance(spot.node, dict)
    node = {keyword: value for keyword, value in spot.node.items() if keyword != "$defs"}
    drop = [
        keyword for keyword in node if keyword in DROPPABLE and not (spot.path and "unevaluated" in keyword)
    ]
    roll = random.random()
    if roll < 0.25:
        return {"anyOf": [node, draw.node(1)]}
    if roll < 0.4 and drop:
        keyword = random.choice(drop)
        return {name: value for name, value in node.items() if name != keyword}
    for keyword in random.sample(drop, len(drop)):
        value = node[keyword]
        if keyword in LOWER:
            return {**node, keyword: value - 1 if value > 0 or "inimum" in keyword else value}
        if keyword in UPPER:
            return {**node, keyword: value + 1}
        if keyword == "enum":
            return {**node, keyword: [*value, draw.constant()]}
        if keyword == "type":
            return {
                **node,
                keyword: sorted({*([value] if isinstance(value, str) else value), random.choice(TYPES)}),
            }
        if keyword == "required" and value:
            return {**node, keyword: value[1:]}
    return None
