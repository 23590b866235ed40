"""The layout that lets a wheel and an editable install find everything by one code path."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = [Path(package) for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_source_root_holds_its_package_and_no_python_of_its_own(package):
    """A module directly in `alembic/` would shadow the Alembic library in an editable install."""
    root = ROOT / package.parent

    assert [path.name for path in root.glob("*.py*")] == []
    assert [path.name for path in root.iterdir() if path.is_dir() and path.name != "__pycache__"] == [
        package.name
    ]
    assert (ROOT / package / "__init__.py").is_file()
    assert (ROOT / package / "py.typed").is_file()


def test_the_constraints_hold_no_address():
    """They pin versions; which index serves them is the machine's business."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "://" not in text
    assert "--" not in text
    assert "cartsnitch" not in text


def test_every_dependency_is_pinned():
    """The developer environment is the same everywhere."""
    pinned = {
        line.partition("==")[0]
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    project = PROJECT["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["testing"],
        *PROJECT["dependency-groups"]["dev"],
    ]
    names = {requirement.partition("[")[0].partition(">")[0].strip() for requirement in wanted}

    assert names - {"cartsnitch-common"} <= pinned
