"""Price charts as SVG text: step lines over weeks, in the colours of the page's style sheet."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cartsnitch_cli.demo.outcome import Observation
from cartsnitch_fixtures.canvas import WIDTH, Scale, date_axis, grid_step, svg, value_axis


def price_chart(observations: Sequence[Observation], alerts: Sequence[date], *, label: str) -> str:
    """One product's prices at one store, as an `<svg>`; `label` is what a screen reader says.

    The line is the regular price, small circles are sale prices, triangles the days of `alerts`.
    """
    if not observations:
        return ""
    prices = [seen.regular for seen in observations] + [seen.sale for seen in observations if seen.sale]
    step = grid_step(max(prices) - min(prices))
    low, high = min(prices) // step * step, (max(prices) // step + 1) * step
    scale = Scale(observations[0].day.toordinal(), observations[-1].day.toordinal(), low, high)
    parts = [*value_axis(scale, step, "${:.2f}".format), *date_axis(scale), _line(scale, observations)]
    parts += [
        f'<circle class="sale" cx="{scale.x(seen.day.toordinal()):.1f}" cy="{scale.y(seen.sale):.1f}" r="3"/>'
        for seen in observations
        if seen.sale
    ]
    regular = {seen.day: seen.regular for seen in observations}
    parts += [_alert(scale, day, regular[day]) for day in alerts if day in regular]
    return svg(parts, label=label)


def _line(scale: Scale, observations: Sequence[Observation]) -> str:
    path = f"M{scale.x(observations[0].day.toordinal()):.1f} {scale.y(observations[0].regular):.1f}"
    for seen in observations[1:]:
        path += f"H{scale.x(seen.day.toordinal()):.1f}V{scale.y(seen.regular):.1f}"
    return f'<path class="regular" d="{path}"/>'


def _alert(scale: Scale, day: date, price: Decimal) -> str:
    x, y = scale.x(day.toordinal()), scale.y(price)
    right = x > WIDTH * 0.7
    return (
        f'<path class="alert" d="M{x:.1f} {y - 7:.1f}l6 11h-12z"/>'
        f'<text class="alert" x="{x + (-9 if right else 9):.1f}" y="{y - 8:.1f}" '
        f'text-anchor="{"end" if right else "start"}">${price}</text>'
    )
