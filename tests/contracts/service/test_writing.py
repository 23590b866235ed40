"""Writing a declaration, and what is left of the file around it."""

import tomllib

import pytest

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service.writing import Draft, write_declaration

DRAFT = Draft(
    Service.STICKER_SHOCK,
    [EventType.ALERT_PRICE_INCREASE],
    {EventType.PRICES_UPDATED: "shock.watch:on_prices"},
    ["receiptwitness:GET /prices", "receiptwitness:GET /products/{id}"],
    "shock.main:app",
)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b'[project]\nname = "shock"   # kept\n\n\n[tool.x]\n',
        b'[project]\r\nname = "shock"\r\n',
        '[project]\nname = "sh\u00f6ck"'.encode(),
    ],
    ids=["empty", "spaces", "windows", "no newline"],
)
def test_every_other_byte_stays(tmp_path, before):
    """The table comes after what was there, in the file's own line ends."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(before)

    declared = write_declaration(file, DRAFT)

    after = file.read_bytes()
    assert after.startswith(before)
    assert (b"\r\n" in after) == (b"\r\n" in before)
    assert after.count(b"\r") in {0, after.count(b"\n")}
    assert declared.service == "stickershock"
    assert list(map(str, declared.calls)) == DRAFT.calls
    assert declared.consumes == DRAFT.consumes
    assert tomllib.loads(after.decode())["tool"]["cartsnitch"]["app"] == "shock.main:app"


def test_a_file_is_made_where_there_is_none(tmp_path):
    """With the declaration alone."""
    file = tmp_path / "pyproject.toml"

    write_declaration(file, Draft(Service.API))

    assert file.read_text() == '[tool.cartsnitch]\nservice = "api"\n'


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (b'[tool.cartsnitch]\nservice = "api"\n', r"has a \[tool.cartsnitch\] already; nothing was written"),
        (b"tool.cartsnitch.x = 1\n", r"has a \[tool.cartsnitch\] already; nothing was written"),
        (b"[tool\n", "is not TOML: .*; nothing was written"),
        (b"tool = {ruff = {}}\n", "is not TOML(?s:.*)is as it was"),
    ],
)
def test_nothing_is_written_over(tmp_path, before, said):
    """A declaration, or what is no TOML or takes no further table, stays as it is."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(before)

    with pytest.raises(ConfigurationError, match=said):
        write_declaration(file, DRAFT)

    assert file.read_bytes() == before


def test_what_cannot_be_is_taken_back(tmp_path):
    """The file is as it was, and the mistake is told."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b"[project]\n")

    with pytest.raises(ConfigurationError, match=r"does not publish(?s:.*)is as it was"):
        write_declaration(file, Draft(Service.API, [EventType.PRICES_UPDATED]))

    assert file.read_bytes() == b"[project]\n"
