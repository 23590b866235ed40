"""The folder of saved pages."""

import pytest

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import new_id
from receiptwitness.sources import Folder, SourceError

USER = new_id()


def read(folder):
    """Every page of Kroger's."""
    return list(Folder(folder).receipts(StoreSlug.KROGER, USER))


@pytest.fixture
def page(tmp_path):
    """The user's page at Kroger, empty so far."""
    (tmp_path / "kroger").mkdir()
    return tmp_path / "kroger" / f"{USER}.jsonl"


def test_each_line_is_a_receipt(page, tmp_path):
    """In the order of the file."""
    page.write_text('{"orderId": "1"}\n{"orderId": "2"}\n')

    assert [receipt["orderId"] for receipt in read(tmp_path)] == ["1", "2"]


def test_a_store_that_saved_nothing_has_no_receipts(tmp_path):
    """That is no error."""
    assert read(tmp_path) == []


def test_without_the_folder_the_setting_is_named(tmp_path):
    """A folder that is not there is no store without receipts."""
    with pytest.raises(SourceError, match="Set RECEIPTWITNESS_PAGES"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(("line", "reason"), [("{", "is no JSON: "), ("[]", "is no JSON object")])
def test_a_line_that_is_no_receipt_is_named(page, tmp_path, line, reason):
    """By file and number."""
    page.write_text(f'{{"orderId": "1"}}\n{line}\n')

    with pytest.raises(SourceError, match=f"kroger/{USER}.jsonl, line 2 {reason}"):
        read(tmp_path)
