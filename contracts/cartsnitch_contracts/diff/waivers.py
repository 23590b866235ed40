"""Findings that were looked at and are accepted for a while, by fingerprint."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cartsnitch_contracts.diff.report import Finding, Waiver
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.text import parse, read

FILE = "contracts/waivers.json"
"""Where a repository keeps them."""
_FORM = (
    'Write a list of {"fingerprint": "0123456789ab", "reason": "why that is accepted", '
    '"expires": "2026-12-31"}.'
)


def load_waivers(file: Path) -> tuple[Waiver, ...]:
    """The waivers in a file.

    Raises:
        DocumentError: it cannot be read, or an entry lacks its fingerprint, reason or day.
    """
    raw = parse(read(file, remedy=_FORM), source=str(file), remedy=_FORM)
    if not isinstance(raw, list):
        raise DocumentError(f"{file} is no list of waivers. {_FORM}")
    return tuple(_waiver(entry, f"{file}, entry {number}") for number, entry in enumerate(raw, 1))


def sorted_out(
    findings: Iterable[Finding], waivers: Sequence[Waiver], today: date
) -> tuple[list[Finding], list[tuple[Finding, Waiver]], list[Waiver]]:
    """Findings that count, those that are waived, and waivers that are stale: past, or of no finding."""
    running = {waiver.fingerprint: waiver for waiver in waivers if waiver.expires >= today}
    counting, waived, used = [], [], set()
    for finding in findings:
        waiver = running.get(finding.fingerprint)
        if waiver is None or finding.verdict is Verdict.COMPATIBLE:
            counting.append(finding)
        else:
            waived.append((finding, waiver))
            used.add(waiver.fingerprint)
    return counting, waived, [waiver for waiver in waivers if waiver.fingerprint not in used]


def _waiver(raw: Any, source: str) -> Waiver:
    entry = raw if isinstance(raw, dict) else {}
    fingerprint, reason, expires = (entry.get(key) for key in ("fingerprint", "reason", "expires"))
    if not (isinstance(fingerprint, str) and re.fullmatch(r"[0-9a-f]{12}", fingerprint)):
        raise DocumentError(f"{source} has no fingerprint, 12 hexadecimal digits as a report shows. {_FORM}")
    if not (isinstance(reason, str) and reason.strip()):
        raise DocumentError(f"{source} gives no reason. {_FORM}")
    try:
        return Waiver(fingerprint, reason, date.fromisoformat(str(expires)))
    except (TypeError, ValueError):
        raise DocumentError(f"{source} expires on no day: {expires!r}. {_FORM}") from None
