"""Findings for people and machines.

`render` gives a report in any of the formats; in all of them the words are those of `reports.view`.
"""

from enum import StrEnum
from importlib import import_module

from cartsnitch_contracts.diff.report import Report


class Format(StrEnum):
    """How a report is laid out."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


def render(report: Report, layout: Format | str = Format.TEXT, *, colour: bool = False) -> str:
    """The report as text in one of the formats, a newline at its end; only text knows colour.

    Raises:
        ValueError: there is no such format.
    """
    layout = Format(layout)
    if layout is Format.TEXT:
        from cartsnitch_contracts.reports.text import Text  # noqa: PLC0415 - one format is loaded, not seven
        from cartsnitch_contracts.reports.view import view  # noqa: PLC0415

        return Text(colour).render(view(report))
    text: str = import_module(f"{__name__}.{layout}").render(report)
    return text


__all__ = ["Format", "render"]
