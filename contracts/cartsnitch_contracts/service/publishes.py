"""What the service sends: each event fits its contract, and each declared channel is sent on by some test.

Tests also send as others do, to arrange what the service receives. A message counts as the service's own when
it says so, or is on a channel that the service declares to publish.
"""

from collections.abc import Callable, Iterator

from cartsnitch_common.constants import EventType
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.library import load_document
from cartsnitch_contracts.payloads import check_event
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.emitted import Emitted, Message
from cartsnitch_contracts.service.promise import NOBODY, BrokenPromise, Promise, Untested, subscribers
from cartsnitch_contracts.validation import brief

UNDECLARED = "undeclared"
_SHOWN = 5


def promises(config: ServiceConfig) -> Iterator[Promise]:
    """One for each declared channel, and one that nothing is sent on others."""
    for channel in config.publishes:
        name = channel.removeprefix(PREFIX)
        check = _check_channel(config, channel)
        yield Promise("publishes", str(channel), subscribers(channel), name, check, last=True)
    check = _check_undeclared(config)
    yield Promise("publishes", UNDECLARED, NOBODY, "no undeclared channel", check, last=True)


def check_channel(config: ServiceConfig, channel: EventType, emitted: Emitted) -> None:
    """Every message on a declared channel fits its contract, and a test of the service sent one.

    Raises:
        BrokenPromise: one does not fit, or all tests ran and none sent any.
        Untested: none was sent by the tests that ran, which were not all.
    """
    messages = [message for message in emitted.messages if message.channel == channel]
    for message in messages:
        if problems := _problems(config, message):
            raise BrokenPromise(_misfit(config, message, problems))
    if any(message.own for message in messages):
        return
    if not emitted.whole:
        raise Untested(f"no test that ran published {channel}; {emitted.why_not}")
    count = len(emitted.messages)
    none_own = count > 0 and not any(message.own for message in emitted.messages)
    looked = f"at {count} messages, none of them a test's, on" if none_own else f"at all {count} messages on"
    raise BrokenPromise(
        f"{config.service} declares {channel}, and no test of its own published an event there.\n"
        f"declared {config.path.name}:{config.line_of('publishes', channel)}\n"
        f"looked   {looked} the tests' Redis: "
        "redis_client, async_redis_client, redis_url\n"
        "fix      test on that Redis what publishes it, or take the channel out of publishes"
    )


def check_undeclared(config: ServiceConfig, emitted: Emitted) -> None:
    """No message of the service is on a channel that it does not declare.

    Raises:
        BrokenPromise: one is.
    """
    strange = [message for message in emitted.messages if _is_undeclared(config, message)]
    if not strange:
        return
    first = strange[0]
    where = config.line_of("publishes")
    raise BrokenPromise(
        f"{config.service} published on {first.channel}, which it does not declare.\n"
        f"message  {brief(first.raw.decode('utf-8', 'replace'))}\n"
        f"sent by  {first.test}{_more(len(strange))}\n"
        f"fix      add {first.channel} to publishes ({config.path.name}:{where}), or do not send it; a test "
        "that sends as another service\n         names that service in the event"
    )


def _check_channel(config: ServiceConfig, channel: EventType) -> Callable[..., None]:
    def check(cartsnitch_emitted: Emitted) -> None:
        check_channel(config, channel, cartsnitch_emitted)

    return check


def _check_undeclared(config: ServiceConfig) -> Callable[..., None]:
    def check(cartsnitch_emitted: Emitted) -> None:
        check_undeclared(config, cartsnitch_emitted)

    return check


def _is_undeclared(config: ServiceConfig, message: Message) -> bool:
    if message.channel in config.publishes:
        return False
    sender = message.sender
    if sender == config.service or message.channel not in list(EventType):
        return True
    # A test may send rubbish where the service listens, to see what it does with it.
    return sender is None and message.channel not in config.consumes


def _problems(config: ServiceConfig, message: Message) -> list[str]:
    """What is wrong with a message on a declared channel."""
    problems = [str(problem) for problem in check_event(message.raw, load_document(message.channel))]
    if not problems and message.sender != config.service:
        problems.append(f"service  is {message.sender!r}, but '{config.service}' sends it")
    return problems


def _misfit(config: ServiceConfig, message: Message, problems: list[str]) -> str:
    name = message.channel.removeprefix(PREFIX)
    shown = [f"    {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"    and {len(problems) - _SHOWN} more")
    return "\n".join(
        (
            f"{config.service} published on {message.channel} what the contract does not allow:",
            *shown,
            f"message  {brief(message.raw.decode('utf-8', 'replace'))}",
            f"sent by  {message.test}",
            f"fix      publish with EventPublisher, which refuses it; `cartsnitch contracts show {name}`",
        )
    )


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
