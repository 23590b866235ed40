"""What a stub keeps: objects that are found by id, and in lists that are served in pages."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from cartsnitch_common.schemas.rest import Cursor
from cartsnitch_contracts.rest import Operation, Sides
from cartsnitch_contracts.service.stubs.contract import Contract

type Object = dict[str, Any]
PAGE: Final = frozenset({"items", "next_cursor", "has_more"})
"""The fields of a page."""
PAGING: Final = frozenset({"cursor", "limit", "since"})
"""The parameters that say which page."""
IDENTITIES: Final = ("id", "price_history_id", "shrinkflation_event_id")
"""What tells an object from others: its own id, or that of the row that it tells of."""
COLUMNS: Final = {"product_id": "normalized_product_id"}
"""The field that a parameter asks for, where it is called otherwise."""


class NotFoundError(Exception):
    """There is no such object; the message tells the caller so."""


class Shelf:
    """One collection: `/purchases`, listed in pages, its objects found at `/purchases/{id}`, or one of both.

    It holds the objects of the contract's example until the first is added. A list is filtered by the
    parameters that are called as a field of its objects, and by `min_percent`; what the objects do not say
    (for whom a coupon is relevant) keeps none back.
    """

    def __init__(self, path: str, contract: Contract) -> None:
        self.path = path
        self.operations: list[Operation] = []
        self._contract = contract
        self._added: dict[UUID, Object] = {}

    @property
    def main(self) -> Operation:
        """The operation that answers with the whole object: by id where there is one, or else the list."""
        return min(self.operations, key=lambda operation: is_list(operation, self._contract))

    def wrong(self, thing: Object) -> list[str]:
        """Why an object cannot stand here: it is not as the service answers with it."""
        listed = is_list(self.main, self._contract)
        payload = {"items": [thing], "next_cursor": None, "has_more": False} if listed else thing
        found = self._contract.wrong(answer(self.main, self._contract), "writer", payload)
        return [f"{problem.place.removeprefix('items[0].')} {problem.message}" for problem in found]

    def add(self, thing: Object) -> None:
        """Keep one more; of another with the same id it takes the place."""
        self._added[_identity(thing)] = thing

    def completed(self, thing: Mapping[str, Any]) -> Object:
        """An object whose other fields are those of the contract's example."""
        return {**self._examples()[0], **thing}

    def by_id(self, identity: str) -> Object:
        """The object of an id.

        Raises:
            NotFoundError: there is none.
        """
        known = self._added or {_identity(held): held for held in self._examples()}
        found = known.get(UUID(identity))
        if found is None:
            raise NotFoundError(f"There is nothing of the id {identity} at {self.path}.")
        return found

    def page(self, operation: Operation, query: Mapping[str, str]) -> Object:
        """The page that a query asks for: behind the cursor, or else from the moment `since` on.

        Raises:
            ValueError: the cursor is none of this list's.
        """
        filters = {name: value for name, value in query.items() if name not in PAGING}
        found = [held for held in self._all() if all(_matches(held, *asked) for asked in filters.items())]
        if "cursor" in query:
            start = Cursor.parse(query["cursor"])
            found = [held for held in found if _place(held) > start]
        elif "since" in query:
            since = _moment(query["since"])
            found = [held for held in found if _place(held).created_at >= since]
        limit = int(query.get("limit", 100))
        shown, fields = found[:limit], self._listed_fields(operation)
        return {
            "items": [{name: value for name, value in held.items() if name in fields} for held in shown],
            "next_cursor": str(_place(shown[-1])) if shown else query.get("cursor"),
            "has_more": len(found) > limit,
        }

    def _all(self) -> list[Object]:
        """Every object, oldest first; those of the same moment by id."""
        return sorted(self._added.values() or self._examples(), key=_place)

    def _listed_fields(self, operation: Operation) -> frozenset[str]:
        """The fields that the list has of each object; the answer by id may have more."""
        schema = answer(operation, self._contract).writer
        item = schema["properties"]["items"]["items"]
        named = item["$ref"].rpartition("/")[2] if "$ref" in item else ""
        return frozenset((schema["$defs"][named] if named else item)["properties"])

    def _examples(self) -> list[Object]:
        examples = self._contract.examples(self.main, self._contract.success(self.main))
        typical = examples.accepted["typical"] if examples else {}
        return list(typical["items"]) if is_list(self.main, self._contract) else [typical]


def shelves(contract: Contract) -> dict[str, Shelf]:
    """A service's collections by their operations' names: what is listed in pages, or found by an id."""
    by_path: dict[str, Shelf] = {}
    found: dict[str, Shelf] = {}
    for operation in contract.document.operations:
        base, identity, _ = operation.path.partition("/{")
        declared = answer(operation, contract).writer.get("properties", {})
        is_detail = bool(identity) and "id" in declared and re.fullmatch(r".*/\{[^/{}]*\}", operation.path)
        if operation.method == "GET" and (is_detail or (not identity and is_list(operation, contract))):
            shelf = by_path.setdefault(base, Shelf(base, contract))
            shelf.operations.append(operation)
            found[operation.name] = shelf
    return found


def is_list(operation: Operation, contract: Contract) -> bool:
    """Whether an operation answers in pages."""
    return frozenset(answer(operation, contract).writer.get("properties", ())) == PAGE


def answer(operation: Operation, contract: Contract) -> Sides:
    """The body of an operation's success."""
    return operation.responses[contract.success(operation)] or Sides({}, {})


def _identity(held: Object) -> UUID:
    return UUID(next(str(held[name]) for name in IDENTITIES if name in held))


def _place(held: Object) -> Cursor:
    """Where an object without a moment stands is its id's business alone."""
    return Cursor(_moment(held.get("created_at", "0001-01-01")), _identity(held))


def _moment(text: str) -> datetime:
    """A moment as it travels; one without an offset is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _matches(held: Object, name: str, value: str) -> bool:
    """Whether an object is among those that a parameter asks for."""
    if name == "min_percent":
        return Decimal(str(held["percent_change"])) >= Decimal(value)
    name = COLUMNS.get(name, name)
    return name not in held or str(held[name]).lower() == value.lower()
