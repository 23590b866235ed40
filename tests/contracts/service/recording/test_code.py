"""Whose code it is that reads: the service's, its tests', or a library's, which reads for who called it."""

import json
import operator
import sysconfig

import pytest

from cartsnitch_common import urls
from cartsnitch_contracts.service.recording.code import ServiceCode

LIBRARIES = sysconfig.get_path("purelib")


@pytest.fixture
def code(tmp_path):
    """Of a service that is installed, in a project with more code."""
    return ServiceCode([tmp_path / "lib" / "shock"], tmp_path / "project")


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("lib/shock/handlers.py", "service"),
        ("lib/shock/deep/rules.py", "service"),
        ("lib/shock/tests/test_rules.py", "other"),
        ("lib/shock/conftest.py", "other"),
        ("lib/shocking/handlers.py", "other"),
        ("project/scripts/work.py", "service"),
        ("project/src/other/rules.py", "service"),
        ("project/tests/helpers.py", "other"),
        ("project/test_all.py", "other"),
        ("elsewhere/work.py", "other"),
    ],
)
def test_a_file_is_the_services_or_not(code, tmp_path, file, kind):
    """By where it lies, and not by what is imported."""
    assert code.kind(str(tmp_path / file)) == kind


@pytest.mark.parametrize(
    "file",
    [
        json.__file__,
        urls.__file__,
        f"{sysconfig.get_path('purelib')}/httpx/_models.py",
        "<string>",
        "<frozen x>",
    ],
)
def test_libraries_read_for_who_called_them(code, file):
    """The standard library, installed ones, this package, and generated code."""
    assert code.kind(file) == "passing"


def test_the_runner_of_the_tests_reads_for_nobody(code):
    """It shows values of a test that failed."""
    assert code.kind(pytest.Session.__init__.__code__.co_filename) == "other"


def test_a_test_that_reads_is_no_reader(code):
    """Also through a library."""
    assert code.reader() is None
    assert operator.call(code.reader) is None


def test_a_file_is_named_from_the_root_of_its_package(code, tmp_path):
    """Or from its project."""
    assert code.name(str(tmp_path / "lib/shock/deep/rules.py")) == "deep/rules.py"
    assert code.name(str(tmp_path / "project/scripts/work.py")) == "scripts/work.py"
