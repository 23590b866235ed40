"""The changes of channels as a whole."""

from collections.abc import Iterable

from cartsnitch_contracts.diff.rule import Rule, Subject


def _channel(id: str, purpose: str, fix: str, steps: Iterable[str]) -> Rule:  # noqa: A002 - as in Rule
    return Rule(id=id, purpose=purpose, fix=fix, steps=tuple(steps), subject=Subject.CHANNEL)


CHANNEL_REMOVED = _channel(
    "channel-removed",
    "A channel is gone; its subscribers wait for events that never come.",
    "Keep publishing until nobody subscribes.",
    ("move {readers} to another channel", "let {writers} stop publishing", "remove {field}"),
)
CHANNEL_ADDED = _channel(
    "channel-added",
    "A new channel; what is published before its subscribers are deployed is lost to them.",
    "Deploy the subscribers before the publishers.",
    ("deploy {readers}", "then publish from {writers}"),
)
CHANNEL_RULES = (CHANNEL_REMOVED, CHANNEL_ADDED)
"""Every rule on channels."""
