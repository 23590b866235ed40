"""Two files of one sort, whatever the sort is, as a report."""

import dataclasses
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from cartsnitch_cli.contracts.files import read_json, read_text
from cartsnitch_contracts.diff.report import Finding, Report
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict

WANTED: Final = "a JSON Schema, an OpenAPI or AsyncAPI document, or a document of events or the database"
_KEYWORDS: Final = frozenset(
    {"$schema", "$ref", "$defs", "type", "enum", "const", "properties", "required", "items", "prefixItems"}
    | {"anyOf", "oneOf", "allOf", "not", "if", "additionalProperties", "patternProperties", "pattern"}
    | {"format", "minimum", "maximum", "minLength", "maxLength", "contains", "dependentRequired"}
)


class Sort(StrEnum):
    """What a file holds."""

    EVENTS = "a document of events"
    DATABASE = "a document of the database"
    OPENAPI = "an OpenAPI document"
    ASYNCAPI = "an AsyncAPI document"
    SCHEMA = "a JSON Schema"


def compare_files(old: Path, new: Path) -> Report:
    """What changed between two files, breaks first.

    Raises:
        DocumentError: one of them cannot be read, or they are not of one sort.
    """
    sorts = [sort_of(read_json(path, WANTED), path) for path in (old, new)]
    if sorts[0] is not sorts[1]:
        raise DocumentError(f"{old} is {sorts[0]} and {new} is {sorts[1]}. Give two files of one sort.")
    findings = _COMPARE[sorts[0]](old, new)
    severity = [Verdict.BREAKING, Verdict.UNPROVEN, Verdict.COMPATIBLE]
    findings.sort(key=lambda finding: severity.index(finding.verdict))
    return Report(str(old), str(new), findings)


def sort_of(value: Any, path: Path) -> Sort:
    """What a parsed file is, by its keys.

    Raises:
        DocumentError: nothing that can be compared.
    """
    keys = value.keys() if isinstance(value, dict) else set()
    if "openapi" in keys:
        return Sort.OPENAPI
    if "asyncapi" in keys:
        return Sort.ASYNCAPI
    if "swagger" in keys:
        raise DocumentError(f"{path} is a Swagger 2 document. Convert it to OpenAPI 3.")
    if {"writer", "reader", "channel"} <= keys:
        return Sort.EVENTS
    if {"tables", "database"} <= keys:
        return Sort.DATABASE
    if isinstance(value, bool) or not keys.isdisjoint(_KEYWORDS) or value == {}:
        return Sort.SCHEMA
    raise DocumentError(f"{path} is nothing that can be compared. Name {WANTED}.")


type _Found = list[Finding]


def _events(old: Path, new: Path) -> _Found:
    from cartsnitch_contracts.diff import compare_documents  # noqa: PLC0415 - one sort is loaded, not five

    before, after = (_load("document", path) for path in (old, new))
    return compare_documents(before, after)


def _schemas(old: Path, new: Path) -> _Found:
    from cartsnitch_contracts.diff import compare_documents  # noqa: PLC0415
    from cartsnitch_contracts.document import Document  # noqa: PLC0415
    from cartsnitch_contracts.validation import validator  # noqa: PLC0415

    def as_document(path: Path) -> Document:
        schema = read_json(path, WANTED)
        validator(schema, source=str(path))
        return Document(new.stem, path.name, (), (), schema, schema, {})

    # No service is known to use it, so none is said to be unconcerned.
    found = compare_documents(as_document(old), as_document(new))
    return [dataclasses.replace(finding, effects=()) for finding in found]


def _asyncapi(old: Path, new: Path) -> _Found:
    from cartsnitch_contracts.diff.events import compare_channels  # noqa: PLC0415

    before, after = (_load("asyncapi", path) for path in (old, new))
    return [
        finding
        for channel in dict.fromkeys((*before, *after))
        for finding in compare_channels(before.get(channel), after.get(channel))
    ]


def _openapi(old: Path, new: Path) -> _Found:
    from cartsnitch_contracts.diff.rest import compare_services  # noqa: PLC0415

    before, after = (_load("rest", path) for path in (old, new))
    return compare_services(before, after)


def _database(old: Path, new: Path) -> _Found:
    from cartsnitch_contracts.diff.tables import compare_databases  # noqa: PLC0415

    before, after = (_load("database", path) for path in (old, new))
    return compare_databases(before, after)


def _load(module: str, path: Path) -> Any:
    loads = import_module(f"cartsnitch_contracts.{module}").loads
    return loads(read_text(path, WANTED), source=str(path))


_COMPARE: Final[dict[Sort, Callable[[Path, Path], _Found]]] = {
    Sort.EVENTS: _events,
    Sort.SCHEMA: _schemas,
    Sort.ASYNCAPI: _asyncapi,
    Sort.OPENAPI: _openapi,
    Sort.DATABASE: _database,
}
