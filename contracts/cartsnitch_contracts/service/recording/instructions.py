"""The places of a piece of code that matter: its expressions, by their source."""

import dis
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
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

_CALLS: Final = frozenset(("CALL", "CALL_FUNCTION_EX", "CALL_KW"))
"""By position, by `*` and `**`, and by keyword, which is an instruction of its own from Python 3.13 on."""


@cache
def positions(code: CodeType) -> frozenset[Position]:
    """Where the expressions of the code are.

    Code that the compiler doubles, as that of `finally`, counts once. The call that makes an exception does
    not count, its arguments do.
    """
    instructions = [each for each in dis.get_instructions(code) if each.positions and each.positions.lineno]
    return frozenset(_place(each) for each in instructions if each.opname not in _NO_EXPRESSION) - frozenset(
        _place(each)
        for each, after in pairwise(instructions)
        if each.opname in _CALLS and after.opname == "RAISE_VARARGS"
    )


def _place(instruction: dis.Instruction) -> Position:
    at = instruction.positions
    return (at.lineno, at.end_lineno, at.col_offset, at.end_col_offset) if at else (None,) * 4


def lines(numbers: Iterable[int]) -> list[str]:
    """Lines as people write them: `41-44`, `50`."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
