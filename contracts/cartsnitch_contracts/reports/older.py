"""Findings as plain text: the break first, the smallest proof, who stops, the safe order, what to do."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.findings import Finding, Order
from cartsnitch_contracts.diff.judge import Comparison, Witness
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.topology import SERVICES, title

LABELS = {Verdict.BREAKING: "BREAKS", Verdict.UNPROVEN: "UNPROVEN", Verdict.COMPATIBLE: "SAFE"}
"""The word that each finding's first line starts with."""
MOST_LINES = 6
"""A witness that differs from every example in more places is printed whole."""

_ORDERS = {Order.TOGETHER: "none in one step"}
_MARGIN = 18


def render(findings: Sequence[Finding], *, heading: str = "") -> str:
    """The report as text without colour, a newline at its end; `heading` says what was compared."""
    lines = [heading] if heading else []
    for finding in findings:
        lines += [*_finding(finding), ""]
    if not findings:
        lines.append("Nothing changed that a writer or a reader could notice.")
    lines.append(summary(findings))
    return "\n".join(lines) + "\n"


def summary(findings: Sequence[Finding]) -> str:
    """The report's last line: `1 break, 0 unproven, 2 safe.`"""
    counts = {verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict}
    breaks = counts[Verdict.BREAKING]
    line = f"{breaks} break{'' if breaks == 1 else 's'}, {counts[Verdict.UNPROVEN]} unproven"
    return f"{line}, {counts[Verdict.COMPATIBLE]} safe." if counts[Verdict.COMPATIBLE] else f"{line}."


def _finding(finding: Finding) -> Iterator[str]:
    place = finding.place if finding.new_place is None else f"{finding.place} -> {finding.new_place}"
    yield f"{LABELS[finding.verdict]:<7} {finding.channel}  {place}  {finding.summary}  {finding.rule}"
    writers = ", ".join(map(title, finding.publishers)) or "writer"
    for direction, comparison, who in (
        ("forward", finding.forward, f"new {writers} -> old readers"),
        ("backward", finding.backward, f"old {writers} -> new readers"),
    ):
        match comparison:
            case Comparison(verdict=Verdict.BREAKING, witness=Witness() as witness):
                yield from _witness(who, witness, finding.examples[direction])
            case Comparison(verdict=Verdict.UNPROVEN, reason=reason):
                yield f"  {who}: unproven, {reason}"
            case _:
                yield f"  {who}: safe"
    yield from _services(finding)
    order = _ORDERS.get(finding.order, str(finding.order))
    yield f"  {'order':<{_MARGIN - 2}}{order}"
    yield f"  {'rollback':<{_MARGIN - 2}}{finding.rollback}"
    for number, step in enumerate(finding.steps, 1):
        yield f"  {'do' if number == 1 else '':<{_MARGIN - 2}}{number} {step}"


def _witness(who: str, witness: Witness, examples: Mapping[str, Any]) -> Iterator[str]:
    nearest, lines = None, []
    for name, example in examples.items():
        candidate = list(_difference(example, witness.payload))
        if nearest is None or len(candidate) < len(lines):
            nearest, lines = name, candidate
    if nearest is None or len(lines) > MOST_LINES:
        text = json.dumps(witness.payload, ensure_ascii=False)
        yield f"  {who}, smallest payload found:"
        yield f"    {text if len(text) <= 1_000 else text[:1_000] + ' ...'}"
    elif lines:
        yield f'  {who}, smallest payload (rest as example "{nearest}"):'
        yield from (f"    {line}" for line in lines)
    else:
        yield f'  {who}, smallest payload: example "{nearest}" as it is'
    yield f"    refused: {witness.problem.place} {witness.problem.message}"


def _difference(example: Any, payload: Any) -> Iterator[str]:
    before, after = dict(places.leaves(example)), dict(places.leaves(payload))
    for path, value in before.items():
        if path not in after:
            yield f"-  {_named(path)}: {_value(value)}"
        elif _value(after[path]) != _value(value):
            yield f"   {places.show(path)}    {_value(value)} -> {_value(after[path])}"
    for path, value in after.items():
        if path not in before:
            yield f"+  {_named(path)}: {_value(value)}"


def _named(path: places.Path) -> str:
    """A field of the payload by its name, anything deeper by its place."""
    return json.dumps(path[-1]) if len(path) == 2 and path[0] == "payload" else places.show(path)


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:40]} ... ({len(text)} characters)"


def _services(finding: Finding) -> Iterator[str]:
    unproven = Verdict.UNPROVEN in (finding.forward.verdict, finding.backward.verdict)
    readers = tuple(dict.fromkeys((*finding.old_readers, *finding.new_readers)))
    for service in readers:
        if service in finding.stops:
            says = f"stops: {_why(finding, service)}"
        else:
            says = "may stop: nothing proves it safe" if unproven else _safe(finding)
        yield f"  {title(service):<{_MARGIN - 2}}{says}"
    others = [title(name) for name in SERVICES if name not in (*readers, *finding.publishers)]
    if others:
        yield f"  {', '.join(others):<{_MARGIN - 2}}safe: not subscribed"


def _safe(finding: Finding) -> str:
    if finding.rule == "optional-field-removed":
        return f"decodes, but finds {finding.place} absent from now on"
    return "safe"


def _why(finding: Finding, service: str) -> str:
    ahead = finding.forward.witness if service in finding.old_readers else None
    back = finding.backward.witness if service in finding.new_readers else None
    reasons = [
        f"its {age} decoder {_demand(witness)}" for age, witness in (("old", ahead), ("new", back)) if witness
    ]
    return ", ".join(reasons)


def _demand(witness: Witness) -> str:
    verb = "requires" if witness.problem.rule == "required" else "refuses"
    return f"{verb} {witness.problem.place}"
