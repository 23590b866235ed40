"""The list of public names in docs/api.md: written, and read back."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import tools
from surface import Surface

PAGE = "docs/api.md"
BEGIN, END = "<!-- names -->", "<!-- /names -->"
ROW = re.compile(r"^\| `([^`]+)` \|(?: (`--[^|]*)\|)?", re.MULTILINE)
PREFIX = re.compile(r"^### `(cartsnitch_[\w.]+)`$", re.MULTILINE)


def render(surface: Surface) -> str:
    """The generated part of the page."""
    parts = []
    for module, found in surface.modules.items():
        rows = [
            (name.path.removeprefix(f"{module}."), f"{_deprecated(name.deprecated)}{name.sentence}")
            for name in surface.names(module)
        ]
        docstring = found.docstring.value.partition("\n\n")[0] if found.docstring else ""
        parts.append(f"### `{module}`\n\n{' '.join(docstring.split())}\n\n{_table('name', rows)}")
    parts.append(f"## pytest\n\n### Fixtures\n\n{_table('fixture', tools.fixtures())}")
    parts.append(f"### Options\n\n{_table('option', tools.options())}")
    parts.append(f"### Settings\n\n{_table('setting', tools.settings())}")
    parts.append(f"### Markers\n\n{_table('marker', tools.markers())}")
    parts.append(f"## Commands\n\n{_commands()}")
    return "## Python\n\n" + "\n\n".join(parts)


def written(text: str, surface: Surface) -> str:
    """The page with its list made anew.

    Raises:
        ValueError: the page does not say where the list stands.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} lacks {BEGIN} or {END}, between which the names stand. Put them there.")
    return f"{before}{BEGIN}\n\n{render(surface)}\n\n{END}{after}"


def tool_names(text: str) -> set[str]:
    """The fixtures, options, settings, markers and commands that a page lists, commands with each option."""
    return set(_tool_names(text.partition("\n## pytest\n")[2]))


def page(checkout: Path) -> str:
    """The page as it is; empty where a checkout has none."""
    file = checkout / PAGE
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _tool_names(text: str) -> Iterator[str]:
    for name, options in ROW.findall(text):
        yield name
        for option in re.findall(r"--[\w-]+", options):
            yield f"{name} {option}"


def _commands() -> str:
    rows = [
        f"| `{path}` | {', '.join(f'`{option}`' for option in options)} | {sentence} |"
        for path, options, sentence in tools.commands()
    ]
    return "\n".join(["| command | options | |", "|---|---|---|", *rows])


def _table(head: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| `{name}` | {sentence.replace('|', chr(92) + '|')} |" for name, sentence in rows]
    return "\n".join([f"| {head} | |", "|---|---|", *lines])


def _deprecated(why: str) -> str:
    return f"**Deprecated:** {why} " if why else ""
