"""What a change is compared with, found offline and never the change itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.diff.base import DOCUMENTS, find_base, working_tree
from scratch import Scratch


@pytest.fixture(autouse=True)
def _outside_ci(monkeypatch):
    """A base branch of the run's own CI is none of these repositories'."""
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "checkout")


def test_a_branch_is_compared_with_where_it_comes_from(checkout):
    """What main got since then is no part of the change."""
    start = checkout.git("rev-parse", "HEAD")
    checkout.branch()
    checkout.version = "0.4.3"
    checkout.commit("a change")
    checkout.git("switch", "--quiet", "main")
    checkout.version = "0.9.0"
    checkout.commit("main went on")
    checkout.git("switch", "--quiet", "change")

    base, head = find_base(checkout.root), working_tree(checkout.root)

    assert (base.label, base.version) == (f"v0.4.2 (merge base {start[:7]})", "0.4.2")
    assert (head.label, head.version) == ("working tree", "0.4.3")
    assert base.events["receipts.ingested"].dumps() == head.events["receipts.ingested"].dumps()


def test_the_base_is_read_as_it_was(checkout):
    """From git's objects, whatever the files say now."""
    checkout.branch()
    shutil.rmtree(checkout.documents)

    base = find_base(checkout.root)

    assert "prices.updated" in base.events
    assert base.rest["api"].operations
    assert base.database is not None
    assert set(base.consumers) >= {"api", "clipartist"}


def test_in_ci_the_pull_request_names_its_branch(checkout, monkeypatch):
    """GITHUB_BASE_REF comes before what is usual."""
    checkout.git("switch", "--quiet", "--create", "develop")
    start = checkout.commit("develop went on")
    checkout.git("update-ref", "refs/remotes/origin/develop", "HEAD")
    checkout.branch()
    checkout.commit("a change")
    monkeypatch.setenv("GITHUB_BASE_REF", "develop")

    assert start[:7] in find_base(checkout.root).label


def test_on_main_itself_the_last_commit_is_the_change(checkout):
    """HEAD against itself would find nothing; files that differ from HEAD are compared with it."""
    before = checkout.git("rev-parse", "HEAD")
    after = checkout.commit("pushed to main")

    assert f"HEAD^ {before[:7]}" in find_base(checkout.root).label
    checkout.json("asyncapi/next.json", lambda document: document["info"].update(title="Other"))
    assert f"merge base {after[:7]}" in find_base(checkout.root).label


def test_the_first_commit_is_compared_with_nothing(checkout):
    """There is no document before it."""
    base = find_base(checkout.root)

    assert base.label == "nothing (the first commit)"
    assert list(base.events) == []


@pytest.mark.parametrize("with_main", [True, False])
def test_a_shallow_clone_names_the_depth_to_fetch(checkout, tmp_path, with_main):
    """It lacks the merge base, and anything else would be a comparison with the change itself."""
    checkout.branch()
    checkout.commit("a change")
    clone = tmp_path / "clone"
    command = [
        "git",
        "clone",
        "--quiet",
        "--depth=1",
        "--branch=change",
        f"file://{checkout.root}",
        str(clone),
    ]
    subprocess.run(command, check=True, capture_output=True)
    if with_main:
        checkout.git("switch", "--quiet", "main")
        checkout.commit("main went on")
        fetch = ["git", "fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main"]
        subprocess.run(fetch, check=True, capture_output=True, cwd=clone)

    expected = "merge base of HEAD and origin/main" if with_main else "no main branch to compare with"
    with pytest.raises(DocumentError, match="fetch-depth: 0") as caught:
        find_base(clone)

    assert expected in str(caught.value)


def test_a_clone_of_one_branch_does_not_take_it_for_main(checkout, tmp_path):
    """Git calls it the remote's HEAD there; compared with that, the change would be compared with itself."""
    checkout.branch()
    checkout.commit("a change")
    clone = tmp_path / "clone"
    alone = ["--single-branch", "--branch=change", f"file://{checkout.root}", str(clone)]
    subprocess.run(["git", "clone", "--quiet", *alone], check=True, capture_output=True)

    with pytest.raises(DocumentError, match=r"no main branch to compare with: no origin/main"):
        find_base(clone)


def test_a_clone_knows_the_main_branch_of_its_remote(checkout, tmp_path):
    """Whatever it is called."""
    checkout.git("branch", "--move", "trunk")
    start = checkout.git("rev-parse", "HEAD")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", f"file://{checkout.root}", str(clone)], check=True)
    subprocess.run(["git", "switch", "--quiet", "--create", "change"], check=True, cwd=clone)
    (clone / "pyproject.toml").unlink()
    author = ["-c", "user.name=Scratch", "-c", "user.email=scratch@example.com"]
    subprocess.run(["git", *author, "commit", "--quiet", "--all", "-m", "x"], check=True, cwd=clone)

    assert find_base(clone).label == f"v0.4.2 (merge base {start[:7]})"


def test_a_shallow_push_to_main_names_the_depth_to_fetch(checkout, tmp_path):
    """The commit before is not there."""
    checkout.commit("pushed to main")
    clone = tmp_path / "clone"
    command = ["git", "clone", "--quiet", "--depth=1", f"file://{checkout.root}", str(clone)]
    subprocess.run(command, check=True, capture_output=True)

    with pytest.raises(DocumentError, match="fetch-depth: 2"):
        find_base(clone)


def test_a_revision_can_be_named(checkout):
    """A tag, a branch or a commit, as it is."""
    start = checkout.git("rev-parse", "HEAD")
    checkout.git("tag", "before")
    checkout.commit("later")

    assert find_base(checkout.root, "before").label == f"v0.4.2 (before {start[:7]})"
    assert start[:7] in find_base(checkout.root, start).label


def test_a_release_can_be_named(checkout):
    """Its frozen documents, from its tag where there is one."""
    checkout.release("0.4.3")
    checkout.branch()

    tagged = find_base(checkout.root, "0.4.3")
    checkout.git("tag", "--delete", "v0.4.3")
    untagged = find_base(checkout.root, "0.4.3")

    for base in (tagged, untagged):
        assert (base.at, base.version) == ("0.4.3", "0.4.3")
        assert base.events["prices.updated"].version == "0.4.3"
    assert "tag" in tagged.label
    assert "frozen documents" in untagged.label


def test_a_folder_can_be_named(checkout, tmp_path):
    """A checkout, or a folder of documents alone; no git is asked."""
    shutil.copytree(checkout.root / DOCUMENTS, tmp_path / "documents")

    whole, documents = (
        find_base(tmp_path, str(checkout.root)),
        find_base(tmp_path, str(tmp_path / "documents")),
    )

    assert whole.version == "0.4.2"
    assert list(whole.events) == list(documents.events)
    with pytest.raises(DocumentError, match="has no documents"):
        find_base(tmp_path, str(tmp_path / "documents" / "rest"))


@pytest.mark.parametrize("name", ["no-such-branch", "--upload-pack=x", "9.9.9"])
def test_a_base_that_is_none_is_explained(checkout, name):
    """The message says what was looked for."""
    with pytest.raises(DocumentError, match=name):
        find_base(checkout.root, name)


def test_without_a_repository_the_remedy_is_told(tmp_path):
    """A folder can be named instead."""
    with pytest.raises(DocumentError, match="--base DIR"):
        find_base(tmp_path)


def test_without_a_main_branch_the_places_are_told(checkout):
    """Those that were looked at."""
    checkout.git("branch", "--move", "trunk")

    with pytest.raises(DocumentError, match=r"no origin/main, origin/master, main, master\. Fetch it"):
        find_base(checkout.root)
