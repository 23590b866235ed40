"""All tables of the benchmark, each from interleaved runs."""

import os
import platform
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from benchmarks.isolation import ways
from benchmarks.isolation.environment import CannotMeasureError, Environment, make_environment
from benchmarks.isolation.report import Grid, limit, milliseconds, p95, phases, target
from benchmarks.isolation.runs import Run, RunFailedError, Test, Way, run
from cartsnitch_fixtures.servers.postgres import embedded_postgres

ROUNDS = 5
STARTS = 15
"""Starts of pytest: they vary more than they differ."""
PHASES = ("ms", "set-up", "call", "tear-down", "set-up + tear-down", "p95", "whole test", "p95")
TARGETS = ("", "ours, ms", "theirs, ms", "ratio", "target", "")


def tables() -> Iterator[Grid]:
    """What a test pays, what a run pays, and what the cost grows with."""
    try:
        environment = make_environment()
    except CannotMeasureError as error:
        yield Grid("isolation cannot be measured here", (str(error),))
        return
    try:
        with _running_server(environment) as url:
            measured = _interleaved(environment, [*ways.COMPARED, *ways.on_server(url)])
        for make in (
            lambda: _compared(measured),
            lambda: _targets(environment, measured),
            lambda: _starts(environment),
            lambda: _growth(environment),
            lambda: _workers(environment),
        ):
            grid = make()
            grid.note += (
                f"\n\nIn the last minute {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors were busy."
            )
            yield grid
    finally:
        shutil.rmtree(environment.temporary, ignore_errors=True)


type Measured = dict[str, list[Run] | str]


def _interleaved(environment: Environment, chosen: Sequence[Way], rounds: int = ROUNDS) -> Measured:
    """The runs of each way, by its label, in turns; or why it cannot run here."""
    measured: Measured = {}
    for number in range(rounds + 1):
        for way in chosen:
            so_far = measured.setdefault(way.label, [])
            if isinstance(so_far, str):
                continue
            try:
                done = run(environment, way if number else replace(way, tests=2))
            except RunFailedError as error:
                measured[way.label] = str(error)
                continue
            if number:  # the first round fills caches
                so_far.append(done)
    return measured


def _compared(measured: Measured) -> Grid:
    grid = Grid("A test that inserts five rows through the ORM and commits", PHASES)
    grid.note = (
        f"Medians of {ROUNDS} runs that took turns, the first tests of each left out. The whole test is from "
        "its start to the next test's, with what pytest does in between. All servers have the same binaries "
        f"and settings. Python {platform.python_version()}."
    )
    for label, runs in measured.items():
        if isinstance(runs, str):
            grid.rows.append([label, *("-" for _ in PHASES[1:])])
            grid.note += f"\n\n*{label}* did not run here: {runs}"
        else:
            grid.rows.append(phases(label, _pool(runs)))
    return grid


def _targets(environment: Environment, measured: Measured) -> Grid:
    grid = Grid("Targets", TARGETS)
    ours, load = measured[ways.OURS.label], measured[ways.PEER_LOAD.label]
    savepoint = measured[ways.SAVEPOINT.label]
    if isinstance(ours, str) or isinstance(load, str) or isinstance(savepoint, str):
        grid.rows.append(["they need ours, SAVEPOINT and pytest-postgresql", "", "", "", "", "MISSED"])
        return grid
    around, whole = (lambda test: test.around), (lambda test: test.whole)
    grid.rows += [
        _ratio("set-up + tear-down, against SAVEPOINT", ours, savepoint, around, 1.5),
        _ratio("set-up + tear-down, against pytest-postgresql load=", ours, load, around, 1 / 25),
        _ratio("the whole test, against pytest-postgresql load=", ours, load, whole, 1 / 8),
        _spread("set-up + tear-down, p95 against the median", ours, around),
        _spread("the whole test, p95 against the median", ours, whole),
        target(
            "the first test's set-up, caches warm, against load=",
            median(done.tests[0].setup for done in ours),
            median(done.tests[0].setup for done in load),
            median(a.tests[0].setup / b.tests[0].setup for a, b in zip(ours, load, strict=True)),
            0.6,
        ),
        limit("the first test's set-up on a new machine", _cold(environment), 4.0),
    ]
    return grid


def _ratio(
    label: str, ours: list[Run], theirs: list[Run], seconds: Callable[[Test], float], most: float
) -> list[str]:
    pairs = [
        (median(map(seconds, a.warm)), median(map(seconds, b.warm)))
        for a, b in zip(ours, theirs, strict=True)
    ]
    return target(
        label, median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs), most
    )


def _spread(label: str, runs: list[Run], seconds: Callable[[Test], float]) -> list[str]:
    values = [[seconds(test) for test in done.warm] for done in runs]
    pooled = [value for run_values in values for value in run_values]
    return target(
        label, p95(pooled), median(pooled), median(p95(value) / median(value) for value in values), 2
    )


def _cold(environment: Environment) -> float:
    """Seconds of the first test's set-up where no cache of ours exists: initdb, migrations, start."""
    once = replace(ways.OURS, tests=2)
    times = []
    for _ in range(3):
        cache = environment.folder("cold")
        times.append(run(environment, once, XDG_CACHE_HOME=str(cache)).tests[0].setup)
    return median(times)


def _starts(environment: Environment) -> Grid:
    grid = Grid("A run of one test that uses no fixture of ours, in processor time", TARGETS)
    seconds = defaultdict(list)
    for number in range(STARTS + 1):
        for way in ways.STARTS if number % 2 else reversed(ways.STARTS):
            took = run(environment, way).processor
            if number:
                seconds[way.label].append(took)
    with_it, without, extra, pytest_alone = (seconds[way.label] for way in ways.STARTS)
    for label, on, off, most in (
        ("our plugin, against pytest without it", with_it, without, 0.025),
        ("all that the testing extra brings, against pytest alone", extra, pytest_alone, None),
    ):
        more = median(a - b for a, b in zip(on, off, strict=True))
        verdict = (
            ["", ""] if most is None else [f"<= {milliseconds(most)}", "met" if more <= most else "MISSED"]
        )
        grid.rows.append(
            [
                label,
                milliseconds(median(on)),
                milliseconds(median(off)),
                f"+{milliseconds(more)} ms",
                *verdict,
            ]
        )
    imports = run(environment, ways.REDIS_ONLY).sqlalchemy
    grid.rows.append(
        [
            "a run that uses only Redis imports SQLAlchemy",
            *("yes" if imports else "no", "", "", "no"),
            "MISSED" if imports else "met",
        ]
    )
    return grid


def _growth(environment: Environment) -> Grid:
    grid = Grid("What the cost of ours grows with", PHASES)
    for way in ways.GROWING:
        try:
            runs = [run(environment, way) for _ in range(2)]
        except RunFailedError as error:
            grid.rows.append([way.label, *("-" for _ in PHASES[1:])])
            grid.note += f"\n\n*{way.label}* did not run here: {error}"
        else:
            grid.rows.append(phases(way.label, _pool(runs)))
    return grid


def _workers(environment: Environment) -> Grid:
    grid = Grid("Workers", ("500 tests of five rows each", "seconds for the run", "tests per second"))
    for count in (1, 2, 4):
        way = replace(ways.OURS, tests=500, plugins=frozenset({"xdist", "xdist.looponfail"}))
        seconds = median(run(environment, way, ["-n", str(count)]).seconds for _ in range(3))
        grid.rows.append([f"-n {count}", f"{seconds:.2f}", f"{way.tests / seconds:.0f}"])
    grid.note = "Each worker starts a server of its own."
    return grid


def _pool(runs: list[Run]) -> list[Test]:
    return [test for done in runs for test in done.warm]


@contextmanager
def _running_server(environment: Environment) -> Iterator[str]:
    """The URL of a server that runs already, for the backend that needs one; the runs' user may enter it."""
    with embedded_postgres() as server, server.empty_database() as url:
        yield url
