"""Does this port take connections? Opens one and says what came of it; sends nothing."""

from __future__ import annotations

import asyncio

from bot.errors import TargetRefused
from bot.observations import ConnectionClosed, NotProbed, TcpConnected, TcpRefused, TcpTimedOut, TcpUnreachable
from bot.probes.guard import Line
from bot.probes.visit import Here, Visit


async def connect(visit: Visit, address: str, port: int) -> Line | None:
    """An open connection, or None; either way the fact is noted. Raises nothing for what a network does.

    Where a port that has taken a connection takes no further one, that is no fact about it: many let in only so many at a time.
    """
    here: Here = {"host": visit.host, "address": address, "port": port}
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with visit.attempt(address):
            line = await visit.network.connect(address, port, visit.errand, visit.left(visit.deadlines.connect))
    except TargetRefused as refused:
        if refused.reason != "connections":
            visit.book.see(NotProbed, host=visit.host, port=port, reason=refused.reason)
        return None
    except OSError as error:  # TimeoutError among them
        if not visit.book.has(TcpConnected, **here):
            _failed(visit, here, error, loop.time() - started)
        return None
    visit.answered(address)
    visit.book.see(TcpConnected, **here, seconds=loop.time() - started)
    return line


def _failed(visit: Visit, here: Here, error: OSError, seconds: float) -> None:
    match error:
        case TimeoutError():
            visit.book.see(TcpTimedOut, **here, seconds=seconds)
        case ConnectionRefusedError():
            visit.answered(here["address"])
            visit.book.see(TcpRefused, **here)
        case ConnectionError():
            visit.book.see(ConnectionClosed, **here, stage="greeting", reset=True)
            return
        case _:  # no route, network down, forbidden by this machine's own filter
            visit.book.see(TcpUnreachable, **here)
    visit.trouble.set()
