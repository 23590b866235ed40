"""The REST documents as the schemas say them now."""

from importlib.resources.abc import Traversable
from typing import Any

from cartsnitch_common.constants import Service
from cartsnitch_contracts.files import package_folder, read_examples
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.rest.document import RestDocument
from cartsnitch_contracts.rest.openapi import openapi


def rest_folder() -> Traversable:
    """The folder of the documents: `<service>/<version>.json`, and the examples that they are made with."""
    return package_folder() / "rest"


def documents(version: str = NEXT) -> tuple[RestDocument, ...]:
    """Every service's contract, from the schemas and the examples written beside each document."""
    problems = _examples("problem.json")
    return tuple(
        RestDocument(
            openapi(service, _examples(f"{service}/examples.json"), problems, version), f"{service} {version}"
        )
        for service in Service
    )


def generate() -> dict[str, str]:
    """The text of each `next.json`, by its path in the folder of all documents."""
    return {f"rest/{document.service}/{NEXT}.json": document.dumps() for document in documents()}


def _examples(name: str) -> dict[str, Any]:
    return read_examples(package_folder(), f"rest/{name}")
