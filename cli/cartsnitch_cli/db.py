"""`cartsnitch db`: the schema's history, and the keys of encrypted values."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import cartsnitch_migrations as migrations
from cartsnitch_common import urls
from cartsnitch_common.config import get_settings
from cartsnitch_common.database import dispose_engines, get_sync_engine
from cartsnitch_common.errors import MigrationError
from cartsnitch_common.rotation import rotate_keys as rotate

app = typer.Typer(
    help="The database: its schema and its encryption keys.", no_args_is_help=True, add_completion=False
)
out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

Url = Annotated[str | None, typer.Option(help="The database. Without it CARTSNITCH_DATABASE_URL tells.")]
LockTimeout = Annotated[
    float | None,
    typer.Option(help="Seconds to wait for a table in use; 0 has no limit.  [default: the settings']", min=0),
]
STEPS = {"ignore_unknown_options": True}  # or -1 would be taken for an option


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="How far: an id, +1, or head.")] = "head",
    url: Url = None,
    lock_timeout: LockTimeout = None,
) -> None:
    """Apply the revisions that the database lacks."""
    database = _database(url)
    migrations.upgrade(database, revision, lock_timeout=lock_timeout)
    _say_where(database)


@app.command(context_settings=STEPS)
def downgrade(
    revision: Annotated[str, typer.Argument(help="How far: an id, -1, or base for an empty database.")],
    url: Url = None,
    lock_timeout: LockTimeout = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take revisions back, and the data in what they made."""
    database = _database(url)
    if not yes:
        typer.confirm(f"Data may be lost in {_name(database)}. Go back to {revision}?", abort=True)
    migrations.downgrade(database, revision, lock_timeout=lock_timeout)
    _say_where(database)


@app.command()
def current(url: Url = None) -> None:
    """Tell which revision the database is at."""
    _say_where(_database(url))


@app.command()
def check(url: Url = None) -> None:
    """Compare the database with the models; exit code 1 where they differ."""
    database = _database(url)
    differences = migrations.check(database)
    if not differences:
        out.print(f"{_name(database)} is as the models say.", markup=False)
        return
    out.print(f"{_name(database)} differs from the models:", markup=False)
    for line in differences:
        out.print(f"  {line}", markup=False)
    raise typer.Exit(1)


@app.command("rotate-keys")
def rotate_keys(
    url: Url = None,
    batch: Annotated[int, typer.Option(help="Rows per transaction.", min=1)] = 500,
) -> None:
    """Encrypt every stored session with the newest key; exit code 1 while an older key is still needed."""
    database = _database(url)
    if migrations.current(database) is None:
        raise MigrationError(f"{_name(database)} has no tables yet. Run: cartsnitch db upgrade")
    columns = (TextColumn("Rotating keys"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=err) as progress:
            task = progress.add_task("", total=None)
            result = rotate(
                get_sync_engine(database),
                batch=batch,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
            dealt_with = result.rotated + len(result.unreadable)
            progress.update(task, completed=dealt_with, total=dealt_with + result.in_use)
    finally:
        dispose_engines()
    for row, reason in result.unreadable.items():
        err.print(f"Row {row}: {reason}", markup=False)
    if result.in_use:
        err.print(f"{result.in_use} sessions were in use and are still to be done: run this again.")
    out.print(f"{result.rotated} sessions re-encrypted with key {result.kid}.", end=" ")
    if not result.complete:
        out.print(f"{len(result.unreadable)} cannot be opened. Keep the older keys.")
        raise typer.Exit(1)
    out.print("Older keys can be removed from CARTSNITCH_ENCRYPTION_KEYS.")


@app.command()
def grants(
    service: Annotated[str, typer.Argument(help="The service, by its name on the wire: stickershock.")],
    role: Annotated[str | None, typer.Option(help="The role it logs in as.  [default: SERVICE]")] = None,
    allow_from: Annotated[
        Path | None, typer.Option(help="A pyproject.toml, whose allow-list is granted as well.")
    ] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Print what takes all of it back.")] = False,
) -> None:
    """Print the SQL that lets a service's role use its own tables, and no other's.

    Run it after each upgrade: cartsnitch db grants stickershock | psql -v ON_ERROR_STOP=1 URL
    """
    from cartsnitch_cli.grants import script  # noqa: PLC0415 - it needs what the other commands do without

    sys.stdout.write(script(service, role or service, allow_from, revoke=revoke))


def _database(url: str | None) -> str:
    return url or get_settings().database_url_sync


def _name(database: str) -> str:
    return urls.describe(urls.parse_database_url(database))


def _say_where(database: str) -> None:
    revision = migrations.current(database)
    newest = " (head)" if revision == migrations.head() else ""
    out.print(f"{_name(database)} is at revision {revision or 'none'}{newest}.", markup=False)
