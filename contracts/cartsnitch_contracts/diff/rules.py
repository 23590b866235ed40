"""The changes that the comparer knows: each with its words, and the safe way to make it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One kind of change.

    Attributes:
        id: stable, for waivers and searches.
        purpose: what has changed, and whom it concerns.
        steps: the safe way, in order; `{field}`, `{writers}` and `{readers}` are filled in.
    """

    id: str
    purpose: str
    steps: tuple[str, ...]


_RULES = (
    Rule(
        "field-removed",
        "A field that was always sent is gone; a reader that demands it stops.",
        ("let {readers} do without {field}", "drop {field} from {writers}"),
    ),
    Rule(
        "optional-field-removed",
        "A field that could be absent is gone; a reader sees it absent for ever.",
        ("let {readers} do without {field}", "drop {field}"),
    ),
    Rule(
        "required-field-added",
        "Readers demand a new field, which older writers do not send.",
        ("add {field} as optional", "send it from {writers}", "then demand it"),
    ),
    Rule(
        "optional-field-added",
        "A new field may be absent; older readers ignore it.",
        ("open {readers} to fields that they do not know", "send {field}"),
    ),
    Rule(
        "field-made-required",
        "Readers demand a field that older writers may leave out.",
        ("send {field} from {writers} always", "then demand it"),
    ),
    Rule(
        "field-made-optional",
        "Writers may leave out a field that older readers demand.",
        ("let {readers} accept its absence", "then leave {field} out"),
    ),
    Rule(
        "type-changed",
        "A field's JSON type is another one; one side sends what the other does not take.",
        ("add a field of the new type beside {field} and send both", "move {readers} to it", "drop {field}"),
    ),
    Rule(
        "constraint-changed",
        "A field's values, lengths, bounds, pattern or format are others, or an object opened or closed.",
        ("to allow more: first in {readers}, then in {writers}", "to allow less: first in {writers}"),
    ),
    Rule(
        "payload-refused",
        "One side sends what the other refuses, at a place that the schemas did not change.",
        ("make writer and reader of one release agree on {field}",),
    ),
)
RENAMING = ("send both {field} and {new}", "move {readers} to {new}", "drop {field}")
"""The safe way when a removed field seems to live on under another name."""
RULES: dict[str, Rule] = {rule.id: rule for rule in _RULES}
"""Every rule by its id."""
