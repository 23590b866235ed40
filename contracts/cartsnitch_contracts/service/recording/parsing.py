"""Pydantic's entries through which a service parses what it was answered, or sent."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from cartsnitch_common.schemas.events import Event, EventPayload
from cartsnitch_contracts.service.recording.answers import Answers
from cartsnitch_contracts.service.recording.deliveries import Deliveries

OF_MODELS: Final = ("model_validate", "model_validate_json")
OF_ADAPTERS: Final = ("validate_python", "validate_json")
OF_EVENTS: Final = (Event, EventPayload)


@contextmanager
def parsing_seen(answers: Answers, deliveries: Deliveries) -> Iterator[None]:
    """Have every value that is validated by these told while the block runs, and events that are made."""
    kept: list[tuple[Any, str, Any]] = [
        *((BaseModel, name, vars(BaseModel)[name]) for name in OF_MODELS),
        *((TypeAdapter, name, vars(TypeAdapter)[name]) for name in OF_ADAPTERS),
    ]
    for name in OF_MODELS:
        setattr(BaseModel, name, _of_model(name, answers, deliveries))
    for name in OF_ADAPTERS:
        setattr(TypeAdapter, name, _of_adapter(name, answers, deliveries))
    for cls in OF_EVENTS:
        cls.__init__ = _of_event(deliveries)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for owner, name, each in kept:
            setattr(owner, name, each)
        for cls in OF_EVENTS:
            del cls.__init__


def _of_model(name: str, answers: Answers, deliveries: Deliveries) -> Any:
    method = vars(BaseModel)[name].__func__

    def validate(cls: type[BaseModel], value: Any, /, **named: Any) -> Any:
        made = answers.validated(cls, value, lambda plain: method(cls, plain, **named))
        deliveries.made(made)
        return made

    return classmethod(validate)


def _of_adapter(name: str, answers: Answers, deliveries: Deliveries) -> Any:
    method = vars(TypeAdapter)[name]

    def validate(self: TypeAdapter[Any], value: Any, /, **named: Any) -> Any:
        made = answers.validated(self._type, value, lambda plain: method(self, plain, **named))
        deliveries.made(made)
        return made

    return validate


def _of_event(deliveries: Deliveries) -> Any:
    method = BaseModel.__init__

    @functools.wraps(method)
    def initialise(self: BaseModel, /, **values: Any) -> None:
        method(self, **values)
        deliveries.made(self)

    return initialise
