"""All formulas of one decision: those that join others (see `connect`), and those that speak of values."""

from collections.abc import Hashable

from cartsnitch_contracts.inclusion.connect import Table
from cartsnitch_contracts.inclusion.formula import Formula, Lazy, Literal, Opaque, Type


class Formulas(Table):
    """The table that makes formulas; what says nothing, or refuses every value, comes back as just that."""

    def some_item(self, start: int, end: int | None, item: Formula, *, positive: bool = True) -> Formula:
        """Some item from start up to end, excluded, is so; the negative: none."""
        if item is self.false or (end is not None and end <= start):
            return self._vacuous(Type.ARRAY, not positive)
        if item is self.true:
            return self.literal(Type.ARRAY, "length", start + 1, positive=positive)
        return self._make(Literal, Type.ARRAY, "item", (start, end, item), positive)

    def every_item(self, start: int, end: int | None, item: Formula) -> Formula:
        """Each item from start up to end, excluded, is so."""
        return self.some_item(start, end, self.negate(item), positive=False)

    def count(self, item: Formula, least: int, *, positive: bool = True) -> Formula:
        """At least so many items are so; the negative: fewer."""
        if least <= 0:
            return self._vacuous(Type.ARRAY, positive)
        if least == 1:
            return self.some_item(0, None, item, positive=positive)
        if item is self.true:
            return self.literal(Type.ARRAY, "length", least, positive=positive)
        if item is self.false:
            return self._vacuous(Type.ARRAY, not positive)
        return self._make(Literal, Type.ARRAY, "count", (item, least), positive)

    def some_property(self, names: Formula, value: Formula, *, positive: bool = True) -> Formula:
        """Some property with such a name has such a value; the negative: none."""
        if value is self.false or names is self.false:
            return self._vacuous(Type.OBJECT, not positive)
        return self._make(Literal, Type.OBJECT, "property", (names, value), positive)

    def every_property(self, names: Formula, value: Formula) -> Formula:
        """Each property with such a name has such a value."""
        return self.some_property(names, self.negate(value), positive=False)

    def name(self, *names: str) -> Formula:
        """The text is one of these."""
        return self.literal(Type.STRING, "in", frozenset(names))

    def lazy(self, key: Hashable, *, positive: bool = True) -> Lazy:
        """A part of a schema, by a key that its compiler knows."""
        return self._make(Lazy, key, positive)

    def opaque(self, key: Hashable, reason: str, *, positive: bool = True) -> Opaque:
        """A part that is not understood."""
        return self._make(Opaque, key, reason, positive)
