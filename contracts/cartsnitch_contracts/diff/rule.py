"""A rule: one kind of change, in words, with the safe way to make it."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Subject(StrEnum):
    """What sort of document a rule is about."""

    SCHEMA = "schema"
    """Events, requests and responses: whatever travels as JSON."""
    CHANNEL = "channel"
    """A channel as a whole."""
    REST = "rest"
    """Operations: paths, methods, parameters, status codes, security."""
    DATABASE = "database"
    """Tables, columns, keys and checks."""


@dataclass(frozen=True)
class Rule:
    """One kind of change from an old version to a new one.

    Attributes:
        id: stable, for waivers and searches: `field-removed`.
        purpose: what has changed, and whom it concerns.
        fix: the shortest way out for somebody whose change it is.
        steps: the safe way to make the change, in order; `{field}`, `{new}`, `{writers}`, `{readers}` and
            `{table}` are filled in.
        subject: what sort of document it is about.
        find: says in a few words what changed between the old and the new thing, or None; None itself where
            the differ finds the change in another way.
        keywords: the keywords of JSON Schema that it explains.
    """

    id: str
    purpose: str
    fix: str
    steps: tuple[str, ...]
    subject: Subject
    find: Callable[[Any, Any], str | None] | None = None
    keywords: frozenset[str] = frozenset()


def rule[F: Callable[..., str | None]](
    *, subject: Subject, fix: str, steps: Iterable[str], keywords: Iterable[str] = ()
) -> Callable[[F], Rule]:
    """Make a rule of a function: its name is the id, its docstring the purpose, itself `find`."""

    def make(find: F) -> Rule:
        return Rule(
            id=find.__name__.replace("_", "-"),
            purpose=" ".join((inspect.getdoc(find) or "").split()),
            fix=fix,
            steps=tuple(steps),
            subject=subject,
            find=find,
            keywords=frozenset(keywords),
        )

    return make


def table(*rules: Rule) -> dict[str, Rule]:
    """The rules by id, in order.

    Raises:
        ValueError: two rules have one id.
    """
    by_id: dict[str, Rule] = {}
    for each in rules:
        if each.id in by_id:
            raise ValueError(f"Two rules are called {each.id!r}. Give one of them another name.")
        by_id[each.id] = each
    return by_id
