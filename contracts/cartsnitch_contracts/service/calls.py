"""What the service calls: its tests make each declared call of a stub, and see how each answer is taken.

A call that the contract does not allow fails the test that made it; here it counts as not made.
"""

from collections.abc import Callable, Iterator

from cartsnitch_contracts import library
from cartsnitch_contracts.service.declaration import Call, ServiceConfig
from cartsnitch_contracts.service.emitted import Called, Emitted
from cartsnitch_contracts.service.promise import NOBODY, BrokenPromise, Promise, Untested
from cartsnitch_contracts.topology import title

UNDECLARED = "undeclared"
FAILURE = "500"
"""Stands for every answer beyond the contract: a 5xx, none in time, half of one, no JSON."""


def promises(config: ServiceConfig) -> Iterator[Promise]:
    """One for each answer that a declared call may get, and one that no other call is made.

    A service that declares no call has none of these; the plugin then fails each test that makes one.
    """
    for call in config.calls:
        for status in (*answers(call), FAILURE):
            yield Promise(
                "calls",
                f"{call}-{status}",
                title(call.service),
                call.operation,
                _check_answer(config, call, status),
                last=True,
            )
    if config.calls:
        check = _check_undeclared(config)
        yield Promise("calls", UNDECLARED, NOBODY, "no undeclared call", check, last=True)


def answers(call: Call) -> tuple[str, ...]:
    """The statuses that the contract has for a call, its success first."""
    return tuple(library.snapshot().rest[call.service].operation(call.operation).responses)


def check_answer(config: ServiceConfig, call: Call, status: str, emitted: Emitted) -> None:
    """A test of the service made the call, rightly, and got that answer.

    Raises:
        BrokenPromise: all tests ran, and none made the call as the contract allows.
        Untested: no test that ran got that answer.
    """
    own = [made for made in emitted.calls if made.own and made.service == call.service]
    made = [each for each in own if each.operation == call.operation]
    if any(_is_answered(each, status) for each in made):
        return
    if emitted.whole and status == answers(call)[0] and all(each.wrong for each in made):
        raise BrokenPromise(_never(config, call, made))
    raise Untested(
        f"no test calls {call.operation} -> {status}{'' if emitted.whole else f'; {emitted.why_not}'}"
    )


def check_undeclared(config: ServiceConfig, emitted: Emitted) -> None:
    """No test made a call that the service does not declare.

    Raises:
        BrokenPromise: one did.
    """
    declared = {(str(call.service), call.operation) for call in config.calls}
    strange = [
        each
        for each in emitted.calls
        if each.own and each.operation and (each.service, each.operation) not in declared
    ]
    if not strange:
        return
    first = strange[0]
    more = f" (and {len(strange) - 1} more)" if len(strange) > 1 else ""
    raise BrokenPromise(
        f"{config.service} called {title(first.service)}: {first.operation}, which it does not declare.\n"
        f"call     {first.request}  -> {first.outcome}\n"
        f"made by  {first.test}{more}\n"
        f'fix      add "{first.service}:{first.operation}" to calls '
        f"({config.path.name}:{config.line_of('calls')}), and you are told of its changes; or do not call it"
    )


def _is_answered(made: Called, status: str) -> bool:
    if status == FAILURE:
        return not made.outcome.isdigit() or made.outcome.startswith("5")
    return made.outcome == status


def _never(config: ServiceConfig, call: Call, made: list[Called]) -> str:
    what = f"{title(call.service)}: {call.operation}"
    declared = f"declared {config.path.name}:{config.line_of('calls', str(call))}"
    if made:
        return (
            f"{config.service} calls {what}, but never as the contract has it.\n{declared}\n"
            f"call     {made[0].request}  -> {made[0].outcome}, by {made[0].test}\n"
            "fix      send what the contract says; the test's own failure tells what is wrong"
        )
    return (
        f"{config.service} declares to call {what}, and no test does.\n{declared}\n"
        f'fix      test the code that calls it on a stub: the fixture stub, stub("{call.service}").url or '
        ".transport; or take it out of calls"
    )


def _check_answer(config: ServiceConfig, call: Call, status: str) -> Callable[..., None]:
    def check(cartsnitch_emitted: Emitted) -> None:
        check_answer(config, call, status, cartsnitch_emitted)

    return check


def _check_undeclared(config: ServiceConfig) -> Callable[..., None]:
    def check(cartsnitch_emitted: Emitted) -> None:
        check_undeclared(config, cartsnitch_emitted)

    return check
