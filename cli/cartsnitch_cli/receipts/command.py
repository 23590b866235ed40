"""`cartsnitch receipts generate`: believable receipts in every form that a service reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cartsnitch_cli.receipts.forms import Format, Look
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.errors import ConfigurationError

if TYPE_CHECKING:
    from cartsnitch_fixtures.receipts import Receipt

app = typer.Typer(help="Receipts to test with.", no_args_is_help=True, add_completion=False)


EXAMPLES: Final = (
    "Examples: cartsnitch receipts generate --store kroger --format text | less; "
    "cartsnitch receipts generate --store meijer --count 100 --seed 7 --format png --look photo --out scans"
)


@app.callback()
def _receipts() -> None:
    """Receipts to test with."""


@app.command(epilog=EXAMPLES)
def generate(
    *,
    store: Annotated[StoreSlug | None, typer.Option(help="One chain's alone.")] = None,
    count: Annotated[int, typer.Option(help="How many.", min=1)] = 1,
    seed: Annotated[int, typer.Option(help="Of the first receipt; each next one has the next.", min=0)] = 0,
    layout: Annotated[
        Format,
        typer.Option(
            "--format",
            help="model: PurchaseCreate and what the till knows. raw: the account page. email, text, png.",
        ),
    ] = Format.MODEL,
    out: Annotated[
        Path | None, typer.Option(help="A file each in this folder.  [default: all to standard output]")
    ] = None,
    messy: Annotated[
        bool, typer.Option("--messy", help="Untidy account pages; model is the right answer to them.")
    ] = False,
    look: Annotated[Look, typer.Option(help="How a png is taken; photo is hard to read.")] = Look.SCAN,
) -> None:
    """Generate believable receipts of Meijer, Kroger and Target that add up to the cent.

    On standard output, model and raw are one JSON object a line, email is an mbox, text has dashes between.

    The same options give the same bytes; a test gets the same from receipt_factory(store=..., seed=...).
    """
    if layout is Format.PNG and out is None:
        raise ConfigurationError("Pictures are not for standard output. Name a folder for them: --out DIR.")
    from cartsnitch_cli.receipts import delivery, layouts  # noqa: PLC0415 - loads the fixtures

    receipts = _receipts_of(store, count, seed, messy)
    if out is None:
        delivery.to_standard_output(layouts.stream(receipts, layout))
        return
    written = delivery.to_folder(layouts.files(receipts, layout, look), out)
    typer.echo(f"{written} {'file' if written == 1 else 'files'} in {out}.")


def _receipts_of(store: StoreSlug | None, count: int, seed: int, messy: bool) -> "Iterator[Receipt]":
    from cartsnitch_fixtures.receipts import ReceiptFactory  # noqa: PLC0415

    factory = ReceiptFactory(seed)
    return (factory(store=store, messy=messy) for _ in range(count))
