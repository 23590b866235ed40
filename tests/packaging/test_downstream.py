"""`make downstream`: what it makes of a service's pyproject.toml. `make examples` runs it on two."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / ".ci"))
import downstream  # noqa: E402 (a script beside the package)


def test_the_extras_that_a_service_wants_are_kept():
    """Of all its requirements of the package, however they spell its name and whatever they pin."""
    wanted = ["cartsnitch-common>=0.4", "Cartsnitch_Common[testing]", "fastapi[all]"]
    wanted += ["cartsnitch-common[rest,testing]==0.3"]

    assert downstream.extras_of("cartsnitch-common", wanted) == "[rest,testing]"
    assert downstream.extras_of("cartsnitch-common", ["cartsnitch-common"]) == ""


def test_groups_that_a_group_includes_count():
    """As uv reads them."""
    declared = {"dependency-groups": {"test": ["pytest", {"include-group": "web"}], "web": ["httpx"]}}

    assert downstream.grouped(declared, "test") == ["pytest", "httpx"]


def test_a_folder_that_is_no_service_is_told(tmp_path):
    """By its name, and with what to do."""
    with pytest.raises(downstream.UnfitError, match=r"has no pyproject\.toml\. Name the folder of a service"):
        downstream.declaration(tmp_path)


def test_a_broken_declaration_is_told(tmp_path):
    """With the place in the file."""
    (tmp_path / "pyproject.toml").write_text("[project\n")

    with pytest.raises(downstream.UnfitError, match=r"is not TOML: .*line 1"):
        downstream.declaration(tmp_path)
