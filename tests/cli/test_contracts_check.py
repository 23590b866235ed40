"""`contracts check`, `upgrade-report` and `collect`, as a person or a CI runs them: in a git repository."""

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from cartsnitch_contracts import rename_field
from scratch import Scratch

RENAME = "payload.total"


def cartsnitch(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `contracts` in a folder, as a process that sees nothing of a CI around it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from cartsnitch_cli.main import run; run()",
            "contracts",
            *map(str, arguments),
        ],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Release 0.4.2, and a branch on which `total` has another name."""
    scratch = Scratch(tmp_path_factory.mktemp("check") / "checkout")
    scratch.release("0.4.2")
    scratch.branch()
    scratch.event("receipts.ingested", lambda document: rename_field(document, RENAME, "grand_total"))
    scratch.version = "0.4.3"
    scratch.commit("another name")
    return scratch


def test_a_break_is_told_and_exits_1(checkout):
    """What, the proof, who stops, the version; without colour, since nobody looks."""
    done = cartsnitch(checkout.root, "check")

    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert done.stderr == ""
    assert lines[0].startswith("base v0.4.2 (merge base ")
    assert lines[1].startswith("BREAKS  receipts.ingested  payload.total -> payload.grand_total")
    assert any(line.split()[0] == "StickerShock" and "stops:" in line for line in lines)
    assert " ".join(lines[-1].split()) == "1 break, 0 unproven. Version 0.4.3 is too small: 0.5.0. exit 1"
    assert "\x1b" not in done.stdout


def test_a_branch_without_a_change_is_clean(checkout):
    """Exit 0, in words."""
    done = cartsnitch(checkout.root, "check", "--base", "HEAD")

    assert done.returncode == 0
    assert "Nothing changed that a writer or a reader could notice." in done.stdout


def test_colour_is_for_terminals_alone(checkout):
    """And not for one whose user does not want it."""

    def on_a_terminal(**environment: str) -> str:
        ours, theirs = pty.openpty()
        inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        command = [sys.executable, "-c", "from cartsnitch_cli.main import run; run()", "contracts", "check"]
        with subprocess.Popen(
            command, cwd=checkout.root, stdout=theirs, env={**inherited, "TERM": "xterm", **environment}
        ):
            os.close(theirs)
            said = b""
            while chunk := _read(ours):
                said += chunk
        os.close(ours)
        return said.decode()

    assert "\x1b[1;31mBREAKS \x1b[0m receipts.ingested" in on_a_terminal()
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux reports the end so
        return b""


def test_a_console_that_lacks_a_letter_gets_its_number(checkout):
    """No report dies of its marks."""
    done = cartsnitch(checkout.root, "check", "--format", "markdown", PYTHONIOENCODING="ascii")

    assert done.returncode == 1
    assert done.stdout.startswith("## \\u274c Contracts")
    assert done.stderr == ""


def test_check_loads_neither_models_nor_schemas(checkout):
    """It compares documents, and starts in half a second."""
    script = (
        "import sys; from cartsnitch_cli.main import run\n"
        "try: run()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, "contracts", "check", "--base", "HEAD"],
        cwd=checkout.root,
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = done.stderr.split()
    assert "cartsnitch_contracts.diff.check" in loaded
    assert not {
        "sqlalchemy",
        "alembic",
        "redis",
        "cartsnitch_common.schemas",
        "cartsnitch_contracts.reports.html",
    } & {*loaded}


def test_every_format_is_written_to_a_file(checkout, tmp_path):
    """Only the last line goes to the terminal; the exit code is the same."""
    for layout in ("text", "json", "github", "sarif", "junit", "markdown", "html"):
        file = tmp_path / f"report.{layout}"

        done = cartsnitch(checkout.root, "check", "--format", layout, "--output", file)

        assert done.returncode == 1
        assert done.stdout.startswith("1 break, 0 unproven.")
        assert "grand_total" in file.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_bytes())["exit_code"] == 1
    assert json.loads((tmp_path / "report.sarif").read_bytes())["version"] == "2.1.0"
    assert Xml.parse(tmp_path / "report.junit").getroot().get("failures") == "2"  # noqa: S314 - our own


def test_on_github_the_whole_report_is_in_the_steps_summary(checkout, tmp_path):
    """After what an earlier step wrote; the annotations go to the log."""
    summary = tmp_path / "summary.md"
    summary.write_text("earlier\n")

    done = cartsnitch(checkout.root, "check", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))

    assert done.stdout.startswith("::error ")
    assert done.stdout.splitlines()[-2].startswith("::error file=pyproject.toml,title=Version too small::")
    assert summary.read_text(encoding="utf-8").startswith("earlier\n## ❌ Contracts\n")
    assert "StickerShock" in summary.read_text(encoding="utf-8")


def test_a_waiver_lets_a_break_in_until_its_day(checkout, tmp_path):
    """With the fingerprint that the report names; a stale one fails by itself."""
    loaded = json.loads(cartsnitch(checkout.root, "check", "--format", "json").stdout)
    waiver = {
        "fingerprint": loaded["findings"][0]["fingerprint"],
        "reason": "nobody reads",
        "expires": "9999-12-31",
    }
    file = tmp_path / "waivers.json"

    file.write_text(json.dumps([waiver]))
    waived = cartsnitch(checkout.root, "check", "--waivers", file)
    file.write_text(json.dumps([waiver, {**waiver, "fingerprint": "0" * 12}]))
    stale = cartsnitch(checkout.root, "check", "--waivers", file, "--base", "HEAD")

    assert "WAIVED  receipts.ingested" in waived.stdout
    assert "0 breaks, 0 unproven, 1 waived." in waived.stdout
    assert waived.returncode == 1  # the version is too small all the same
    assert stale.returncode == 1
    assert "2 stale waivers" in stale.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("check", "--base", "nowhere"), "There is no revision, release or folder 'nowhere'"),
        (("check", "--base", "9.9.9"), "9.9.9"),
        (("check", "--base", ""), "The base is empty. Name the state before"),
        (("check", "--base", "."), ". is what is to be compared itself"),
        (("check", "--waivers", "none.json"), "none.json cannot be read"),
        (("check", "--waivers", "pyproject.toml"), "pyproject.toml is not JSON"),
        (("check", "--output", "missing/report.txt"), "missing/report.txt cannot be written"),
        (("check", "--format", "yaml"), "yaml"),
        (("check", "--project", ".."), "is in no git repository"),
        (("collect", "nowhere"), "nowhere"),
        (("upgrade-report", "next", "9.9.9"), "There is no release '9.9.9'"),
        (("upgrade-report",), "No release to come from"),
    ],
)
def test_a_question_that_cannot_be_answered_exits_2(checkout, arguments, complaint):
    """With the reason and a remedy on stderr, and no traceback."""
    done = cartsnitch(checkout.root, *arguments)

    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_shallow_clone_names_the_depth_to_fetch(checkout, tmp_path):
    """Instead of a comparison with a document that the change itself adds."""
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", "--branch=change", f"file://{checkout.root}", "clone"],
        cwd=tmp_path,
        check=True,
    )

    done = cartsnitch(tmp_path / "clone", "check", GITHUB_BASE_REF="main")

    assert done.returncode == 2
    assert "fetch-depth: 0" in done.stderr


def test_a_repository_without_documents_is_told_what_to_ask(tmp_path):
    """A service's checkout has none."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)

    done = cartsnitch(tmp_path, "check")

    assert done.returncode == 2
    assert "cartsnitch contracts upgrade-report" in " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """The documents of 0.4.2 and 0.5.0: in between `total` got another name, and coupons a note."""
    scratch = Scratch(tmp_path_factory.mktemp("releases") / "checkout")
    scratch.release("0.4.2")
    scratch.event("receipts.ingested", lambda document: rename_field(document, RENAME, "grand_total"))
    scratch.payload("coupons.updated", lambda payload: payload["properties"].update(note={"type": "string"}))
    digests = {}
    for channel in ("receipts.ingested", "coupons.updated"):  # as a release of changed schemas freezes them
        text = (scratch.documents / "events" / channel / "next.json").read_bytes()
        frozen = text.replace(b'"version": "next"', b'"version": "0.5.0"', 1)
        (scratch.documents / "events" / channel / "0.5.0.json").write_bytes(frozen)
        digests[f"events/{channel}/0.5.0.json"] = hashlib.sha256(frozen).hexdigest()
    release = {"files": digests, "removed": []}
    scratch.json("manifest.json", lambda manifest: manifest["releases"].update({"0.5.0": release}))
    return scratch.documents


def service(folder: Path, name: str, documents: Path) -> Path:
    """A service's checkout, with what it states of itself."""
    (folder / "contracts").mkdir(parents=True)
    stated = json.loads((documents / "consumers" / f"{name}.json").read_bytes())
    stated |= {"pins": "0.4.2", "recorded": "0.4.2"}
    (folder / "contracts" / f"{name}.json").write_text(json.dumps(stated), encoding="utf-8")
    (folder / "pyproject.toml").write_text(f'[tool.cartsnitch]\nservice = "{name}"\n', encoding="utf-8")
    return folder


def test_an_upgrade_tells_only_what_touches_the_service(releases, tmp_path):
    """From the pin that the service states to the newest release."""
    reader = cartsnitch(
        service(tmp_path / "a", "stickershock", releases), "upgrade-report", "--documents", releases
    )
    other = cartsnitch(
        service(tmp_path / "b", "clipartist", releases), "upgrade-report", "--documents", releases
    )

    assert reader.returncode == 1
    assert reader.stdout.startswith("base v0.4.2 -> v0.5.0\nBREAKS  receipts.ingested")
    assert "coupons.updated" not in reader.stdout
    assert other.returncode == 0
    assert "receipts.ingested" not in other.stdout
    assert "SAFE    coupons.updated" in other.stdout


def test_an_upgrade_of_any_service_can_be_asked_for(releases, tmp_path):
    """By name, wherever one is; without a name, for all."""
    named = cartsnitch(
        tmp_path, "upgrade-report", "0.4.2", "0.5.0", "--service", "api", "--documents", releases
    )
    all_of_them = cartsnitch(tmp_path, "upgrade-report", "0.4.2", "0.5.0", "--documents", releases)
    unknown = cartsnitch(
        tmp_path, "upgrade-report", "0.4.2", "0.5.0", "--service", "stickershok", "--documents", releases
    )

    assert named.returncode == 1
    assert "receipts.ingested" in named.stdout
    assert "coupons.updated" in named.stdout
    assert all_of_them.stdout.count("fingerprint") == 1
    assert unknown.returncode == 2
    assert "Is it stickershock?" in unknown.stderr


def test_what_services_state_is_collected_from_their_checkouts(releases, tmp_path):
    """Written once; those that were not asked are named."""
    one = service(tmp_path / "one", "api", releases)
    into = tmp_path / "into"
    into.mkdir()
    (into / "shrinkray.json").write_bytes((releases / "consumers" / "shrinkray.json").read_bytes())

    first = cartsnitch(tmp_path, "collect", one, "--to", into)
    second = cartsnitch(tmp_path, "collect", one, "--to", into)

    assert first.returncode == 0
    assert first.stdout.splitlines() == [
        f"wrote {into / 'api.json'}",
        "ShrinkRay was in none of the paths: its copy stays as it was",
    ]
    assert "API says what it said" in second.stdout


def test_a_release_that_is_rewritten_with_its_digest_is_told(tmp_path):
    """The manifest fits the file then, and only the manifest that the branch comes from tells."""
    scratch = Scratch(tmp_path / "checkout")
    scratch.release("0.4.2")
    scratch.branch()
    documents = scratch.root / "contracts" / "cartsnitch_contracts" / "documents"
    frozen, manifest = documents / "events" / "prices.updated" / "0.4.2.json", documents / "manifest.json"
    was = hashlib.sha256(frozen.read_bytes()).hexdigest()
    frozen.write_bytes(frozen.read_bytes() + b"\n")
    now = hashlib.sha256(frozen.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(was, now))

    done = cartsnitch(scratch.root, "check")

    assert done.returncode == 2
    assert "What 0.4.2 froze is not what manifest.json says now. Restore it" in done.stderr
