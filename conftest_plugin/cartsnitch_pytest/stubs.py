"""The fixture that stands in for other services, and the end of a test that called one wrongly."""

from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

from cartsnitch_pytest.extra import require_testing_extra

if TYPE_CHECKING:
    from cartsnitch_contracts.service.stubs import Stub

STUBS: "Final[pytest.StashKey[dict[str, Stub]]]" = pytest.StashKey()
"""The stubs of a test, by service."""
CALLED: "Final[pytest.StashKey[Callable[[pytest.Item, Stub], None]]]" = pytest.StashKey()
"""Takes note of a stub at the end of its test."""


class StubFactory(Protocol):
    """Makes a test's stub of a service, of what comes next or of another version; the same one each time."""

    def __call__(self, service: str, *, version: str | None = None) -> "Stub": ...


@pytest.fixture
def stub(request: pytest.FixtureRequest) -> StubFactory:
    """Stands in for another service: `stub("receiptwitness")`, answering as its contract says.

    A test that calls it as the contract does not allow fails at its end, also where its code took no notice.
    """
    require_testing_extra("stub")
    from cartsnitch_contracts.service import stubs  # noqa: PLC0415

    made: dict[str, Stub] = {}
    request.node.stash[STUBS] = made
    versions: dict[str, str] = {}

    def of(service: str, *, version: str | None = None) -> "Stub":
        if service not in made:
            versions[service] = version or "next"
            made[service] = new = stubs.stub(service, version=versions[service])
            if note := request.config.stash.get(CALLED, None):
                request.addfinalizer(partial(note, request.node, new))
            request.addfinalizer(new.close)  # each is done, whatever another raises
        if version not in (None, versions[service]):
            raise stubs.StubError(
                f"This test has a stub of {service!r} of version {versions[service]} already, and not one of "
                f"{version} too: a test has one stub of a service. Say version={version!r} where it is first "
                "asked for, or in a test of its own."
            )
        return made[service]

    return of


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that called a stub wrongly; one that failed anyway is told of it beside."""
    try:
        result = yield
    except BaseException:
        for told in _wrong_calls(item):
            item.add_report_section("call", "stubs", told)
        raise
    if wrong := _wrong_calls(item):
        pytest.fail("\n".join(wrong), pytrace=False)
    return result


def _wrong_calls(item: pytest.Item) -> list[str]:
    found = []
    for each in item.stash.get(STUBS, {}).values():
        try:
            each.verify()
        except AssertionError as error:
            found.append(str(error))
    return found
