"""The database as a contract: its tables, who owns them, and what the mappers send to them.

Reading a document needs no model; `cartsnitch_contracts.database.export` makes one from the models.
"""

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.database.reading import loads

__all__ = ["DatabaseDocument", "loads"]
