"""The page on fixtures: its examples run as they stand, and its table is true."""

import inspect
import re

from cartsnitch_pytest import data, market, postgres, redis, stubs
from pages import ROOT, blocks_of, count_tests, run_blocks

PAGE = (ROOT / "docs" / "fixtures.md").read_text(encoding="utf-8")
BLOCKS = blocks_of("docs/fixtures.md")


def declared():
    """The scope and type of each fixture, as the code has them."""
    for module in (postgres, redis, data, market, stubs):
        for name, value in vars(module).items():
            if type(value).__name__ == "FixtureFunctionDefinition" and not name.startswith("_"):
                annotation = value._fixture_function.__annotations__["return"]
                given = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
                inner = re.fullmatch(r"(?:collections\.abc\.)?Iterator\[(.*)\]", given)
                yield name, (value._fixture_function_marker.scope, inner[1] if inner else given)


def test_every_example_of_the_page_runs(tmp_path):
    """Each is a file of its own, in one run that knows nothing but the plugin."""
    done = run_blocks(BLOCKS, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count_tests(BLOCKS) - 1} passed, 1 skipped" in done.stdout  # the fake Redis lacks INFO


def test_every_fixture_stands_in_the_table_with_its_scope_and_type():
    """And nothing else does."""
    rows = re.findall(r"^\| `(\w+)` +\| +(\w+) +\| +`(.*?)` +\|", PAGE, re.MULTILINE)

    assert {name: (scope, given) for name, scope, given in rows} == dict(declared())


def test_every_fixture_has_an_example():
    """A test on the page asks for it, or overrides it, or a fixture there does."""
    arguments = " ".join(
        re.findall(r"^(?:async )?def \w+\((.*?)\)", "\n".join(BLOCKS), re.DOTALL | re.MULTILINE)
    )

    assert [name for name, _ in declared() if name not in re.findall(r"\w+", arguments)] == []
