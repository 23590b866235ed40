"""How a test that called a stub wrongly is told so."""

from collections.abc import Sequence

from cartsnitch_contracts.service.stubs.received import Received
from cartsnitch_contracts.topology import title

MOST = 10


def wrong_calls(service: str, version: str, requests: Sequence[Received]) -> str:
    """Every request that the contract does not allow, what is wrong with it, and what it was answered."""
    wrong = [received for received in requests if received.is_wrong]
    count = "1 call" if len(wrong) == 1 else f"{len(wrong)} calls"
    lines = [
        f"{title(service)} was called as its contract does not allow ({count} of {len(requests)}).",
        *(line for received in wrong[:MOST] for line in _call(received)),
    ]
    if len(wrong) > MOST:
        lines.append(f"  and {len(wrong) - MOST} more, see stub.violations")
    lines += [
        f"  contract  documents/rest/{service}/{version}.json",
        "  fix       send what the contract says; where the test means it, call stub.forgive() at its end",
    ]
    return "\n".join(lines)


def _call(received: Received) -> list[str]:
    found = [f"  {received}  -> {received.outcome}"]
    for violation in received.violations:
        taken = "" if violation.refused else "  (answered all the same)"
        found.append(f"      {violation}{taken}")
    return found
