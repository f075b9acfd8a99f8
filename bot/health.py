"""How does an operator's monitor see us? `/metrics`, `/healthz` and `/readyz` over HTTP, and the watchdog of systemd. Shows no text, no id.

A server of our own on asyncio, some forty lines, because the others do not fit: aiohttp comes with a platform's extra and may be missing,
and prometheus-client's runs in a thread of its own, which would go on saying that all is well while the event loop hangs.

    /healthz          200 while the event loop turns; what restarts a process should ask this
    /readyz           200 while the store and every platform can work, else 503; one line for each
    /readyz/NAME      the same for one of them; while the process drains, nothing is ready
    /metrics          Prometheus' text format; empty without the extra `metrics`
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket  # noqa: TID251 -- one datagram to the service manager on this machine; nothing of it reaches a network
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot import metrics
from bot.errors import CannotRun

MAX_HEAD_BYTES = 8192
HEAD_SECONDS = 5.0
PLAIN = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"

Readiness = Callable[[], Awaitable[Mapping[str, bool]]]


@asynccontextmanager
async def served(host: str, port: int, readiness: Readiness, wanted: Sequence[str] = ()) -> AsyncIterator[int]:
    """Answers inside; gives the port (another one for 0). `wanted` are names that are not ready until `readiness` says so.

    Raises `CannotRun` where the address cannot be listened on."""

    async def ready() -> dict[str, bool]:
        return {**dict.fromkeys(wanted, False), **await readiness()}

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = await _answer(head, ready)
                lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(lines.encode() + (b"" if head.startswith(b"HEAD ") else body))
                await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_server(visit, host, port, limit=MAX_HEAD_BYTES)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "no such address"
        raise CannotRun(f"POSTMASTER_METRICS cannot listen on {host}:{port} ({reason}): set it to a free address:port.") from error
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _answer(head: bytes, ready: Callable[[], Awaitable[dict[str, bool]]]) -> tuple[str, str, bytes]:
    """Status line, content type, body."""
    method, _, rest = head.partition(b" ")
    if method not in (b"GET", b"HEAD"):
        return "405 Method Not Allowed", PLAIN, b"GET only\n"
    path = rest.split(b" ", 1)[0].split(b"?", 1)[0].decode("latin-1")
    if path == "/healthz":
        return "200 OK", PLAIN, b"ok\n"
    if path == "/metrics":
        return "200 OK", METRICS, metrics.text()
    if path == "/readyz" or path.startswith("/readyz/"):
        states = await ready()
        name = path.removeprefix("/readyz").lstrip("/")
        if name:
            states = {name: states[name]} if name in states else {}
        if states:
            body = "".join(f"{which} {'ready' if good else 'not ready'}\n" for which, good in states.items())
            return ("200 OK" if all(states.values()) else "503 Service Unavailable"), PLAIN, body.encode()
    return "404 Not Found", PLAIN, b"/healthz /readyz /metrics\n"


# --- systemd -------------------------------------------------------------------------------------------------------------


def notify(state: str) -> None:
    """Tells the service manager, where there is one (NOTIFY_SOCKET). Source: sd_notify(3)."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as datagram:
        datagram.sendto(state.encode(), "\0" + path[1:] if path.startswith("@") else path)


async def watchdog(stop: asyncio.Event) -> None:
    """Says that the event loop turns, twice within the time that systemd allows (WATCHDOG_USEC), and when the stop begins."""
    notify("READY=1")
    seconds = int(os.environ.get("WATCHDOG_USEC") or 0) / 2_000_000
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        seconds = 0
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds or None):
                await stop.wait()
        notify("WATCHDOG=1") if seconds else None
    notify("STOPPING=1")
