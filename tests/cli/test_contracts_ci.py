"""The workflows and the pre-commit hooks that can be copied: each command in them, really run."""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from cartsnitch_cli.contracts import COMMANDS
from cartsnitch_contracts import rename_field
from cartsnitch_contracts.library import releases
from scratch import Scratch

REPOSITORY = Path(__file__).parents[2]
OURS = REPOSITORY / ".github" / "workflows" / "contracts.yml"
SERVICE = Path(str(files("cartsnitch_contracts") / "templates" / "service.yml"))
PAGE = (REPOSITORY / "docs" / "contracts.md").read_text(encoding="utf-8")
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}


def steps(workflow: Path) -> list[dict[str, Any]]:
    """The steps of a workflow's only job."""
    (job,) = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return list(job["steps"])


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step as the runner does, in bash that stops at an error; `cartsnitch` is this environment's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env={**inherited, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def run_all(workflow: Path, folder: Path, summary: Path) -> list[subprocess.CompletedProcess[str]]:
    """Run each step of a workflow that is a command, but the installation: this environment has it all."""
    commands = [step["run"] for step in steps(workflow) if "run" in step and step["name"] != "Install"]
    assert commands
    return [run(each, folder, GITHUB_STEP_SUMMARY=str(summary), GITHUB_BASE_REF="main") for each in commands]


@pytest.fixture
def clone(tmp_path):
    """What `actions/checkout` leaves: a clone without local branches, HEAD detached at the pull request."""
    origin = Scratch(tmp_path / "origin")
    origin.release("0.4.2")
    origin.branch()
    origin.event("receipts.ingested", lambda document: rename_field(document, "payload.total", "grand_total"))
    origin.commit("another name")
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(origin.root), str(folder)], check=True)
    subprocess.run(["git", "checkout", "--quiet", "--detach", "origin/change"], cwd=folder, check=True)
    subprocess.run(["git", "branch", "--quiet", "-D", "change"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("workflow", [OURS, SERVICE], ids=["ours", "a service's"])
def test_a_workflow_is_read_by_github(workflow):
    """On pull requests, with read access alone, a time limit, and known actions at a version."""
    loaded = yaml.safe_load(workflow.read_text(encoding="utf-8"))

    assert loaded[True] == "pull_request"  # YAML 1.1 reads `on` so
    assert loaded["permissions"] == {"contents": "read"}
    (job,) = loaded["jobs"].values()
    assert job["timeout-minutes"] <= 10
    assert all(("run" in step) != ("uses" in step) for step in job["steps"])
    assert all("@v" in step["uses"] for step in job["steps"] if "uses" in step)


def test_our_workflow_fetches_what_check_needs():
    """The whole history, since the merge base must be in the clone."""
    (checkout,) = [step for step in steps(OURS) if step.get("uses", "").startswith("actions/checkout")]

    assert checkout["with"]["fetch-depth"] == 0


def test_our_workflow_stops_a_break(clone, tmp_path):
    """The annotation is in the log, the whole report in the summary, and the job fails."""
    summary = tmp_path / "summary.md"

    *before, last = run_all(OURS, clone, summary)

    assert [done.returncode for done in before] == [0]
    assert last.returncode == 1, last.stderr
    assert last.stdout.startswith("::error ")
    assert "payload.total" in last.stdout
    assert "BREAKS" in summary.read_text(encoding="utf-8")


def test_our_workflow_lets_a_clean_change_in(clone, tmp_path):
    """The pull request that changes no contract."""
    subprocess.run(["git", "checkout", "--quiet", "--detach", "origin/main"], cwd=clone, check=True)

    *_, last = run_all(OURS, clone, tmp_path / "summary.md")

    assert last.returncode == 0, last.stderr
    assert "✅ Contracts" in (tmp_path / "summary.md").read_text(encoding="utf-8")


@pytest.fixture
def service(tmp_path):
    """A service's checkout, which states that it runs with the newest release, or what comes next."""
    folder = tmp_path / "service"
    (folder / "contracts").mkdir(parents=True)
    stated = json.loads(files("cartsnitch_contracts").joinpath("documents/consumers/api.json").read_bytes())
    pinned = releases()[-1] if releases() else "next"
    stated |= {"pins": pinned, "recorded": pinned}
    (folder / "contracts" / "api.json").write_text(json.dumps(stated), encoding="utf-8")
    (folder / "pyproject.toml").write_text('[tool.cartsnitch]\nservice = "api"\n', encoding="utf-8")
    return folder


def test_a_services_workflow_reports_on_its_pin(service, tmp_path):
    """Clean, where the pin that the service states is the newest that there is."""
    (done,) = run_all(SERVICE, service, tmp_path / "summary.md")

    assert done.returncode == 0, done.stderr
    assert "✅ Contracts" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_the_hook_of_this_repository_stops_a_break(clone):
    """Its entry, run as pre-commit runs it: at the top of the repository, split like a shell does."""
    hook = HOOKS["cartsnitch-contracts"]

    done = run(shlex.join(shlex.split(hook["entry"])), clone)

    assert done.returncode == 1, done.stderr
    assert "BREAKS  receipts.ingested" in done.stdout
    assert hook["pass_filenames"] is False


def test_the_hook_of_a_service_runs(service):
    """It asks what the pin means."""
    done = run(HOOKS["cartsnitch-upgrade"]["entry"], service)

    assert done.returncode == 0, done.stderr
    assert "exit 0" in done.stdout


def test_hooks_bring_what_they_need():
    """pre-commit installs the repository, and the command needs the testing extra."""
    assert HOOKS.keys() == {"cartsnitch-contracts", "cartsnitch-upgrade"}
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["additional_dependencies"] == [".[testing]"]


def test_the_documentation_names_every_command():
    """And no command that there is not."""
    named = set(re.findall(r"^\| `contracts ([a-z-]+)", PAGE, re.MULTILINE))

    assert named == set(COMMANDS)


def test_the_documentation_names_hooks_that_there_are():
    """What is copied from the page works."""
    configuration = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])
    named = {hook["id"] for repository in configuration["repos"] for hook in repository["hooks"]}
    assert named <= HOOKS.keys()
    assert "templates/service.yml" in PAGE


def test_the_documentations_python_runs(tmp_path):
    """Its blocks in one file, top to bottom, write what the service states of itself."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    (tmp_path / "service.py").write_text("\n".join(blocks), encoding="utf-8")

    subprocess.run([sys.executable, "-W", "error", "service.py"], cwd=tmp_path, check=True)

    stated = json.loads((tmp_path / "contracts" / "clipartist.json").read_bytes())["consumes"]
    assert stated["receipts.ingested"]["decoder"] == "shared"
    assert stated["prices.updated"]["decoder"] == "own"
    assert [each["field"] for each in stated["prices.updated"]["reads"]] == [
        "payload.prices[].normalized_product_id",
        "payload.prices[].regular_price",
    ]


def test_the_documentation_shows_pictures_that_there_are():
    """And links to files that there are."""
    linked = re.findall(r"\]\(([^)#]+)\)", PAGE)

    local = [link for link in linked if "://" not in link]
    assert len([link for link in local if link.endswith(".svg")]) == 5
    assert all((REPOSITORY / "docs" / link).is_file() for link in local)
