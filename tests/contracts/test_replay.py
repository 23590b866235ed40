"""What a class takes although its schema refuses it is no break; what it refuses is one."""

import copy
import dataclasses
from typing import Any

import pytest

from cartsnitch_contracts import Document, Order, Verdict, compare_documents, load_document

RECEIPTS = load_document("receipts.ingested")


def sending(count: dict[str, Any]) -> Document:
    """The contract with another schema of what writers send as `item_count`; its reader is the class'."""
    writer = copy.deepcopy(RECEIPTS.writer)
    writer["$defs"]["ReceiptsIngested"]["properties"]["item_count"] = count
    return dataclasses.replace(RECEIPTS, writer=writer, examples={})


def test_what_the_class_takes_is_a_break_of_the_schema_only():
    """Pydantic reads "5" as an integer."""
    new = sending({"type": "string", "pattern": "^[1-9][0-9]{0,2}$"})

    (finding,) = compare_documents(RECEIPTS, new, replay=True)
    (by_schema,) = compare_documents(RECEIPTS, new)

    assert finding.forward.verdict is Verdict.BREAKING
    assert finding.forward.schema_only
    assert (finding.verdict, finding.order) == (Verdict.COMPATIBLE, Order.ANY)
    assert by_schema.verdict is Verdict.BREAKING


@pytest.mark.parametrize(
    "count",
    [
        {"type": "string"},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"type": ["string", "null"], "pattern": "^[1-9][0-9]{0,2}$"},
    ],
)
def test_one_value_that_is_taken_does_not_hide_another(count):
    """The smallest witness may be "0", and yet "x", 5,000 digits or null are refused."""
    (finding,) = compare_documents(RECEIPTS, sending(count), replay=True)

    assert finding.verdict is Verdict.BREAKING
    assert not finding.forward.schema_only


def test_a_class_of_another_version_says_nothing():
    """The reader is not what this package's class says."""
    reader = copy.deepcopy(RECEIPTS.reader)
    reader["$defs"]["ReceiptsIngested"]["properties"]["item_count"]["minimum"] = 1
    old = dataclasses.replace(RECEIPTS, reader=reader)
    new = dataclasses.replace(sending({"type": "string", "pattern": "^[1-9][0-9]{0,2}$"}), reader=reader)

    (finding,) = compare_documents(old, new, replay=True)

    assert finding.verdict is Verdict.BREAKING
