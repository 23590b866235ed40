"""What is public: its list is current, documents show nothing else, and no user of a release loses unsaid."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = sorted(path for part in ("src", "tests") for path in ROOT.glob(f"examples/*/{part}/**/*.py"))
CODE = '''"""Sealing."""

from typing_extensions import deprecated

__all__ = ["Ring", "is_sealed", "seal"]

VERSION = 1


class Ring:
    """Keys."""

    def seal(self, value: bytes) -> bytes:
        """Seal it."""


@deprecated("Use `seal`. It goes in 0.7.0.")
def is_sealed(value: bytes, *, strict: bool = False) -> bool:
    """Whether it is sealed."""


def seal(value: bytes) -> bytes:
    """Seal it."""


def _inside() -> None: ...
'''
PAGE = """## Python

## pytest

| fixture | |
|---|---|
| `query_count` | Counts statements |

## Commands

| command | options | |
|---|---|---|
| `cartsnitch db upgrade` | `--url`, `--batch` | Apply revisions |
"""

pytestmark = pytest.mark.xdist_group("api")


@pytest.fixture(scope="module")
def breaks():
    """The module that compares two checkouts."""
    sys.path.insert(0, str(ROOT / ".ci" / "api"))
    try:
        import breaks

        yield breaks
    finally:
        sys.path.remove(str(ROOT / ".ci" / "api"))


@pytest.fixture
def old(tmp_path):
    """A small checkout, as it was released."""
    return checkout(tmp_path / "old")


@pytest.fixture
def new(tmp_path):
    """The same, to be changed."""
    return checkout(tmp_path / "new")


def checkout(folder):
    """A checkout with one public module, and a page of what is public beside it."""
    for name, text in {
        ".ci/api/public.txt": "# a list\nsealing.ring\n",
        "src/sealing/__init__.py": "",
        "src/sealing/ring.py": CODE,
        "docs/api.md": PAGE,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def edit(file, before, after):
    """Replace a text that stands in a file once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_nothing_is_lost_by_a_change_inside(breaks, old, new):
    """A name with an underscore, one that `__all__` leaves out, and a module that is not listed may go."""
    edit(new / "src/sealing/ring.py", "def _inside() -> None: ...\n", "")
    edit(new / "src/sealing/ring.py", "VERSION = 1", "ANOTHER = 2")
    (old / "src/sealing/inner.py").write_text("def gone(): ...\n", encoding="utf-8")

    found = breaks.changes(old, new)

    assert (found.broken, found.added) == ([], [])


BROKEN = {
    "a name": ("src/sealing/ring.py", ', "seal"]', "]", "sealing.ring.seal  is gone"),
    "a method": (
        "src/sealing/ring.py",
        "def seal(self,",
        "def shut(self,",
        "sealing.ring.Ring.seal  is gone",
    ),
    "a parameter": (
        "src/sealing/ring.py",
        ", *, strict: bool = False",
        "",
        "sealing.ring.is_sealed  lost a parameter: strict",
    ),
    "calls without a new parameter": (
        "src/sealing/ring.py",
        "def seal(value: bytes)",
        "def seal(value: bytes, key: str)",
        "sealing.ring.seal  demands a new parameter: key",
    ),
    "a class that became a function": (
        "src/sealing/ring.py",
        'class Ring:\n    """Keys."""\n\n    def seal(self',
        "def Ring():\n    def seal(self",
        "sealing.ring.Ring  is another kind of thing",
    ),
    "a module": (
        ".ci/api/public.txt",
        "sealing.ring\n",
        "",
        "sealing.ring  is no longer on the list of public modules (.ci/api/public.txt)",
    ),
    "a fixture": ("docs/api.md", "`query_count`", "`queries`", "query_count  is gone"),
    "an option": ("docs/api.md", ", `--batch`", "", "cartsnitch db upgrade --batch  is gone"),
    "a command": ("docs/api.md", "db upgrade", "db migrate", "cartsnitch db upgrade  is gone"),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_what_users_lose_is_found(breaks, old, new, case):
    """Whatever its kind."""
    file, before, after, expected = case
    edit(new / file, before, after)

    found = breaks.changes(old, new)

    assert f"{found.broken[0].name}  {found.broken[0].what}" == expected


def test_what_users_get_is_counted(breaks, old, new):
    """A name more is no break."""
    edit(new / "src/sealing/ring.py", '"is_sealed", "seal"]', '"is_sealed", "seal", "VERSION"]')

    found = breaks.changes(old, new)

    assert (found.broken, found.added) == ([], ["sealing.ring.VERSION"])


def test_what_was_said_of_a_names_end_is_said_again(breaks, old, new):
    """And where the name stood."""
    edit(new / "src/sealing/ring.py", '"is_sealed", ', "")

    (found,) = breaks.changes(old, new).broken

    assert found.deprecated == "Use `seal`. It goes in 0.7.0."
    assert found.place == "src/sealing/ring.py:17"


@pytest.mark.parametrize(
    ("changelog", "noted"),
    [
        ("## [Unreleased]\n\n### Removed\n\n- `ring.seal`: call `shut`.\n", True),
        ("## [0.5.0] - unreleased\n\n### Changed\n\n- `sealing.ring.seal` wants a key.\n", True),
        ("## [Unreleased]\n\n### Added\n\n- `ring.seal`\n", False),
        ("## [Unreleased]\n\n### Removed\n\n- `seal`\n", False),
        ("## [Unreleased]\n\n### Removed\n\n- `string.seal`\n", False),
        ("## [Unreleased]\n\n## [0.4.2] - 2026-03-10\n\n### Removed\n\n- `ring.seal`\n", False),
    ],
)
def test_a_break_is_noted_by_its_name_and_the_modules_in_the_unreleased_changelog(breaks, changelog, noted):
    """Under Removed or Changed; a single word could be meant for something else."""
    assert breaks.Break("sealing.ring.seal", "is gone").noted(f"# Changelog\n\n{changelog}") is noted


def git(folder, *arguments):
    """What a git command prints."""
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def ask(folder, *arguments):
    """Run the command of a checkout; gives the exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, ".ci/api", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def declare(folder, version):
    """Write a version into the checkout's pyproject.toml."""
    file = folder / "pyproject.toml"
    text = re.sub(r'^version = ".*"$', f'version = "{version}"', file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def clone(tmp_path):
    """A clone of this repository, with what is public as it is here now, and without a tag."""
    folder = tmp_path / "clone"
    git(ROOT, "clone", "--quiet", "--no-tags", str(ROOT), str(folder))
    for name in (".ci/api", "docs", "src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "chore: as it is now")
    return folder


@pytest.mark.services
def test_before_the_first_release_a_current_page_is_enough(clone):
    """There is nothing yet that could be taken away."""
    code, said = ask(clone)

    assert code == 0, said
    assert said.endswith(" names; nothing is released, so nothing can be taken away\n")


@pytest.mark.services
def test_a_shallow_clone_is_not_taken_for_one_without_a_release(clone, tmp_path):
    """Where the tags were not fetched, the question cannot be answered."""
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "chore: one more")
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--no-tags", clone.as_uri(), str(tmp_path / "shallow"))

    code, said = ask(tmp_path / "shallow")

    assert code == 2
    assert "git fetch --tags --unshallow" in said


@pytest.mark.services
def test_a_name_less_than_in_the_release_fails_until_changelog_and_version_say_so(clone):
    """A stale page fails first; then the report names the break, and the version that it needs."""
    git(clone, "tag", "v0.4.2")
    declare(clone, "0.4.3")
    edit(
        clone / "src/cartsnitch_common/encryption.py",
        '"current_keys", "is_sealed"]',
        '"current_keys", "VERSION"]',
    )

    stale = ask(clone)
    ask(clone, "--write")
    fails = ask(clone)
    changelog = clone / "CHANGELOG.md"
    note = "## [Unreleased]\n\n### Removed\n\n- `encryption.is_sealed`: compare the keys.\n\n## ["
    changelog.write_text(changelog.read_text("utf-8").replace("## [", note, 1), encoding="utf-8")
    noted = ask(clone)
    declare(clone, "0.5.0")
    passes = ask(clone)

    assert stale == (
        1,
        "docs/api.md does not list the public names as they are. Write it: python .ci/api --write\n",
    )
    assert fails[0] == 1
    assert re.sub(r"py:\d+", "py:0", fails[1]) == (
        "BREAKS  cartsnitch_common.encryption.is_sealed  is gone\n"
        "        src/cartsnitch_common/encryption.py:0\n"
        "  v0.4.2 did not deprecate it\n"
        "  do  keep it, deprecated (docs/api.md); or name it in CHANGELOG.md, under Removed or Changed,\n"
        "      with what takes its place: - `cartsnitch_common.encryption.is_sealed`: ...\n"
        "public API since v0.4.2: 1 broken, 0 of them noted, 1 added. Version 0.4.3 is too small: 0.5.0.\n"
    )
    assert (noted[0], noted[1].splitlines()[-1]) == (
        1,
        "public API since v0.4.2: 1 broken, 1 of them noted, 1 added. Version 0.4.3 is too small: 0.5.0.",
    )
    assert (passes[0], passes[1].splitlines()[-1]) == (
        0,
        "public API since v0.4.2: 1 broken, 1 of them noted, 1 added. Version 0.5.0 is right.",
    )


@pytest.mark.services
def test_from_1_0_on_an_addition_raises_the_minor_version(clone):
    """As for the contracts."""
    git(clone, "tag", "v1.2.3")
    declare(clone, "1.2.4")
    edit(clone / "src/cartsnitch_common/encryption.py", '"is_sealed"]', '"is_sealed", "VERSION"]')
    ask(clone, "--write")

    code, said = ask(clone)

    assert code == 1
    assert "0 broken, 0 of them noted, 1 added. Version 1.2.4 is too small: 1.3.0." in said


def blocks(page):
    """The Python on a page."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL))


def not_public(source):
    """What a text imports of our packages that does not stand on the page of the public API."""
    api = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    modules = dict(re.findall(r"^### `(cartsnitch_[\w.]+)`$(.*?)(?=^##)", api, re.MULTILINE | re.DOTALL))
    imports = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.ImportFrom)]
    names = [
        (each.module, alias.name)
        for each in imports
        for alias in each.names
        if (each.module or "").startswith("cartsnitch_")
    ]
    return [
        f"{module}.{name}"
        for module, name in names
        if f"\n| `{name}` |" not in modules.get(module, "") and f"{module}.{name}" not in modules
    ]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_documents_show_public_names_alone(page):
    """What an example imports stands on the page of the public API."""
    assert not_public(blocks(page)) == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.relative_to(ROOT / "examples")))
def test_the_example_services_use_public_names_alone(file):
    """As any service should."""
    assert not_public(file.read_text(encoding="utf-8")) == []


def test_a_name_that_is_not_public_is_noticed():
    """In a module that is not listed, and one that its module does not name."""
    source = (
        "from cartsnitch_common.urls import describe\nfrom cartsnitch_common.config import PREFIX, Settings\n"
    )

    assert not_public(source) == ["cartsnitch_common.urls.describe", "cartsnitch_common.config.PREFIX"]


def test_the_example_of_a_deprecation_runs(tmp_path):
    """The one on the page."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    block = re.search(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "test_deprecation.py").write_text(block[1], encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
