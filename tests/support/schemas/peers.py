"""Other deciders of inclusion, each in a process of its own: they may crash or never answer."""

import json
import os
import selectors
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from schemas.pools import Schema

COMPATIBLE: Final = "compatible"
BREAKING: Final = "breaking"
UNPROVEN: Final = "unproven"


@dataclass(frozen=True)
class Answer:
    """What a peer said.

    Attributes:
        verdict: "compatible", "breaking", or "unproven" where it gave up, raised, crashed or ran out of time.
        witness: of a break, in a tuple, where the peer names one.
        reason: why it is unproven.
        seconds: that it took.
    """

    verdict: str
    witness: tuple[Any, ...] = ()
    reason: str = ""
    seconds: float = 0.0


class Peer:
    """A peer, by name, that is asked one pair after the other; a context manager."""

    def __init__(self, name: str, *, seconds: float = 5.0) -> None:
        self.name = name
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop()

    def decide(self, writer: Schema, reader: Any) -> Answer:
        """Its answer; a crash and a time out are answers too."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([writer, reader]).encode() + b"\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if selector.select(self.seconds) else None
        if not line:
            self._stop()
            return Answer(
                UNPROVEN, reason="no answer in time" if line is None else "crashed", seconds=self.seconds
            )
        verdict, witness, reason, seconds = json.loads(line)
        return Answer(verdict, tuple(witness), reason, seconds)

    def _start(self) -> subprocess.Popen[bytes]:
        here = Path(__file__).parents[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "schemas.peers", self.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._ask_nothing()
        return self._process

    def _ask_nothing(self) -> None:
        """Wait until it is there, so that the first pair does not pay for its start."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process = None


def jsoncompat() -> Callable[[Schema, Schema], Answer]:
    """https://pypi.org/project/jsoncompat, told to assert formats."""
    import jsoncompat as library

    def decide(writer: Schema, reader: Schema) -> Answer:
        told = library.analyze_compat(
            json.dumps(writer),
            json.dumps(reader),
            "deserializer",
            options={"resources": {}, "assert_formats": True},
        )
        match told["status"]:
            case "compatible":
                return Answer(COMPATIBLE)
            case "incompatible":
                return Answer(BREAKING, (json.loads(told["counterexample_json"]),))
            case _:
                return Answer(UNPROVEN, reason=told["reason"])

    return decide


def jsoncompat_validator() -> Callable[[Schema, Any], Answer]:
    """Its validator, asked about a schema and a payload: compatible is what it accepts."""
    import jsoncompat as library

    def decide(schema: Schema, payload: Any) -> Answer:
        options = {"resources": {}, "assert_formats": True}
        accepted = library.validator_for(json.dumps(schema), options=options).is_valid_json(
            json.dumps(payload)
        )
        return Answer(COMPATIBLE if accepted else BREAKING)

    return decide


def jsonsubschema() -> Callable[[Schema, Schema], Answer]:
    """https://pypi.org/project/jsonsubschema, which names no witness and knows draft 4."""
    from jsonsubschema.api import isSubschema

    def decide(writer: Schema, reader: Schema) -> Answer:
        included = isSubschema(writer, reader)
        if included is None:
            return Answer(UNPROVEN, reason="it returned None")
        return Answer(COMPATIBLE if included else BREAKING)

    return decide


PEERS: Final = {
    "jsoncompat": jsoncompat,
    "jsoncompat's validator": jsoncompat_validator,
    "jsonsubschema": jsonsubschema,
}


def serve(name: str) -> None:
    """Answer lines of pairs with lines of verdicts."""
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the peer prints is no answer
    decide = PEERS[name]()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        writer, reader = json.loads(line)
        started = time.perf_counter()
        try:
            told = decide(writer, reader)
        except BaseException as error:
            told = Answer(UNPROVEN, reason=f"{type(error).__name__}: {error}"[:120])
        seconds = time.perf_counter() - started
        print(json.dumps([told.verdict, told.witness, told.reason, seconds]), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
