"""Witnesses replayed through the class that really reads: Pydantic takes "5" for an integer."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from cartsnitch_common.schemas.events import ENVELOPES
from cartsnitch_contracts import places
from cartsnitch_contracts.diff.report import Comparison
from cartsnitch_contracts.diff.schema.shape import Root, same
from cartsnitch_contracts.export import schema_of
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.payloads import problems
from cartsnitch_contracts.validation import Schema, validator

_PROBES: tuple[Any, ...] = (
    *(None, True, False, [], {}, ["x"]),
    *(0, 1, -1, 1.5, 10**30, 1e300),
    *("", " ", "x", "0", "-1", "1.5", "1e3", "007", "true", "9" * 5000, "2024-02-29", "2024-02-29T12:00:00Z"),
)
"""Values that a lax class is likely to take, or not to take, for something else."""


def reader_class(channel: str, reader: Schema) -> type[BaseModel] | None:
    """The class of this package that a channel's reader schema is of; None where it is of another version."""
    found = {str(name): envelope for name, envelope in ENVELOPES.items()}.get(channel)
    if found is None:
        return None
    schema = schema_of(found, "validation")
    return found if same(Root(schema), schema, Root(reader), reader) else None


def replayed(comparison: Comparison, writer: Schema, reader: Schema, model: type[BaseModel]) -> Comparison:
    """The comparison as it is for the class: a break of the schema only where the class takes the witness.

    Other values of the same place are tried as well, so that one that is taken does not hide those that are
    not.
    """
    if comparison.verdict is not Verdict.BREAKING or comparison.problem is None:
        return comparison
    if not _takes(model, comparison.witness):
        return comparison
    sends, accepts = validator(writer), validator(reader)
    for payload in _alike(comparison):
        found = problems(accepts, payload) if sends.is_valid(payload) else []
        if found and not _takes(model, payload):
            return dataclasses.replace(comparison, witness=payload, problem=found[0])
    return dataclasses.replace(comparison, schema_only=True)


def _alike(comparison: Comparison) -> Iterator[Any]:
    path = comparison.problem.path if comparison.problem else ()
    for probe in _PROBES:
        try:
            yield places.put(comparison.witness, path, probe)
        except (LookupError, TypeError):
            return


def _takes(model: type[BaseModel], payload: Any) -> bool:
    try:
        model.model_validate_json(json.dumps(payload))
    except (ValidationError, ValueError, TypeError):
        return False
    return True
