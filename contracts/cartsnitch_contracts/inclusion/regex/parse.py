"""Reads a pattern of JSON Schema, in the dialect of jsonschema-rs (ECMA-262 over Rust's), into a tree.

What no automaton can say (back references, word boundaries) is read in two ways: *generously*, so that the
tree matches at least what the pattern matches, and *strictly*, at most that. `exact` tells when the two are
the same.
"""

import re

from cartsnitch_contracts.inclusion.regex.charset import ALL, Charset
from cartsnitch_contracts.inclusion.regex.classes import NEWLINE, Unreadable, folded, read_class, read_escape
from cartsnitch_contracts.inclusion.regex.tree import (
    ANYTHING,
    EMPTY,
    NOTHING,
    Alt,
    Begin,
    Chars,
    End,
    Look,
    Node,
    cat,
    repeat,
)

_COUNT = re.compile(r"\{([0-9]{1,9})(,([0-9]{1,9})?)?\}")
_GROUP = re.compile(r"\?(?::|P?<[A-Za-z_][A-Za-z0-9_]*>)")
_LOOK = re.compile(r"\?(<?)([=!])")
_FLAGS = re.compile(r"\?([isu]*)(?:-([is]+))?([:)])")
_DEEPEST = 100


class Parser:
    """Reads one pattern, from left to right.

    Attributes:
        exact: whether the tree says precisely what the pattern says, as far as it was read.
    """

    def __init__(self, pattern: str, *, generous: bool, unicode: bool = False) -> None:
        self.exact = True
        self._unicode = unicode
        self._text = pattern
        self._at = 0
        self._generous = generous
        self._flags = frozenset[str]()
        self._depth = 0

    def parse(self) -> Node:
        """The whole pattern.

        Raises:
            Unreadable: it is no pattern of this dialect, or of a part of it that is not understood.
        """
        node = self._choice()
        if self._at < len(self._text):
            raise Unreadable(f"an unexpected {self._text[self._at]!r}")
        return node

    def _next(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _choice(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable("groups nested too deeply")
        flags = self._flags
        branches = [self._branch()]
        while self._next("|"):
            branches.append(self._branch())
        self._flags = flags
        self._depth -= 1
        return branches[0] if len(branches) == 1 else Alt(tuple(branches))

    def _branch(self) -> Node:
        items: list[Node] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            item = self._item()
            if item is not None:
                items.append(self._counted(item))
        return cat(*items)

    def _counted(self, item: Node) -> Node:
        count = _COUNT.match(self._text, self._at)
        if count:
            self._at = count.end()
            least = int(count[1])
            most = least if not count[2] else int(count[3]) if count[3] else None
            if most is not None and most < least:
                raise Unreadable("a repetition of fewer at most than at least")
        elif self._next("*"):
            least, most = 0, None
        elif self._next("+"):
            least, most = 1, None
        elif self._next("?"):
            least, most = 0, 1
        else:
            return item
        repeated = repeat(item, least, most)
        if self._next("+"):
            repeated = self._guess(repeated)  # it never gives back, so it matches less
        else:
            self._next("?")
        if self._text[self._at : self._at + 1] in ("*", "+", "?", "{"):
            raise Unreadable("a repetition of a repetition")
        return repeated

    def _guess(self, generous: Node) -> Node:
        """The most that an item can match, or, strictly, nothing."""
        self.exact = False
        return generous if self._generous else NOTHING

    def _item(self) -> Node | None:
        """One item, or None for a group that only sets flags."""
        char = self._text[self._at]
        self._at += 1
        match char:
            case "^":
                return Begin()
            case "$":
                return End()
            case ".":
                return Chars(ALL if "s" in self._flags else ~NEWLINE)
            case "(":
                return self._group()
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                raise Unreadable(f"nothing to repeat by {char!r}")
        ignore_case = "i" in self._flags
        among: Charset | None = Charset.characters(char)
        if char == "[":
            among, self._at = read_class(self._text, self._at, ignore_case=ignore_case, unicode=self._unicode)
        elif ignore_case and among is not None:
            among = folded(among)
        return self._chars(among)

    def _chars(self, among: Charset | None) -> Node:
        return self._guess(Chars(ALL)) if among is None else Chars(among)

    def _escape(self) -> Node:
        kind = self._text[self._at : self._at + 1]
        if kind == "A":
            self._at += 1
            return Begin()
        if kind == "z":
            self._at += 1
            return End()
        if kind and kind in "bB":
            self._at += 1
            return self._guess(EMPTY)
        if kind and kind in "123456789":
            while self._text[self._at : self._at + 1].isdigit():
                self._at += 1
            return self._guess(ANYTHING)
        among, self._at = read_escape(
            self._text, self._at, ignore_case="i" in self._flags, unicode=self._unicode
        )
        return self._chars(among)

    def _group(self) -> Node | None:
        flags, generous = self._flags, self._generous
        look, setting = _LOOK.match(self._text, self._at), _FLAGS.match(self._text, self._at)
        named = _GROUP.match(self._text, self._at)
        if look:
            self._at = look.end()
            self._generous = generous ^ (look[2] == "!")
        elif setting:
            if setting[3] == ")" and self._at > 1:
                raise Unreadable("flags that change on the way")  # engines differ in where they end
            self._at = setting.end()
            self._flags = (flags | frozenset(setting[1])) - frozenset(setting[2] or "")
            if setting[3] == ")":
                return None
        elif named:
            self._at = named.end()
        elif self._next("?"):
            raise Unreadable("a group of an unknown kind")
        inner = self._choice()
        if not self._next(")"):
            raise Unreadable("a group that is not closed")
        self._flags, self._generous = flags, generous
        if look:
            return Look(inner, ahead=not look[1], negative=look[2] == "!", generous=generous)
        return inner
