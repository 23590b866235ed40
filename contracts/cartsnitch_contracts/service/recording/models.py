"""Models whose reads are noted: the very classes of this package, so that nothing tells them from others.

While `hooked`, attributes of the shared classes are read through `_attribute`. An instance that is not sealed
behaves as ever. A sealed one notes the fields that are read; whatever needs its dictionary, which Pydantic's
dumping, copying, comparing, hashing and printing do, counts as reading everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pydantic import BaseModel, RootModel

from cartsnitch_common.schemas.base import Reader
from cartsnitch_contracts.places import EACH, Path
from cartsnitch_contracts.service.recording.notes import Notes, Subject
from cartsnitch_contracts.service.recording.seals import trapped

_DICT: Final = BaseModel.__dict__["__dict__"]
_KEY: Final = object()
"""Where a sealed model's dictionary holds its mark."""
_TELLING: Final = {"__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"}


class _Mark:
    """What a sealed model holds instead of its values."""

    def __init__(self, model: BaseModel, notes: Notes, subject: Subject, path: Path) -> None:
        self.notes = notes
        self.subject = subject
        self.path = path
        self.values: dict[str, Any] = _DICT.__get__(model)
        self._model = model
        self._sealed = trapped(self.values, self._broken)
        self._sealed[_KEY] = self
        self._followed: dict[str, bool] = {}

    def seal(self) -> None:
        object.__setattr__(self._model, "__dict__", self._sealed)

    def attribute(self, name: str) -> Any:
        """A sealed model's attribute."""
        if name in self.values:
            return self._field(name)
        if name == "__dict__":
            return self._values()
        model = self._model
        if name in _TELLING:
            value = object.__getattribute__(model, name)
            if value is not None:
                self.notes.read(self.subject, self.path, whole=True)
            return value
        if not name.startswith("_") and not hasattr(type(model), name):
            self.notes.read(self.subject, (*self.path, name))  # a field that is not there, yet
        return object.__getattribute__(model, name)

    def _field(self, name: str) -> Any:
        # A root model stands for its value, and adds no step of its own.
        path = self.path if isinstance(self._model, RootModel) else (*self.path, name)
        value = self.values[name]
        if name not in self._followed:
            self._followed[name] = seal_within(value, self.notes, self.subject, path)
        self.notes.read(self.subject, path, whole=not self._followed[name])
        return value

    def _values(self) -> dict[str, Any]:
        if self.notes.read(self.subject, self.path, whole=True):
            return self.values
        return {name: plain(value) for name, value in self.values.items()}

    def _broken(self) -> None:
        """A look-up that no hook saw goes on in this very dictionary, so the model must keep it."""
        self.notes.read(self.subject, self.path, whole=True)
        self._sealed.clear()
        self._sealed.update(self.values)


def _attribute(model: BaseModel, name: str) -> Any:
    mark = _DICT.__get__(model).get(_KEY)
    return object.__getattribute__(model, name) if mark is None else mark.attribute(name)


@contextmanager
def hooked(*roots: type[BaseModel]) -> Iterator[None]:
    """Have attributes of `Reader`'s classes, and of these, read through the hook while the block runs."""
    classes = (Reader, *roots)
    for cls in classes:
        cls.__getattribute__ = _attribute  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        for cls in classes:
            del cls.__getattribute__


def is_shared(cls: object) -> bool:
    """Whether it is one of this package's classes, whose attributes are hooked."""
    return (
        isinstance(cls, type)
        and issubclass(cls, BaseModel)
        and cls.__module__.startswith("cartsnitch_common.")
        and all(map(is_shared, cls.__pydantic_generic_metadata__["args"]))
        and getattr(cls, "__getattribute__", None) is _attribute
    )


def seal(model: BaseModel, notes: Notes, subject: Subject, path: Path = ()) -> None:
    """Have reads of the model noted from now on, as reads of this place."""
    if _mark(model) is None:
        _Mark(model, notes, subject, path).seal()


def seal_within(value: Any, notes: Notes, subject: Subject, path: Path) -> bool:
    """Seal the models that a value is or holds; False where it holds anything whose reads are not seen."""
    if isinstance(value, BaseModel):
        if is_shared(type(value)):
            seal(value, notes, subject, path)
            return True
        return False
    if isinstance(value, list | tuple):
        followed = [seal_within(each, notes, subject, (*path, EACH)) for each in value]
        return all(followed)
    return not isinstance(value, dict | set | frozenset)


def plain(value: Any) -> Any:
    """The value without seals: a copy of what is sealed, which stays so."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    if isinstance(value, BaseModel) and (mark := _mark(value)) is not None:
        copied = value.__class__.__new__(value.__class__)
        object.__setattr__(copied, "__dict__", {name: plain(each) for name, each in mark.values.items()})
        for name in _TELLING:
            object.__setattr__(copied, name, object.__getattribute__(value, name))
        return copied
    return value


def origin(value: Any) -> tuple[Subject, Path] | None:
    """Which place of which message a value is, where it is sealed."""
    mark = _mark(value) if isinstance(value, BaseModel) else None
    return None if mark is None else (mark.subject, mark.path)


def _mark(model: BaseModel) -> _Mark | None:
    found: _Mark | None = _DICT.__get__(model).get(_KEY)
    return found
