"""Which parts of two schemas' values belong together, and the values without those parts."""

import json

from cartsnitch_contracts.diff.schema.field import Shape
from cartsnitch_contracts.diff.schema.locate import Tag, alternatives, container, kind, tags
from cartsnitch_contracts.diff.schema.shape import Root, Schema

type Pair = tuple[Tag | None, Shape, Shape]
"""Two objects, or two lists, that belong together, with the tag that says so."""


def pairs(one: Root, this: Shape, other: Root, that: Shape) -> list[Pair]:
    """The containers of two values that belong together: the only one of each, or those of one tag."""
    first, second = container(one, this), container(other, that)
    if first is not None and second is not None:
        return [(None, first, second)] if kind(first) == kind(second) else []
    told = {_key(tag): (tag, each) for each in alternatives(one, this) for tag in tags(one, each)}
    return [
        (*told[_key(tag)], each)
        for each in alternatives(other, that)
        for tag in tags(other, each)
        if _key(tag) in told
    ]


def shared(first: Shape, second: Shape) -> set[str]:
    """The keywords of two containers below which they are compared place by place."""
    words = {"properties"}
    for word in ("items", "additionalProperties"):
        if isinstance(first.get(word), dict) and isinstance(second.get(word), dict):
            words.add(word)
    if len(first.get("prefixItems", ())) == len(second.get("prefixItems", ())):
        words.add("prefixItems")
    return words


def bare(
    one: Root, this: Shape, other: Root, that: Shape, prefixes: tuple[str, str] = ("d", "d")
) -> tuple[Schema, Schema]:
    """Both values as schemas of their own, without what is compared place by place."""
    found = pairs(one, this, other, that)
    plans = [
        (tag, _names(first, second), shared(first, second), first, second) for tag, first, second in found
    ]
    ours = {id(first): _own(first, tag, names, words) for tag, names, words, first, _ in plans}
    theirs = {id(second): _own(second, tag, names, words) for tag, names, words, _, second in plans}
    return _put(one, this, ours, prefixes[0]), _put(other, that, theirs, prefixes[1])


def _put(root: Root, shape: Shape, instead: dict[int, Shape], prefix: str) -> Schema:
    inner = alternatives(root, shape)
    changed = [instead.get(id(each), each) for each in inner]
    if len(inner) == 1 and inner[0] is shape:
        return root.alone(changed[0], prefix)
    (word,) = shape.keys()
    return root.alone({word: changed}, prefix)


def _names(first: Shape, second: Shape) -> list[str]:
    return sorted({*first.get("properties", {}), *second.get("properties", {})})


def _own(shape: Shape, tag: Tag | None, names: list[str], words: set[str]) -> Shape:
    own = {word: value for word, value in shape.items() if word not in (words | {"required"})}
    kept = [name for name in shape.get("required", ()) if name not in names]
    if kind(shape) == "object":
        own["properties"] = dict.fromkeys(names, True)
    if tag is not None:
        own["properties"][tag[0]] = {"enum": [tag[1]]}
        kept.append(tag[0])
    if kept:
        own["required"] = kept
    if "prefixItems" in words and "prefixItems" in shape:
        own["prefixItems"] = [True] * len(shape["prefixItems"])
    return own


def _key(tag: Tag) -> str:
    return json.dumps(tag)
