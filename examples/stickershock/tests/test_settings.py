"""The settings of this service."""

from stickershock.settings import Settings

OTHERS = {"receiptwitness_url": "http://receiptwitness", "receiptwitness_key": "a-key"}


def test_keys_are_a_list_with_commas_or_any_other(monkeypatch):
    """From the environment, and from code."""
    monkeypatch.setenv("STICKERSHOCK_SERVICE_KEYS", "one, two,")

    settings = [Settings(**OTHERS), Settings(**OTHERS, service_keys=("one", "two"))]

    for each in settings:
        assert [key.get_secret_value() for key in each.service_keys] == ["one", "two"]
