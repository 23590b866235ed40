"""JSON objects whose reads are noted: what `response.json()` gives to the service.

A sealed object is a dict without its values (`seals`). It notes the keys that are asked for; whatever needs
all of it counts as reading everything, and gives the values back. Lists are plain lists.
"""

import copy
import dis
import sys
from collections.abc import Callable
from typing import Any, Final

from cartsnitch_contracts.places import EACH, Path
from cartsnitch_contracts.service.recording.notes import Notes, Subject
from cartsnitch_contracts.service.recording.seals import trapped

_MISSING: Final = object()
_LENGTH_FOR_A_PATTERN: Final = dis.opmap["GET_LEN"]


class RecordedObject(dict[str, Any]):
    """A JSON object; see `recorded`."""

    __slots__ = ("_notes", "_values", "path", "subject")

    def __init__(self, values: dict[str, Any], notes: Notes, subject: Subject, path: Path) -> None:
        self._values: dict[str, Any] | None = {
            name: recorded(value, notes, subject, (*path, name)) for name, value in values.items()
        }
        self._notes = notes
        self.subject = subject
        self.path = path
        dict.update(self, trapped(self._values, self._all))

    @property
    def sealed(self) -> bool:
        """Whether reads are still noted one by one."""
        return self._values is not None

    def plain(self) -> dict[str, Any]:
        """The same without seals, and without a note."""
        values = self if self._values is None else self._values
        return {name: plain(value) for name, value in values.items()}

    def _all(self) -> None:
        if self._values is not None and self._notes.read(self.subject, self.path, whole=True):
            values, self._values = self._values, None
            dict.clear(self)
            dict.update(self, values)

    def _open(self) -> dict[str, Any]:
        """For what needs all of it: itself, read as a whole; a copy for a test, whose reads do not count."""
        self._all()
        return self if self._values is None else self.plain()

    def _ask(self, key: object) -> Any:
        """The value at a key, or `_MISSING`; that somebody asks is noted either way."""
        if self._values is None:
            return super().get(key, _MISSING)  # type: ignore[call-overload]
        if isinstance(key, str):
            self._notes.read(self.subject, (*self.path, str(key)))
        return self._values.get(key, _MISSING)  # type: ignore[call-overload]

    def __getitem__(self, key: str) -> Any:
        if (value := self._ask(key)) is _MISSING:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        return default if (value := self._ask(key)) is _MISSING else value

    def __contains__(self, key: object) -> bool:
        return self._ask(key) is not _MISSING

    def __bool__(self) -> bool:
        if self._values is not None:
            self._notes.read(self.subject, self.path)
        return dict.__len__(self) > 0

    def __len__(self) -> int:
        caller = sys._getframe(1)
        if caller.f_code.co_code[caller.f_lasti] != _LENGTH_FOR_A_PATTERN:
            self._all()  # how many fields there are tells which optional ones are there
        return dict.__len__(self)

    def __reduce_ex__(self, _: object) -> tuple[Any, ...]:
        return dict, (dict(self._open()),)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return copy.deepcopy(dict(self._open()), memo)


def _whole(name: str) -> Callable[..., Any]:
    method = getattr(dict, name)

    def call(self: RecordedObject, *arguments: Any, **named: Any) -> Any:
        return method(self._open(), *arguments, **named)

    call.__name__ = name
    return call


NEED_ALL: Final = (
    *("__iter__", "__reversed__", "keys", "values", "items"),
    *("__eq__", "__ne__", "__ior__", "__repr__", "update", "popitem", "clear"),
)
"""The methods of a dict that need all of it, and neither call one of these nor look a name up."""
for _name in NEED_ALL:
    setattr(RecordedObject, _name, _whole(_name))


def recorded(value: Any, notes: Notes, subject: Subject, path: Path = ()) -> Any:
    """A JSON value of which reads are noted, as reads of this place."""
    if isinstance(value, dict):
        return RecordedObject(value, notes, subject, path)
    if isinstance(value, list):
        return [recorded(each, notes, subject, (*path, EACH)) for each in value]
    return value


def plain(value: Any) -> Any:
    """The value without seals: a copy of what is sealed, which stays so."""
    if isinstance(value, RecordedObject):
        return value.plain()
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def origin(value: Any) -> tuple[Subject, Path] | None:
    """Which place of which message a value is, where some of it is sealed."""
    if isinstance(value, RecordedObject):
        return (value.subject, value.path) if value.sealed else None
    if isinstance(value, list) and value and (found := origin(value[0])):
        return found[0], found[1][:-1]
    return None
