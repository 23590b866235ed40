"""Two versions of a channel's contract: what changed, and whom it breaks.

Two directions are judged: *forward*, what the new writer sends against old readers, and *backward*, what the
old writer sends against new readers. A change is a break in a direction when a payload proves it. It is
compatible when no payload breaks it and it is one of the few kinds that are safe by their form; then each
version is taken to read what it writes. Anything else is unproven.
"""

from collections.abc import Iterable
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.changes import Change, changes
from cartsnitch_contracts.diff.direction import Direction, Version
from cartsnitch_contracts.diff.findings import Finding
from cartsnitch_contracts.diff.judge import Comparison, size
from cartsnitch_contracts.diff.rules import RENAMING, RULES
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.topology import title


def compare_documents(old: Document, new: Document, payloads: Iterable[Any] = ()) -> list[Finding]:
    """Every change between two versions of one channel's contract, breaks first; empty when there is none.

    `payloads` are events to try besides the documents' own examples: what was really published, say.

    Raises:
        DocumentError: the documents are of different channels.
    """
    if old.channel != new.channel:
        raise DocumentError(
            f"{old.channel} and {new.channel} are different channels. Give two versions of the same."
        )
    before = Version.of(old.writer, old.reader, old.accepted.values())
    after = Version.of(new.writer, new.reader, new.accepted.values())
    found = changes(before.sides, after.sides)
    if not found:
        return []
    given = sorted(payloads, key=size)
    forward, backward = Direction(after, before, given), Direction(before, after, given)
    known = {path for change in found for path in change.paths}
    for problem in (*forward.unexplained(found), *backward.unexplained(found)):
        path = places.pattern(problem.path)
        if path not in known:
            known.add(path)
            found.append(Change("payload-refused", path, problem.message))
    findings = [
        _finding(change, old, new, forward.judge(change, found), backward.judge(change, found))
        for change in found
    ]
    severity = [Verdict.BREAKING, Verdict.UNPROVEN, Verdict.COMPATIBLE]
    return sorted(findings, key=lambda finding: severity.index(finding.verdict))


def _finding(
    change: Change, old: Document, new: Document, forward: Comparison, backward: Comparison
) -> Finding:
    words = {
        "field": str(change.path[-1] or "its items") if change.path else "the event",
        "new": str(change.new_path[-1]) if change.new_path else "",
        "readers": ", ".join(map(title, dict.fromkeys((*old.subscribers, *new.subscribers))))
        or "the readers",
        "writers": ", ".join(map(title, new.publishers)) or "the writers",
    }
    steps = RENAMING if change.new_path else RULES[change.rule].steps
    compatible = forward.verdict is backward.verdict is Verdict.COMPATIBLE
    harmless = compatible and change.rule != "optional-field-removed"
    return Finding(
        channel=old.name,
        rule=change.rule,
        path=change.path,
        new_path=change.new_path,
        summary=change.summary,
        forward=forward,
        backward=backward,
        publishers=new.publishers,
        old_readers=old.subscribers,
        new_readers=new.subscribers,
        examples={"forward": old.accepted, "backward": new.accepted},
        steps=() if harmless else tuple(step.format(**words) for step in steps),
    )
