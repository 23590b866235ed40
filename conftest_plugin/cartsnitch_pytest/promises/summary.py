"""Which promises were kept, broken or not tested: by kind, counterpart and subject, at the end of a run."""

from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

import pytest

from cartsnitch_pytest.promises.collection import PROPERTY
from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.reads import reads_row
from cartsnitch_pytest.promises.search import SEED

if TYPE_CHECKING:
    from cartsnitch_contracts.service.config import ServiceConfig

OUTCOMES: Final = {"passed": "kept", "failed": "broken", "skipped": "untested"}
TOLD: Final = 2
"""So many reasons stand in the last line."""
_RANKS: Final = ("passed", "skipped", "failed")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Where outcomes are told: in the controller, under xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Summary(config.stash[DECLARED], config.stash[SEED]))


@dataclass
class _Row:
    """Promises of one kind about one subject to one counterpart, each with its worst outcome."""

    outcomes: dict[str, str] = field(default_factory=dict)

    def note(self, nodeid: str, outcome: str) -> None:
        before = self.outcomes.get(nodeid, _RANKS[0])
        self.outcomes[nodeid] = max(before, outcome, key=_RANKS.index)


class _Summary:
    def __init__(self, declared: "ServiceConfig", seed: int) -> None:
        self._declared = declared
        self._seed = seed
        self._rows: dict[tuple[str, str, str], _Row] = {}
        self._seconds = 0.0
        self._reasons: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a promise's report; setup and teardown are parts of it."""
        about: Any = dict(report.user_properties).get(PROPERTY)
        if about is None:
            return
        self._rows.setdefault(tuple(about), _Row()).note(report.nodeid, report.outcome)
        self._seconds += report.duration
        if report.skipped and isinstance(report.longrepr, tuple):
            self._reasons.append(report.longrepr[2].removeprefix("Skipped: "))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table, and one line that counts all."""
        if not self._rows:
            if read := reads_row(terminalreporter.config):
                terminalreporter.line(f"reads  {read}")
            return
        told = self._declared
        title = f"{told.service}{_after(told.version or _installed(told.name))}"
        terminalreporter.section(
            f"contracts: {title} | common {_installed('cartsnitch-common')} | seed {self._seed}"
        )
        for line in self._table():
            terminalreporter.line(line)
        if read := reads_row(terminalreporter.config):
            terminalreporter.line(f"{'reads':{self._width}}  {read}")
        total = Counter(OUTCOMES[each] for row in self._rows.values() for each in row.outcomes.values())
        markup = (
            {"red": True} if total["broken"] else {"yellow": True} if total["untested"] else {"green": True}
        )
        terminalreporter.line(
            f"{total['kept']} kept, {total['broken']} broken, {total['untested']} untested{self._why()} "
            f"in {self._seconds:.1f} s",
            **markup,
        )

    def _why(self) -> str:
        """Why some are untested: the first reasons, and how many there are besides; `-rs` lists all."""
        reasons = list(dict.fromkeys(self._reasons))
        if not reasons:
            return ""
        more = [f"and {len(reasons) - TOLD} more: -rs"] if len(reasons) > TOLD else []
        return f" ({'; '.join([*reasons[:TOLD], *more])})"

    @property
    def _width(self) -> int:
        """Of the first column."""
        return max(len(kind) for kind, _, _ in self._rows)

    def _table(self) -> list[str]:
        rows = [("", "counterpart", "promise", *OUTCOMES.values())]
        for names, row in self._rows.items():
            counts = Counter(row.outcomes.values())
            rows.append((*names, *(str(counts[outcome]) for outcome in OUTCOMES)))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return ["  ".join(_cell(row, column, widths) for column in range(len(row))).rstrip() for row in rows]


def _cell(row: tuple[str, ...], column: int, widths: list[int]) -> str:
    """Names to the left, figures to the right."""
    return row[column].ljust(widths[column]) if column < 3 else row[column].rjust(widths[column])


def _installed(distribution: str) -> str:
    try:
        return version(distribution) if distribution else ""
    except PackageNotFoundError:
        return ""


def _after(text: str) -> str:
    return f" {text}" if text else ""
