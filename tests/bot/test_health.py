"""What does a monitor see: of a service that works, drains, or has lost its store or a platform; and what does systemd hear?"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import health, log, metrics
from bot.errors import CannotRun, StoreUnreachable
from bot.store.sqlite import SqliteStore
from tests.bot.service_kit import TALK, Room, opened, running, said, service_on


class Connected(Room):
    connected = True

    def ready(self) -> bool:
        return self.connected


async def get(port: int, path: str) -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(ask)


@asynccontextmanager
async def monitored(room: Room, *wanted: str) -> AsyncIterator[int]:
    async with opened("memory:") as store:
        service = service_on(store, room)
        async with running(service), health.served("127.0.0.1", 0, service.readiness, wanted) as port:
            yield port


async def test_readiness_is_told_for_the_store_and_for_each_platform() -> None:
    room = Connected()
    async with monitored(room) as port:
        up = await get(port, "/readyz")
        room.connected = False
        down, only_the_store = await get(port, "/readyz"), await get(port, "/readyz/store")

    assert up == (200, "store ready\ntest ready\n")
    assert down == (503, "store ready\ntest not ready\n")
    assert only_the_store == (200, "store ready\n")


async def test_a_platform_that_has_not_connected_yet_is_not_ready() -> None:
    async with monitored(Room(), "slack") as port:
        assert await get(port, "/readyz/slack") == (503, "slack not ready\n")


async def test_a_store_that_is_away_makes_the_process_not_ready_but_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(self: SqliteStore, conversation: str) -> None:
        raise StoreUnreachable("away")

    async with monitored(Room()) as port:
        monkeypatch.setattr(SqliteStore, "load", away)
        assert await get(port, "/readyz/store") == (503, "store not ready\n")
        assert (await get(port, "/healthz"))[0] == 200


async def test_nothing_is_ready_while_the_process_drains() -> None:
    async with opened("memory:") as store:
        service = service_on(store, Room())
        async with running(service):
            await service.drain(5)
            assert not any((await service.readiness()).values())


async def test_what_is_counted_is_shown_and_holds_no_text_and_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_registry", None)
    metrics._counter.cache_clear()
    metrics._histogram.cache_clear()
    metrics.enable()
    try:
        async with opened("memory:") as store:
            service = service_on(store, Room())
            async with running(service), health.served("127.0.0.1", 0, service.readiness) as port:
                await service.receive(said("confidential", 1))
                await service.idle(TALK)
                status, shown = await get(port, "/metrics")
    finally:
        metrics._counter.cache_clear()
        metrics._histogram.cache_clear()

    assert status == 200
    assert 'postmaster_events_total{channel="test",new="true"} 1.0' in shown
    assert 'postmaster_steps_total{event="Said"} 1.0' in shown
    assert "confidential" not in shown
    assert TALK not in shown


@pytest.mark.parametrize(("request_", "status"), [(b"POST /healthz HTTP/1.1", b"405"), (b"GET /etc/passwd HTTP/1.1", b"404")])
async def test_other_requests_are_refused(request_: bytes, status: bytes) -> None:
    async with monitored(Room()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_ + b"\r\nHost: x\r\n\r\n")
        assert (await reader.read()).split(b" ")[1] == status
        writer.close()


async def test_a_visitor_who_never_ends_a_head_is_sent_away_and_others_are_answered() -> None:
    async with monitored(Room()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /" + b"x" * 100_000)
        assert await reader.read() == b""
        writer.close()
        assert (await get(port, "/healthz"))[0] == 200


async def test_an_address_that_is_taken_is_said_with_the_remedy() -> None:
    async with monitored(Room()) as port:
        with pytest.raises(CannotRun, match="POSTMASTER_METRICS cannot listen on"):
            async with health.served("127.0.0.1", port, _nobody):
                pass


async def _nobody() -> Mapping[str, bool]:
    return {}


# --- systemd -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


async def test_systemd_hears_that_we_are_ready_alive_and_stopping(manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(health.watchdog(stop))
        heard = [(await asyncio.to_thread(manager.recv, 100)).decode() for _ in range(3)]
        stop.set()
    manager.setblocking(False)
    rest: list[str] = []
    while not rest or not rest[-1].startswith("STOPPING"):
        rest.append(manager.recv(100).decode())

    assert heard == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
    assert rest[-1] == "STOPPING=1"


async def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    stop = asyncio.Event()
    stop.set()

    await health.watchdog(stop)


# --- notes -------------------------------------------------------------------------------------------------------------------


async def test_notes_of_a_conversation_carry_its_trace_and_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log.set_up("json")
    try:
        async with opened("memory:") as store:
            room = Room()
            service = service_on(store, room)
            async with running(service):
                room.trouble.append(ValueError("a message with confidential words"))
                await service.receive(said("break", 1))
                await asyncio.wait_for(service.idle(TALK), 20)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)

    notes = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    kinds = {note["event"]: note.get("trace") for note in notes}
    assert kinds["a step failed"] == kinds["an effect failed"] == log.trace_id(TALK)
    assert "confidential" not in json.dumps(notes)
