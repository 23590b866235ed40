"""Which fixtures of the kit a service's conftest has in place of the kit's."""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from cartsnitch_contracts.service.found import Place
from cartsnitch_contracts.service.histories import sources


def overridden(folder: Path) -> Iterator[tuple[str, Place]]:
    """The kit's fixtures that a conftest or a test module of the project defines anew, with the place."""
    known = set(fixtures_of_the_kit())
    for path in sources(folder, "*.py"):
        if path.name == "conftest.py" or path.name.startswith("test_"):
            yield from ((name, Place(path, line)) for name, line in _fixtures(path) if name in known)


def fixtures_of_the_kit() -> list[str]:
    """Their names, from the plugin's source, which is not imported; sorted."""
    spec = find_spec("cartsnitch_pytest")
    roots = [Path(root) for root in (spec.submodule_search_locations or ())] if spec else []
    found = {name for root in roots for path in root.rglob("*.py") for name, _ in _fixtures(path)}
    return sorted(name for name in found if not name.startswith("_"))


def _fixtures(path: Path) -> Iterator[tuple[str, int]]:
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                function = call.func if call else decorator
                if getattr(function, "attr", getattr(function, "id", "")) == "fixture":
                    yield _given_name(call) or node.name, node.lineno


def _given_name(call: ast.Call | None) -> str:
    keywords = {each.arg: each.value for each in call.keywords} if call else {}
    name = keywords.get("name")
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""
