"""One service's operations as an OpenAPI 3.1 document that holds both sides of every body."""

import inspect
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, create_model
from pydantic.json_schema import JsonSchemaMode

from cartsnitch_common.constants import Service
from cartsnitch_common.schemas.base import RequestBody
from cartsnitch_common.schemas.rest import PROBLEM_JSON, SERVICE_KEY, ProblemDetails
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.export import schema_of
from cartsnitch_contracts.rest.document import REJECTED, SERVICE, TOLERATED
from cartsnitch_contracts.rest.operations import ENDPOINTS, Endpoint
from cartsnitch_contracts.rest.reading import CALLERS, READER, WRITER
from cartsnitch_contracts.rest.schemas import LISTS, MAPS, SINGLE
from cartsnitch_contracts.stable import stable
from cartsnitch_contracts.topology import title
from cartsnitch_contracts.validation import Schema

ERRORS: Final = {
    401: ("Unauthorized", "The service key is missing or unknown."),
    404: ("NotFound", "There is no such thing."),
    422: ("Invalid", "The request does not fit; `errors` tells every place."),
    429: ("TooManyRequests", "Ask again later."),
}
"""Each error's component and description."""
MODES: Final[Mapping[str, JsonSchemaMode]] = {WRITER: "serialization", READER: "validation"}


type Examples = Mapping[str, Any]


def openapi(service: Service, examples: Examples, problems: Examples, version: str) -> Schema:
    """A service's document, with the examples of each operation's bodies and of the error body.

    Raises:
        DocumentError: a body has no examples; the message names the file and the key.
    """
    served = [endpoint for endpoint in ENDPOINTS if endpoint.service is service]
    schemas: dict[str, Schema] = {}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in served:
        described = _operation(endpoint, _examples(endpoint, examples), schemas)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = described
    statuses = sorted({status for endpoint in served for status in endpoint.errors})
    responses = {ERRORS[status][0]: _error(status, problems, schemas) for status in statuses}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title(service),
            "version": version,
            "description": (
                f"What other services call of {title(service)}. Every call carries the header {SERVICE_KEY}, "
                "and every error is answered with problem details (RFC 9457)."
            ),
        },
        SERVICE: str(service),
        "security": [{"ServiceKey": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"ServiceKey": {"type": "apiKey", "in": "header", "name": SERVICE_KEY}},
            "responses": responses,
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _examples(endpoint: Endpoint, examples: Examples) -> Examples:
    """The examples of an operation's bodies, with its request's and its success's among them."""
    file, operation = f"documents/rest/{endpoint.service}/examples.json", f"{endpoint.method} {endpoint.path}"
    found: Examples | None = examples.get(operation)
    if found is None:
        raise DocumentError(
            f"{file} has no examples of {operation}. Write them, or rename the key that it had."
        )
    for body in (*(["request"] if endpoint.request else []), str(endpoint.success)):
        if body not in found:
            raise DocumentError(
                f'{file} has no examples of the body "{body}" of {operation}. '
                f"Write them under that key; there are: {', '.join(sorted(found))}."
            )
    return found


def _operation(endpoint: Endpoint, examples: Examples, schemas: dict[str, Schema]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        CALLERS: [str(caller) for caller in endpoint.callers],
    }
    parameters: list[dict[str, Any]] = []
    if endpoint.segments:
        fields: dict[str, Any] = {name: (kind, ...) for name, kind in endpoint.segments.items()}
        path = create_model("PathParameters", __base__=RequestBody, **fields)
        parameters += _parameters("path", path, schemas)
    if endpoint.query:
        operation["description"] = _words(endpoint.query)
        parameters += _parameters("query", endpoint.query, schemas)
    if parameters:
        operation["parameters"] = parameters
    if endpoint.request:
        media = _body(endpoint.request, READER, schemas, examples["request"])
        operation["requestBody"] = {
            "description": _words(endpoint.request),
            "required": True,
            "content": {"application/json": media},
        }
    success = str(endpoint.success)
    errors = {str(status): f"#/components/responses/{ERRORS[status][0]}" for status in endpoint.errors}
    operation["responses"] = {
        success: {
            "description": _words(endpoint.answer),
            "content": {"application/json": _body(endpoint.answer, WRITER, schemas, examples[success])},
        },
        **{status: {"$ref": reference} for status, reference in errors.items()},
    }
    return operation


def _error(status: int, problems: Examples, schemas: dict[str, Schema]) -> dict[str, Any]:
    of_status = {name: body for name, body in problems["accepted"].items() if body["status"] == status}
    response: dict[str, Any] = {
        "description": ERRORS[status][1],
        "content": {PROBLEM_JSON: _body(ProblemDetails, WRITER, schemas, {"accepted": of_status})},
    }
    if status == 429:
        response["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
        }
    return response


def _body(
    model: type[BaseModel], ours: str, schemas: dict[str, Schema], examples: Examples
) -> dict[str, Any]:
    """A body: the schema of the service's own side, and the callers' beside it."""
    theirs = WRITER if ours == READER else READER
    described: dict[str, Any] = {
        "schema": _component(model, ours, schemas),
        theirs: _component(model, theirs, schemas),
        "examples": {name: {"value": payload} for name, payload in examples["accepted"].items()},
    }
    for kind, key in (("tolerated", TOLERATED), ("rejected", REJECTED)):
        if examples.get(kind):
            described[key] = examples[kind]
    return described


def _parameters(location: str, model: type[BaseModel], schemas: dict[str, Schema]) -> list[dict[str, Any]]:
    """A class's fields as parameters, without null, which a URL cannot say; the writer where it differs."""
    read, written = (_schema(model, side, schemas) for side in (READER, WRITER))
    described = []
    for name, schema in sorted(read["properties"].items()):
        reader, writer = _without_null(schema), _without_null(written["properties"][name])
        parameter = {
            "name": name,
            "in": location,
            "required": name in read.get("required", ()),
            "schema": reader,
        }
        described.append(parameter if writer == reader else {**parameter, WRITER: writer})
    return described


def _without_null(schema: Schema) -> Schema:
    rest = {key: value for key, value in schema.items() if (key, value) != ("default", None)}
    branches = [branch for branch in rest.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) == 1:
        del rest["anyOf"]
        return {**branches[0], **rest}
    return {**rest, "anyOf": branches} if branches else rest


def _component(model: type[BaseModel], side: str, schemas: dict[str, Schema]) -> Schema:
    name = _name(model.__name__, side)
    schemas[name] = _schema(model, side, schemas)
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(model: type[BaseModel], side: str, schemas: dict[str, Schema]) -> Schema:
    """One side of a class; what it refers to goes among the components, by name and side."""
    schema = stable(schema_of(model, MODES[side]))
    for name, definition in schema.pop("$defs", {}).items():
        schemas[_name(name, side)] = _moved(definition, side)
    del schema["$schema"]
    moved: Schema = _moved(schema, side)
    return moved


def _moved(schema: Any, side: str) -> Any:
    """The schema with its references turned to the components."""
    if not isinstance(schema, dict):
        return schema
    moved: Schema = {}
    for keyword, value in schema.items():
        if keyword == "$ref":
            moved[keyword] = f"#/components/schemas/{_name(value.removeprefix('#/$defs/'), side)}"
        elif keyword in MAPS:
            moved[keyword] = {name: _moved(part, side) for name, part in value.items()}
        elif keyword in LISTS:
            moved[keyword] = [_moved(part, side) for part in value]
        else:
            moved[keyword] = _moved(value, side) if keyword in SINGLE else value
    return moved


def _name(model: str, side: str) -> str:
    return f"{model}.{side.rpartition('-')[2]}"


def _words(model: type[BaseModel]) -> str:
    return inspect.getdoc(model) or ""
