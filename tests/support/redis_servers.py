"""The backends of Redis that a run tests, a server from each, and a server that somebody else runs."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import redis

from cartsnitch_fixtures.servers.embedded.account import server_account
from cartsnitch_fixtures.servers.embedded.binaries import find_redis, reachable_binary
from cartsnitch_fixtures.servers.embedded.process import server_process
from cartsnitch_fixtures.servers.embedded.rundir import private_directory
from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS, RedisOptions, RedisServer

NAMES = [
    name
    for name in os.environ.get("CARTSNITCH_TEST_BACKENDS", "fake,embedded,url").split(",")
    if name in REDIS_BACKENDS
]

KILLED = """
import sys, time
from cartsnitch_fixtures.servers.redis import RedisOptions, url_redis
with url_redis(RedisOptions(url=sys.argv[1])) as server, server.keyspace() as keyspace:
    if sys.argv[2] == "True":
        keyspace.client().set("left", "behind")
    print("at turn", flush=True)
    time.sleep(600)
"""


@contextmanager
def redis_server(backend: str) -> Iterator[RedisServer]:
    """A server from the backend; it fails where that cannot start."""
    image = os.environ.get("CARTSNITCH_TEST_REDIS_IMAGE", RedisOptions().image)
    with (
        foreign_redis() if backend == "url" else nullcontext() as foreign,
        REDIS_BACKENDS[backend](RedisOptions(image=image, url=foreign and foreign.url())) as server,
    ):
        yield server


@dataclass(frozen=True)
class ForeignRedis:
    """A server that the kit did not start, on loopback behind a password."""

    port: int
    password: str

    def url(self, number: int = 0, *, password: str | None = None) -> str:
        """The URL of a numbered database."""
        return f"redis://:{password or self.password}@127.0.0.1:{self.port}/{number}"

    def client(self, number: int = 0) -> redis.Redis:
        """A client that says nothing of itself."""
        return redis.Redis.from_url(self.url(number))


@contextmanager
def foreign_redis(*options: str) -> Iterator[ForeignRedis]:
    """Run one with further options of redis-server, as long as the block lasts."""
    account = server_account()
    server = ForeignRedis(_free_port(), secrets.token_hex(8))
    with (
        reachable_binary(find_redis(), account) as binary,
        private_directory(account, room=1 << 26) as folder,
    ):
        command = [
            binary, "--bind", "127.0.0.1", "--port", str(server.port), "--requirepass", server.password,
            "--save", "", *options,
        ]  # fmt: skip
        with (
            server_process(
                "A foreign Redis", command, account=account, log=folder / "log", folder=folder / "data",
                stop=signal.SIGKILL,
            ) as process,
            server.client() as client,
        ):  # fmt: skip
            process.wait_until(lambda: _answers(client))
            client.close()
            yield server


def kill_a_test(server: ForeignRedis, *, writes: bool = True) -> None:
    """A run on the server that is killed in the middle of a test, and whose connections are gone."""
    with server.client() as client:
        before = _names(client)
        command = [sys.executable, "-c", KILLED, server.url(), str(writes)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"at turn\n"
            process.kill()
        deadline = time.monotonic() + 30
        while _names(client) != before:
            assert time.monotonic() < deadline
            time.sleep(0.005)


def _names(client: redis.Redis) -> set[str]:
    return {one["name"] for one in client.client_list()}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
