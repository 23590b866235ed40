"""`python -m cartsnitch_migrations upgrade`: migrations with nothing but the runtime package."""

import argparse
import sys
from collections.abc import Sequence

from cartsnitch_common.config import get_settings
from cartsnitch_common.errors import CartsnitchError
from cartsnitch_migrations import check, current, downgrade, head, upgrade


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, 1 where `check` found differences, or 2 after a message on stderr."""
    chosen = _parser().parse_args(arguments)
    try:
        url = chosen.url or get_settings().database_url_sync
        match chosen.command:
            case "upgrade":
                upgrade(url, chosen.revision)
            case "downgrade":
                downgrade(url, chosen.revision)
            case "check":
                return _report(check(url))
        at = current(url)
    except CartsnitchError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{at or 'none'}{' (head)' if at == head() else ''}\n")
    return 0


def _report(differences: list[str]) -> int:
    for line in differences or ["no differences"]:
        sys.stdout.write(f"{line}\n")
    return 1 if differences else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cartsnitch_migrations", description="Bring a CartSnitch database along its history."
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", help="the database; without it CARTSNITCH_DATABASE_URL tells")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("upgrade", parents=[common], help="apply what is missing")
    up.add_argument("revision", nargs="?", default="head", help="how far: an id, +1, or head (the default)")
    down = commands.add_parser("downgrade", parents=[common], help="take back, with the data that goes along")
    down.add_argument("revision", help="how far: an id, -1, or base for an empty database")
    commands.add_parser("current", parents=[common], help="print the revision that the database is at")
    commands.add_parser("check", parents=[common], help="print how the database differs from the models")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
