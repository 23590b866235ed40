"""What the database holds in the end, and the alerts against the truth."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from cartsnitch_cli.demo.outcome import Expected, Observation, Verdict
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import NormalizedProduct, PriceHistory, Store
from cartsnitch_common.schemas.events import PriceIncreaseAlert
from cartsnitch_fixtures.market import PriceIncrease

type Series = dict[tuple[UUID, StoreSlug], tuple[Observation, ...]]


def price_series(session: Session, keys: Iterable[tuple[UUID, str]]) -> Series:
    """Each product's observed prices at a store, by day."""
    query = (
        select(PriceHistory, Store.slug)
        .join(PriceHistory.store)
        .where(tuple_(PriceHistory.normalized_product_id, Store.slug).in_(list(keys)))
        .order_by(PriceHistory.observed_date, PriceHistory.id)
    )
    series: dict[tuple[UUID, StoreSlug], list[Observation]] = defaultdict(list)
    for price, slug in session.execute(query):
        seen = Observation(price.observed_date, price.regular_price, price.sale_price)
        series[price.normalized_product_id, StoreSlug(slug)].append(seen)
    return {key: tuple(observations) for key, observations in series.items()}


def product_ids(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """The products that have these codes, by code."""
    wanted = set(codes)
    return {
        code: product.id
        for product in session.scalars(select(NormalizedProduct))
        for code in wanted.intersection(product.upc_variants)
    }


def judge(
    truth: Iterable[PriceIncrease],
    alerts: Iterable[PriceIncreaseAlert],
    ids: dict[str, UUID],
    series: Series,
) -> Verdict:
    """Match alerts with planted increases: the same product, store, old and new price, not before its day."""
    left = list(alerts)
    expected = []
    for planted in truth:
        product = ids.get(planted.product.code)
        match = next((alert for alert in left if _is(alert, planted, product)), None)
        if match:
            left.remove(match)
        days = [seen.day for seen in series.get((product, planted.store), ())] if product else []
        visible = any(day < planted.on for day in days) and any(day >= planted.on for day in days)
        expected.append(Expected(planted, product, visible, match))
    return Verdict(tuple(expected), tuple(left))


def _is(alert: PriceIncreaseAlert, planted: PriceIncrease, product: UUID | None) -> bool:
    return (
        alert.normalized_product_id == product
        and alert.store_slug == planted.store
        and (alert.old_price, alert.new_price) == (planted.old, planted.new)
        and alert.observed_date >= planted.on
    )
