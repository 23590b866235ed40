"""Where a report goes: the terminal or a file, and on GitHub the step's summary too."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_contracts.diff.report import Report
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.reports import Format, render

Layout = Annotated[Format, typer.Option("--format", help="How the report is laid out.")]
Output = Annotated[
    Path | None, typer.Option(help="Write the report here, and only its last line to the terminal.")
]


def deliver(report: Report, layout: Format, output: Path | None) -> NoReturn:
    """Hand the report over, and exit: 0 when it is clean, 1 when it is not.

    Raises:
        DocumentError: a file cannot be written.
    """
    if output is None:
        _print(render(report, layout, colour=_in_colour()))
    else:
        _write(output, render(report, layout), "w")
        say(render(report).splitlines()[-1])
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if layout is Format.GITHUB and summary:
        from cartsnitch_contracts.reports.github import step_summary  # noqa: PLC0415 - on GitHub alone

        _write(Path(summary), step_summary(report), "a")
    raise typer.Exit(0 if report.clean else 1)


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:  # a console of another encoding gets escapes where it lacks a letter
        encoding = sys.stdout.encoding
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def _write(file: Path, text: str, mode: str) -> None:
    try:
        with file.open(mode, encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise DocumentError(
            f"{file} cannot be written: {error.strerror or error}. Name a file that can be."
        ) from None


def _in_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
