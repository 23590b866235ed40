"""What the two ends of a contract are called, and what a safe order means for them."""

from dataclasses import dataclass

from cartsnitch_contracts.diff.report import Finding, Kind, Order
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.topology import ROUTES, title


@dataclass(frozen=True)
class Parties:
    """The words for one finding.

    Attributes:
        writer: who sends: `ReceiptWitness`.
        reader: who receives: `readers`.
        old: what an old reader is called, and `new` a new one.
        payload: what travels.
    """

    writer: str
    reader: str
    payload: str
    old_reader: str = ""
    new_reader: str = ""

    @property
    def forward(self) -> str:
        """`new ReceiptWitness -> old readers`."""
        return f"new {self.writer} -> {self.old_reader or f'old {self.reader}'}"

    @property
    def backward(self) -> str:
        """`old ReceiptWitness -> new readers`."""
        return f"old {self.writer} -> {self.new_reader or f'new {self.reader}'}"


def parties(finding: Finding) -> Parties:
    """The two ends of what a finding is about."""
    service = finding.subject.partition(" ")[0] or "service"
    match finding.kind:
        case Kind.EVENT:
            return Parties(_publishers(finding.subject), "readers", "payload")
        case Kind.REQUEST:
            return Parties("callers", service, "request")
        case Kind.RESPONSE:
            return Parties(service, "callers", "response")
        case Kind.OPERATION:
            return Parties(service, "callers", "call")
        case Kind.DATABASE:
            return Parties("services", "schema", "statement", new_reader="migrated schema")


def order(finding: Finding) -> str:
    """The safe order in words."""
    if finding.order is Order.TOGETHER:
        return "none in one step"
    if finding.order is Order.ANY:
        return "any"
    readers_first = finding.order is Order.READERS_FIRST
    if finding.kind is Kind.DATABASE:
        return "migrate first" if readers_first else "services first"
    if finding.kind is Kind.EVENT:
        return str(finding.order)
    ends = parties(finding)
    first, then = (ends.reader, ends.writer) if readers_first else (ends.writer, ends.reader)
    return f"{finding.order}: {first}, then {then}"


def rollback(finding: Finding) -> str:
    """Who may go back once new messages are under way, in words."""
    if finding.kind is Kind.DATABASE:
        if not finding.rollback_is_safe:
            return "services cannot go back once migrated"
        return "safe" if finding.order is Order.ANY else "safe for services; the migration stays"
    ends = parties(finding)
    if finding.kind is Kind.OPERATION and finding.order is Order.READERS_FIRST:
        return f"{ends.reader} cannot go back while the new {ends.writer} runs"
    new = "event" if finding.kind is Kind.EVENT else ends.payload
    return {
        Order.ANY: "safe",
        Order.READERS_FIRST: f"{ends.reader} cannot go back after the first new {new}",
        Order.WRITERS_FIRST: f"{ends.writer} cannot go back while {_running(finding.kind, ends.reader)}",
        Order.TOGETHER: f"unsafe after the first new {new}",
    }[finding.order]


def proved(finding: Finding) -> str:
    """What holds of a finding that breaks nothing, in words."""
    ends = parties(finding)
    added = finding.rule == "optional-field-added"
    both = (
        f"old {ends.reader} ignore it; new {ends.reader} accept its absence"
        if added
        else f"old {ends.reader} accept what new {ends.writer} sends, and new what old sends"
    )
    return {
        Kind.REQUEST: f"the new {ends.reader} accepts what callers send today",
        Kind.OPERATION: f"callers of today get along with the new {ends.writer}",
        Kind.DATABASE: "the services of today run on the migrated schema",
    }.get(finding.kind, both)


def _running(kind: Kind, reader: str) -> str:
    return f"the new {reader} runs" if kind is Kind.REQUEST else f"new {reader} run"


def _publishers(subject: str) -> str:
    for event_type, route in ROUTES.items():
        if event_type.removeprefix(PREFIX) == subject.removeprefix(PREFIX):
            return ", ".join(map(title, route.publishers))
    return "writers"
