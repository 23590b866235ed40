"""A market that is simulated and loaded in a process of its own, which tells its time and its memory.

`python -m benchmarks.receipts.big_market URL HOUSEHOLDS WEEKS` prints one JSON object.
"""

import json
import resource
import sys
import time

from cartsnitch_fixtures.market import Market, load

KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""What the system counts memory in."""


def main(url: str, households: str, weeks: str) -> None:
    start = time.perf_counter()
    receipts = load(Market(seed=1, households=int(households), weeks=int(weeks)), url)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
    print(json.dumps({"receipts": receipts, "seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
