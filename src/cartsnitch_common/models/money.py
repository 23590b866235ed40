"""Exact decimals in columns: NUMERIC on PostgreSQL, integers of the smallest unit on SQLite.

SQLite keeps NUMERIC as a float, where 3 x 0.10 is not 0.30. There a price is stored in cents, and storing,
loading, comparing, ordering, adding, subtracting, summing, MIN, MAX and COALESCE agree with PostgreSQL. Every
other operation would be wrong by a factor of 100, so it raises when it is compiled for SQLite.
"""

from collections.abc import Callable, Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric, TypeDecorator
from sqlalchemy.exc import CompileError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import (
    BinaryExpression,
    Case,
    Cast,
    ClauseElement,
    ColumnElement,
    ExpressionClauseList,
    Null,
    TypeCoerce,
)
from sqlalchemy.sql.functions import Function
from sqlalchemy.types import TypeEngine


class Exact(TypeDecorator[Decimal]):
    """Numeric(precision, scale), exact on every database.

    What is stored is rounded half away from zero, as PostgreSQL rounds; what is compared is not rounded. On
    SQLite what is added must not be finer than the scale: the sum could not be kept in whole units.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(self.precision, self.scale))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return (_Addend if op in _SUMS else _Compared)(self.precision, self.scale)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = _decimal(value)
        rounded = exact.quantize(Decimal(1).scaleb(-self.scale), ROUND_HALF_UP)
        if abs(rounded) >= Decimal(10) ** (self.precision - self.scale):
            raise ValueError(f"{exact} does not fit NUMERIC({self.precision}, {self.scale}).")
        return int(rounded.scaleb(self.scale)) if dialect.name == "sqlite" else rounded

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        return str(self.process_bind_param(value, dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return Decimal(value).scaleb(-self.scale) if dialect.name == "sqlite" else value


class _Compared(Exact):
    """The other side of a comparison: not rounded."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = _decimal(value)
        if dialect.name != "sqlite":
            return exact
        # Between two whole units every value compares alike, and a half is exact as a float.
        units = exact.scaleb(self.scale)
        whole = units.to_integral_value(ROUND_FLOOR)
        return int(whole) if units == whole else float(whole) + 0.5


class _Addend(Exact):
    """The other side of a sum: not rounded."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        exact = _decimal(value)
        if dialect.name != "sqlite":
            return exact
        units = exact.scaleb(self.scale)
        if units != units.to_integral_value():
            raise ValueError(
                f"{exact} is finer than the column's {self.scale} decimals, and SQLite keeps whole units. "
                "Round it first, or run this test on PostgreSQL."
            )
        return int(units)


class Money(Exact):
    """US dollars: Numeric(10, 2)."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(10, 2)


def _decimal(value: Any) -> Decimal:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, bool) or not exact.is_finite():
        raise ValueError(f"{value!r} is not an amount.")
    return exact


_COMPARISONS = {
    operators.eq, operators.ne, operators.lt, operators.le, operators.gt, operators.ge, operators.is_,
    operators.is_not, operators.is_distinct_from, operators.is_not_distinct_from, operators.in_op,
    operators.not_in_op, operators.between_op, operators.not_between_op,
}  # fmt: skip
_SUMS = {operators.add, operators.sub}
_KEEPS_UNIT = {"sum", "min", "max", "coalesce"}


def _is_exact(element: Any) -> bool:
    return isinstance(getattr(element, "type", None), Exact)


def _scale(element: Any) -> int | None:
    return element.type.scale if _is_exact(element) else None


def _refuse(what: str) -> CompileError:
    return CompileError(
        f"{what} on a money column cannot be done on SQLite, which keeps cents there: the result would be "
        "wrong by a factor of 100. Compute in Python, or run this test on PostgreSQL."
    )


def _same_unit(elements: Iterable[Any]) -> bool:
    flat = [part for element in elements for part in _parts(element)]
    return len({_scale(part) for part in flat if not isinstance(part, Null)}) <= 1


def _parts(element: Any) -> Iterable[Any]:
    """The operands inside a list such as BETWEEN's, else the element itself."""
    return element.clauses if isinstance(element, ExpressionClauseList) else [element]


def _check_binary(element: BinaryExpression[Any]) -> None:
    sides = [element.left, element.right]
    if any(_is_exact(part) for side in sides for part in _parts(side)):
        _check_operator(element.operator, sides)


def _check_operator(operator: Any, operands: list[Any]) -> None:
    if operator not in _COMPARISONS | _SUMS or not _same_unit(operands):
        raise _refuse(f"The operation {getattr(operator, '__name__', operator)!r}")


def _check_list(element: ExpressionClauseList[Any]) -> None:
    operands = list(element.clauses)
    # AND and OR join conditions; the comma of BETWEEN and IN was judged with the whole.
    if element.operator in _SUMS | {operators.mul, operators.concat_op} and any(map(_is_exact, operands)):
        _check_operator(element.operator, operands)


def _check_function(element: Function[Any]) -> None:
    arguments = list(element.clauses)
    name = element.name.lower()
    if name == "count" or not any(map(_is_exact, arguments)):
        return
    if name not in _KEEPS_UNIT or not _same_unit(arguments):
        raise _refuse(f"The function {name}()")


def _check_cast(element: Cast[Any] | TypeCoerce[Any]) -> None:
    if _scale(element) != _scale(element.clause):
        raise _refuse("A cast")


def _check_case(element: Case[Any]) -> None:
    results = [result for _, result in element.whens]
    if element.else_ is not None:
        results.append(element.else_)
    if any(map(_is_exact, results)) and not _same_unit(results):
        raise _refuse("A CASE that mixes money with other values")


def _guard(kind: type[ClauseElement], check: Callable[[Any], None], visit: str) -> None:
    """Let SQLite's compiler look at each `kind` before it is rendered as ever."""

    def compile_checked(element: ColumnElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
        check(element)
        rendered: str = getattr(compiler, visit)(element, **kw)
        return rendered

    compiles(kind, "sqlite")(compile_checked)


_guard(BinaryExpression, _check_binary, "visit_binary")
_guard(ExpressionClauseList, _check_list, "visit_expression_clauselist")
_guard(Function, _check_function, "visit_function")
_guard(Cast, _check_cast, "visit_cast")
_guard(TypeCoerce, _check_cast, "visit_type_coerce")
_guard(Case, _check_case, "visit_case")
