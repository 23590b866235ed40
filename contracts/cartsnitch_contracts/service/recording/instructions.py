"""The places of a piece of code that matter: its expressions, by their source."""

import dis
from collections.abc import Iterable
from functools import cache
from itertools import zip_longest
from types import CodeType
from typing import Final

type Position = tuple[int | None, int | None, int | None, int | None]
"""First line, last line, first column, last column."""

_NO_EXPRESSION: Final = frozenset(
    (
        *("CACHE", "CLEANUP_THROW", "COPY", "COPY_FREE_VARS", "DELETE_FAST", "END_ASYNC_FOR", "END_FOR"),
        *("END_SEND", "EXTENDED_ARG", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_FORWARD"),
        *("LOAD_ASSERTION_ERROR", "LOAD_COMMON_CONSTANT", "LOAD_CONST", "LOAD_SMALL_INT", "MAKE_CELL", "NOP"),
        *("NOT_TAKEN", "POP_EXCEPT", "POP_ITER", "POP_JUMP_IF_FALSE", "POP_JUMP_IF_NONE", "POP_TOP"),
        *("POP_JUMP_IF_NOT_NONE", "POP_JUMP_IF_TRUE", "PUSH_EXC_INFO", "PUSH_NULL", "RAISE_VARARGS"),
        *("RERAISE", "RESUME", "RETURN_CONST", "RETURN_GENERATOR", "RETURN_VALUE", "SEND", "SWAP", "TO_BOOL"),
        *("WITH_EXCEPT_START", "YIELD_VALUE"),
    )
)
"""Instructions that only steer: what the compiler adds for the case that something is raised, say."""


@cache
def positions(code: CodeType) -> frozenset[Position]:
    """Where the expressions of the code are.

    Code that the compiler doubles, as that of `finally`, counts once. The call that makes an exception does
    not count, its arguments do.
    """
    instructions = list(dis.get_instructions(code))
    return frozenset(
        (at.lineno, at.end_lineno, at.col_offset, at.end_col_offset)
        for each, after in zip_longest(instructions, instructions[1:])
        if each.opname not in _NO_EXPRESSION
        and not (each.opname == "CALL" and after is not None and after.opname == "RAISE_VARARGS")
        and (at := each.positions) is not None
        and at.lineno is not None
    )


def lines(numbers: Iterable[int]) -> list[str]:
    """Lines as people write them: `41-44`, `50`."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
