"""A running release that takes commands."""

import json
import subprocess
from collections import deque
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self, cast

from cartsnitch_contracts.proof.install import Installation, ProofError, clean_environment

_WORKER = Path(__file__).parent / "release" / "worker.py"


class RefusedError(Exception):
    """The release refused what it was told to do; the message is what it said."""


class Process:
    """One release's process; a context manager that ends it.

    Its methods are the worker's: `process.call("publish", event)`.
    """

    def __init__(self, installation: Installation, redis_url: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - an interpreter of our own
            [installation.python, "-P", _WORKER, redis_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**clean_environment(), "PYTHONPATH": str(_WORKER.parent)},
        )
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._input, self._output, self._errors = cast("tuple[IO[str], IO[str], IO[str]]", pipes)
        self._said: deque[str] = deque(maxlen=40)
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._answer()

    def call(self, command: str, *arguments: Any) -> Any:
        """What a command of the worker returns.

        Raises:
            RefusedError: the release refused it: a payload that does not fit, say.
            ProofError: the process ended.
        """
        try:
            self._input.write(json.dumps([command, arguments]) + "\n")
            self._input.flush()
        except BrokenPipeError:
            raise self._ended() from None
        return self._answer()

    def _answer(self) -> Any:
        line = self._output.readline()
        if not line:
            raise self._ended()
        answer = json.loads(line)
        if "failed" in answer:
            raise RefusedError(answer["failed"])
        return answer["ok"]

    def _listen(self) -> None:
        self._said.extend(self._errors)

    def _ended(self) -> ProofError:
        self._listener.join()
        return ProofError(f"A release's process ended unexpectedly:\n{''.join(self._said)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._input, self._output, self._errors):
            pipe.close()
