"""AsyncAPI 3: the document of all channels, and the channels of any such document."""

from cartsnitch_contracts.asyncapi.document import asyncapi_document
from cartsnitch_contracts.asyncapi.reader import loads

__all__ = ["asyncapi_document", "loads"]
