"""The HTML report: one file that stands alone, without a request to anywhere."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from uuid import UUID

from cartsnitch_cli.demo.charts import price_chart
from cartsnitch_cli.demo.outcome import Outcome
from cartsnitch_cli.demo.summary import alerts_in_words
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas.events import PriceIncreaseAlert
from cartsnitch_fixtures.catalogue import CHAINS


def write_report(outcome: Outcome, path: Path, *, made_at: datetime) -> Path:
    """Write the report of a run; returns the path."""
    template = Template((files(__package__) / "report.html").read_text("utf-8"))
    page = template.substitute(
        made_at=f"{made_at:%Y-%m-%d %H:%M} UTC",
        servers=escape(f"{outcome.postgres}, {outcome.redis}, schema {outcome.revision}"),
        state=_state(outcome),
        numbers=_numbers(outcome),
        rejected=_rejected(outcome),
        slips=_slips(outcome),
        charts=_charts(outcome) or "<p>No price rose.</p>",
        alerts=_alerts(outcome),
        events=_events(outcome),
        broken=escape(outcome.broken.report),
        problems="".join(
            f"<p>A published event, so changed: <code>{escape(str(problem))}</code></p>"
            for problem in outcome.broken.problems
        ),
        timings=_table(
            ("Phase", "Seconds"), ((name, f"{took:.2f}") for name, took in outcome.seconds.items())
        ),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _state(outcome: Outcome) -> str:
    if not outcome.failures:
        return '<p class="state good">All went well.</p>'
    items = "".join(f"<li>{escape(failure)}</li>" for failure in outcome.failures)
    return f'<ul class="state bad">{items}</ul>'


def _numbers(outcome: Outcome) -> str:
    numbers = {
        "receipts": f"{outcome.receipts:,}",
        "lines": f"{outcome.lines:,}",
        "events": f"{len(outcome.wiretap.messages):,}",
        "contract findings": str(len(outcome.wiretap.problems)),
        "price alerts": str(len(outcome.alerts)),
        "files left out": str(len(outcome.rejected)),
    }
    return "".join(
        f"<div><strong>{value}</strong><span>{escape(name)}</span></div>" for name, value in numbers.items()
    )


def _rejected(outcome: Outcome) -> str:
    if not outcome.rejected:
        return ""
    rows = ((str(rejected.path), rejected.reason) for rejected in outcome.rejected)
    return f"<h2>Files left out</h2>{_table(('File', 'Reason'), rows)}"


def _slips(outcome: Outcome) -> str:
    return "".join(
        f"<figure><figcaption>{escape(CHAINS[store].name)}</figcaption>"
        f'<pre class="slip" tabindex="0">{escape(slip)}</pre></figure>'
        for store, slip in outcome.slips.items()
    )


def _charts(outcome: Outcome) -> str:
    names = {alert.normalized_product_id: alert.canonical_name for alert in outcome.alerts}
    names |= {one.product_id: one.planted.product.name for one in outcome.verdict.expected if one.product_id}
    days: dict[tuple[UUID, str], list[date]] = {}
    for alert in outcome.alerts:
        days.setdefault((alert.normalized_product_id, alert.store_slug), []).append(alert.observed_date)
    figures = []
    for (product, store), observations in outcome.charts.items():
        name = f"{names[product]}, {CHAINS[StoreSlug(store)].name}"
        chart = price_chart(observations, days.get((product, store), []), label=f"Prices of {name}")
        figures.append(f"<figure><figcaption>{escape(name)}</figcaption>{chart}</figure>")
    return "".join(figures)


def _alerts(outcome: Outcome) -> str:
    head = ("Product", "Store", "Before", "After", "Change", "Seen on", "Truth")
    rows = []
    for one in outcome.verdict.expected:
        planted = one.planted
        says = "found" if one.alert else "missed" if one.visible else "on no receipt"
        truth = f"{says}; rose {planted.on:%b} {planted.on.day}"
        if one.alert:
            rows.append((*_alert(one.alert, planted.product.name), truth))
        else:
            store = CHAINS[planted.store].name
            rows.append((planted.product.name, store, f"${planted.old}", f"${planted.new}", "", "", truth))
    unplanned = "noise" if outcome.generated else "not known"
    rows += [(*_alert(alert, alert.canonical_name), unplanned) for alert in outcome.verdict.noise]
    return f"<p>{escape(alerts_in_words(outcome))}.</p>{_table(head, rows)}"


def _alert(alert: PriceIncreaseAlert, name: str) -> tuple[str, ...]:
    store = CHAINS[StoreSlug(alert.store_slug)].name
    day = f"{alert.observed_date:%b} {alert.observed_date.day}"
    change = f"+{alert.percent_change}%"
    return (name, store, f"${alert.old_price}", f"${alert.new_price}", change, day)


def _events(outcome: Outcome) -> str:
    parts = [
        _table(("Channel", "Messages"), ((str(name), str(n)) for name, n in outcome.wiretap.counts.items()))
    ]
    for channel in outcome.wiretap.counts:
        for which, raw in zip(("first", "last"), outcome.wiretap.samples(channel), strict=False):
            pretty = escape(json.dumps(json.loads(raw), indent=2, ensure_ascii=False))
            parts.append(
                f"<details><summary>{escape(channel)}, {which}</summary>"
                f'<pre tabindex="0">{pretty}</pre></details>'
            )
    return "".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
