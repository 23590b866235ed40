"""Freezing: a release turns what changed into files of its own, and nobody edits them afterwards."""

import difflib
import json
import shutil
import sys

import pytest

from cartsnitch_cli.main import run
from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.drafts import drafts, write
from cartsnitch_contracts.files import Folder, package_files
from cartsnitch_contracts.manifest import Manifest, Release, digest, read_manifest
from cartsnitch_contracts.releases import freeze, plan
from cartsnitch_contracts.snapshot import Snapshot

PRICES = "events/prices.updated"


@pytest.fixture
def cartsnitch(monkeypatch, capsys):
    """Run the command; gives the exit code and all that it said."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["cartsnitch", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    return call


@pytest.fixture(scope="module")
def beginning(tmp_path_factory):
    """A folder of documents before the first release; copied by those who write into it."""
    folder = tmp_path_factory.mktemp("beginning")
    write(folder)
    return folder


@pytest.fixture
def folder(beginning, tmp_path):
    """A folder of documents before the first release."""
    return shutil.copytree(beginning, tmp_path / "documents")


@pytest.fixture
def history(folder):
    """The same after a release 0.1.0 whose prices were others, and that had a channel more."""
    files = Folder(folder)
    texts = {
        path.replace("next", "0.1.0"): files.read(path).replace(
            b'"version": "next"', b'"version": "0.1.0"', 1
        )
        for path in files.names()
    }
    texts[f"{PRICES}/0.1.0.json"] = texts[f"{PRICES}/0.1.0.json"].replace(b'"clipartist"', b'"api"')
    texts["events/old.news/0.1.0.json"] = b"{}"
    (folder / "events" / "old.news").mkdir()
    for path, text in texts.items():
        (folder / path).write_bytes(text)
    manifest = Manifest({"0.1.0": Release({path: digest(text) for path, text in texts.items()})})
    (folder / "manifest.json").write_text(manifest.dumps())
    return folder


def test_the_frozen_files_of_this_package_are_as_their_releases_left_them():
    """Edited, removed or smuggled in: the message says which file, and what to do."""
    assert read_manifest(package_files()).problems(package_files()) == []


def test_the_first_release_freezes_every_document(folder):
    """Each is its next.json with another number in one line; the manifest has its digest."""
    frozen = freeze(folder, "0.1.0")

    files = Folder(folder)
    assert set(frozen.texts) == {path.replace("next", "0.1.0") for path in drafts()}
    for path, text in frozen.texts.items():
        before = files.read(path.replace("0.1.0", "next")).decode().splitlines()
        lines = [line for line in difflib.ndiff(before, text.decode().splitlines()) if line[0] in "+-"]
        assert [line.split() for line in lines] == [
            ["-", '"version":', '"next",'],
            ["+", '"version":', '"0.1.0",'],
        ]
        assert files.read(path) == text
    listed = json.loads((folder / "manifest.json").read_text())["releases"]["0.1.0"]
    assert listed == {"files": {path: digest(text) for path, text in frozen.texts.items()}, "removed": []}
    assert read_manifest(files).problems(files) == []


def test_a_release_that_changes_nothing_freezes_nothing(folder):
    """It is a release all the same: its documents are those of the one before."""
    freeze(folder, "0.1.0")

    second = freeze(folder, "0.2.0")

    then = Snapshot("then", Folder(folder), at="0.2.0")
    assert (dict(second.texts), second.removed) == ({}, ())
    assert then.events.path("prices.updated") == f"{PRICES}/0.1.0.json"
    assert then.asyncapi["info"]["version"] == "0.1.0"


def test_a_release_freezes_what_changed_and_drops_what_is_gone(history):
    """The other documents keep their older file, and so does the older release."""
    frozen = freeze(history, "0.2.0")

    files = Folder(history)
    was, now = (Snapshot("then", files, at=version).events for version in ("0.1.0", "0.2.0"))
    assert list(frozen.texts) == [f"{PRICES}/0.2.0.json"]
    assert frozen.removed == ("events/old.news",)
    assert set(was) - set(now) == {"old.news"}
    assert was["prices.updated"].subscribers == ("stickershock", "api")
    assert now["prices.updated"].subscribers == ("stickershock", "clipartist")
    assert now.path("coupons.updated") == "events/coupons.updated/0.1.0.json"


def test_a_plan_writes_nothing(history):
    """It says what freezing would do."""
    before = {path: Folder(history).read(path) for path in Folder(history).names()}

    planned = plan(Folder(history), "0.2.0")

    assert {path: Folder(history).read(path) for path in Folder(history).names()} == before
    assert planned.texts == freeze(history, "0.2.0").texts


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("0.1.0", r"0\.1\.0 is frozen already\. Choose a version after 0\.1\.0"),
        ("0.0.9", r"0\.0\.9 is not newer than 0\.1\.0"),
        ("0.2", r"'0\.2' is no version\. Write three numbers"),
        ("v0.2.0", "is no version"),
        ("0.2.0rc1", "is no version"),
        ("0.02.0", "is no version"),
        ("\u0660.2.0", "is no version"),
        ("next", "is no version"),
    ],
)
def test_a_version_that_cannot_be_frozen_is_refused(history, version, message):
    """Twice the same, an older one, or none at all; and nothing is written."""
    before = Folder(history).names()

    with pytest.raises(DocumentError, match=message):
        freeze(history, version)

    assert Folder(history).names() == before


def test_a_stale_document_is_not_frozen(history):
    """The remedy is to export, and to look at it."""
    (history / PRICES / "next.json").write_text("{}")

    with pytest.raises(DocumentError, match=rf"{PRICES}/next\.json: does not say.*contracts export"):
        freeze(history, "0.2.0")


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        (f"{PRICES}/0.1.0.json", b"{}", "is frozen and was edited. Restore it"),
        (f"{PRICES}/0.1.0.json", None, "is frozen and was removed. Restore it"),
        (f"{PRICES}/0.0.9.json", b"{}", "is not in manifest.json. Delete it"),
        ("asyncapi/0.2.0.json", b"{}", "is not in manifest.json. Delete it"),
    ],
)
def test_a_touched_file_fails_the_check_and_stops_a_release(history, cartsnitch, path, text, message):
    """Both name the file and say how to put it right."""
    if text is None:
        (history / path).unlink()
    else:
        (history / path).write_bytes(text)

    checked = cartsnitch("contracts", "export", "--check", "--to", history)
    refused = cartsnitch("contracts", "freeze", "0.2.0", "--to", history)

    assert (checked[0], refused[0]) == (1, 2)
    assert f"{path} {message}" in checked[1]
    assert refused[1].startswith(f"{path} {message}")


def test_the_command_freezes(folder, cartsnitch):
    """It names each file; a dry run only tells, and freezing twice is refused."""
    told = cartsnitch("contracts", "freeze", "0.1.0", "--to", folder, "--dry-run")
    done = cartsnitch("contracts", "freeze", "0.1.0", "--to", folder)
    again = cartsnitch("contracts", "freeze", "0.1.0", "--to", folder)

    assert [code for code, _ in (told, done, again)] == [0, 0, 2]
    assert f"would freeze {PRICES}/0.1.0.json" in told[1]
    assert f"froze {PRICES}/0.1.0.json" in done[1]
    assert "frozen already" in again[1]
    assert (folder / PRICES / "0.1.0.json").is_file()
