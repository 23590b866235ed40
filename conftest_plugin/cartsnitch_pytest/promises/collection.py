"""Each promise as one test, `pyproject.toml::KIND[NAME]`, whose id can be run again as it is printed."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from cartsnitch_contracts.service.promise import BrokenPromise, Promise, Untested
from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.kinds import promises
from cartsnitch_pytest.promises.lending import lend_fixtures
from cartsnitch_pytest.promises.visible import visible_fixtures

PROPERTY: Final = "cartsnitch_promise"
"""Of a promise's reports: kind, counterpart and subject."""


class PromiseFile(pytest.File):
    """The file that declares what the service promises."""

    def collect(self) -> Iterator["PromiseItem"]:
        """Every promise; each sees the fixtures of the service's own tests."""
        lend_fixtures(self)
        fixtures = visible_fixtures(self)
        found = [each.instead(fixtures) or each for each in promises(self.config.stash[DECLARED])]
        for promise in {each.title: each for each in found}.values():
            yield PromiseItem.make(self, promise)


class PromiseItem(pytest.Function):
    """One promise."""

    promise: Promise

    @classmethod
    def make(cls, parent: PromiseFile, promise: Promise) -> "PromiseItem":
        """The test that checks the promise."""
        item: PromiseItem = cls.from_parent(parent, name=promise.title, callobj=promise.check)
        item.promise = promise
        if promise.needs:
            item.add_marker(pytest.mark.needs_postgres(*promise.needs))
        item.user_properties.append((PROPERTY, (promise.kind, promise.counterpart, promise.subject)))
        return item

    def runtest(self) -> None:
        """Check it; what cannot be told is a skip."""
        try:
            super().runtest()
        except Untested as reason:
            raise pytest.skip.Exception(str(reason), _use_item_location=True) from None

    def repr_failure(  # type: ignore[override]  # as pytest's own
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        """The report of a broken promise, without the way to it through our code."""
        if isinstance(excinfo.value, BrokenPromise):
            return "\n".join((str(excinfo.value), *getattr(excinfo.value, "__notes__", ())))
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is declared; lines are counted from 0 here."""
        declared = self.config.stash[DECLARED]
        return declared.path, declared.line_of(self.promise.kind) - 1, self.name


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PromiseFile | None:
    """The one file of this run."""
    if file_path != parent.config.stash[DECLARED].path:
        return None
    file: PromiseFile = PromiseFile.from_parent(parent, path=file_path)
    return file


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """What is about other tests comes after them, however these are ordered."""
    yield
    items.sort(key=is_last)


def is_last(item: pytest.Item) -> bool:
    """Whether it is a promise about what other tests did."""
    return isinstance(item, PromiseItem) and item.promise.last
