"""How long promises look for an event that a handler does not take, and where they begin."""

import random
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from cartsnitch_contracts.service.consumes.search import Search

SEED: Final = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """To look longer, elsewhere, or at the same events again."""
    group = parser.getgroup("cartsnitch-contracts")
    group.addoption(
        "--cartsnitch-explore",
        type=int,
        default=0,
        metavar="N",
        help="try N generated events for each promise instead of 25, and others in each run",
    )
    group.addoption(
        "--cartsnitch-seed",
        type=int,
        metavar="SEED",
        help="where events are drawn from (default: 0; a new one where one explores, which the run tells)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of this run; workers of xdist have the controller's."""
    given: int | None = config.getoption("--cartsnitch-seed")
    chosen = random.SystemRandom().randrange(10**6) if config.getoption("--cartsnitch-explore") else 0
    told = getattr(config, "workerinput", {}).get("cartsnitch_seed")
    config.stash[SEED] = next(seed for seed in (told, given, chosen) if seed is not None)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "object") -> None:
    """Tell a worker the seed."""
    node.workerinput["cartsnitch_seed"] = node.config.stash[SEED]  # type: ignore[attr-defined]  # xdist's


@pytest.fixture(scope="session")
def cartsnitch_search(request: pytest.FixtureRequest) -> "Search":
    """As the options say: 25 events, the same ones in each run, unless somebody explores."""
    from cartsnitch_contracts.service.consumes.search import EXAMPLES, Search  # noqa: PLC0415

    examples: int = request.config.getoption("--cartsnitch-explore") or EXAMPLES
    return Search(examples, request.config.stash[SEED])
