"""What changed in what a service offers: operations, what they demand, and the statuses of answers."""

from collections.abc import Iterator, Mapping

from cartsnitch_contracts.diff.consumers import Consumer, Decoder, consumers
from cartsnitch_contracts.diff.effects import made_effect, ordered, worst_first
from cartsnitch_contracts.diff.finding import breaks_first
from cartsnitch_contracts.diff.report import SAFE, Comparison, Finding, Impact, Kind, Mismatch
from cartsnitch_contracts.diff.rest.exchanges import Pair, Pinned, requests, responses
from cartsnitch_contracts.diff.rules import RULES
from cartsnitch_contracts.diff.steps import filled
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.rest import Operation, RestDocument
from cartsnitch_contracts.topology import title

type Callers = Mapping[str, Decoder]


def compare_services(
    old: RestDocument | None,
    new: RestDocument | None,
    *,
    services: Mapping[str, Consumer] | None = None,
    pinned: Pinned | None = None,
) -> list[Finding]:
    """Every change between two versions of what a service offers, breaks first; None where there is none.

    Args:
        old: the document as it was.
        new: the document as it is to be.
        services: what each service states of itself; unless given, those that the documents name call with
            the old version's classes and read everything.
        pinned: finds the document of an older version, which a caller pins.

    Raises:
        DocumentError: the documents are of different services.
    """
    if old is not None and new is not None and old.service != new.service:
        raise DocumentError(
            f"The documents are of {old.service} and of {new.service}. Give two versions of the same service."
        )
    before = {each.key: each for each in old.operations} if old else {}
    after = {each.key: each for each in new.operations} if new else {}
    document = old or new
    known = dict(services or consumers({}))
    for each in (*before.values(), *after.values()):
        for name in each.callers:
            known.setdefault(name, Consumer(name))
    findings: list[Finding] = []
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            findings += _alone(document, one, other, known)
        elif one != other and old is not None and new is not None:
            pair = Pair(
                old.service, one, other, old, new, known, _callers(old.service, one, other, known), pinned
            )
            findings += _pair(pair)
    return breaks_first(findings)


def _callers(
    service: str, one: Operation | None, other: Operation | None, known: Mapping[str, Consumer]
) -> Callers:
    """Who calls an operation; a service's own statement counts before the document's list."""
    either = one or other
    listed = {name for each in (one, other) if each for name in each.callers}
    found = {}
    for name in ordered(known):
        if either is not None and name != service:
            decoder = known[name].caller(service, either.name, calling=name in listed)
            if decoder is not None:
                found[name] = decoder
    return found


def _alone(
    document: RestDocument | None,
    one: Operation | None,
    other: Operation | None,
    known: Mapping[str, Consumer],
) -> Iterator[Finding]:
    """An operation that only one version has."""
    operation = one or other
    if document is None or operation is None:
        return
    callers = _callers(document.service, one, other, known)
    unknown = not operation.callers and not callers
    gone = _refused(
        "operation-removed" if one else "operation-added", operation.name, "is not there: 404 or 405"
    )
    yield _finding(
        document.service,
        operation,
        "operation-removed" if one else "operation-added",
        "removed" if one else "added",
        forward=gone if one and (callers or unknown) else SAFE,
        backward=SAFE if one else gone,
        callers=callers,
        known=known,
        says=("calls it", "may call it once this is deployed"),
    )


def _pair(pair: Pair) -> Iterator[Finding]:
    yield from _security(pair)
    yield from requests(pair)
    for status in dict.fromkeys((*pair.old.responses, *pair.new.responses)):
        if status in pair.old.responses and status in pair.new.responses:
            one, other = pair.old.responses[status], pair.new.responses[status]
            if one is None or other is None:
                continue
            if one.media_type != other.media_type:
                yield _media_type(pair, status, one.media_type, other.media_type)
            yield from responses(pair, status, one, other)
        else:
            yield _status(pair, status, added=status in pair.new.responses)
    one, other = pair.old.request, pair.new.request
    if one is not None and other is not None and one.media_type != other.media_type:
        yield _media_type(pair, None, one.media_type, other.media_type)


def _security(pair: Pair) -> Iterator[Finding]:
    if pair.old.security == pair.new.security:
        return
    ahead, back = (
        SAFE if _satisfies(*sides) else _refused("security-added", "", "401: the credentials do not suffice")
        for sides in ((pair.old.security, pair.new.security), (pair.new.security, pair.old.security))
    )
    yield _finding(
        pair.service,
        pair.new,
        "security-removed" if ahead is SAFE else "security-added",
        f"{_spelled(pair.old.security)} -> {_spelled(pair.new.security)}",
        forward=ahead,
        backward=back,
        callers=pair.callers,
        known=pair.consumers,
        says=("does not send them", "its credentials suffice"),
    )


def _satisfies(sent: frozenset[frozenset[str]], demanded: frozenset[frozenset[str]]) -> bool:
    """Whether each way to have satisfied the one satisfies the other."""
    return all(any(needed <= given for needed in demanded) for given in sent)


def _spelled(security: frozenset[frozenset[str]]) -> str:
    return (
        " or ".join(sorted(" and ".join(sorted(each)) or "nobody is asked" for each in security)) or "nothing"
    )


def _status(pair: Pair, status: str, *, added: bool) -> Finding:
    """A status that only one version answers with; every client knows that a call may fail."""
    there = pair.old.responses if added else pair.new.responses
    known = status[0] in "45" or "default" in there or f"{status[0]}XX" in there
    refused = SAFE if known else _refused("status-added", status, f"{status} is not expected")
    return _finding(
        pair.service,
        pair.new,
        "status-added" if added else "status-removed",
        f"answers {status} {'too' if added else 'no more'}",
        kind=Kind.RESPONSE,
        place=f"status {status}",
        forward=refused if added else SAFE,
        backward=SAFE if added else refused,
        callers=pair.callers,
        known=pair.consumers,
        says=("does not expect it", "treats it as any other failure" if known else "does not wait for it"),
    )


def _media_type(pair: Pair, status: str | None, old: str, new: str) -> Finding:
    where = "body" if status is None else f"{status} body"
    refused = _refused("media-type-changed", where, f"{new} is not {old}")
    return _finding(
        pair.service,
        pair.new,
        "media-type-changed",
        f"{old} -> {new}",
        kind=Kind.REQUEST if status is None else Kind.RESPONSE,
        place=where,
        forward=refused,
        backward=refused,
        callers=pair.callers,
        known=pair.consumers,
        says=("sends the old one" if status is None else "reads the old one", ""),
    )


def _refused(rule: str, place: str, words: str) -> Comparison:
    """A break that needs no payload: the words say all."""
    return Comparison(Verdict.BREAKING, (Mismatch(rule, place, words, Verdict.BREAKING),))


def _finding(
    service: str,
    operation: Operation,
    rule: str,
    summary: str,
    *,
    forward: Comparison,
    backward: Comparison,
    callers: Callers,
    known: Mapping[str, Consumer],
    says: tuple[str, str],
    kind: Kind = Kind.OPERATION,
    place: str = "",
) -> Finding:
    """The finding; `says` why a caller stops, and why not."""
    finding = Finding(kind, f"{title(service)} {operation.name}", rule, place, summary, forward, backward)
    stops = finding.verdict is Verdict.BREAKING
    impact = Impact.STOPS if stops else Impact.SAFE
    effects = []
    for name, decoder in callers.items():
        at = decoder.reads[0].at if decoder.reads else None
        reason = says[0] + (f" at {at}" if at and says[0] == "calls it" else "") if stops else says[1]
        effects.append(made_effect(known[name], impact, reason))
    harmless = forward.verdict is backward.verdict is Verdict.COMPATIBLE
    return Finding(
        kind,
        finding.subject,
        rule,
        place,
        summary,
        forward,
        backward,
        effects=worst_first(effects),
        steps=()
        if harmless
        else filled(
            RULES[rule].steps, place or operation.name, callers, [service], unnamed="whoever calls it"
        ),
    )
