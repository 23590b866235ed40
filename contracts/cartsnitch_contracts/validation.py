"""Validators: JSON Schema 2020-12 with formats asserted, as Pydantic asserts them, and no network ever."""

from typing import Any, Literal

import jsonschema_rs

from cartsnitch_contracts.errors import DocumentError

type Schema = dict[str, Any]
type Side = Literal["writer", "reader"]
Validator = jsonschema_rs.Draft202012Validator


_LONGEST = 300


def brief(text: str) -> str:
    """The text, cut where it is longer than anyone reads."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _refuse(uri: str) -> Any:
    raise ValueError(f"a remote schema is never fetched: {uri}; put its text under $defs")


def validator(schema: Schema | bool, *, source: str = "the schema") -> Validator:
    """Compile a schema after checking it against the 2020-12 metaschema.

    Raises:
        DocumentError: `source` is not a JSON Schema 2020-12, or refers to what it does not hold.
    """
    try:
        return Validator(schema, validate_formats=True, retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        reason = brief(str(error).partition("\n")[0])
        raise DocumentError(f"{source} is not a JSON Schema 2020-12 that stands alone: {reason}") from None
