"""Events that a channel's document allows, for hypothesis: an example with changes anywhere.

They shrink to the first example with the one simplest change that still matters.
"""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cartsnitch_contracts.document import Document, Event
from cartsnitch_contracts.references import Root

_MOST_ITEMS: Final = 5
_LONGEST: Final = 60
_INT32: Final = 2**31 - 1
_CHARACTERS: Final = st.characters(codec="utf-8", exclude_characters="\x00")
_KEEP, _CHANGE, _REPLACE = range(3)


def events(document: Document) -> SearchStrategy[Event]:
    """What the document's writer may send.

    Numbers without a bound stay within 32 bits, texts within 60 characters and lists within 5 items: the
    document's own examples go to the bounds.
    """
    bases = [event for _, event in simplest_first(document)]
    root = Root(document.writer, f"{document.name} {document.version}: writer")
    drawn = st.sampled_from(bases).flatmap(lambda base: _changed(root, document.writer, base))
    return drawn.filter(document.validator("writer").is_valid)


def simplest_first(document: Document) -> list[tuple[str, Event]]:
    """The accepted examples by name: "minimal", "typical", and then the shortest first."""
    first = {"minimal": -2, "typical": -1}
    return sorted(document.accepted.items(), key=lambda named: first.get(named[0]) or len(str(named[1])))


@st.composite
def _changed(draw: DrawFn, root: Root, node: Any, value: Any) -> Any:
    """The value, or one with some of its parts drawn anew."""
    node = root.resolved(node)
    properties = node.get("properties", {})
    if isinstance(value, dict) and properties:
        if draw(st.sampled_from((_CHANGE, _KEEP))) == _KEEP:
            return value
        return _without_absent({name: draw(_field(root, node, name, value)) for name in properties})
    if isinstance(value, list) and value and "items" in node:
        what = draw(st.sampled_from((_KEEP, _CHANGE, _REPLACE)))
        if what == _CHANGE:
            return [draw(_changed(root, node["items"], item)) for item in value]
        return value if what == _KEEP else draw(_fresh(root, node))
    return draw(_fresh(root, node)) if draw(st.sampled_from((False, False, True))) else value


_ABSENT: Final = object()


@st.composite
def _field(draw: DrawFn, root: Root, node: Any, name: str, value: Any) -> Any:
    """A field of an object, kept, changed, or, where it may be, absent."""
    optional = name not in node.get("required", ())
    if name not in value:
        wanted = draw(st.sampled_from((False, False, True)))
        return draw(_fresh(root, node["properties"][name])) if wanted else _ABSENT
    if optional and draw(st.sampled_from((False, False, True))):
        return _ABSENT
    return draw(_changed(root, node["properties"][name], value[name]))


def _without_absent(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not _ABSENT}


def _fresh(root: Root, node: Any) -> SearchStrategy[Any]:
    """Any value that the schema may mean; what it does not is filtered out in the end."""
    node = root.resolved(node)
    if "const" in node or "enum" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    for union in ("anyOf", "oneOf"):
        if union in node:
            branches = sorted(node[union], key=lambda branch: branch.get("type") != "null")
            return st.one_of([_fresh(root, branch) for branch in branches])
    kind = node.get("type", "object" if "properties" in node else "null")
    if isinstance(kind, list):
        return st.one_of([_fresh(root, {**node, "type": each}) for each in sorted(kind, key="null".__ne__)])
    return _KINDS.get(kind, _null)(root, node)


def _null(root: Root, node: Any) -> SearchStrategy[Any]:
    return st.none()


def _array(root: Root, node: Any) -> SearchStrategy[list[Any]]:
    least = node.get("minItems", 0)
    most = min(node.get("maxItems", least + _MOST_ITEMS), least + _MOST_ITEMS)
    return st.lists(_fresh(root, node.get("items", {})), min_size=least, max_size=most)


def _object(root: Root, node: Any) -> SearchStrategy[dict[str, Any]]:
    fields = {name: _fresh(root, child) for name, child in node.get("properties", {}).items()}
    required: Sequence[str] = node.get("required", ())
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    )


def _text(root: Root, node: Any) -> SearchStrategy[str]:
    match node.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date":
            return st.dates().map(lambda day: day.isoformat())
        case "date-time":
            moments = st.datetimes(timezones=st.just(UTC))
            return moments.map(lambda moment: moment.isoformat().replace("+00:00", "Z"))
    least = node.get("minLength", 0)
    most = min(node.get("maxLength", _LONGEST), max(_LONGEST, least))
    if node.get("pattern", r"^[^\x00]*$") != r"^[^\x00]*$":
        matching = st.from_regex(node["pattern"], fullmatch=True, alphabet=_CHARACTERS)
        return matching.filter(lambda text: least <= len(text) <= node.get("maxLength", len(text)))
    return st.text(_CHARACTERS, min_size=least, max_size=most)


_KINDS: Final[dict[str, Callable[[Root, Any], SearchStrategy[Any]]]] = {
    "string": _text,
    "array": _array,
    "object": _object,
    "boolean": lambda root, node: st.booleans(),
    "integer": lambda root, node: st.integers(node.get("minimum", -_INT32), node.get("maximum", _INT32)),
    "number": lambda root, node: st.floats(
        node.get("minimum", -1e9), node.get("maximum", 1e9), allow_nan=False
    ),
}
"""What draws a value of each type of JSON; all else is null."""
