"""What a change means for each service, by name and version."""

import dataclasses
from collections.abc import Iterable, Mapping

from cartsnitch_contracts.diff.consumers import Consumer, Decoder
from cartsnitch_contracts.diff.report import Comparison, Effect, Impact
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.topology import SERVICES

_SEVERITY = [Impact.STOPS, Impact.MAY_STOP, Impact.SAFE]


def effect(
    consumer: Consumer,
    decoder: Decoder,
    place: str,
    forward: Comparison,
    backward: Comparison,
    *,
    removed: bool = False,
) -> Effect:
    """What a change of one place means for a service that reads it.

    Args:
        consumer: the service.
        decoder: what it reads with.
        place: where the change is.
        forward: what new writers send, against what it decodes with now.
        backward: what old writers send, against what it decodes with once it pins the new version.
        removed: whether the place will be absent from now on.
    """
    verdicts = [each.verdict for each in (forward, backward) if not each.schema_only]
    if Verdict.BREAKING in verdicts:
        return made_effect(consumer, Impact.STOPS, _why(decoder, place, forward, backward))
    if Verdict.UNPROVEN in verdicts:
        reason = next(each.reason for each in (forward, backward) if each.verdict is Verdict.UNPROVEN)
        return made_effect(consumer, Impact.MAY_STOP, f"nothing proves it safe: {reason}")
    return made_effect(consumer, Impact.SAFE, _safe(decoder, place, removed=removed))


def bystanders(consumers: Mapping[str, Consumer], concerned: Iterable[str], reason: str) -> list[Effect]:
    """The services that a change does not concern."""
    known = set(concerned)
    return [
        dataclasses.replace(made_effect(consumers[name], Impact.SAFE, reason), concerned=False)
        for name in ordered(consumers)
        if name not in known
    ]


def ordered(consumers: Mapping[str, Consumer]) -> list[str]:
    """Their names, those of the platform first."""
    return [name for name in SERVICES if name in consumers] + [
        name for name in sorted(consumers) if name not in SERVICES
    ]


def worst_first(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Those that stop first."""
    return tuple(sorted(effects, key=lambda each: _SEVERITY.index(each.impact)))


def made_effect(consumer: Consumer, impact: Impact, reason: str) -> Effect:
    """What a change means for a service, with its versions."""
    return Effect(consumer.service, consumer.version, consumer.pins, impact, reason)


def _why(decoder: Decoder, place: str, forward: Comparison, backward: Comparison) -> str:
    breaking = Verdict.BREAKING
    if forward.verdict is not breaking or forward.schema_only:
        return f"its new decoder {_demand(backward, place)}"
    found = decoder.read(place)
    if found is not None:
        return f"reads it at {found.at}" if found.at else "reads it"
    own = "its decoder" if decoder.shared else "its own model"
    known = "" if decoder.reads is None else ", unread"
    return f"{own} {_demand(forward, place)}{known}"


def _demand(comparison: Comparison, place: str) -> str:
    problem = comparison.problem
    verb = "requires" if problem is not None and problem.rule == "required" else "refuses"
    there = problem is None or problem.place.replace("[0]", "[]") == place
    return f"{verb} {'it' if there or problem is None else problem.place}"


def _safe(decoder: Decoder, place: str, *, removed: bool) -> str:
    found = decoder.read(place)
    if removed and (found is not None or decoder.reads is None):
        at = f", which it reads at {found.at}" if found is not None and found.at else ""
        return f"decodes, but finds it absent from now on{at}"
    if removed:
        return "does not read it"
    return "its decoder accepts it" if decoder.shared else "its own model accepts it"
