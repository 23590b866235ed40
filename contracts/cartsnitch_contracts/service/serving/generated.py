"""Requests that schemathesis makes of a document, and the smallest of those that are answered wrongly."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cartsnitch_contracts import text
from cartsnitch_contracts.rest import Operation, RestDocument
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.promise import BrokenPromise
from cartsnitch_contracts.service.serving.asking import Known
from cartsnitch_contracts.service.serving.wire import PLACE, Request

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

KEPT: Final = frozenset({"content-type"})
"""The only header that is sent as it was generated: our own is the key, and the rest nobody reads."""


@dataclass(frozen=True)
class Generated:
    """A request, and whether the contract allows it."""

    request: Request
    right: bool


def search(
    document: RestDocument,
    operation: Operation,
    known: Known,
    how_long: Search,
    attempt: Callable[[Generated], None],
) -> None:
    """Hand generated requests to `attempt`, and in the end the smallest one for which it raises.

    With rows that are known, right ones alone: to a wrong one they make no difference.

    Raises:
        BrokenPromise: schemathesis is not installed.
        Exception: what `attempt` raised for that request.
    """
    try:
        import hypothesis  # noqa: PLC0415
        from schemathesis import GenerationMode  # noqa: PLC0415
    except ImportError as error:
        raise BrokenPromise(
            f"{error.name} is not installed, which makes requests of {operation.name}.\n"
            'fix       pip install "cartsnitch-common[testing,rest]"'
        ) from None
    searching = hypothesis.settings(
        max_examples=how_long.examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    for mode in GenerationMode if not known else (GenerationMode.POSITIVE,):
        requests = _requests(document, operation, known, mode)
        smallest: list[Exception] = []
        run = hypothesis.given(raw=requests)(_remembering(attempt, smallest))
        try:
            hypothesis.seed(how_long.seed)(searching(run))()
        except hypothesis.errors.Unsatisfiable:
            continue  # an operation without a parameter and a body has no wrong request
        except Exception:
            if not smallest:
                raise
            raise smallest[0] from None  # also of a service that answers otherwise the second time


def _remembering(attempt: Callable[[Generated], None], last: list[Exception]) -> Callable[..., None]:
    """The attempt, which leaves in `last` what it raised most recently: hypothesis ends with the smallest."""

    def run(raw: Generated) -> None:
        try:
            attempt(raw)
        except Exception as error:
            last[:] = [error]
            raise

    return run


def _requests(
    document: RestDocument, operation: Operation, known: Known, mode: Any
) -> "SearchStrategy[Generated]":
    from hypothesis import strategies as st  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415

    cases = _schema(document)[operation.path][operation.method].as_strategy(generation_mode=mode)
    values = {
        parameter.name: (*known.get(parameter.name, ()), *_of_path(operation, parameter.location, known))
        for parameter in operation.parameters
    }
    chosen = st.fixed_dictionaries(
        {name: st.none() | st.sampled_from(found) for name, found in values.items() if found}
    )
    is_right = mode is GenerationMode.POSITIVE

    def raw(case: Any, choice: Mapping[str, str | None]) -> Generated | None:
        for name, value in choice.items() if is_right else ():
            for holder in (case.path_parameters, case.query):
                if value is not None and holder and name in holder:
                    holder[name] = value
        return _raw(case, right=is_right)

    made = st.builds(raw, cases, chosen)
    return made.filter(lambda found: found is not None).map(_sure)


@cache
def _schema(document: RestDocument) -> Any:
    """The document as schemathesis reads it, which takes longer than to make a request of it."""
    import schemathesis  # noqa: PLC0415
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415

    # Without reading constants out of the handlers' source, which would make other requests of the same seed.
    config = SchemathesisConfig.from_dict({"analysis": {"constants": {"enabled": False}}})
    openapi = json.loads(document.dumps())
    openapi.pop("security", None)  # the key is set, and not generated
    return schemathesis.openapi.from_dict(openapi, config=config)


def _of_path(operation: Operation, location: str, known: Known) -> Iterator[str]:
    if location == "path":
        yield from known.get(operation.path, ())


def _sure(raw: Generated | None) -> Generated:
    if raw is None:
        raise ValueError("it was filtered out")
    return raw


def _raw(case: Any, *, right: bool) -> Generated | None:
    """The case on the wire; None for what never reaches the operation, or is no JSON."""
    import requests  # noqa: PLC0415 - schemathesis brings it

    for value in (case.path_parameters or {}).values():
        if not str(value) or "/" in str(value) or str(value) in (".", ".."):
            return None
    prepared = requests.Request(**case.as_transport_kwargs(base_url=PLACE)).prepare()
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    if body is not None and not (isinstance(body, bytes) and _is_json(body)):
        return None
    headers = {name: str(value) for name, value in prepared.headers.items() if name.lower() in KEPT}
    target = str(prepared.url).removeprefix(PLACE)
    return Generated(Request(str(prepared.method), target, headers, body), right)


def _is_json(body: bytes) -> bool:
    try:
        text.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
