"""For tests of what runs in threads: wait without a clock's verdict, and run either twin of a subscriber."""

import asyncio
import functools
import threading
from concurrent.futures import Future

PATIENCE = 30
"""Seconds after which a test gives up; nothing is judged by how long it took."""


def until(condition):
    """Wait for what another thread or process does."""
    pause = threading.Event()
    for _ in range(PATIENCE * 200):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not happen")


class Twins:
    """Runs subscribers of one kind, "sync" or "async", each in a thread of its own."""

    def __init__(self, kind):
        self.kind = kind
        self._running = []

    def fit(self, function):
        """The same function, a coroutine function for the async twin."""
        if self.kind == "sync":
            return function

        @functools.wraps(function)
        async def coroutine(*arguments):
            return function(*arguments)

        return coroutine

    def fit_all(self, options):
        """The same options, with every callback fitted."""
        return {name: self.fit(value) if callable(value) else value for name, value in options.items()}

    def start(self, subscriber):
        """Run it; the future tells how that ended."""
        outcome = Future()

        def main():
            try:
                if self.kind == "sync":
                    subscriber.run()
                else:
                    asyncio.run(subscriber.run())
                outcome.set_result("stopped")
            except BaseException as error:
                outcome.set_exception(error)

        thread = threading.Thread(target=main, daemon=True)
        thread.start()
        self._running.append((subscriber, thread))
        return outcome

    def close(self):
        """Stop them all, and see that they do."""
        for subscriber, thread in self._running:
            subscriber.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()
