"""What a pattern says, as a tree: characters, sequences, choices, repetitions, anchors and looks."""

from dataclasses import dataclass

from cartsnitch_contracts.inclusion.regex.charset import ALL, Charset


@dataclass(frozen=True)
class Chars:
    """One character of a set."""

    among: Charset


@dataclass(frozen=True)
class Cat:
    """One after the other; of none, the empty text."""

    items: tuple["Node", ...]


@dataclass(frozen=True)
class Alt:
    """Any one of these; of none, nothing matches."""

    items: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    """The same `least` to `most` times; None is without end."""

    item: "Node"
    least: int
    most: int | None


@dataclass(frozen=True)
class Begin:
    """The start of the text."""


@dataclass(frozen=True)
class End:
    """The end of the text; a final newline counts as text."""


@dataclass(frozen=True)
class Look:
    """A look ahead or behind: `item` must, or if `negative` must not, match here, without moving on.

    Attributes:
        generous: what to take it for where it cannot be judged: true is "it holds".
    """

    item: "Node"
    ahead: bool
    negative: bool
    generous: bool


type Node = Chars | Cat | Alt | Repeat | Begin | End | Look

EMPTY = Cat(())
NOTHING = Alt(())
_LARGE = 12
ANYTHING = Repeat(Chars(ALL), 0, None)


def cat(*items: Node) -> Node:
    """A sequence, flat."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Cat) else (item,))
    return flat[0] if len(flat) == 1 else Cat(tuple(flat))


def repeat(item: Node, least: int, most: int | None) -> Node:
    """A repetition; one of a repetition is a single one, unless it leaves out a count in between."""
    if most == 0:
        return EMPTY
    if not isinstance(item, Repeat):
        return Repeat(item, least, most)
    together = least if item.most is None else least * item.most + 1
    gapless = least == most or (least + 1) * item.least <= together or (item.most is None and least > 0)
    if not gapless:
        return Repeat(item, least, most)
    counts = None if most is None or item.most is None else most * item.most
    return Repeat(item.item, least * item.least, counts)


def sequence(node: Node) -> tuple[Node, ...]:
    """The items that follow each other at the top of a node."""
    return node.items if isinstance(node, Cat) else (node,)


def looks(node: Node) -> bool:
    """Whether a look stands anywhere in it."""
    match node:
        case Look():
            return True
        case Cat(items) | Alt(items):
            return any(map(looks, items))
        case Repeat(item):
            return looks(item)
        case _:
            return False


def settled(node: Node) -> Node:
    """The node with each look in it taken for what it is where it cannot be judged."""
    match node:
        case Look(generous=generous):
            return EMPTY if generous else NOTHING
        case Cat(items):
            return cat(*map(settled, items))
        case Alt(items):
            return Alt(tuple(map(settled, items)))
        case Repeat(item, least, most):
            return Repeat(settled(item), least, most)
        case _:
            return node


def clipped(node: Node, *, generous: bool) -> Node:
    """The node with large counts made small: it matches more if `generous`, else less."""
    match node:
        case Look(item, ahead, negative, stands):
            return Look(clipped(item, generous=generous ^ negative), ahead, negative, stands)
        case Cat(items):
            return cat(*(clipped(item, generous=generous) for item in items))
        case Alt(items):
            return Alt(tuple(clipped(item, generous=generous) for item in items))
        case Repeat(item, least, most):
            item = clipped(item, generous=generous)
            if generous and max(least, most or 0) > _LARGE:
                return Repeat(item, min(least, _LARGE), None)
            return Repeat(item, least, None if most is None else min(most, max(least, _LARGE)))
        case _:
            return node


def width(node: Node) -> int | None:
    """How many characters it always takes; None when that varies, or anchors are in it."""
    match node:
        case Chars():
            return 1
        case Cat(items):
            widths = [width(item) for item in items]
            return None if None in widths else sum(each or 0 for each in widths)
        case Alt(items) if items:
            choices = {width(item) for item in items}
            return choices.pop() if len(choices) == 1 else None
        case Repeat(item, least, most) if least == most:
            once = width(item)
            return None if once is None else once * least
        case _:
            return None
