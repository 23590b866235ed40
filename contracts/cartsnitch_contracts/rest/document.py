"""One service's contract over HTTP at one version, as an OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cartsnitch_contracts import stable
from cartsnitch_contracts.document import Variant, variant
from cartsnitch_contracts.errors import DocumentError, meant
from cartsnitch_contracts.rest.operation import Operation, Parameter, Sides
from cartsnitch_contracts.rest.reading import Reading
from cartsnitch_contracts.text import parse

__all__ = ["Examples", "Operation", "Parameter", "RestDocument", "Sides", "loads"]

SERVICE, TOLERATED, REJECTED = "x-cartsnitch-service", "x-cartsnitch-tolerated", "x-cartsnitch-rejected"


@dataclass(frozen=True)
class Examples:
    """Payloads for one body.

    Attributes:
        accepted: what may be sent, by name.
        tolerated: what no writer sends and every reader takes all the same.
        rejected: what neither side allows, and why.
    """

    accepted: Mapping[str, Any]
    tolerated: tuple[Variant, ...]
    rejected: tuple[Variant, ...]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Examples":
        """Those that stand beside a body's schema."""
        accepted = {name: example["value"] for name, example in body.get("examples", {}).items()}
        return cls(
            accepted,
            tuple(variant(accepted, raw) for raw in body.get(TOLERATED, ())),
            tuple(variant(accepted, raw) for raw in body.get(REJECTED, ())),
        )


@dataclass(frozen=True, eq=False)
class RestDocument:
    """What a service lets others call. Treat it as immutable.

    Attributes:
        openapi: the document, as it stands in its file.
        source: names it in errors.
    """

    openapi: Mapping[str, Any]
    source: str

    @property
    def service(self) -> str:
        """The service's name on the wire; of a document that does not say it, its title."""
        return str(self.openapi.get(SERVICE) or self.openapi["info"]["title"])

    @property
    def version(self) -> str:
        """The package version that froze it, or `next`."""
        return str(self.openapi["info"]["version"])

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, sorted by path and method."""
        return tuple(Reading(self.openapi, self.source).operations())

    @cached_property
    def examples(self) -> Mapping[str, Mapping[str, Examples]]:
        """Payloads by operation and then `request` or status; a body without any is left out."""
        found: dict[str, dict[str, Examples]] = {}
        for operation in self.operations:
            raw = self.openapi["paths"][operation.path].get(operation.method.lower(), {})
            bodies = {"request": raw.get("requestBody", {}), **raw.get("responses", {})}
            found[operation.name] = {
                name: Examples.of(media)
                for name, body in bodies.items()
                if not name.startswith("x-")
                for media in body.get("content", {}).values()
                if "examples" in media
            }
        return found

    def operation(self, name: str) -> Operation:
        """The operation that people call `GET /prices`.

        Raises:
            DocumentError: there is none; the message lists those that there are.
        """
        for operation in self.operations:
            if operation.name == name:
                return operation
        known = [operation.name for operation in self.operations]
        listed = ", ".join(known) or "none"
        raise DocumentError(
            f"{self.service} has no operation {name!r}.{meant(name, known)} There are: {listed}."
        )

    def dumps(self) -> str:
        """The text of the document's file: the same for the same contract, on every machine."""
        return stable.dumps(self.openapi)


def loads(text: str | bytes, *, source: str) -> RestDocument:
    """Read an OpenAPI document, of ours or of anybody, version 3.0 or 3.1; `source` names it in errors.

    Without our extensions a body's two sides are both the schema as it is written. Nothing is ever fetched.

    Raises:
        DocumentError: it is no JSON, no OpenAPI document, or one of its schemas is none.
    """
    root = parse(text, source=source, remedy="A YAML file must be converted first.")
    try:
        document = RestDocument(root, source)
        _ = document.operations
        _ = document.examples
    except DocumentError:
        raise
    except RecursionError:
        raise DocumentError(f"{source} is nested too deeply to be read.") from None
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise DocumentError(f"{source} is no OpenAPI document that can be read: {error}.") from None
    return document
