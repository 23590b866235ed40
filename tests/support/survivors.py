"""For tests of crashes: note a server's process and folder, and see whether they are still there."""

import os
import time
from pathlib import Path
from typing import NamedTuple

from threads import until

ENDED_WITHIN = 10.0
NOTE = """
import os, time
from pathlib import Path
from urllib.parse import urlsplit

def note(place, *servers):
    lines = []
    for server in servers:
        if server.version.startswith("Postgres"):
            folder = Path(server.address.folder).parent
            pid = (folder / "data" / "postmaster.pid").read_text().split()[0]
        else:
            pid = server._admin.info("server")["process_id"]  # its one keyspace may be lent
            folder = Path(urlsplit(server._url).path).parent.parent
        lines.append(f"{pid} {folder}")
    Path(f"{place}.new").write_text(f"{os.getpid()} {os.getcwd()}\\n" + "\\n".join(lines))
    os.rename(f"{place}.new", place)

def wait_for(place):
    deadline = time.monotonic() + 60
    while not os.path.exists(place):
        assert time.monotonic() < deadline
        time.sleep(0.01)
"""
"""For the program that is going to be killed: `note(place, *servers)` tells of them in one go."""


class Noted(NamedTuple):
    """A process, and the folder that it works in."""

    pid: int
    folder: Path

    @property
    def runs(self) -> bool:
        """Whether it lives; one that ended and was not yet reaped does not."""
        return is_running(self.pid)


def noted(place: Path) -> tuple[Noted, ...]:
    """What a program wrote by `note`, once it did: itself first, then its servers."""
    until(place.exists)
    lines = [line.split(maxsplit=1) for line in place.read_text().splitlines()]
    return tuple(Noted(int(pid), Path(folder)) for pid, folder in lines)


def gone_in_time(*processes: Noted) -> bool:
    """Whether they all end within `ENDED_WITHIN`: ten seconds, where two are promised, for slow machines.

    An orphaned worker of pytest-xdist whose test ignores SIGINT takes fifteen.
    """
    deadline = time.monotonic() + ENDED_WITHIN
    while any(process.runs for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def is_running(pid: int) -> bool:
    """Whether a process lives; one that ended and was not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return not Path("/proc/self").exists()
