"""What a Redis holds, as text that two deliveries of an event can be compared by."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import redis

NEAR: Final = 366 * 86_400.0
"""Seconds around now within which a number counts as a moment: what expires is at most so far ahead."""
MOMENT: Final = "<moment>"
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?")
_EPOCH: Final = re.compile(r"(?<![0-9A-Za-z.])\d{10}(?:\d{3}){0,3}(?:\.\d+)?(?![0-9A-Za-z])")
_DIGITS: Final = 10
"""Of seconds since 1970, from 2001 to 2286."""


def entries_by_key(client: "redis.Redis", now: float) -> Mapping[str, Sequence[str]]:
    """The entries of each key, which is told with its type: `list "seen"`; without moments and expiry.

    `now` is in seconds since 1970.
    """
    found = {}
    for key in sorted(client.keys()):
        if (kind := _text(client.type(key))) == "none":  # it expired just now
            continue
        entries = [without_moments(entry, now) for entry in _entries(client, kind, key)]
        found[f'{kind} "{_text(key)}"'] = entries if kind in {"list", "stream"} else sorted(entries)
    return found


def without_moments(text: str, now: float) -> str:
    """A text in which dates with times are alike, and numbers of seconds since 1970 that are near now.

    Those are of seconds, or of thousandths, millionths or billionths.
    """
    return _EPOCH.sub(partial(_masked, now=now), _ISO.sub(MOMENT, text))


def _masked(found: re.Match[str], now: float) -> str:
    whole, _, _ = found[0].partition(".")
    seconds = float(found[0]) / 10 ** (len(whole) - _DIGITS)
    return MOMENT if abs(seconds - now) < NEAR else found[0]


def _entries(client: Any, kind: str, key: Any) -> Iterator[str]:
    """Each entry of a key's value; none of a type that only a module of the server knows."""
    match kind:
        case "string":
            yield _text(client.get(key))
        case "list":
            yield from map(_text, client.lrange(key, 0, -1))
        case "set":
            yield from map(_text, client.smembers(key))
        case "hash":
            yield from (f"{_text(field)}: {_text(value)}" for field, value in client.hgetall(key).items())
        case "zset":
            for member, score in client.zrange(key, 0, -1, withscores=True):
                yield f"{_text(member)}: {str(score).removesuffix('.0')}"
        case "stream":
            for _, fields in client.xrange(key):  # the id is a moment
                yield ", ".join(f"{_text(field)}: {_text(value)}" for field, value in fields.items())


def _text(found: Any) -> str:
    """What a client has found, whether it decodes or not."""
    return found.decode(errors="backslashreplace") if isinstance(found, bytes) else str(found)
