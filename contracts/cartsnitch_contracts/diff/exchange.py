"""What changed in what one side sends and others read, judged against all that they really read it with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cartsnitch_contracts.diff.report import SAFE, Comparison
from cartsnitch_contracts.diff.schema.change import Change, Ends, changes
from cartsnitch_contracts.diff.schema.direction import Direction
from cartsnitch_contracts.diff.schema.shape import Root
from cartsnitch_contracts.diff.schema.shape import text as json_text
from cartsnitch_contracts.inclusion import Verdict


@dataclass(eq=False)
class Judged:
    """One change with its verdicts.

    Attributes:
        change: what changed.
        forward: new writer against each old reader, by the key that the caller gave it.
        backward: each old writer against the new reader, by key.
    """

    change: Change
    forward: dict[str, Comparison] = field(default_factory=dict)
    backward: dict[str, Comparison] = field(default_factory=dict)


def judge(
    old: Ends,
    new: Ends,
    *,
    readers: Mapping[str, Any],
    writers: Mapping[str, Any],
    payloads: Sequence[Any] = (),
) -> list[Judged]:
    """Every change; none for two versions that allow the same.

    Args:
        old: the contract as it was.
        new: the contract as it is to be.
        readers: JSON Schemas of those who read now, by key; they meet the new writer.
        writers: JSON Schemas of those who write now, by key; they are met by the new reader.
        payloads: to try besides the examples of the two.
    """
    found = changes(old, new)
    if not found and _plain(old) == _plain(new):
        return []
    judged = [Judged(change) for change in found]
    roots: dict[str, Root] = {json_text(old.reader): old.reads, json_text(old.writer): old.writes}
    for name, schemas in (("forward", readers), ("backward", writers)):
        for keys, root in _roots(schemas, roots):
            direction = (
                Direction(new.writes, root, [*new.examples.values(), *payloads])
                if name == "forward"
                else Direction(root, new.reads, [*old.examples.values(), *payloads])
            )
            _judge(direction, found, judged, name, keys)
    return judged


def _plain(ends: Ends) -> tuple[str, str]:
    """What both schemas say, without titles and other words."""
    writer, reader = (json_text(root.alone(root.schema)) for root in (ends.writes, ends.reads))
    return writer, reader


def _roots(schemas: Mapping[str, Any], roots: dict[str, Root]) -> Iterable[tuple[list[str], Root]]:
    """Each schema once, with the keys of those who have it."""
    keys: dict[str, list[str]] = {}
    for key, schema in schemas.items():
        text = json_text(schema)
        roots.setdefault(text, Root(schema))
        keys.setdefault(text, []).append(key)
    return [(each, roots[text]) for text, each in keys.items()]


def _judge(
    direction: Direction, found: Sequence[Change], judged: list[Judged], name: str, keys: Sequence[str]
) -> None:
    verdicts, others = direction.judge(found)
    for each, verdict in zip(judged, verdicts, strict=False):
        getattr(each, name).update(dict.fromkeys(keys, verdict))
    for change, verdict in others:
        known = next((each for each in judged[len(found) :] if each.change.path == change.path), None)
        if known is None:
            known = Judged(change)
            judged.append(known)
        getattr(known, name).update(dict.fromkeys(keys, verdict))


def worst(comparisons: Iterable[Comparison]) -> Comparison:
    """The verdict that decides: a break, then what is unproven."""
    found = list(comparisons)
    for verdict in (Verdict.BREAKING, Verdict.UNPROVEN):
        for each in found:
            if each.verdict is verdict and not each.schema_only:
                return each
    return next((each for each in found if each.schema_only), SAFE)
