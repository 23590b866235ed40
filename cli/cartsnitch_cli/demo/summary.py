"""What a run came to, in the terminal."""

from pathlib import Path
from typing import Final

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cartsnitch_cli.demo.outcome import Outcome

_MOST_REJECTED: Final = 20


def print_summary(console: Console, outcome: Outcome, report: Path) -> None:
    """Receipts as printed, the broken contract, files left out, the table, and where the report is."""
    console.print()
    console.print(
        Columns([Panel(Text(slip), width=46, title=store) for store, slip in outcome.slips.items()])
    )
    console.print(Panel(_broken(outcome), title="A contract broken on purpose", title_align="left"))
    for rejected in outcome.rejected[:_MOST_REJECTED]:
        console.print(Text(f"Left out {rejected.path}: {rejected.reason}", "yellow"), soft_wrap=True)
    if len(outcome.rejected) > _MOST_REJECTED:
        console.print(Text(f"... and {len(outcome.rejected) - _MOST_REJECTED} more", "yellow"))
    console.print(_table(outcome))
    for failure in outcome.failures:
        console.print(Text(f"FAILED  {failure}", "bold red"), soft_wrap=True)
    console.print(Text(f"Report: {report}"), soft_wrap=True)


def alerts_in_words(outcome: Outcome) -> str:
    """Like `8 of 8 planted found, 0 missed, 0 noise`, or a count where no truth is known."""
    verdict = outcome.verdict
    if not outcome.generated:
        return f"{len(outcome.alerts)} price increases found"
    unseen = f", {len(verdict.unseen)} on no receipt" if verdict.unseen else ""
    return (
        f"{len(verdict.found)} of {len(verdict.expected)} planted found, "
        f"{len(verdict.missed)} missed, {len(verdict.noise)} noise{unseen}"
    )


def _table(outcome: Outcome) -> Table:
    table = Table(show_header=False, title="The main job", title_justify="left")
    table.add_row("servers", f"{outcome.postgres}, {outcome.redis}, schema {outcome.revision}")
    repeated = f", {outcome.repeated} known already" if outcome.repeated else ""
    table.add_row("receipts", f"{outcome.receipts} ingested{repeated}, of {outcome.shoppers} shoppers")
    table.add_row("lines", str(outcome.lines))
    table.add_row("left out", str(len(outcome.rejected)))
    for channel, count in outcome.wiretap.counts.items():
        table.add_row(channel, str(count) if count else "-")
    checked = len(outcome.wiretap.messages)
    table.add_row("contract findings", f"{len(outcome.wiretap.problems)} in {checked} messages")
    table.add_row("broken contract", "caught" if outcome.broken.is_caught else "NOT caught")
    table.add_row("price alerts", alerts_in_words(outcome))
    for title, seconds in outcome.seconds.items():
        table.add_row(Text(title, "dim"), Text(f"{seconds:.1f} s", "dim"))
    return table


def _broken(outcome: Outcome) -> Text:
    text = Text(outcome.broken.report.rstrip())
    text.highlight_words(["BREAKS"], "bold red")
    for problem in outcome.broken.problems:
        text.append(f"\nA published event, so changed: {problem}")
    return text
