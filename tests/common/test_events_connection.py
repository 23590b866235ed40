"""What a subscriber does when Redis goes away, falls silent or refuses it: both twins, a real server."""

import logging
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
import redis
import redis.asyncio

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.events import (
    AsyncEventSubscriber,
    Backoff,
    EventSubscriber,
    encode_event,
    publish_event,
)
from cartsnitch_common.schemas.events import CouponsUpdated, ReceiptsIngested
from cartsnitch_fixtures.servers.embedded.account import Account
from cartsnitch_fixtures.servers.embedded.binaries import find_redis
from cartsnitch_fixtures.servers.embedded.process import launch_command
from threads import PATIENCE, Twins, until

"""Seconds after which a test gives up; none of them takes one on purpose."""
RECEIPTS = EventType.RECEIPTS_INGESTED
ALL = Backoff(first=1, longest=5, random=lambda: 1.0)


def receipt(number: int) -> ReceiptsIngested:
    return ReceiptsIngested(
        purchase_id=UUID(int=number),
        user_id=UUID(int=0),
        store_slug="meijer",
        receipt_id=f"TXN-{number}",
        purchase_date="2026-03-10",
        total="4.99",
        item_count=1,
    )


class Server:
    """A real server that is killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "redis")
        self.client = redis.Redis(unix_socket_path=self.path, retry=None)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL)
        until(self._answers)

    def kill(self) -> None:
        process, self._process = self._process, None  # a subscriber's thread may start the next meanwhile
        if process:
            process.kill()
            process.wait()

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def publish(self, number: int) -> int:
        return publish_event(self.client, RECEIPTS, Service.RECEIPT_WITNESS, receipt(number))

    def _command(self) -> list[str]:
        """A server that the kernel ends when this process is killed."""
        options = ["--port", "0", "--unixsocket", self.path, "--save", "", "--dir", str(self._folder)]
        ourselves = Account(os.geteuid(), os.getegid(), switch=False)
        return launch_command([find_redis(), *options], ourselves, signal.SIGKILL)

    def _answers(self) -> bool:
        with suppress(redis.ConnectionError):
            return self.client.ping()
        return False


class Runner(Twins):
    """Subscribers to two channels of a server that comes and goes; `arrived` holds their payloads."""

    def subscriber(self, source, **options):
        twin = EventSubscriber if self.kind == "sync" else AsyncEventSubscriber
        subscriber = twin(source, **self.fit_all(options))
        subscriber.arrived = queue.SimpleQueue()
        for channel in (RECEIPTS, EventType.COUPONS_UPDATED):
            subscriber.on(channel, self.fit(lambda event: subscriber.arrived.put(event.payload)))
        return subscriber

    def client(self, **options):
        return (redis if self.kind == "sync" else redis.asyncio).Redis(**options)


@pytest.fixture
def server():
    """A server at an address of its own; not started."""
    folder = Path(tempfile.mkdtemp(prefix="cartsnitch-"))  # a socket's path is at most 107 bytes
    server = Server(folder)
    yield server
    server.kill()
    server.client.close()
    shutil.rmtree(folder)


@pytest.fixture(params=["sync", "async"])
def runner(request, server):
    """Both twins in turn; what they ran is stopped in the end, before the server."""
    runner = Runner(request.param)
    yield runner
    runner.close()


def source(runner, server, **options):
    return runner.client(unix_socket_path=server.path, **options)


def test_a_killed_connection_is_made_anew_with_all_channels(runner, server):
    """The server throws out slow subscribers, and administrators throw out anybody."""
    server.start()
    caught_up = threading.Event()
    subscriber = runner.subscriber(
        source(runner, server), on_reconnect=caught_up.set, backoff=Backoff(first=0.01)
    )
    runner.start(subscriber)
    until(subscriber.ready.is_set)

    server.client.client_kill_filter(_type="pubsub")

    assert caught_up.wait(PATIENCE)
    assert subscriber.stats.reconnects == 1
    coupons = CouponsUpdated(
        store_slug="target", coupon_ids=[], added=0, updated=0, expired=0, refreshed_at="2026-03-10T09:00:00Z"
    )
    publish_event(server.client, EventType.COUPONS_UPDATED, "clipartist", coupons)
    server.publish(1)
    assert [subscriber.arrived.get(timeout=PATIENCE) for _ in range(2)] == [coupons, receipt(1)]


def test_a_server_that_dies_is_awaited_with_growing_pauses(runner, server, caplog):
    """Each attempt waits longer, up to the longest; a success starts anew, and what broke is logged."""
    server.start()
    pauses = []

    def sleep(seconds):
        assert not subscriber.ready.is_set()
        pauses.append(seconds)
        if len(pauses) % 5 == 0:
            server.start()

    subscriber = runner.subscriber(source(runner, server), backoff=ALL, sleep=sleep)
    runner.start(subscriber)
    until(subscriber.ready.is_set)

    for losses in (1, 2):
        server.kill()
        until(lambda losses=losses: subscriber.stats.reconnects == losses)
        server.publish(losses)
        assert subscriber.arrived.get(timeout=PATIENCE) == receipt(losses)

    assert pauses == [1, 2, 4, 5, 5] * 2
    lost = [
        record.getMessage() for record in caplog.records if "No connection to Redis" in record.getMessage()
    ]
    assert len(lost) == 10
    assert "Trying again in 4.00 s; what is published meanwhile is missed" in lost[2]


def test_a_server_may_start_after_its_subscribers(runner, server):
    """Services start in any order; a first connection is no reconnection."""
    caught_up = []
    subscriber = runner.subscriber(
        source(runner, server),
        backoff=ALL,
        sleep=lambda seconds: server.start(),
        on_reconnect=lambda: caught_up.append(1),
    )

    runner.start(subscriber)

    until(subscriber.ready.is_set)
    server.publish(1)
    assert subscriber.arrived.get(timeout=PATIENCE) == receipt(1)
    assert subscriber.stats.reconnects == 0
    assert caught_up == []


def test_stopping_does_not_wait_for_the_next_attempt(runner, server):
    """A pause of hours ends at once."""
    hours = Backoff(first=36_000, longest=36_000, random=lambda: 1.0)
    subscriber = runner.subscriber(source(runner, server), backoff=hours)
    outcome = runner.start(subscriber)
    until(lambda: subscriber._failures == 1)

    subscriber.stop()

    assert outcome.result(PATIENCE) == "stopped"


def test_a_pause_that_passes_is_followed_by_an_attempt(runner, server):
    """Without a stop, the wait of the subscriber's own ends by itself."""
    subscriber = runner.subscriber(source(runner, server), backoff=Backoff(first=0.01, longest=0.01))
    runner.start(subscriber)
    until(lambda: subscriber._failures > 2)

    server.start()

    until(subscriber.ready.is_set)
    assert server.publish(1) == 1
    assert subscriber.arrived.get(timeout=PATIENCE) == receipt(1)


def test_a_callback_that_breaks_after_a_loss_does_not_end_it(runner, server, caplog):
    """Catching up failed, but new events still arrive."""

    def catch_up():
        raise OSError("the database is away as well")

    server.start()
    subscriber = runner.subscriber(source(runner, server), on_reconnect=catch_up, backoff=Backoff(first=0.01))
    runner.start(subscriber)
    until(subscriber.ready.is_set)

    server.client.client_kill_filter(_type="pubsub")
    until(lambda: subscriber.stats.reconnects == 1)
    server.publish(1)

    assert subscriber.arrived.get(timeout=PATIENCE) == receipt(1)
    assert "catch_up failed" in caplog.text
    assert subscriber.stats.reconnects == 1


def test_a_connection_that_falls_silent_is_given_up(runner, server):
    """A frozen server or a forgotten NAT entry sends no goodbye."""
    server.start()
    subscriber = runner.subscriber(
        source(runner, server),
        timeout=0.2,
        heartbeat=0.05,
        backoff=ALL,
        sleep=lambda seconds: server.resume(),
    )
    runner.start(subscriber)
    until(subscriber.ready.is_set)

    server.pause()

    until(lambda: subscriber.stats.reconnects == 1)
    server.publish(1)
    assert subscriber.arrived.get(timeout=PATIENCE) == receipt(1)


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_quiet_connection_is_kept(runner, server, protocol):
    """The server answers to the heartbeat, so nothing is lost."""
    server.start()
    subscriber = runner.subscriber(
        source(runner, server, protocol=protocol), timeout=PATIENCE, heartbeat=0.01
    )
    runner.start(subscriber)
    until(subscriber.ready.is_set)
    start = server.client.info("commandstats").get("cmdstat_ping", {"calls": 0})["calls"]

    until(lambda: server.client.info("commandstats").get("cmdstat_ping", {"calls": 0})["calls"] > start + 3)

    assert subscriber.stats.reconnects == 0
    assert subscriber.ready.is_set()
    assert subscriber.stats.received == 0


def test_a_wrong_password_ends_the_run_and_is_not_logged(runner, server, caplog):
    """Trying again would not help; the service is to fail where its operator sees it."""
    server.start()
    server.client.config_set("requirepass", "right-password")
    url = f"unix://{server.path}?password=wrong-password"
    subscriber = runner.subscriber(url)

    with pytest.raises(redis.AuthenticationError) as refused:
        runner.start(subscriber).result(PATIENCE)

    assert "wrong-password" not in caplog.text + str(refused.value)


def test_a_forbidden_channel_ends_the_run(runner, server):
    """The server's access list does not change by asking again."""
    server.start()
    server.client.acl_setuser(
        "listener", enabled=True, passwords=["+pw"], commands=["+@all"], channels=["other"]
    )

    with pytest.raises(redis.ResponseError, match="channel"):
        runner.start(runner.subscriber(source(runner, server, username="listener", password="pw"))).result(
            PATIENCE
        )


def test_a_lost_connections_log_holds_no_password(runner, server, caplog):
    """The warning names what happened, not how the client signed in."""
    server.start()
    server.client.config_set("requirepass", "right-password")
    server.client.auth("right-password")
    subscriber = runner.subscriber(
        source(runner, server, password="right-password"), backoff=Backoff(first=0.01)
    )
    runner.start(subscriber)
    until(subscriber.ready.is_set)

    server.kill()

    until(lambda: subscriber._failures > 1)
    assert "No connection to Redis" in caplog.text
    assert "right-password" not in caplog.text


@pytest.mark.parametrize(
    "options", [{"decode_responses": True}, {"health_check_interval": 1}, {"protocol": 2}]
)
def test_the_clients_own_options_do_not_matter(runner, server, options):
    """A client that decodes text serves as well, and a message that is no text does not break it."""
    server.start()
    subscriber = runner.subscriber(source(runner, server, **options))
    runner.start(subscriber)
    until(subscriber.ready.is_set)

    server.client.publish(RECEIPTS, b"\xff")
    server.publish(1)

    assert subscriber.arrived.get(timeout=PATIENCE) == receipt(1)
    assert (subscriber.stats.invalid, subscriber.stats.reconnects) == (1, 0)


def test_a_message_may_come_in_pieces(runner, caplog):
    """A slow line is not a lost one: the second half may come many polls after the first."""
    raw = encode_event(RECEIPTS, Service.RECEIPT_WITNESS, receipt(1))
    message = b"*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
        len(RECEIPTS),
        RECEIPTS.encode(),
        len(raw),
        raw,
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_drip, args=(listening, message), daemon=True)
        thread.start()
        subscriber = runner.subscriber(f"redis://127.0.0.1:{listening.getsockname()[1]}/0?protocol=2")
        outcome = runner.start(subscriber)

        assert subscriber.arrived.get(timeout=PATIENCE) == receipt(1)
        assert (subscriber.stats.invalid, subscriber.stats.reconnects) == (0, 0)
        assert caplog.records == []
        subscriber.stop()
        outcome.result(PATIENCE)
        thread.join(PATIENCE)


def _drip(listening, message):
    """Enough of a Redis server for one subscriber."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as lines:
        while True:
            words = [lines.read(int(lines.readline()[1:]) + 2)[:-2] for _ in range(int(lines.readline()[1:]))]
            if words[0].upper() != b"SUBSCRIBE":
                connection.sendall(b"+OK\r\n")
                continue
            for number, channel in enumerate(words[1:], 1):
                connection.sendall(
                    b"*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:%d\r\n" % (len(channel), channel, number)
                )
            break
        for piece in (message[:20], message[20:90], message[90:]):
            connection.sendall(piece)
            threading.Event().wait(0.25)
        lines.read()


def test_what_is_no_redis_is_tried_again(runner, caplog):
    """A proxy in front of a server that restarts may answer in its own words."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        subscriber = runner.subscriber(
            f"redis://127.0.0.1:{listening.getsockname()[1]}/0", backoff=Backoff(first=0.01)
        )
        runner.start(subscriber)

        for _ in range(2):
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")

        until(lambda: subscriber._failures == 2)
    assert caplog.records[0].levelno == logging.WARNING


def test_pauses_double_up_to_the_longest():
    """Without jitter: 0.1 s, 0.2 s, 0.4 s ... 30 s, however often it fails."""
    backoff = Backoff(random=lambda: 1.0)

    assert [backoff.delay(attempt) for attempt in (0, 1, 2, 8, 9, 10_000)] == [0.1, 0.2, 0.4, 25.6, 30, 30]


def test_the_jitter_is_full():
    """Any part of the pause, so that subscribers come back apart."""
    drawn = iter([0.0, 0.5, 0.25])
    backoff = Backoff(first=1, longest=8, random=lambda: next(drawn))

    assert [backoff.delay(attempt) for attempt in (3, 3, 3)] == [0, 4, 2]


def test_the_default_jitter_is_random():
    """A hundred draws lie within the bound and are not all the same."""
    delays = [Backoff(first=1).delay(0) for _ in range(100)]

    assert all(0 <= delay < 1 for delay in delays)
    assert len(set(delays)) > 1
