"""All collections of a stub, and how objects come into them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cartsnitch_contracts.service.stubs.contract import Contract
from cartsnitch_contracts.service.stubs.errors import StubError
from cartsnitch_contracts.service.stubs.shelves import Shelf, shelves

if TYPE_CHECKING:
    from cartsnitch_common.models import Base


class Stock:
    """A service's collections, by path."""

    def __init__(self, contract: Contract) -> None:
        self._service = contract.service
        self._by_operation = shelves(contract)
        self._by_path = {shelf.path: shelf for shelf in self._by_operation.values()}

    def shelf(self, operation: str) -> Shelf | None:
        """The collection that an operation answers from; None where it answers from none."""
        return self._by_operation.get(operation)

    def add(self, thing: "BaseModel | Mapping[str, Any] | Base", to: str) -> None:
        """Keep an object in the collection at the path `to`; without one, in that which it fits.

        Raises:
            StubError: it does not keep the contract, or there is no such collection.
        """
        if to and to not in self._by_path:
            known = ", ".join(self._by_path)
            raise StubError(f"{self._service} has no collection {to!r}. There are: {known or 'none'}.")
        plain = _plain(thing)
        if to and isinstance(thing, Mapping):
            plain = self._by_path[to].completed(plain)
        wrong = {path: self._by_path[path].wrong(plain) for path in ([to] if to else self._by_path)}
        fitting = [path for path, problems in wrong.items() if not problems]
        if not fitting:
            raise StubError(_no_place(self._service, thing, wrong))
        self._by_path[fitting[0]].add(plain)


def _plain(thing: "BaseModel | Mapping[str, Any] | Base") -> dict[str, Any]:
    """An object as JSON has it."""
    if isinstance(thing, BaseModel):
        return thing.model_dump(mode="json")
    if isinstance(thing, Mapping):
        return dict(thing)
    from cartsnitch_contracts.service.stubs.rows import answer  # noqa: PLC0415 - it loads all models

    return answer(thing)


def _no_place(service: str, thing: object, wrong: Mapping[str, list[str]]) -> str:
    """Why an object fits no collection."""
    lines = [f"  {path}: {'; '.join(found[:3])}" for path, found in wrong.items()] or ["  it keeps nothing"]
    what = f"{service} never answers with this {type(thing).__name__}:"
    fix = "Add an object of the schema class (PurchaseDetail, ObservedPrice), or a mapping with `to=PATH`."
    return "\n".join((what, *lines, fix))
