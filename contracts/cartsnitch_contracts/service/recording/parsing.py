"""Pydantic's entries through which a service parses what it was answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from cartsnitch_contracts.service.recording.answers import Answers

OF_MODELS: Final = ("model_validate", "model_validate_json")
OF_ADAPTERS: Final = ("validate_python", "validate_json")


@contextmanager
def parsing_seen(answers: Answers) -> Iterator[None]:
    """Have every value that is validated by these told while the block runs."""
    kept: list[tuple[Any, str, Any]] = [
        *((BaseModel, name, vars(BaseModel)[name]) for name in OF_MODELS),
        *((TypeAdapter, name, vars(TypeAdapter)[name]) for name in OF_ADAPTERS),
    ]
    for name in OF_MODELS:
        setattr(BaseModel, name, _of_model(name, answers))
    for name in OF_ADAPTERS:
        setattr(TypeAdapter, name, _of_adapter(name, answers))
    try:
        yield
    finally:
        for owner, name, each in kept:
            setattr(owner, name, each)


def _of_model(name: str, answers: Answers) -> Any:
    method = vars(BaseModel)[name].__func__

    def validate(cls: type[BaseModel], value: Any, /, **named: Any) -> Any:
        return answers.validated(cls, value, lambda plain: method(cls, plain, **named))

    return classmethod(validate)


def _of_adapter(name: str, answers: Answers) -> Any:
    method = vars(TypeAdapter)[name]

    def validate(self: TypeAdapter[Any], value: Any, /, **named: Any) -> Any:
        return answers.validated(self._type, value, lambda plain: method(self, plain, **named))

    return validate
