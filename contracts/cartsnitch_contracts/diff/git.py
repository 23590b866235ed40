"""What git knows of a repository, without the network: revisions, and files as they were."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cartsnitch_contracts.errors import DocumentError

_QUIET = {
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone must not fetch what it lacks
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_SECONDS = 60.0


@dataclass(frozen=True)
class Repository:
    """A git repository; `root` is the top of its working tree."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "Repository":
        """The repository that a folder belongs to.

        Raises:
            DocumentError: it belongs to none, or there is no git.
        """
        done = cls(path)._run(["rev-parse", "--show-toplevel"])
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise DocumentError(
                f"{path} is in no git repository ({reason}). "
                "Run this in a checkout, or name a folder: --base DIR."
            )
        return cls(Path(done.stdout.decode().removesuffix("\n")))

    def commit(self, name: str) -> str | None:
        """The full id of a revision; None where there is none of this name."""
        if name.startswith("-"):
            return None
        return self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest commit that both come from; None where the clone knows none."""
        return self._ask("merge-base", one, other)

    @property
    def shallow(self) -> bool:
        """Whether the clone lacks older history."""
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    @property
    def fetches_all(self) -> bool:
        """Whether the remote `origin` is fetched with all its branches."""
        return "refs/heads/*" in (self._ask("config", "--get-all", "remote.origin.fetch") or "")

    def symbolic(self, name: str) -> str | None:
        """What a symbolic reference stands for: `origin/main` of `refs/remotes/origin/HEAD`."""
        return self._ask("symbolic-ref", "--quiet", "--short", name)

    def dirty(self, path: str) -> bool:
        """Whether files below a path differ from HEAD, or are new."""
        return bool(self._ask("status", "--porcelain", "--untracked-files=all", "--", path))

    def tree(self, commit: str, *paths: str) -> dict[str, str]:
        """The ids of the files below some paths of a commit, by path from the top."""
        listed = self._run(["ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths])
        entries = [entry.split(b"\t", 1) for entry in listed.stdout.split(b"\0") if entry]
        return {name.decode(errors="replace"): meta.split()[2].decode() for meta, name in entries}

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The contents of files by id, in one go.

        Raises:
            DocumentError: the clone does not have one of them.
        """
        wanted = list(dict.fromkeys(ids))
        output = self._run(["cat-file", "--batch"], "".join(f"{each}\n" for each in wanted).encode()).stdout
        found, position = {}, 0
        for each in wanted:
            end = output.index(b"\n", position)
            head = output[position:end].split()
            if len(head) != 3 or head[1] != b"blob":
                raise DocumentError(
                    f"This clone lacks the file {each}, and nothing is fetched here. "
                    "Clone without --filter, or run 'git fetch --refetch'."
                )
            size = int(head[2])
            found[each] = output[end + 1 : end + 1 + size]
            position = end + 1 + size + 1
        return found

    def _ask(self, *arguments: str) -> str | None:
        done = self._run(list(arguments))
        text = done.stdout.decode(errors="replace").strip()
        return text or None if done.returncode == 0 else None

    def _run(self, arguments: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - git with arguments of our own
                ["git", "-C", str(self.root), *arguments],  # noqa: S607 - the user's git
                input=given,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env={**os.environ, **_QUIET},
            )
        except FileNotFoundError:
            raise DocumentError(
                "There is no git to ask for the base. Install it, or name a folder: --base DIR."
            ) from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DocumentError(
                f"git {arguments[0]} failed in {self.root}: {error}. Is the folder there?"
            ) from None


@dataclass(frozen=True)
class Revision:
    """The files of a commit below a folder, under the same paths; the usual ones are read at once."""

    repository: Repository
    ids: Mapping[str, str]
    source: str
    _texts: dict[str, bytes] = field(default_factory=dict, repr=False)

    def names(self, prefix: str = "") -> list[str]:
        """Every path that starts with `prefix`, sorted."""
        return sorted(path for path in self.ids if path.startswith(prefix))

    def read(self, path: str) -> bytes:
        """A file's bytes.

        Raises:
            DocumentError: there is no such file.
        """
        if path not in self.ids:
            raise DocumentError(f"{self.source} has no document {path}.")
        if path not in self._texts:
            wanted = {path} if self._texts else {path, *filter(_usual, self.ids)}
            blobs = self.repository.blobs(self.ids[each] for each in wanted)
            self._texts.update({each: blobs[self.ids[each]] for each in wanted})
        return self._texts[path]


def _usual(path: str) -> bool:
    return path.endswith("/next.json") or path.startswith("consumers/") or "/" not in path
