"""`oneOf`: two alternatives that a type or a tag keeps apart need not be compared again.

Sixty variants make 1,770 pairs; with a tag of its own in each, none of them is left to look at.
"""

from collections.abc import Callable
from itertools import combinations
from typing import Any

from cartsnitch_contracts.inclusion.formula import ANY, All, Formula, Lazy, Literal, Type, Types
from cartsnitch_contracts.inclusion.table import Formulas

_LONGEST_CHAIN = 16  # references to references; a longer chain is looked at by the solver


def exactly_one(table: Formulas, parts: list[Formula], expand: Callable[[Lazy], Formula]) -> list[Formula]:
    """One of the parts holds; two that exclude each other by their type or tag are not compared again."""
    tags = [_tags(table, part, expand) for part in parts]
    both = [
        table.any_of([table.negate(parts[one]), table.negate(parts[other])])
        for one, other in combinations(range(len(parts)), 2)
        if not _exclude(tags[one], tags[other])
    ]
    return [table.any_of(parts), *both]


type _Tags = tuple[int, dict[str, frozenset[Any]]]


def _tags(table: Formulas, part: Formula, expand: Callable[[Lazy], Formula]) -> _Tags:
    """The types that a part allows, and for objects the texts that a required property may have."""
    for _ in range(_LONGEST_CHAIN):
        if isinstance(part, Lazy):
            part = expand(part)
    said = part.parts if isinstance(part, All) else (part,)
    mask = next((inner.mask for inner in said if isinstance(inner, Types)), ANY)
    required, texts = set(), {}
    for inner in said:
        if not (isinstance(inner, Literal) and inner.kind == "property"):
            continue
        names, value = inner.argument
        if not (
            isinstance(names, Literal) and names.kind == "in" and names.positive and len(names.argument) == 1
        ):
            continue
        (name,) = names.argument
        if inner.positive and value is table.true:
            required.add(name)
        elif not inner.positive:
            allowed = table.negate(value)
            held = allowed.parts if isinstance(allowed, All) else ()
            if table.types(Type.STRING) in held:
                for literal in held:
                    if isinstance(literal, Literal) and literal.kind == "in" and literal.positive:
                        texts[name] = literal.argument
    return mask, {name: texts[name] for name in required & texts.keys()}


def _exclude(one: _Tags, other: _Tags) -> bool:
    common = one[0] & other[0]
    if not common:
        return True
    shared = one[1].keys() & other[1].keys()
    return common == Type.OBJECT and any(not one[1][name] & other[1][name] for name in shared)
