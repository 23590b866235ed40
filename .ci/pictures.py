"""Draws docs/pictures/report-*.svg: what the main reports look like in a terminal, from real runs.

The service is that of docs/services.md, right and with its mistake; the change is a renamed field.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SOURCES = ("src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli")
EVENTS = Path("src/cartsnitch_common/schemas/events.py")
COLUMNS = 112


def main() -> int:
    """Draw all of them."""
    blocks = re.findall(
        r"^```\w+\n# ([^\n]+)\n(.*?)^```$",
        (ROOT / "docs" / "services.md").read_text(encoding="utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    files = dict(blocks)
    draw("kept", "pytest --cartsnitch-contracts", contracts_of(files, "stickershock/handlers.py"))
    draw(
        "broken", "pytest --cartsnitch-contracts",
        contracts_of(files, "stickershock/handlers.py, with a mistake"),
    )  # fmt: skip
    draw("check", "cartsnitch contracts check", renamed_field())
    return 0


def contracts_of(files: dict[str, str], handlers: str) -> str:
    """What pytest prints of the page's service, but for the lines that every run has."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stickershock").mkdir()
        (folder / "pyproject.toml").write_text(files["pyproject.toml"], encoding="utf-8")
        (folder / "stickershock" / "handlers.py").write_text(
            "# handlers\n" + files[handlers], encoding="utf-8"
        )
        options = ("-p", "no:asyncio", "--no-header", "--cartsnitch-contracts", "--color=yes")
        return run([sys.executable, "-m", "pytest", *options], folder)


def renamed_field() -> str:
    """What `check` prints in a clone in which an event's `total` has another name."""
    with tempfile.TemporaryDirectory() as name:
        clone = Path(name) / "cartsnitch-common"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)  # noqa: S607
        source = (clone / EVENTS).read_text(encoding="utf-8")
        (clone / EVENTS).write_text(source.replace("    total: ", "    grand_total: ", 1), encoding="utf-8")
        examples = clone / "contracts/cartsnitch_contracts/documents/events/receipts.ingested/examples.json"
        text = examples.read_text(encoding="utf-8")
        examples.write_text(re.sub(r'"(payload\.)?total"', r'"\1grand_total"', text), encoding="utf-8")
        paths = os.pathsep.join(str(clone / each) for each in SOURCES)
        command = [sys.executable, "-c", "from cartsnitch_cli.main import run; run()", "contracts"]
        run([*command, "export"], clone, PYTHONPATH=paths)
        return run([*command, "check", "--base", "HEAD"], clone, PYTHONPATH=paths, FORCE_COLOR="1")


def run(command: list[str], folder: Path, **environment: str) -> str:
    """What a command prints, colours and all."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"COLUMNS": str(COLUMNS)} | environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def draw(name: str, command: str, printed: str) -> None:
    """One picture: a terminal with the command and what it printed."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(f"$ {command}\n{printed.rstrip()}"))
    PICTURES.mkdir(exist_ok=True)
    file = PICTURES / f"report-{name}.svg"
    file.write_text(console.export_svg(title=command, unique_id=f"report-{name}"), encoding="utf-8")
    sys.stdout.write(f"{file.relative_to(ROOT)}\n")


if __name__ == "__main__":
    raise SystemExit(main())
