"""Who writes and who reads, at a glance."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from cartsnitch_cli.contracts.console import say, table
from cartsnitch_contracts.diff.consumers import Consumer, consumers
from cartsnitch_contracts.diff.effects import ordered
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.overview import Line, Use, overview
from cartsnitch_contracts.topology import title


class Layout(StrEnum):
    """How the matrix is laid out."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def matrix(
    layout: Annotated[Layout, typer.Option("--format", help="How it is laid out.")] = Layout.TEXT,
) -> None:
    """Say for each channel and endpoint who writes it, who reads which fields, and at which version."""
    current = snapshot()
    services = consumers(current.consumers)
    names = ordered(services)
    lines = overview(current, services)
    if layout is Layout.JSON:
        say(json.dumps(_plain(names, services, lines), indent=2))
        return
    rows = [["", *(title(name) for name in names)], ["", *(_versions(services[name]) for name in names)]]
    rows += [[line.subject, *(_cell(line, line.uses[name]) for name in names)] for line in lines]
    if layout is Layout.MARKDOWN:
        rows[:2] = [[f"{first} {second}".strip() for first, second in zip(*rows[:2], strict=True)]]
        rows.insert(1, ["---"] * len(rows[0]))
        for row in rows:
            say(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |")
    else:
        for text in table(rows):
            say(text)
    reads = [text for line in lines for name in names for text in _reads(line, name)]
    bullet = "- " if layout is Layout.MARKDOWN else ""
    for text in ["", *(f"{bullet}{text}" for text in reads)] if reads else []:
        say(text)


def _versions(consumer: Consumer) -> str:
    pins = f"common {consumer.pins}" if consumer.pins else ""
    return " / ".join(filter(None, (consumer.version, pins))) or "unknown"


def _cell(line: Line, use: Use) -> str:
    is_channel = line.fields is not None
    says = [("writes" if is_channel else "serves")] if use.writes else []
    if use.reads and is_channel:
        says.append("reads all" if use.fields is None else f"reads {len(use.fields)} of {line.fields}")
    elif use.reads:
        says.append("calls" if use.fields is None else f"calls, reads {len(use.fields)}")
    says += ["own model"] if use.own else []
    return ", ".join(says) or "-"


def _reads(line: Line, name: str) -> list[str]:
    fields = line.uses[name].fields
    if not fields:
        return []
    listed = ", ".join(f"{field} ({at})" if at else field for field, at in fields)
    return [f"{title(name)} reads of {line.subject}: {listed}"]


def _plain(names: list[str], services: dict[str, Consumer], lines: list[Line]) -> dict[str, Any]:
    return {
        "services": [
            {"service": name, "version": services[name].version, "pins": services[name].pins}
            for name in names
        ],
        "subjects": [
            {
                "subject": line.subject,
                "uses": {
                    name: {
                        "writes": use.writes,
                        "reads": use.reads,
                        "own_model": use.own,
                        "fields": None
                        if use.fields is None
                        else [{"field": field, "at": at} for field, at in use.fields],
                    }
                    for name, use in line.uses.items()
                    if use.writes or use.reads
                },
            }
            for line in lines
        ],
    }
