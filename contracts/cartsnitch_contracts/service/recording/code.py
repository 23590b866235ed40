"""The service's own code, told from its tests and from libraries, which read for who called them."""

import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FrameType
from typing import Final, Literal

type Kind = Literal["service", "passing", "other"]

_STDLIB: Final = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib"))
_LIBRARIES: Final = tuple(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib"))
_LOOPS: Final = tuple(f"{prefix}asyncio{os.sep}events.py" for prefix in _STDLIB)
"""Where `Handle._run` calls what somebody left with the loop; whoever is further out did not ask for it."""
_RUNNER: Final = tuple(prefix + each + os.sep for prefix in _LIBRARIES for each in ("_pytest", "pluggy"))
_LENT: Final = (
    *(f"{prefix}httpx{os.sep}_transports{os.sep}" for prefix in _LIBRARIES),
    str(Path(__file__).with_name("deliveries.py")),
)
"""What a test gives to these is no double: a server that answers the service, a handler of the test's own."""
_OURS: Final = (
    "cartsnitch_common",
    "cartsnitch_migrations",
    "cartsnitch_contracts",
    "cartsnitch_fixtures",
    "cartsnitch_pytest",
)
UNKNOWN: Final = ""
"""The reader where nobody can tell who it is."""


class ServiceCode:
    """Knows where the service's code lies.

    Args:
        roots: its packages' folders, or single files. Folders called `test` or `tests`, and files called
            `test_*.py` or `conftest.py`, are not its code wherever they lie.
        project: the folder of its project; what else lies there is its code too, but no installed library.

    Attributes:
        on_read: is told each frame of the service that reads something.
    """

    def __init__(self, roots: Iterable[Path], project: Path | None = None) -> None:
        self.roots = tuple(Path(os.path.realpath(root)) for root in roots)
        self.project = None if project is None else Path(os.path.realpath(project))
        self.on_read: Callable[[object, FrameType], None] | None = None
        self.kind = cache(self._kind)

    def reader(self, subject: object = None) -> str | None:
        """Who runs now: `handlers.py:58` of the service; `UNKNOWN`; or None for a test.

        The innermost frame of either decides. `subject` is what it reads.
        """
        for frame in _frames(sys._getframe(1)):
            kind = self.kind(frame.f_code.co_filename)
            if kind == "service":
                if self.on_read is not None:
                    self.on_read(subject, frame)
                return self._place(frame)
            if kind == "other":
                return None
            if _is_loop(frame.f_code):
                return UNKNOWN
        return UNKNOWN

    def behind(self) -> str | None:
        """The line of the service that called the test's code which runs now, for something of its own.

        None where the test runs by itself.
        """
        doubled = False
        for frame in _frames(sys._getframe(1)):
            file = frame.f_code.co_filename
            kind = self.kind(file)
            if kind == "service":
                return self._place(frame) if doubled else None
            if file.startswith(_LENT + _RUNNER) or _is_loop(frame.f_code):
                return None
            doubled = doubled or kind == "other"
        return None

    def caller(self, called: FrameType) -> str | None:
        """The line of the service that called this frame; `UNKNOWN` in a task; or None for a test."""
        for frame in _frames(called.f_back):
            file = frame.f_code.co_filename
            kind = self.kind(file)
            if kind == "service":
                return self._place(frame)
            if kind == "other" or file.startswith(_LENT):
                return None
            if _is_loop(frame.f_code):
                break
        return UNKNOWN

    def is_runner(self, code: CodeType) -> bool:
        """Whether it is code of what runs the tests, rather than of a test."""
        return code.co_filename.startswith(_RUNNER)

    def owns(self, code: CodeType) -> bool:
        """Whether the code is the service's."""
        return self.kind(code.co_filename) == "service"

    def name(self, file: str) -> str:
        """A file of the service, from the root of its package."""
        path = Path(os.path.realpath(file))
        for root in (*self.roots, *([self.project] if self.project else [])):
            if path != root and path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.name

    def _place(self, frame: FrameType) -> str:
        return f"{self.name(frame.f_code.co_filename)}:{frame.f_lineno}"

    def _kind(self, filename: str) -> Kind:
        if filename.startswith("<"):  # generated, and the interpreter's own
            return "passing"
        path = Path(os.path.realpath(filename))
        for root in self.roots:
            if path == root or (path.is_relative_to(root) and not _is_test(path.relative_to(root))):
                return "service"
        if filename.startswith(_RUNNER):
            return "other"
        passing = filename.startswith(_LIBRARIES + _STDLIB) or any(map(path.is_relative_to, _our_folders()))
        if passing:
            return "passing"
        project = self.project
        if project is not None and path.is_relative_to(project) and not _is_test(path.relative_to(project)):
            return "service"
        return "other"


def _is_loop(code: CodeType) -> bool:
    return code.co_name == "_run" and code.co_filename in _LOOPS


def _is_test(path: Path) -> bool:
    return (
        not {"test", "tests"}.isdisjoint(path.parts[:-1])
        or path.name.startswith("test_")
        or path.name == "conftest.py"
    )


@cache
def _our_folders() -> tuple[Path, ...]:
    found = [find_spec(name) for name in _OURS]
    return tuple(
        Path(os.path.realpath(folder))
        for spec in found
        if spec is not None
        for folder in spec.submodule_search_locations or ()
    )


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames from this one outwards, across the greenlets that SQLAlchemy's asyncio runs on."""
    yield from _outwards(frame)
    if "greenlet" in sys.modules:
        inner = sys.modules["greenlet"].getcurrent().parent
        while inner is not None:
            yield from _outwards(inner.gr_frame)
            inner = inner.parent


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
