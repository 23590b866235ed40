"""Each consumed channel as promises to those who publish on it."""

from collections.abc import Callable, Iterator
from functools import partial
from inspect import Parameter, Signature
from typing import Any, Final

from cartsnitch_common.constants import EventType
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.document import PREFIX, Document
from cartsnitch_contracts.service.consumes import checks
from cartsnitch_contracts.service.consumes.checks import Judge
from cartsnitch_contracts.service.consumes.delivery import Delivery
from cartsnitch_contracts.service.consumes.filling import unfilled
from cartsnitch_contracts.service.consumes.handler import Handler, find_handler
from cartsnitch_contracts.service.consumes.regressions import UNKNOWN_ROWS, regressions
from cartsnitch_contracts.service.consumes.supported import supported
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.promise import BrokenPromise, Fixtures, Promise, publishers

CHECKS: Final = {
    "takes-unknown-fields": checks.check_unknown_fields,
    "takes-unknown-values": checks.check_unknown_values,
    UNKNOWN_ROWS: checks.check_unknown_rows,
    "takes-it-twice": checks.check_redelivery,
    "survives-invalid": checks.check_survives,
}
"""What is asked of the newest document alone, by the end of the promise's name."""
SURROUNDINGS, SEARCH = "cartsnitch_surroundings", "cartsnitch_search"


def promises(config: ServiceConfig) -> Iterator[Promise]:
    """For each consumed channel one for each supported version, the `CHECKS`, and one for each kept event."""
    for channel, place in config.consumes.items():
        yield from _of_channel(config, channel, place)


def _of_channel(config: ServiceConfig, channel: EventType, place: str) -> Iterator[Promise]:
    documents = supported(channel, config.supported)
    versions = dict.fromkeys((documents[0].version, documents[-1].version))
    subject = f"{channel.removeprefix(PREFIX)} {'-'.join(versions)}"

    make = partial(Promise, "consumes", counterpart=publishers(channel), subject=subject)

    def unfit(report: str) -> Promise:
        where = f"{config.path.name}:{config.line_of('consumes', channel)}"
        return make(name=f"{channel}-handler", check=_breaking(f"{report}\ndeclared {where}"))

    try:
        handler = find_handler(place, channel)
    except ConfigurationError as error:
        yield unfit(str(error))
        return

    def instead(fixtures: Fixtures) -> Promise | None:
        report = unfilled(handler, fixtures, config.folder)
        return unfit(report) if report else None

    def promise(ending: str, check: Callable[..., None]) -> Promise:
        return make(name=f"{channel}-{ending}", check=check, instead=instead)

    def judge(ending: str) -> Judge:
        return Judge(handler, documents, config.folder, f"{channel}-{ending}")

    for document in documents:
        ending = f"accepts-{document.version}"
        yield promise(ending, _accepting(judge(ending), document))
    for ending, check in CHECKS.items():
        yield promise(ending, _with_delivery(handler, partial(check, judge(ending), documents[-1])))
    for regression in regressions(config.folder, channel):
        ending = f"regression-{regression.number}"
        check_it = partial(checks.check_regression, judge(ending), regression)
        yield promise(ending, _with_delivery(handler, check_it))


def _breaking(report: str) -> Callable[..., None]:
    def check() -> None:
        raise BrokenPromise(report)

    return check


def _accepting(judge: Judge, document: Document) -> Callable[..., None]:
    def check(**given: Any) -> None:
        search = given.pop(SEARCH)
        checks.check_accepts(judge, document, _delivery(judge.handler, given), search)

    return _taking(check, SURROUNDINGS, SEARCH, *judge.handler.parameters)


def _with_delivery(handler: Handler, function: Callable[[Delivery], None]) -> Callable[..., None]:
    def check(**given: Any) -> None:
        function(_delivery(handler, given))

    return _taking(check, SURROUNDINGS, *handler.parameters)


def _delivery(handler: Handler, given: dict[str, Any]) -> Delivery:
    surroundings = given.pop(SURROUNDINGS)
    return Delivery(handler, surroundings, given)


def _taking(check: Callable[..., None], *names: str) -> Callable[..., None]:
    """The check, which asks for the fixtures of these names."""
    parameters = [Parameter(name, Parameter.KEYWORD_ONLY) for name in dict.fromkeys(names)]
    check.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # for who inspects it
    return check
