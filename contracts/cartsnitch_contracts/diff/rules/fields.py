"""The changes of a field being there at all."""

from cartsnitch_contracts.diff.rule import Subject, rule
from cartsnitch_contracts.diff.schema.field import Field

RENAMING = ("send both {field} and {new}", "move {readers} to {new}", "drop {field}")
"""The safe way when a removed field seems to live on under another name."""


@rule(
    subject=Subject.SCHEMA,
    fix="Keep sending the field until no reader demands it.",
    steps=("let {readers} do without {field}", "drop {field} from {writers}"),
    keywords=("required",),
)
def field_removed(old: Field | None, new: Field | None) -> str | None:
    """A field that was always sent is gone; a reader that demands it stops."""
    return "removed, required" if old and not new and old.required else None


@rule(
    subject=Subject.SCHEMA,
    fix="Make sure that nobody still uses the field; closed readers of the new version refuse it.",
    steps=("let {readers} do without {field}", "drop {field}"),
    keywords=("additionalProperties",),
)
def optional_field_removed(old: Field | None, new: Field | None) -> str | None:
    """A field that could be absent is gone; a reader sees it absent for ever."""
    return "removed, optional" if old and not new and not old.required else None


@rule(
    subject=Subject.SCHEMA,
    fix="Make the field optional; or send it from every writer first, then demand it.",
    steps=("add {field} as optional", "send it from {writers}", "then demand it"),
    keywords=("required",),
)
def required_field_added(old: Field | None, new: Field | None) -> str | None:
    """Readers demand a new field, which older writers do not send."""
    return "added, required" if new and not old and new.required else None


@rule(
    subject=Subject.SCHEMA,
    fix="Nothing, where readers ignore what they do not know; otherwise open them first.",
    steps=("open {readers} to fields that they do not know", "send {field}"),
    keywords=("additionalProperties",),
)
def optional_field_added(old: Field | None, new: Field | None) -> str | None:
    """A new field may be absent; older readers ignore it, if they are open."""
    return "added, optional" if new and not old and not new.required else None


@rule(
    subject=Subject.SCHEMA,
    fix="Send the field from every writer first, then demand it.",
    steps=("send {field} from {writers} always", "then demand it"),
    keywords=("required",),
)
def field_made_required(old: Field | None, new: Field | None) -> str | None:
    """Readers demand a field that older writers may leave out."""
    return "optional -> required" if old and new and new.required and not old.required else None


@rule(
    subject=Subject.SCHEMA,
    fix="Keep sending the field until every reader accepts its absence.",
    steps=("let {readers} accept its absence", "then leave {field} out"),
    keywords=("required",),
)
def field_made_optional(old: Field | None, new: Field | None) -> str | None:
    """Writers may leave out a field that older readers demand."""
    return "required -> optional" if old and new and old.required and not new.required else None


PRESENCE = (
    field_removed,
    optional_field_removed,
    required_field_added,
    optional_field_added,
    field_made_required,
    field_made_optional,
)
"""Rules on whether a field is there at all."""
