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
_ANY_TEXT: Final = r"^[^\x00]*$"
_ABSENT: Final = object()


def events(document: Document) -> SearchStrategy[Event]:
    """What the document's writer may send.

    Numbers without a bound stay within 32 bits, texts within 60 characters and lists within 5 items: the
    document's own examples go to the bounds.
    """
    bases = [event for _, event in simplest_first(document)]
    values = _Values(Root(document.writer, f"{document.name} {document.version}: writer"))
    drawn = st.sampled_from(bases).flatmap(lambda base: _changed(values, document.writer, base))
    return drawn.filter(document.validator("writer").is_valid)


def simplest_first(document: Document) -> list[tuple[str, Event]]:
    """The accepted examples by name: "minimal", "typical", and then the shortest first."""
    first = {"minimal": -2, "typical": -1}
    return sorted(document.accepted.items(), key=lambda named: first.get(named[0]) or len(str(named[1])))


@st.composite
def _changed(draw: DrawFn, values: "_Values", node: Any, value: Any) -> Any:
    """The value, or one with some of its parts drawn anew."""
    node = values.root.resolved(node)
    if isinstance(value, dict) and node.get("properties"):
        fields = {name: draw(_field(values, node, name, value)) for name in node["properties"]}
        return {name: field for name, field in fields.items() if field is not _ABSENT}
    if isinstance(value, list) and value and "items" in node and draw(st.sampled_from((True, True, False))):
        return [draw(_changed(values, node["items"], item)) for item in value]
    return draw(values.of(node)) if draw(st.booleans()) else value


@st.composite
def _field(draw: DrawFn, values: "_Values", node: Any, name: str, value: Any) -> Any:
    """A field of an object: kept, changed, or, where it may be, absent."""
    schema = node["properties"][name]
    if name not in value:
        return draw(values.of(schema)) if draw(st.booleans()) else _ABSENT
    if name not in node.get("required", ()) and draw(st.sampled_from((False, False, True))):
        return _ABSENT
    return draw(_changed(values, schema, value[name]))


class _Values:
    """Any value that a part of the schema may mean; what it does not is filtered out in the end."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self._made: dict[int, SearchStrategy[Any]] = {}
        self._kinds: dict[str, Callable[[Any], SearchStrategy[Any]]] = {
            "string": _text,
            "array": self._array,
            "object": self._object,
            "boolean": lambda node: st.booleans(),
            "integer": lambda node: st.integers(node.get("minimum", -_INT32), node.get("maximum", _INT32)),
            "number": _number,
        }

    def of(self, node: Any) -> SearchStrategy[Any]:
        """The values of a part; made once, for a pattern takes its time."""
        node = self.root.resolved(node)
        if id(node) not in self._made:
            self._made[id(node)] = st.deferred(lambda: self._make(node))
        return self._made[id(node)]

    def _make(self, node: Any) -> SearchStrategy[Any]:
        if "const" in node or "enum" in node:
            return st.sampled_from(node.get("enum", [node.get("const")]))
        if branches := node.get("anyOf") or node.get("oneOf"):
            nulls_first = sorted(branches, key=lambda branch: branch.get("type") != "null")
            return st.one_of([self.of(branch) for branch in nulls_first])
        kind = node.get("type", "object" if "properties" in node else "null")
        kinds = sorted(kind, key="null".__ne__) if isinstance(kind, list) else [kind]
        return st.one_of([self._kinds[each](node) if each in self._kinds else st.none() for each in kinds])

    def _array(self, node: Any) -> SearchStrategy[list[Any]]:
        least = node.get("minItems", 0)
        most = min(node.get("maxItems", least + _MOST_ITEMS), least + _MOST_ITEMS)
        return st.lists(self.of(node.get("items", {})), min_size=least, max_size=most)

    def _object(self, node: Any) -> SearchStrategy[dict[str, Any]]:
        fields = {name: self.of(child) for name, child in node.get("properties", {}).items()}
        required: Sequence[str] = node.get("required", ())
        return st.fixed_dictionaries(
            {name: field for name, field in fields.items() if name in required},
            optional={name: field for name, field in fields.items() if name not in required},
        )


def _number(node: Any) -> SearchStrategy[float]:
    return st.floats(node.get("minimum", -1e9), node.get("maximum", 1e9), allow_nan=False)


def _text(node: Any) -> SearchStrategy[str]:
    match node.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date":
            return st.dates().map(lambda day: day.isoformat())
        case "date-time":
            moments = st.datetimes(timezones=st.just(UTC))
            return moments.map(lambda moment: moment.isoformat().replace("+00:00", "Z"))
    least, longest = node.get("minLength", 0), node.get("maxLength")
    if node.get("pattern", _ANY_TEXT) != _ANY_TEXT:
        matching = st.from_regex(node["pattern"], fullmatch=True, alphabet=_CHARACTERS)
        return matching.filter(lambda text: least <= len(text) <= (longest or len(text)))
    most = max(least, min(longest or _LONGEST, _LONGEST))
    return st.text(_CHARACTERS, min_size=least, max_size=most)
