"""The operations that an OpenAPI document describes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cartsnitch_contracts.rest.operation import ANYBODY, Operation, Parameter, Sides
from cartsnitch_contracts.rest.schemas import DIALECT, MOST_HOPS, Schemas
from cartsnitch_contracts.validation import validator

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
READ_BY_NOBODY = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI lets nobody describe as parameters."""
OPENAPI_DIALECTS = frozenset({DIALECT, "https://spec.openapis.org/oas/3.1/dialect/base"})
WRITER, READER, CALLERS = "x-cartsnitch-writer", "x-cartsnitch-reader", "x-cartsnitch-callers"


class Reading:
    """One document, being read.

    Raises:
        DocumentError: it is no OpenAPI document of version 3.0 or 3.1, or says what cannot be.
    """

    def __init__(self, root: Any, source: str) -> None:
        older = isinstance(root, dict) and str(root.get("openapi")).startswith("3.0.")
        self.source = source
        self.schemas = Schemas(root, source, older=older)
        self.root: Mapping[str, Any] = self.object(root, "the document")
        version = self.root.get("openapi")
        if not isinstance(version, str) or not re.fullmatch(r"3\.[01]\.\d+.*", version):
            raise self.schemas.error(_what_else(self.root))
        if self.root.get("jsonSchemaDialect", DIALECT) not in OPENAPI_DIALECTS:
            raise self.schemas.error(f"its schemas are of the dialect {self.root['jsonSchemaDialect']!r}")
        for name in ("title", "version"):
            if not isinstance(self.object(self.root.get("info"), "info").get(name), str):
                raise self.schemas.error(f"info.{name} is no text")

    def operations(self) -> Iterator[Operation]:
        """Every operation, sorted by path and method."""
        paths = self.object(self.root.get("paths", {}), "paths")
        for path in sorted(path for path in paths if not path.startswith("x-")):
            item = self.resolved(paths[path], path)
            for method in sorted(set(METHODS) & item.keys()):
                name = f"{method.upper()} {path}"
                yield self.operation(name, self.object(item[method], name), item)

    def operation(self, name: str, raw: Mapping[str, Any], item: Mapping[str, Any]) -> Operation:
        """The operation called `name`, on the path item that holds it."""
        method, _, path = name.partition(" ")
        body = self.resolved(raw.get("requestBody", {}), f"{name} request")
        responses = self.object(raw.get("responses", {}), f"{name} responses")
        parameters: dict[tuple[str, str], Parameter] = {}
        shared, own = (self.list(holder.get("parameters", ()), name) for holder in (item, raw))
        for described in (*shared, *own):
            parameter = self.parameter(described, name)
            parameters[parameter.location, parameter.name] = parameter
        return Operation(
            method=method,
            path=path,
            summary=str(raw.get("summary") or ""),
            parameters=tuple(
                parameters[place]
                for place in sorted(parameters)
                if place[0] != "header" or place[1] not in READ_BY_NOBODY
            ),
            request=self.body(body, f"{name} request", READER),
            request_required=body.get("required") is True,
            responses={
                status: self.body(self.resolved(responses[status], name), f"{name} {status}", WRITER)
                for status in sorted(responses)
                if self.is_status(status, name)
            },
            security=self.security(raw.get("security", self.root.get("security", ())), name),
            callers=tuple(map(str, self.list(raw.get(CALLERS, ()), name))),
        )

    def is_status(self, key: str, where: str) -> bool:
        """Whether a key among the responses is a status, which it must be unless it is an extension."""
        if key.startswith("x-"):
            return False
        if not re.fullmatch(r"[1-5]([0-9]{2}|XX)|default", key):
            raise self.schemas.error(f"{where} answers with {key!r:.40}, which is no status")
        return True

    def parameter(self, raw: Any, where: str) -> Parameter:
        """A parameter; its schema is the service's, the reader's."""
        described = self.resolved(raw, f"{where} parameters")
        name, location = described.get("name"), described.get("in")
        if not isinstance(name, str) or location not in ("path", "query", "header", "cookie"):
            raise self.schemas.error(f"{where} has a parameter without a name or a place ('in')")
        content = self.object(described.get("content", {}), where)
        holder = self.object(next(iter(content.values()), described), where)
        return Parameter(
            name=name.lower() if location == "header" else name,
            location=location,
            required=described.get("required") is True or location == "path",
            sides=self.sides(holder, f"{where} {location} {name}", READER),
        )

    def body(self, raw: Mapping[str, Any], where: str, ours: str) -> Sides | None:
        """The JSON body that a request or a response describes; None where there is none."""
        content = self.object(raw.get("content", {}), where)
        found = sorted(filter(_is_json, content), key=lambda name: (name != "application/json", name))
        return self.sides(self.object(content[found[0]], where), where, ours, found[0]) if found else None

    def sides(self, holder: Mapping[str, Any], where: str, ours: str, media_type: str = "") -> Sides:
        """Both sides: `schema` is of the side `ours`, and of the other too where that has none of its own."""
        schema = holder.get("schema", {})
        other = WRITER if ours == READER else READER
        both = {ours: self.schemas.alone(schema), other: self.schemas.alone(holder.get(other, schema))}
        for side, alone in both.items():
            validator(alone, source=f"{self.source}: {where}, {side.rpartition('-')[2]}")
        return Sides(both[WRITER], both[READER], media_type)

    def security(self, raw: Any, where: str) -> frozenset[frozenset[str]]:
        """The alternatives, in words of the wire."""
        components = self.object(self.root.get("components", {}), "components")
        schemes = self.object(components.get("securitySchemes", {}), "securitySchemes")
        alternatives = set()
        for requirement in self.list(raw, where):
            demands: set[str] = set()
            for name, scopes in self.object(requirement, where).items():
                if name not in schemes:
                    raise self.schemas.error(
                        f"{where} demands the security scheme {name!r}, which is not described"
                    )
                demands |= _demands(self.resolved(schemes[name], name), self.list(scopes, where))
            alternatives.add(frozenset(demands))
        return frozenset(alternatives) or ANYBODY

    def resolved(self, node: Any, where: str) -> Mapping[str, Any]:
        """An object, or the one that it refers to."""
        for _ in range(MOST_HOPS):
            held = self.object(node, where)
            if "$ref" not in held:
                return held
            node = self.schemas.at(held["$ref"])
        raise self.schemas.error(f"the references of {where} go in a circle")

    def object(self, value: Any, where: str) -> Mapping[str, Any]:
        """The value, which must be a JSON object."""
        if not isinstance(value, dict):
            raise self.schemas.error(f"{where} is no JSON object")
        return value

    def list(self, value: Any, where: str) -> list[Any] | tuple[Any, ...]:
        """The value, which must be a list."""
        if not isinstance(value, list | tuple):
            raise self.schemas.error(f"{where} has {value!r:.80} where a list should be")
        return value


def _is_json(media_type: str) -> bool:
    essence = media_type.partition(";")[0].strip().lower()
    return essence in ("application/json", "application/*", "*/*") or essence.endswith("+json")


def _demands(scheme: Mapping[str, Any], scopes: list[Any] | tuple[Any, ...]) -> set[str]:
    kind = str(scheme.get("type"))
    if kind == "apiKey":
        place, name = str(scheme.get("in")), str(scheme.get("name"))
        return {f"apiKey {place} {name.lower() if place == 'header' else name}"}
    if kind == "http":
        return {f"http {str(scheme.get('scheme')).lower()}"}
    return {f"{kind} {scope}" for scope in scopes} or {kind}


def _what_else(root: Mapping[str, Any]) -> str:
    for key, remedy in (
        ("swagger", "it is Swagger 2; convert it to OpenAPI 3.1 first"),
        ("asyncapi", "it is an AsyncAPI document"),
        ("channel", "it is an event document"),
    ):
        if key in root:
            return remedy
    return f"its 'openapi' is {root.get('openapi')!r:.40} and not 3.0 or 3.1"
