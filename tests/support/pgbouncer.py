"""A PgBouncer in front of a server's socket, which shares two of its connections among all clients."""

import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cartsnitch_fixtures.servers.embedded.account import server_account
from cartsnitch_fixtures.servers.embedded.process import server_process

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@contextmanager
def pgbouncer(host: str, user: str) -> Iterator[int]:
    """Its port on loopback, in transaction mode, for every database of the server."""
    assert PROGRAM, "CI must have pgbouncer: apt-get install pgbouncer"
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="cartsnitch-pgbouncer-", dir="/tmp"))
    account.own(folder)
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n* = host={host} user={user}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n"
    )
    account.own(config)
    try:
        with server_process(
            "PgBouncer",
            [PROGRAM, config],
            account=account,
            log=folder / "log",
            folder=folder,
            stop=signal.SIGINT,
        ) as process:
            process.wait_until(lambda: _answers(port))
            yield port
    finally:
        shutil.rmtree(folder)


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
