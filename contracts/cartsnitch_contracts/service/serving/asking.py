"""The requests that a document itself speaks of: right ones, and wrong ones that are to be refused."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from cartsnitch_common.schemas.rest import SERVICE_KEY
from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.serving.wire import Request
from cartsnitch_contracts.service.stubs.contract import Contract
from cartsnitch_contracts.validation import Schema

ID: Final = "01950000-7c1a-7000-8000-000000000007"
FORMATS: Final = {"uuid": ID, "date-time": "2026-03-10T14:02:11Z", "date": "2026-03-10"}
type Known = Mapping[str, Sequence[str]]
"""Values that rows have: by the name of a parameter, or by the path that has one (`/purchases/{id}`)."""


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        request: as it is sent.
        why: what it shows, in a few words: `limit=1000`, or why it is to be refused.
        right: whether the contract allows it, so that a 422 is no answer.
    """

    request: Request
    why: str
    right: bool


class Asking:
    """Makes the requests of one operation, which carry the key."""

    def __init__(self, operation: Operation, contract: Contract, key: str) -> None:
        self._operation, self._key = operation, key
        self._examples = contract.document.examples[operation.name].get("request")

    def right(self, known: Known) -> Iterator[Asked]:
        """The plainest request, one for each value of each parameter, one for each example of the body."""
        for path in self._paths(known):
            yield self._asked("the plainest request", path, self._needed(known), self._plainest(known))
        for parameter in self._operation.parameters:
            if parameter.location == "query" and parameter.name != "cursor":
                for value in dict.fromkeys((*known.get(parameter.name, ()), *_samples(parameter.schema))):
                    query = {**self._needed(known), parameter.name: value}
                    yield self._asked(f"{parameter.name}={value}", self._paths(known)[0], query)
        for name, payload in (self._examples.accepted if self._examples else {}).items():
            path, query = self._paths(known)[0], self._needed(known)
            yield self._asked(f'example "{name}"', path, query, payload)

    def wrong(self) -> Iterator[Asked]:
        """One for each value that a parameter cannot have, for an unknown one, for each rejected body."""
        path, needed = self._paths({})[0], self._needed({})
        for parameter in self._operation.parameters:
            for value in _misfits(parameter.schema):
                why = f"{parameter.name}={value} does not fit"
                if parameter.location == "path":
                    yield self._asked(why, self._path({parameter.name: value}), needed, right=False)
                elif parameter.location == "query":
                    yield self._asked(why, path, {**needed, parameter.name: value}, right=False)
            if parameter.location == "query" and parameter.required:
                less = {name: value for name, value in needed.items() if name != parameter.name}
                yield self._asked(f"{parameter.name} is missing", path, less, right=False)
        if any(parameter.location == "query" for parameter in self._operation.parameters):
            yield self._asked("a parameter that is not declared", path, {**needed, "sinse": "1"}, right=False)
        for rejected in self._examples.rejected if self._examples else ():
            yield self._asked(rejected.reason, path, needed, rejected.event, right=False)

    def without_key(self) -> Asked:
        """The plainest request, from nobody."""
        plain = next(self.right({})).request
        headers = {name: value for name, value in plain.headers.items() if name != SERVICE_KEY}
        return Asked(replace(plain, headers=headers), "a request without the key", right=False)

    def made(self, request: Request) -> Request:
        """A request that was generated, with the key."""
        return replace(request, headers={**request.headers, SERVICE_KEY: self._key})

    def _asked(
        self, why: str, path: str, query: Mapping[str, str], payload: Any = None, *, right: bool = True
    ) -> Asked:
        if payload is None:
            payload = self._plainest({})
        headers, body = {SERVICE_KEY: self._key}, None
        if self._operation.request is not None:
            headers["Content-Type"] = self._operation.request.media_type
            body = json.dumps(payload, ensure_ascii=False).encode()
        target = f"{path}?{urlencode(query)}" if query else path
        return Asked(Request(self._operation.method, target, headers, body), why, right)

    def _plainest(self, known: Known) -> Any:
        """The typical body, about known rows where there are any; None for no body."""
        if self._examples is None:
            return None
        typical = self._examples.accepted["typical"]
        return {**typical, **{name: known[name][0] for name in typical if name in known}}

    def _needed(self, known: Known) -> dict[str, str]:
        return {
            parameter.name: next(iter((*known.get(parameter.name, ()), *_samples(parameter.schema))))
            for parameter in self._operation.parameters
            if parameter.location == "query" and parameter.required
        }

    def _paths(self, known: Known) -> list[str]:
        """The path for each known row first, and for one that is not there."""
        inside = [parameter for parameter in self._operation.parameters if parameter.location == "path"]
        of_path = known.get(self._operation.path, ())
        return list(
            dict.fromkeys(
                self._path({each.name: value})
                for each in inside
                for value in (*of_path, *known.get(each.name, ()), *_samples(each.schema))
            )
        ) or [self._operation.path]

    def _path(self, values: Mapping[str, str]) -> str:
        path = self._operation.path
        for parameter in self._operation.parameters:
            if parameter.location == "path":
                value = values.get(parameter.name) or _samples(parameter.schema)[0]
                path = path.replace(f"{{{parameter.name}}}", quote(value, safe=""))
        return path


def _samples(schema: Schema) -> list[str]:
    """A few values that the schema allows, as they stand in a URL."""
    if "anyOf" in schema:
        return _samples(schema["anyOf"][0])
    if "enum" in schema:
        return [str(value) for value in schema["enum"]]
    if schema.get("type") in ("integer", "number"):
        found = [schema.get("minimum", 1), schema.get("maximum", 5)]
        return [str(value) for value in dict.fromkeys(found)]
    return [FORMATS.get(str(schema.get("format")), "abc")]


def _misfits(schema: Schema) -> list[str]:
    """A few values that it does not allow, and that no reader takes for something else.

    Pydantic reads a number as a moment, which the schema does not know; that harms nobody.
    """
    found = ["not-one-of-these"]
    if schema.get("type") == "integer":
        found += [str(schema["minimum"] - 1)] if "minimum" in schema else []
        found += [str(schema["maximum"] + 1)] if "maximum" in schema else []
    elif "format" not in schema and "enum" not in schema and "anyOf" not in schema:
        found = ["%", "a b"] if "pattern" in schema else []
    return found
