"""The pairs that people wrote, each with its right verdict."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from schemas.pools import Schema

FOLDER: Final = Path(__file__).parents[2] / "contracts" / "soundness" / "corpus"


@dataclass(frozen=True)
class Case:
    """A pair and what is true of it.

    Attributes:
        name: the topic's file, and the fact.
        included: whether the reader accepts all that the writer does.
        witness: where it does not, a payload that proves it, in a tuple.
    """

    name: str
    writer: Schema
    reader: Schema
    included: bool
    witness: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.name


def corpus() -> list[Case]:
    """All of them; equal schemas are two cases, one in each direction."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            name = f"{file.stem}: {case['name']}"
            writer, reader, verdict = case["writer"], case["reader"], case["verdict"]
            witness = (case["witness"],) if "witness" in case else ()
            found.append(Case(name, writer, reader, verdict != "breaking", witness))
            if verdict == "equal":
                found.append(Case(f"{name}, and back", reader, writer, True))
    return found
