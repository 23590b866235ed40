"""The changes of a field's value, the telling ones first."""

from typing import Any

from cartsnitch_contracts.diff.rule import Subject, rule
from cartsnitch_contracts.diff.schema.field import Field, exact

_WIDEN = ("accept the new values in {readers}", "then send them from {writers}")
_NARROW = ("stop sending the other values from {writers}", "then refuse them in {readers}")
_REPLACE = ("add a field beside {field} and send both", "move {readers} to it", "drop {field}")
_UPPER = ("maximum", "exclusiveMaximum")
_LOWER = ("minimum", "exclusiveMinimum")
_LONGEST = ("maxLength", "maxItems", "maxProperties")
_SHORTEST = ("minLength", "minItems", "minProperties")


@rule(
    subject=Subject.SCHEMA,
    fix="Add a field of the new type beside it instead of changing the old one.",
    steps=_REPLACE,
    keywords=("type", "anyOf", "oneOf"),
)
def type_changed(old: Field, new: Field) -> str | None:
    """A field's JSON type is another one; one side sends what the other does not take."""
    return _types(old, new) if _lost(old, new) and _lost(new, old) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Let readers take the new type before anybody sends it.",
    steps=_WIDEN,
    keywords=("type", "anyOf", "oneOf"),
)
def type_widened(old: Field, new: Field) -> str | None:
    """A field takes more JSON types, null say; an older reader refuses them."""
    return _types(old, new) if _lost(new, old) and not _lost(old, new) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Stop sending the type before readers refuse it.",
    steps=_NARROW,
    keywords=("type", "anyOf", "oneOf"),
)
def type_narrowed(old: Field, new: Field) -> str | None:
    """A field takes fewer JSON types; a newer reader refuses what older writers send."""
    return _types(old, new) if _lost(old, new) and not _lost(new, old) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Stop sending the value first; or let readers keep values that they do not know.",
    steps=_NARROW,
    keywords=("enum", "const"),
)
def values_removed(old: Field, new: Field) -> str | None:
    """A value is no longer listed, or only listed ones are allowed now; strict readers refuse the rest."""
    before, after = old.values, new.values
    if after is None or (before is not None and before.keys() <= after.keys()):
        return None
    if before is None:
        return f"only {_some(after)}"
    added = after.keys() - before.keys()
    return f"without {_some(before.keys() - after.keys())}" + (f", with {_some(added)}" if added else "")


@rule(
    subject=Subject.SCHEMA,
    fix="Let readers keep values that they do not know (an open value), then send it.",
    steps=_WIDEN,
    keywords=("enum", "const"),
)
def values_added(old: Field, new: Field) -> str | None:
    """A value is listed that was not, or others than the listed are allowed; strict readers refuse it."""
    before, after = old.values, new.values
    if before is None or (after is not None and after.keys() <= before.keys()):
        return None
    if after is None:
        return f"not only {_some(before)}"
    return f"with {_some(after.keys() - before.keys())}" if before.keys() <= after.keys() else None


@rule(
    subject=Subject.SCHEMA,
    fix="Stop sending what only that branch takes before it goes.",
    steps=_NARROW,
    keywords=("anyOf", "oneOf"),
)
def branch_removed(old: Field, new: Field) -> str | None:
    """A value may no longer be one of several things that it could be."""
    return _count(old, new) if len(new.branches) < len(old.branches) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Let readers take the new branch before anybody sends it.",
    steps=_WIDEN,
    keywords=("anyOf", "oneOf"),
)
def branch_added(old: Field, new: Field) -> str | None:
    """A value may be one more thing; under oneOf it must not overlap with the others either."""
    return _count(old, new) if len(new.branches) > len(old.branches) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Keep writers within the new bounds first, then let readers insist.",
    steps=_NARROW,
    keywords=(*_UPPER, *_LOWER),
)
def bounds_tightened(old: Field, new: Field) -> str | None:
    """A number's lowest or highest value is a closer one."""
    return _limits(old, new, _UPPER, _LOWER, tighter=True)


@rule(
    subject=Subject.SCHEMA,
    fix="Let readers take the wider range before anybody uses it.",
    steps=_WIDEN,
    keywords=(*_UPPER, *_LOWER),
)
def bounds_loosened(old: Field, new: Field) -> str | None:
    """A number's lowest or highest value is a wider one, or gone."""
    return _limits(old, new, _UPPER, _LOWER, tighter=False)


@rule(
    subject=Subject.SCHEMA,
    fix="Keep writers within the new length first, then let readers insist.",
    steps=_NARROW,
    keywords=(*_LONGEST, *_SHORTEST),
)
def length_tightened(old: Field, new: Field) -> str | None:
    """A text, a list or a map must be shorter, or longer, than it had to be."""
    return _limits(old, new, _LONGEST, _SHORTEST, tighter=True)


@rule(
    subject=Subject.SCHEMA,
    fix="Let readers take the other lengths before anybody uses them.",
    steps=_WIDEN,
    keywords=(*_LONGEST, *_SHORTEST),
)
def length_loosened(old: Field, new: Field) -> str | None:
    """A text, a list or a map may be longer, or shorter, than it could be."""
    return _limits(old, new, _LONGEST, _SHORTEST, tighter=False)


@rule(
    subject=Subject.SCHEMA,
    fix="Allow both spellings in readers first, then send the new one.",
    steps=("let {readers} accept both spellings", "send the new one from {writers}", "refuse the old one"),
    keywords=("pattern",),
)
def pattern_changed(old: Field, new: Field) -> str | None:
    """A text's regular expression was added, changed or dropped."""
    return _facet(old, new, "pattern")


@rule(
    subject=Subject.SCHEMA,
    fix="Allow both formats in readers first, then send the new one.",
    steps=("let {readers} accept both formats", "send the new one from {writers}", "refuse the old one"),
    keywords=("format",),
)
def format_changed(old: Field, new: Field) -> str | None:
    """A text's format (date, uuid, email, ...) was added, changed or dropped; readers enforce it."""
    return _facet(old, new, "format")


@rule(
    subject=Subject.SCHEMA,
    fix="Let the finer side read first: a multiple of 10 is one of 5, not the other way round.",
    steps=("accept both steps in {readers}", "send the new one from {writers}", "refuse the old one"),
    keywords=("multipleOf",),
)
def multiple_of_changed(old: Field, new: Field) -> str | None:
    """The number that a value must be a multiple of is another one."""
    return _facet(old, new, "multipleOf")


@rule(
    subject=Subject.SCHEMA,
    fix="Send no item twice before readers insist; let readers take repetitions before anybody sends them.",
    steps=("make {readers} take lists with repetitions", "make {writers} send none", "then insist on it"),
    keywords=("uniqueItems",),
)
def unique_items_changed(old: Field, new: Field) -> str | None:
    """A list may now repeat an item, or may no longer."""
    return _facet(old, new, "uniqueItems")


@rule(
    subject=Subject.SCHEMA,
    fix="Leave the positions of a list as they are; add a field beside it instead.",
    steps=_REPLACE,
    keywords=("prefixItems", "items"),
)
def positions_changed(old: Field, new: Field) -> str | None:
    """A list has rules for more, or fewer, single positions."""
    before, after = (sum(len(b.get("prefixItems", ())) for b in each.branches) for each in (old, new))
    return f"{before} -> {after} positions" if before != after else None


@rule(
    subject=Subject.SCHEMA,
    fix="Let readers ignore fields that they do not know; then writers are free to add some.",
    steps=("send no undeclared field of {field} from {writers}", "then close it in {readers}"),
    keywords=("additionalProperties", "unevaluatedProperties"),
)
def object_closed(old: Field, new: Field) -> str | None:
    """An object no longer takes fields that it does not declare."""
    return "takes declared fields only" if _closed(new) and not _closed(old) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Open the object in readers before anybody sends a field that it does not declare.",
    steps=("open {field} in {readers}", "then send other fields from {writers}"),
    keywords=("additionalProperties", "unevaluatedProperties"),
)
def object_opened(old: Field, new: Field) -> str | None:
    """An object takes fields that it does not declare."""
    return "takes undeclared fields" if _closed(old) and not _closed(new) else None


@rule(
    subject=Subject.SCHEMA,
    fix="Read the witness, and change one thing at a time where that shows more.",
    steps=("to allow more: first in {readers}, then in {writers}", "to allow less: first in {writers}"),
)
def constraint_changed(old: Field, new: Field) -> str | None:
    """A place's schema is another one in a way that no finer rule names: allOf, not, if, contains, ..."""
    return "other values are allowed"


VALUE = (
    type_changed,
    type_widened,
    type_narrowed,
    values_removed,
    values_added,
    branch_removed,
    branch_added,
    bounds_tightened,
    bounds_loosened,
    length_tightened,
    length_loosened,
    pattern_changed,
    format_changed,
    multiple_of_changed,
    unique_items_changed,
    positions_changed,
    object_closed,
    object_opened,
    constraint_changed,
)
"""Rules on a field's value; the last one fits every change."""


def _lost(one: Field, other: Field) -> frozenset[str]:
    """The types of one that the other lacks; an integer is a number."""
    lacking = one.types - other.types
    return lacking - {"integer"} if "number" in other.types else lacking


def _types(old: Field, new: Field) -> str:
    return f"{_spelled(old)} -> {_spelled(new)}"


def _spelled(field: Field) -> str:
    return "any" if len(field.types) >= 6 else "|".join(sorted(field.types, key=lambda name: name == "null"))


def _count(old: Field, new: Field) -> str:
    return f"{len(old.branches)} -> {len(new.branches)} alternatives"


def _some(texts: Any) -> str:
    listed = sorted(texts)
    return ", ".join(listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")


def _limits(
    old: Field, new: Field, upper: tuple[str, ...], lower: tuple[str, ...], *, tighter: bool
) -> str | None:
    """What changed of these limits, if any of it is tighter, or none of it."""
    before, after = old.limits(*upper, *lower), new.limits(*upper, *lower)
    told, closer = [], False
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key), after.get(key)
        if one == other:
            continue
        told.append(f"{key[1]} {'none' if one is None else one} -> {'none' if other is None else other}")
        if one is None:
            closer = True
        elif other is not None:
            closer |= (exact(other) < exact(one)) == (key[1] in upper)
    return ", ".join(told) if told and closer is tighter else None


def _facet(old: Field, new: Field, keyword: str) -> str | None:
    before, after = old.limits(keyword), new.limits(keyword)
    if before == after:
        return None
    one, other = (", ".join(map(str, side.values())) or "none" for side in (before, after))
    return f"{keyword} {one} -> {other}"


def _closed(field: Field) -> bool:
    closing = ("additionalProperties", "unevaluatedProperties")
    objects = [each for each in field.branches if "object" in (each.get("type") or "")]
    return bool(objects) and all(any(each.get(word) is False for word in closing) for each in objects)
