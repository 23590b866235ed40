"""Which operation of another service a call is, and which class its answers have."""

import re
from functools import cache

from pydantic import BaseModel

from cartsnitch_contracts.rest.operations import ENDPOINTS, Endpoint
from cartsnitch_contracts.service.recording.notes import Subject


class Operations:
    """The operations of all services but one, which calls them."""

    def __init__(self, caller: str) -> None:
        self._others = [each for each in ENDPOINTS if each.service != caller]
        self.called = cache(self._called)

    def _called(self, method: str, path: str) -> Subject | None:
        """The operation at a path, which may stand behind a prefix; None where the contracts know none."""
        fitting = [each for each in self._others if each.method == method.upper()]
        for pattern in (re.fullmatch, _behind):
            # A path of fixed segments is meant rather than one with a parameter in the same place.
            for each in sorted(fitting, key=lambda each: each.path.count("{")):
                if pattern(_template(each.path), path):
                    return subject(each)
        return None

    def answered_with(self, cls: object) -> Subject | None:
        """The operation whose success is answered with this class."""
        return next((subject(each) for each in self._others if each.answer is cls), None)


def subject(endpoint: Endpoint) -> Subject:
    """The answers of an operation."""
    return Subject("calls", f"{endpoint.method} {endpoint.path}", str(endpoint.service))


def answer_class(of: Subject) -> type[BaseModel]:
    """The shared class of an operation's answers."""
    return next(each.answer for each in ENDPOINTS if subject(each) == of)


def _template(path: str) -> str:
    return "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^{}]*\})", path)
    )


def _behind(template: str, path: str) -> re.Match[str] | None:
    return re.fullmatch(f".*{template}", path)
