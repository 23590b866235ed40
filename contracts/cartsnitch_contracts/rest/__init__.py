"""What services call of each other over HTTP: one OpenAPI document for each serving service.

`cartsnitch_contracts.rest.export` makes them from the schema classes; to read them none is loaded.
"""

from cartsnitch_contracts.rest.document import (
    Examples,
    Operation,
    Parameter,
    RestDocument,
    Sides,
    loads,
)

__all__ = ["Examples", "Operation", "Parameter", "RestDocument", "Sides", "loads"]
