"""Price charts as SVG text: step lines over weeks, in the colours of the page's style sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Final

from cartsnitch_cli.demo.outcome import Observation

WIDTH: Final = 400
HEIGHT: Final = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 28, 28
_DATES: Final = 4
_STEPS: Final = tuple(map(Decimal, ("0.05", "0.10", "0.25", "0.50", "1", "2", "5", "10", "25", "50", "100")))


@dataclass(frozen=True)
class _Scale:
    """From days and dollars to the picture's units."""

    first: date
    last: date
    low: Decimal
    high: Decimal

    def x(self, day: date) -> float:
        span = max(1, (self.last - self.first).days)
        return _LEFT + (day - self.first).days / span * (WIDTH - _LEFT - _RIGHT)

    def y(self, price: Decimal) -> float:
        share = float((price - self.low) / (self.high - self.low))
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def price_chart(observations: Sequence[Observation], alerts: Sequence[date], *, label: str) -> str:
    """One product's prices at one store, as an `<svg>`; `label` is what a screen reader says.

    The line is the regular price, small circles are sale prices, triangles the days of `alerts`.
    """
    if not observations:
        return ""
    prices = [seen.regular for seen in observations] + [seen.sale for seen in observations if seen.sale]
    step = _step(max(prices) - min(prices))
    low, high = min(prices) // step * step, (max(prices) // step + 1) * step
    scale = _Scale(observations[0].day, observations[-1].day, low, high)
    parts = [*_price_axis(scale, step), *_date_axis(scale), _line(scale, observations)]
    parts += [
        f'<circle class="sale" cx="{scale.x(seen.day):.1f}" cy="{scale.y(seen.sale):.1f}" r="3"/>'
        for seen in observations
        if seen.sale
    ]
    regular = {seen.day: seen.regular for seen in observations}
    parts += [_alert(scale, day, regular[day]) for day in alerts if day in regular]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _step(spread: Decimal) -> Decimal:
    """Between two lines of the grid: at most six of them."""
    return next((step for step in _STEPS if spread / step <= 5), _STEPS[-1])


def _price_axis(scale: _Scale, step: Decimal) -> Iterator[str]:
    price = scale.low
    while price <= scale.high:
        y = scale.y(price)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">${price:.2f}</text>'
        price += step


def _date_axis(scale: _Scale) -> Iterator[str]:
    days = (scale.last - scale.first).days
    marks = {scale.first + timedelta(days=round(days * part / (_DATES - 1))) for part in range(_DATES)}
    for day in sorted(marks):
        anchor = "start" if day == scale.first else "end" if day == scale.last else "middle"
        x, words = scale.x(day), f"{day:%b} {day.day}"
        yield f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{words}</text>'


def _line(scale: _Scale, observations: Sequence[Observation]) -> str:
    path = f"M{scale.x(observations[0].day):.1f} {scale.y(observations[0].regular):.1f}"
    for seen in observations[1:]:
        path += f"H{scale.x(seen.day):.1f}V{scale.y(seen.regular):.1f}"
    return f'<path class="regular" d="{path}"/>'


def _alert(scale: _Scale, day: date, price: Decimal) -> str:
    x, y = scale.x(day), scale.y(price)
    right = x > WIDTH * 0.7
    return (
        f'<path class="alert" d="M{x:.1f} {y - 7:.1f}l6 11h-12z"/>'
        f'<text class="alert" x="{x + (-9 if right else 9):.1f}" y="{y - 8:.1f}" '
        f'text-anchor="{"end" if right else "start"}">${price}</text>'
    )
