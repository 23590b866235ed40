"""Files that are not what a command asks for: a reason and a remedy at once, never a traceback or a wait."""

import json
import os
import subprocess
import sys

import pytest

from cartsnitch_cli import main
from cartsnitch_contracts import load_document

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}


def chained(levels: int) -> dict[str, object]:
    """A schema of a few KB that is 2 ** levels large once its references are put in place."""
    definitions: dict[str, object] = {
        f"d{level}": {"properties": {name: {"$ref": f"#/$defs/d{level + 1}"} for name in "ab"}}
        for level in range(levels)
    }
    definitions[f"d{levels}"] = {"type": "integer"}
    return {"$ref": "#/$defs/d0", "$defs": definitions}


FILES = {
    "empty.json": b"",
    "text.json": b"no json",
    "binary.json": bytes(range(256)),
    "nan.json": b'{"type": NaN}',
    "list.json": b"[1, 2]",
    "foreign.json": b'{"name": "package", "version": "1.0.0"}',
    "swagger.json": b'{"swagger": "2.0"}',
    "openapi.json": b'{"openapi": "3.1.0"}',
    "asyncapi.json": b'{"asyncapi": "3.0.0", "channels": 7}',
    "events.json": b'{"channel": "x", "writer": 1, "reader": 2}',
    "database.json": b'{"database": "x", "tables": 3}',
    "wrong.json": b'{"type": "objekt"}',
    "unknown.json": b'{"$ref": "#/$defs/nothing"}',
    "remote.json": b'{"$ref": "https://schemas.example/contract.json"}',
    "file.json": b'{"$ref": "file:///etc/passwd"}',
    "deep.json": b'{"allOf": [' * 5_000 + b"{}" + b"]}" * 5_000,
    "deeper.json": b"[" * 1_000_000,
    "number.json": b'{"const": ' + b"9" * 100_000 + b"}",
    "huge.json": b'{"description": "' + b"x" * 50_000_000 + b'"}',
    "schema.json": json.dumps(SCHEMA).encode(),
    "receipts.json": load_document("receipts.ingested").dumps().encode(),
    "prices.json": load_document("prices.updated").dumps().encode(),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The files above, in the current folder, each written when a test names it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.json").mkdir()
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Run a command; gives the exit code, what it said and what it complained of."""

    def call(*arguments: str) -> tuple[int, str, str]:
        for name in set(arguments) & FILES.keys():
            (folder / name).write_bytes(FILES[name])
        monkeypatch.setattr(sys, "argv", ["cartsnitch", "contracts", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.run()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("missing.json", "missing.json cannot be read: No such file"),
        ("folder.json", "folder.json cannot be read: Is a directory"),
        ("empty.json", "empty.json is not JSON"),
        ("text.json", "text.json is not JSON"),
        ("binary.json", "binary.json is not JSON"),
        ("nan.json", "NaN is no JSON value"),
        ("list.json", "list.json is nothing that can be compared. Name a JSON Schema, an OpenAPI"),
        ("foreign.json", "foreign.json is nothing that can be compared"),
        ("swagger.json", "Convert it to OpenAPI 3"),
        ("openapi.json", "openapi.json"),
        ("asyncapi.json", "asyncapi.json"),
        ("events.json", "events.json is no event document"),
        ("database.json", "database.json"),
        ("wrong.json", '"objekt" is not valid under any of the schemas'),
        ("unknown.json", "/$defs/nothing"),
        ("remote.json", "a remote schema is never fetched"),
        ("file.json", "a remote schema is never fetched"),
        ("deep.json", "deep.json nests more than 200 levels deep"),
        ("deeper.json", "deeper.json"),
        ("number.json", "number.json is not JSON"),
        ("huge.json", "huge.json is larger than 16 MiB"),
    ],
)
def test_a_file_that_cannot_be_compared_is_refused_with_the_reason(run, name, complaint):
    """Exit 2, one complaint on stderr that names the file or what is wrong with it, nothing on stdout."""
    code, said, complained = run("diff", name, name)

    assert code == 2
    assert complaint in complained
    assert len(complained) < 1_000
    assert said == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(run, folder):
    """With the system's reason."""
    (folder / "secret.json").write_text("{}")
    (folder / "secret.json").chmod(0)

    assert "Permission denied" in run("diff", "secret.json", "secret.json")[2]


def test_two_sorts_are_not_compared(run):
    """Each is named with what it is."""
    code, _, complained = run("diff", "schema.json", "receipts.json")

    assert code == 2
    assert "schema.json is a JSON Schema and receipts.json is a document of events" in complained


def test_two_channels_are_not_compared(run):
    """They were never the same contract."""
    code, _, complained = run("diff", "prices.json", "receipts.json")

    assert code == 2
    assert "different channels" in complained


@pytest.mark.parametrize(
    "bomb",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        chained(24),
        {"anyOf": [{"properties": {f"p{n}": {"enum": [n]}}} for n in range(30)]},
        {"pattern": "^(a+)+$"},
    ],
    ids=["itself", "within itself", "without end", "doubling", "many unions", "backtracking"],
)
def test_a_schema_that_explodes_is_answered_in_time(folder, bomb):
    """With a verdict or a reason within 20 seconds; of a bomb and itself, that nothing changed."""
    (folder / "bomb.json").write_text(json.dumps(bomb))
    (folder / "other.json").write_text(json.dumps({**bomb, "maxProperties": 3}))
    script = "import sys; from cartsnitch_cli.main import run; run()"

    for other, codes in (("other.json", (0, 1, 2)), ("bomb.json", (0, 2))):
        command = [sys.executable, "-c", script, "contracts", "diff", "bomb.json", other]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

        assert done.returncode in codes
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["missing.json", "folder.json", "text.json", "list.json", "deep.json", "huge.json"]
)
def test_an_event_that_is_none_is_refused(run, name):
    """`why` reads within the same limits."""
    code, _, complained = run("why", name)

    assert code == 2
    assert "event" in complained
