"""The settings of this service."""

from pathlib import Path

from receiptwitness.settings import Settings


def test_keys_are_a_list_with_commas_or_any_other(monkeypatch):
    """From the environment, and from code."""
    monkeypatch.setenv("RECEIPTWITNESS_SERVICE_KEYS", "one, two,")

    settings = [Settings(pages=Path()), Settings(pages=Path(), service_keys=("one", "two"))]

    for each in settings:
        assert [key.get_secret_value() for key in each.service_keys] == ["one", "two"]
