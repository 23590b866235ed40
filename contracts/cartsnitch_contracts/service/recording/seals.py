"""Seals: what stands where a recorded value is, until somebody reads it.

A sealed object holds none of its values. Its dictionary has a `Trap` for each name, and `Sealed` for each
value, so that code which reads past the hooks, in C or with `object.__getattribute__`, breaks the seal: a
look-up compares with the trap, which notes that everything was read, and puts the values back before the
look-up goes on. What walks over such a dictionary in C, without a look-up, meets `Sealed`.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from cartsnitch_contracts.errors import DocumentError


class UnseenReadError(DocumentError):
    """Native code walks over a recorded object in a way that cannot be seen."""


class Sealed:
    """Stands for a value of a sealed object; whatever is done with it breaks the seal, and is refused."""

    def __init__(self, broken: Callable[[], None]) -> None:
        self._broken = broken

    def _refuse(self, *_: object) -> NoReturn:
        self._broken()
        raise UnseenReadError(
            "Native code walks over a recorded message in a way that cannot be seen.\n"
            "Give it a plain copy, dict(body) or payload.model_dump(): that counts as reading everything."
        )


for _name in (
    *("repr", "str", "bool", "bytes", "int", "float", "index", "complex", "format", "hash", "reduce_ex"),
    *("eq", "ne", "lt", "le", "gt", "ge", "iter", "next", "len", "getitem", "contains", "call", "getattr"),
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "neg", "round"),
):
    setattr(Sealed, f"__{_name}__", Sealed._refuse)


class Trap(str):
    """A name in a sealed dictionary; to compare it with a name breaks the seal."""

    __slots__ = ("_broken",)
    _broken: Callable[[], None] | None
    """None once it was met, for breaking the seal looks names up itself."""

    def __new__(cls, name: str, broken: Callable[[], None]) -> "Trap":
        """Calls `broken` when it is met."""
        self = super().__new__(cls, name)
        self._broken = broken
        return self

    def __eq__(self, other: object) -> bool:
        equal = str.__eq__(self, other)
        if equal is True and self._broken is not None:
            broken, self._broken = self._broken, None
            broken()
        return equal

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def trapped(values: dict[str, Any], broken: Callable[[], None]) -> dict[Any, Any]:
    """What a sealed object has in place of its values."""
    sealed = Sealed(broken)
    return {Trap(name, broken): sealed for name in values}
