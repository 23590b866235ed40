"""What a change is compared with: the state that its branch comes from, or one that somebody names."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cartsnitch_contracts.diff.git import Repository, Revision
from cartsnitch_contracts.diff.version import declared_version, version_of
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import Folder, Texts
from cartsnitch_contracts.manifest import is_version
from cartsnitch_contracts.snapshot import Snapshot

DOCUMENTS = "contracts/cartsnitch_contracts/documents"
"""Where the documents lie in a checkout of this package."""
_DEEPER = (
    "Fetch the whole history: set fetch-depth: 0 on actions/checkout, or run 'git fetch --unshallow'; "
    "or name a base: --base REF, VERSION or DIR."
)
_NAME_ONE = "Name the state before: --base REF, VERSION or DIR; or leave it out for the merge base with main."


def working_tree(repository: Path) -> Snapshot:
    """The documents of a checkout as its files are now."""
    root = Repository.at(repository).root
    return Snapshot("working tree", Folder(root / DOCUMENTS), version=version_of(root))


def find_base(repository: Path, name: str | None = None) -> Snapshot:
    """What to compare a checkout with: a revision, a release or a folder; else where its branch comes from.

    That is the merge base with the main branch: `origin/$GITHUB_BASE_REF`, what `origin/HEAD` stands
    for, `origin/main`, `origin/master`, `main` or `master`, the first that there is. On the main branch
    itself it is HEAD while documents differ from it, and HEAD's first parent where they do not.

    Raises:
        DocumentError: there is none; in a shallow clone the message names the fetch depth to set.
    """
    if name is not None and not name.strip():
        raise DocumentError(f"The base is empty. {_NAME_ONE}")
    if name is not None and Path(name).is_dir():
        return _folder(Path(name), repository)
    if name is not None and is_version(name):
        return _release(repository, name)
    git = Repository.at(repository)
    if name is not None:
        commit = git.commit(name)
        if commit is None:
            raise _unknown(git, name)
        return _revision(git, commit, f"{name} {commit[:7]}" if name[:7] != commit[:7] else commit[:7])
    return _merge_base(git)


def _merge_base(git: Repository) -> Snapshot:
    head = git.commit("HEAD")
    if head is None:
        raise DocumentError(f"{git.root} has no commit yet. Name a folder to compare with: --base DIR.")
    branch = next((each for each in _branches(git) if git.commit(each)), None)
    if branch is None:
        looked = ", ".join(_branches(git))
        remedy = _DEEPER if git.shallow else "Fetch it, or name a base: --base REF, VERSION or DIR."
        raise DocumentError(f"{git.root} has no main branch to compare with: no {looked}. {remedy}")
    base = git.merge_base("HEAD", branch)
    if base is None:
        if git.shallow:
            raise DocumentError(
                f"This clone is shallow, and the merge base of HEAD and {branch} is not in it. {_DEEPER}"
            )
        raise DocumentError(
            f"HEAD and {branch} have no commit in common. Name a base: --base REF, VERSION or DIR."
        )
    if base != head or git.dirty(DOCUMENTS):
        return _revision(git, base, f"merge base {base[:7]}")
    return _parent(git, branch)


def _parent(git: Repository, branch: str) -> Snapshot:
    """The state before the last commit, where HEAD is on the main branch: never HEAD against itself."""
    parent = git.commit("HEAD^1")
    if parent is not None:
        return _revision(git, parent, f"HEAD^ {parent[:7]}, on {branch} itself")
    if git.shallow:
        raise DocumentError(
            f"HEAD is on {branch} itself, and this shallow clone lacks the commit before it. "
            f"Set fetch-depth: 2 or more. {_DEEPER}"
        )
    return Snapshot("nothing (the first commit)", Texts({}, "the time before the first commit"))


def _branches(git: Repository) -> Iterator[str]:
    asked = os.environ.get("GITHUB_BASE_REF")
    if asked:
        yield f"origin/{asked}"
    # A clone of one branch alone calls that branch the remote's HEAD, whatever it is.
    known = git.symbolic("refs/remotes/origin/HEAD") if git.fetches_all else None
    if known:
        yield known
    yield from ("origin/main", "origin/master", "main", "master")


def _revision(git: Repository, commit: str, words: str) -> Snapshot:
    tree = git.tree(commit, DOCUMENTS, "pyproject.toml")
    prefix = f"{DOCUMENTS}/"
    ids = {path.removeprefix(prefix): each for path, each in tree.items() if path.startswith(prefix)}
    version = ""
    if "pyproject.toml" in tree:
        (text,) = git.blobs([tree["pyproject.toml"]]).values()
        version = declared_version(text, f"pyproject.toml of {words}")
    label = f"v{version} ({words})" if version else words
    return Snapshot(label, Revision(git, ids, label), version=version, commit=commit)


def _release(repository: Path, version: str) -> Snapshot:
    """A release as its tag has it; without the tag, as the checkout's frozen documents have it."""
    git = Repository.at(repository)
    commit = git.commit(f"refs/tags/v{version}")
    if commit is not None:
        tagged = _revision(git, commit, f"tag {commit[:7]}")
        released = replace(tagged, label=f"v{version} (tag {commit[:7]})", at=version, version=version)
    else:
        files = Folder(git.root / DOCUMENTS)
        released = Snapshot(f"v{version} (frozen documents)", files, at=version, version=version)
    len(released.events)  # a release that is none is told here
    return released


def _folder(path: Path, repository: Path) -> Snapshot:
    """A checkout, or a folder of documents; not the one that is to be compared."""
    if path.resolve() in (repository.resolve(), (repository / DOCUMENTS).resolve()):
        raise DocumentError(f"{path} is what is to be compared itself. {_NAME_ONE}")
    documents = path / DOCUMENTS
    if documents.is_dir():
        return Snapshot(str(path), Folder(documents), version=version_of(path))
    if not any((path / kind).is_dir() for kind in ("events", "rest", "database")):
        raise DocumentError(
            f"{path} has no documents: no events, rest or database folder. "
            "Name a checkout, or a folder as 'cartsnitch contracts export' writes it."
        )
    return Snapshot(str(path), Folder(path))


def _unknown(git: Repository, name: str) -> DocumentError:
    remedy = f" This clone is shallow. {_DEEPER}" if git.shallow else " Fetch it first, or name another base."
    return DocumentError(f"There is no revision, release or folder {name!r} in {git.root}.{remedy}")
