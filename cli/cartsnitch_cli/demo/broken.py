"""A contract broken on purpose, in a copy, and the report that catches it."""

import json
from dataclasses import dataclass
from typing import Final

from cartsnitch_contracts import (
    Problem,
    Report,
    Verdict,
    check_event,
    compare_documents,
    load_document,
    rename_field,
    rename_in_event,
    render,
)

CHANNEL: Final = "receipts.ingested"
FIELD: Final = "payload.total"
NEW_NAME: Final = "grand_total"


@dataclass(frozen=True)
class BrokenContract:
    """What came of renaming `total` to `grand_total`.

    Attributes:
        report: the comparison of the contract and its changed copy, as text.
        breaks: how many changes are proved to break somebody.
        problems: what the contract objects to in a published event after the renaming; empty without events.
    """

    report: str
    breaks: int
    problems: tuple[Problem, ...]

    @property
    def is_caught(self) -> bool:
        """Whether the comparison calls it a break."""
        return self.breaks > 0


def break_contract(published: list[bytes]) -> BrokenContract:
    """Rename the field in a copy of the contract and compare; the published events serve as evidence."""
    contract = load_document(CHANNEL)
    events = [json.loads(raw) for raw in published]
    renamed = [rename_in_event(event, FIELD, NEW_NAME) for event in events]
    findings = compare_documents(contract, rename_field(contract, FIELD, NEW_NAME), [*events, *renamed])
    report = Report("the contract", f"a copy with {FIELD} renamed to {NEW_NAME}", findings)
    return BrokenContract(
        report=render(report),
        breaks=report.count(Verdict.BREAKING),
        problems=tuple(check_event(renamed[0], contract)) if renamed else (),
    )
