"""All documents of one state: of a folder, of texts from anywhere, of a release."""

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.files import Folder, Texts, package_files
from cartsnitch_contracts.library import load_document, snapshot
from cartsnitch_contracts.manifest import read_manifest
from cartsnitch_contracts.snapshot import Snapshot, changed

NEXT = package_files().read("events/prices.updated/next.json")
OTHER = NEXT.replace(b'"clipartist"', b'"api"')


def frozen(text: bytes, version: str) -> bytes:
    """The document as a release froze it."""
    return text.replace(b'"version": "next"', f'"version": "{version}"'.encode(), 1)


def store(
    releases: Mapping[str, Mapping[str, bytes]], removed: Mapping[str, list[str]] | None = None
) -> Texts:
    """Files of releases with their manifest, and `next.json` of the channel."""
    manifest = {
        version: {"files": dict.fromkeys(files, "?"), "removed": (removed or {}).get(version, [])}
        for version, files in releases.items()
    }
    texts = {path: text for files in releases.values() for path, text in files.items()}
    texts["events/prices.updated/next.json"] = NEXT
    texts["manifest.json"] = json.dumps({"releases": manifest}).encode()
    return Texts(texts, source="the store")


FIRST = {"events/prices.updated/0.1.0.json": frozen(OTHER, "0.1.0")}
SECOND = {"events/prices.updated/0.10.0.json": frozen(NEXT, "0.10.0")}
HISTORY = store({"0.1.0": FIRST, "0.2.0": {}, "0.10.0": SECOND})


@pytest.mark.parametrize(
    ("release", "document"), [("0.1.0", "0.1.0"), ("0.2.0", "0.1.0"), ("0.10.0", "0.10.0"), ("next", "next")]
)
def test_a_release_has_the_newest_document_up_to_it(release, document):
    """A document says what releases from its version on say, until a newer one; 0.10 comes after 0.2."""
    snapshot = Snapshot("then", HISTORY, at=release)

    assert list(snapshot.events) == ["prices.updated"]
    assert snapshot.events.path("prices.updated") == f"events/prices.updated/{document}.json"
    assert snapshot.events["prices.updated"].version == document


def test_a_release_that_is_none_is_explained():
    """The error lists those that there are; a number between two releases is none."""
    with pytest.raises(DocumentError, match=r"no release '0\.3\.0'\. There are: 0\.1\.0, 0\.2\.0, 0\.10\.0"):
        list(Snapshot("then", HISTORY, at="0.3.0").events)


def test_a_channel_that_a_release_removed_is_gone_from_then_on():
    """Its older files stay, for the releases that had it."""
    files = store({"0.1.0": FIRST, "0.2.0": {}, "0.10.0": SECOND}, {"0.2.0": ["events/prices.updated"]})

    had = {
        release: list(Snapshot("then", files, at=release).events) for release in ("0.1.0", "0.2.0", "0.10.0")
    }

    assert had == {"0.1.0": ["prices.updated"], "0.2.0": [], "0.10.0": ["prices.updated"]}


def test_what_changed_is_told_without_reading_a_document():
    """The documents' own version is no change; a text that is no document at all is compared all the same."""
    old, new = (Snapshot("then", HISTORY, at=at).events for at in ("0.10.0", "next"))
    first = Snapshot("then", HISTORY, at="0.1.0").events
    broken = Snapshot("now", Texts({"events/x/next.json": b"?"}, source="now")).events

    assert changed(old, new) == []
    assert changed(first, new) == ["prices.updated"]
    assert changed(new, broken) == ["prices.updated", "x"]


def test_a_document_is_read_once_and_only_when_it_is_asked_for():
    """So a check that concerns one channel pays for one."""
    snapshot = Snapshot("now", Texts({"events/a/next.json": NEXT, "events/b/next.json": b"?"}, source="now"))

    assert list(snapshot.events) == ["a", "b"]
    assert snapshot.events["a"] is snapshot.events["a"]
    with pytest.raises(DocumentError, match=r"events/b/next\.json of now is not JSON"):
        snapshot.events["b"]


def test_a_folder_holds_what_a_mapping_holds(tmp_path):
    """The same paths, the same bytes, from a folder on disk."""
    for path in HISTORY.names():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(HISTORY.read(path))
    folder = Folder(tmp_path)

    assert folder.names() == HISTORY.names()
    assert folder.names("events/prices.updated/0.1.") == ["events/prices.updated/0.1.0.json"]
    assert folder.names("nowhere/") == []
    assert folder.read("manifest.json") == HISTORY.read("manifest.json")


def test_what_is_not_there_is_explained(tmp_path):
    """A document that the manifest names and nobody has."""
    with pytest.raises(DocumentError, match=r"x\.json cannot be read: No such file.*Name a folder"):
        Folder(tmp_path).read("x.json")
    with pytest.raises(DocumentError, match=r"the store has no document x\.json"):
        HISTORY.read("x.json")


def test_the_other_kinds_are_found_by_name():
    """A service's consumer document has no versions; the AsyncAPI document stands alone."""
    texts = {
        "asyncapi/next.json": b'{"asyncapi": "3.0.0"}',
        "consumers/api.json": b'{"service": "api"}',
        "consumers/README.md": b"",
        "events/prices.updated/examples.json": b"{}",
        "rest/problem.json": b"{}",
    }
    snapshot = Snapshot("now", Texts(texts, source="now"))

    assert snapshot.asyncapi == {"asyncapi": "3.0.0"}
    assert dict(snapshot.consumers) == {"api": {"service": "api"}}
    assert (dict(snapshot.events), dict(snapshot.rest), snapshot.database) == ({}, {}, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [(b"{", "is not JSON"), (b"[" * 100_000, "is not JSON"), (b"[]", "not a JSON object")],
)
def test_a_file_that_is_no_json_object_is_explained(text, message):
    """With its path and the state that it is from."""
    with pytest.raises(DocumentError, match=f"consumers/api.json of main {message}|of main is {message}"):
        dict(Snapshot("main", Texts({"consumers/api.json": text}, source="main")).consumers)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"releases": {"1.0": {}}}', '{"releases": {"1.0.0": {"files": {"x.json": ""}}}}']
)
def test_a_manifest_that_is_none_is_explained(text):
    """The remedy is the one in version control."""
    with pytest.raises(DocumentError, match=r"manifest\.json is no manifest.*version control"):
        read_manifest(Texts({"manifest.json": text.encode()}, source="the store"))


def test_the_package_has_a_snapshot_of_its_own():
    """Of every kind of document, and the channels that `load_document` gives."""
    mine = snapshot()

    assert mine.events["prices.updated"] is load_document("prices.updated")
    assert "purchases" in mine.database.tables
    assert mine.rest["receiptwitness"].operation("GET /prices")
    assert mine.asyncapi["asyncapi"] == "3.0.0"


def test_loading_documents_imports_no_model_and_no_schema_class():
    """So a check starts fast, and can judge documents of any age."""
    code = (
        "import sys; from cartsnitch_contracts.library import snapshot;"
        "now = snapshot(); print(len([*now.events.values(), *now.rest.values(), now.database, now.asyncapi]),"
        " {name.partition('.')[0] for name in sys.modules} & {'pydantic', 'sqlalchemy'})"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "13 set()"
