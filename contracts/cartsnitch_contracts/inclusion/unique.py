"""Different values for several formulas: who has few values to choose from comes first.

A formula with as many values as there are places never stands in the way of the others. The others have so
few that all are known; a matching gives each a value of its own, or shows that there is none (Hall).
"""

import json
from collections.abc import Sequence
from typing import Any

from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.formula import Formula
from cartsnitch_contracts.inclusion.memory import Model
from cartsnitch_contracts.inclusion.numbers import exact
from cartsnitch_contracts.inclusion.oracle import Oracle

_MOST = 64


def values(solver: Oracle, formulas: Sequence[Formula]) -> list[Model] | None:
    """A value for each formula, no two equal; None when that cannot be.

    Raises:
        UndecidedError: it cannot be told how many values a formula has.
    """
    if len(formulas) > _MOST:
        raise UndecidedError("too many different items are needed")
    choices = {formula: solver.several(formula, len(formulas)) for formula in dict.fromkeys(formulas)}
    keys = {formula: {key(model.value): model for model in models} for formula, models in choices.items()}
    owner: dict[str, int] = {}
    scarce_first = sorted(range(len(formulas)), key=lambda place: len(keys[formulas[place]]))
    for place in scarce_first:
        if not _match(place, formulas, keys, owner, set()):
            return None
    chosen = {place: keys[formulas[place]][value] for value, place in owner.items()}
    return [chosen[place] for place in range(len(formulas))]


def _match(
    place: int,
    formulas: Sequence[Formula],
    keys: dict[Formula, dict[str, Model]],
    owner: dict[str, int],
    tried: set[str],
) -> bool:
    """Give a place a value, moving others to another of theirs where need be."""
    for value in keys[formulas[place]]:
        if value in tried:
            continue
        tried.add(value)
        if value not in owner or _match(owner[value], formulas, keys, owner, tried):
            owner[value] = place
            return True
    return False


def key(value: Any) -> str:
    """A text that two values share exactly when JSON Schema calls them equal: 1 and 1.0, but not true."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    return f"text {value}" if isinstance(value, str) else f"number {exact(value)}"
