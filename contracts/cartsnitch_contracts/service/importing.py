"""What importing a service's application does: engines, settings and connections belong into its lifespan."""

import base64
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cartsnitch_contracts.errors import DocumentError

SECONDS: Final = 60
_NOWHERE: Final = "/nothing-is-here"


@dataclass(frozen=True)
class Import:
    """What importing an application did.

    Attributes:
        routes: what it serves, like `GET /increases`.
        deeds: what was opened or read meanwhile, each in words with its line.
        error: why it could not be imported; empty where it could.
    """

    routes: tuple[str, ...]
    deeds: tuple[str, ...]
    error: str


def import_app(folder: Path, place: str) -> Import:
    """Import `module:name` of a project in a new process, whose settings lead nowhere.

    Raises:
        DocumentError: that process does not end, or ends without a word.
    """
    settings = {
        "CARTSNITCH_DATABASE_URL": f"postgresql+psycopg:///none?host={_NOWHERE}",
        "CARTSNITCH_REDIS_URL": f"unix://{_NOWHERE}",
        "CARTSNITCH_ENCRYPTION_KEYS": base64.b64encode(bytes(32)).decode(),
    }
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        command = [sys.executable, "-m", "cartsnitch_contracts.service.probe", place, str(answer)]
        try:
            done = subprocess.run(  # noqa: S603 - this package's own module
                command, cwd=folder, env=os.environ | settings, capture_output=True, text=True,
                timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DocumentError(
                f"Importing {place} does not end within {SECONDS} s. "
                "What it waits for belongs into its lifespan."
            ) from None
        if not answer.exists():
            last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
            raise DocumentError(f"Importing {place} ended the process with {done.returncode}: {last}.")
        found = json.loads(answer.read_text(encoding="utf-8"))
    deeds = [f"{event['what']}  at {event['place']}" for event in found["events"] if event["place"]]
    return Import(tuple(found["routes"]), tuple(dict.fromkeys(deeds)), found["error"])
