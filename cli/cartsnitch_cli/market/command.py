"""`cartsnitch market simulate`: months of a town's shopping, with the truth about its prices."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.errors import ConfigurationError

app = typer.Typer(help="A simulated market to test with.", no_args_is_help=True, add_completion=False)

EXAMPLES: Final = (
    "Examples: cartsnitch market simulate --households 1000 --weeks 52 --out market; "
    "cartsnitch market simulate --households 50 --stores kroger --plant 10 --no-inflation --out small"
)
_CHAINS: Final = ",".join(StoreSlug)
_FIRST_DAY: Final = datetime(2026, 3, 1)  # noqa: DTZ001 - a day, without a clock


class Format(StrEnum):
    """The form of the files; apart from what writes them, so that help loads no fixtures."""

    JSONL = "jsonl"
    PARQUET = "parquet"


@app.callback()
def _market() -> None:
    """A simulated market to test with."""


@app.command(epilog=EXAMPLES)
def simulate(
    *,
    households: Annotated[int, typer.Option(help="How many shop.", min=1)] = 100,
    weeks: Annotated[int, typer.Option(help="How long.", min=1)] = 12,
    seed: Annotated[int, typer.Option(help="Another seed gives another market.", min=0)] = 1,
    stores: Annotated[str, typer.Option(help="The chains, with commas between.")] = _CHAINS,
    start: Annotated[
        datetime, typer.Option(help="The first day.", formats=["%Y-%m-%d"], show_default="2026-03-01")
    ] = _FIRST_DAY,
    plant: Annotated[
        int, typer.Option(help="Plant so many price rises, shrinks and coupons each.", min=0)
    ] = 0,
    inflation: Annotated[
        bool, typer.Option("--inflation/--no-inflation", help="Whether prices follow inflation.")
    ] = True,
    out: Annotated[Path, typer.Option(help="The folder, new or of the same simulation.")] = Path("market"),
    layout: Annotated[
        Format, typer.Option("--format", help="Of the tables; parquet needs pyarrow.")
    ] = Format.JSONL,
    events: Annotated[
        bool, typer.Option("--events/--no-events", help="Whether events are written; half of all bytes.")
    ] = True,
    database_url: Annotated[
        str | None,
        typer.Option(help="Load this migrated Postgres; the folder gets the page and the truth alone."),
    ] = None,
) -> None:
    """Simulate households that shop for weeks, with the truth about prices known.

    The folder gets a file for each table (receipts, observations, coupons, events, products), truth.json to
    score a detector against, and summary.html, a page with charts.

    The same options give the same bytes. Stopped at any moment, the same command goes on where it was.
    """
    from cartsnitch_cli.market.running import run  # noqa: PLC0415 - loads the fixtures
    from cartsnitch_fixtures.market.settings import Settings  # noqa: PLC0415

    settings = Settings(
        households=households,
        weeks=weeks,
        seed=seed,
        stores=_chains(stores),
        start=start.date(),
        inflation=inflation,
        plant=plant,
    )
    run(settings, out, layout, events=events, database_url=database_url)


def _chains(said: str) -> tuple[StoreSlug, ...]:
    """The chains by their names, in the order that markets have them."""
    names = {name.strip() for name in said.split(",") if name.strip()}
    if unknown := sorted(names - set(StoreSlug)):
        raise ConfigurationError(f"There is no chain {', '.join(unknown)}. There are: {_CHAINS}.")
    if not names:
        raise ConfigurationError(f"A market has at least one chain. Name some of: --stores {_CHAINS}.")
    return tuple(store for store in StoreSlug if store in names)
