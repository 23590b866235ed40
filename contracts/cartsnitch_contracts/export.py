"""The classes as JSON Schema, and each channel's contract made of them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from cartsnitch_common.constants import EventType
from cartsnitch_common.schemas.base import RequestBody
from cartsnitch_common.schemas.events import ENVELOPES, Event
from cartsnitch_contracts.document import PREFIX, Document
from cartsnitch_contracts.files import package_folder, read_examples
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.topology import ROUTES
from cartsnitch_contracts.validation import Schema


class _Contract(GenerateJsonSchema):
    """Pydantic's schema with a closed writer and without titles that only repeat a field's name.

    A writer sends every field, also one that has a default: that is what `encode_event` and responses do.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        generated = super().model_schema(schema)
        if self.mode == "serialization" and generated.get("type") == "object":
            generated.setdefault("additionalProperties", False)
        return generated

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        if self.mode == "serialization":
            return not field.get("serialization_exclude") and field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)


class _Request(_Contract):
    """The schema of a request body: its callers may leave out what has a default."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return GenerateJsonSchema.field_is_required(self, field, total)


def schema_of(model: type[BaseModel], mode: JsonSchemaMode) -> Schema:
    """A class as JSON Schema 2020-12.

    In mode "serialization" it is what a writer sends: closed, every object that a class declares has just the
    declared fields, and all of them (a `RequestBody` may lack those with a default). In mode "validation" it
    is what a reader accepts: open where its class is.
    """
    generator = _Request if issubclass(model, RequestBody) else _Contract
    schema = model.model_json_schema(mode=mode, schema_generator=generator)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def event_document(
    event_type: EventType, envelope: type[BaseModel], examples: Mapping[str, Any], *, version: str = NEXT
) -> Document:
    """A channel's contract when its events are of the class `envelope`."""
    route = ROUTES[event_type]
    return Document(
        channel=str(event_type),
        version=version,
        publishers=tuple(map(str, route.publishers)),
        subscribers=tuple(map(str, route.subscribers)),
        writer=schema_of(envelope, "serialization"),
        reader=schema_of(envelope, "validation"),
        examples=examples,
    )


def generate(version: str = NEXT) -> tuple[Document, ...]:
    """Every channel's contract, from the schemas and the examples written beside each document."""
    return tuple(
        event_document(event_type, envelope, _examples(event_type), version=version)
        for event_type, envelope in ENVELOPES.items()
    )


def envelope_schema() -> Schema:
    """What all events have in common; the payload is left open."""
    return schema_of(Event[Any], "serialization")


def _examples(event_type: EventType) -> dict[str, Any]:
    return read_examples(package_folder(), f"events/{event_type.removeprefix(PREFIX)}/examples.json")
