"""A subscriber's behaviour is written once, as a script of steps; either twin performs it.

A step is a function to call: the sync twin calls it, the async one awaits what it returns as well. Its result
is sent into the script; what it raises is raised there, where the script asked for it.
"""

from collections.abc import Callable, Generator
from functools import partial
from inspect import isawaitable
from typing import Any

type Step = Callable[[], Any]
type Script = Generator[Step, Any, None]


def perform(script: Script) -> None:
    """Perform each step; raises what the script lets through."""
    proceed = partial(script.send, None)
    while True:
        try:
            step = proceed()
        except StopIteration:
            return
        try:
            proceed = partial(script.send, step())
        except BaseException as error:
            proceed = partial(script.throw, error)


async def perform_async(script: Script) -> None:
    """Perform each step and await what it returns; a cancellation reaches the script like any error."""
    proceed = partial(script.send, None)
    while True:
        try:
            step = proceed()
        except StopIteration:
            return
        try:
            result = step()
            proceed = partial(script.send, await result if isawaitable(result) else result)
        except BaseException as error:
            proceed = partial(script.throw, error)
