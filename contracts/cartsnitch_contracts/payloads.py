"""Whether an event keeps its channel's contract."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from cartsnitch_contracts import places, text
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.library import channels, load_document
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.validation import Side, Validator


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an event.

    Attributes:
        path: where; a field that is missing is named itself, not the object that lacks it.
        rule: the keyword of JSON Schema that is not kept (`required`, `pattern`, ...), or `json` for what is
            not JSON and `channel` for an event of no known channel.
        message: one line for people.
    """

    path: places.Path
    rule: str
    message: str

    @property
    def place(self) -> str:
        """Where, as people write it: `payload.prices[0].sale_price`."""
        return places.show(self.path)

    def __str__(self) -> str:
        return f"{self.place}  {self.rule}  {self.message}"


def check_event(
    raw: bytes | str | dict[str, Any],
    document: Document | None = None,
    *,
    side: Side = "writer",
    version: str = NEXT,
) -> list[Problem]:
    """What is wrong with an event; an empty list when it keeps the contract.

    `side` "writer" asks whether the event may be sent, "reader" whether it must be accepted. Without a
    document, the event's own `event_type` and `version` choose one.

    Raises:
        DocumentError: the event's channel has no document of that version.
    """
    try:
        event = text.loads(raw) if isinstance(raw, bytes | str) else raw
    except (ValueError, RecursionError) as error:
        return [Problem((), "json", f"this is not JSON: {error}")]
    if document is None:
        event_type = event.get("event_type") if isinstance(event, dict) else None
        if event_type not in channels():
            known = ", ".join(channels())
            return [Problem(("event_type",), "channel", f"names no channel; there are: {known}")]
        document = load_document(str(event_type), version)
    return problems(document.validator(side), event)


def problems(validator: Validator, instance: Any) -> list[Problem]:
    """What is wrong with a value, in the order of the schema."""
    try:
        if validator.is_valid(instance):
            return []
        return [problem for error in validator.iter_errors(instance) for problem in _explain(error)]
    except ValueError as error:
        return [Problem((), "json", f"this is not JSON: {error}")]


def _explain(error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    path = tuple(error.instance_path)
    rule = error.kind.name
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            yield Problem((*path, str(name)), rule, "is missing")
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=names):
            for name in names:
                yield Problem((*path, name), rule, "is not declared")
        case jsonschema_rs.ValidationErrorKind.AnyOf(context=branches):
            reasons = dict.fromkeys(_line(reason) for branch in branches for reason in branch)
            yield Problem(path, rule, "; ".join(reasons))
        case _:
            yield Problem(path, rule, _line(error))


def _line(error: jsonschema_rs.ValidationError) -> str:
    said = error.message
    return said if len(said) <= 160 else f"{said[:80]} ... {said[-70:]}"
