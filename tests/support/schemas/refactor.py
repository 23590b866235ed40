"""Changes that change nothing: the same payloads are accepted before and after."""

from collections.abc import Callable
from random import Random

from schemas.pools import Node, Schema
from schemas.walk import replaced, rewritten, spots


def refactored(random: Random, schema: Schema, steps: int = 3) -> Schema:
    """The schema written otherwise, a few times over."""
    for _ in range(steps):
        schema = random.choice(WAYS)(random, schema)
    return schema


def _somewhere(random: Random, schema: Schema, wrap: Callable[[Node], Node]) -> Schema:
    """One of the parts wrapped; what a definition holds may be wrapped too.

    A part below `unevaluated*` keeps what it evaluates in all wrappings here, but for the double negation.
    """
    found = [spot for spot in spots(schema) if spot.path]
    if not found:
        return _rooted(schema, wrap)
    spot = random.choice(found)
    whole: Schema = replaced(schema, spot.path, wrap(spot.node))
    return whole


def _rooted(schema: Schema, wrap: Callable[[Node], Node]) -> Schema:
    """The root wrapped; its definitions stay where references look for them."""
    body = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
    wrapped = wrap(body)
    assert isinstance(wrapped, dict)
    return {**wrapped, **({"$defs": schema["$defs"]} if "$defs" in schema else {})}


def _all_of_one(random: Random, schema: Schema) -> Schema:
    return _somewhere(random, schema, lambda node: {"allOf": [node]})


def _any_of_one(random: Random, schema: Schema) -> Schema:
    return _somewhere(random, schema, lambda node: {"anyOf": [node]})


def _one_of_one(random: Random, schema: Schema) -> Schema:
    return _somewhere(random, schema, lambda node: {"oneOf": [node]})


def _said_twice(random: Random, schema: Schema) -> Schema:
    return _somewhere(random, schema, lambda node: {"allOf": [node, node]})


def _if_true(random: Random, schema: Schema) -> Schema:
    return _somewhere(random, schema, lambda node: {"if": True, "then": node, "else": False})


def _twice_negated(random: Random, schema: Schema) -> Schema:
    text = repr(schema)
    if "unevaluated" in text:  # a negation hides what was evaluated
        return schema
    return _somewhere(random, schema, lambda node: {"not": {"not": node}})


def _titled(random: Random, schema: Schema) -> Schema:
    words = {"title": random.choice("XYZ"), "description": "words", "deprecated": True, "examples": [1]}
    return _somewhere(random, schema, lambda node: {**words, **node} if isinstance(node, dict) else node)


def _shuffled(random: Random, schema: Schema) -> Schema:
    def shuffle(node: Schema) -> Schema:
        items = list(node.items())
        random.shuffle(items)
        return {
            keyword: random.sample(value, len(value)) if keyword in _UNORDERED else value
            for keyword, value in items
        }

    whole = rewritten(schema, shuffle)
    assert isinstance(whole, dict)
    return whole


_UNORDERED = frozenset({"anyOf", "oneOf", "allOf", "enum", "required"})


def _definitions_renamed(random: Random, schema: Schema) -> Schema:
    definitions = schema.get("$defs", {})
    names = {f"#/$defs/{name}": f"#/$defs/{name}Renamed" for name in definitions}

    def rename(node: Schema) -> Schema:
        return {**node, "$ref": names.get(node["$ref"], node["$ref"])} if "$ref" in node else node

    whole = rewritten(schema, rename)
    assert isinstance(whole, dict)
    if definitions:
        whole["$defs"] = {f"{name}Renamed": node for name, node in whole["$defs"].items()}
    return whole


def _reference_inlined(random: Random, schema: Schema) -> Schema:
    found = [
        spot
        for spot in spots(schema)
        if isinstance(spot.node, dict) and str(spot.node.get("$ref", "")).startswith("#/$defs/")
    ]
    if not found or "$dynamicRef" in repr(schema):
        return schema
    spot = random.choice(found)
    assert isinstance(spot.node, dict)
    target = schema["$defs"][spot.node["$ref"].removeprefix("#/$defs/")]
    rest = {keyword: value for keyword, value in spot.node.items() if keyword not in ("$ref", "$defs")}
    new: Node = {**rest, "allOf": [*rest.get("allOf", ()), target]} if rest else target
    if not spot.path:
        return {**rest, "allOf": [*rest.get("allOf", ()), target], "$defs": schema["$defs"]}
    whole: Schema = replaced(schema, spot.path, new)
    return whole


def _part_moved(random: Random, schema: Schema) -> Schema:
    """A part becomes a definition."""
    found = [spot for spot in spots(schema) if spot.path and "$defs" not in spot.path]
    if not found:
        return schema
    spot = random.choice(found)
    name = f"Moved{len(schema.get('$defs', {}))}"
    whole: Schema = replaced(schema, spot.path, {"$ref": f"#/$defs/{name}"})
    return {**whole, "$defs": {**whole.get("$defs", {}), name: spot.node}}


def _type_split(random: Random, schema: Schema) -> Schema:
    """A list of types, an enum, or integer-or-number, as an anyOf."""

    def split(node: Schema) -> Schema:
        if "anyOf" in node or random.random() < 0.5:
            return node
        if isinstance(node.get("type"), list):
            rest = {keyword: value for keyword, value in node.items() if keyword != "type"}
            return {**rest, "anyOf": [{"type": name} for name in node["type"]]}
        if len(node.get("enum", ())) > 1:
            rest = {keyword: value for keyword, value in node.items() if keyword != "enum"}
            return {**rest, "anyOf": [{"enum": node["enum"][:1]}, {"enum": node["enum"][1:]}]}
        if node.get("type") == "number":
            return {**node, "type": ["number", "integer"]}
        return node

    whole = rewritten(schema, split)
    assert isinstance(whole, dict)
    return whole


def _spelt_out(random: Random, schema: Schema) -> Schema:
    """const as enum, a closed numeric bound as the negation of its opposite."""

    def spell(node: Schema) -> Schema:
        if "const" in node and "enum" not in node:
            node = {
                **{keyword: value for keyword, value in node.items() if keyword != "const"},
                "enum": [node["const"]],
            }
        if "minimum" in node and "not" not in node and random.random() < 0.5:
            bound = {"type": "number", "exclusiveMaximum": node["minimum"]}
            node = {
                **{keyword: value for keyword, value in node.items() if keyword != "minimum"},
                "not": bound,
            }
        return node

    whole = rewritten(schema, spell)
    assert isinstance(whole, dict)
    return whole


WAYS: tuple[Callable[[Random, Schema], Schema], ...] = (
    _all_of_one, _any_of_one, _one_of_one, _said_twice, _if_true, _twice_negated, _titled, _shuffled,
    _definitions_renamed, _reference_inlined, _part_moved, _type_split, _spelt_out,
)  # fmt: skip
"""Each has a name that says what it does."""
