"""Which versions of TLS does a port take, beside the one that it prefers? Asks on connections of their own; finishes no handshake."""

from __future__ import annotations

import asyncio

from bot.observations import OldTlsAccepted, TlsVersionAccepted
from bot.probes import flight, tcp
from bot.probes.visit import Here, Visit

# The oldest first, each on a connection of its own: nearly as many servers take all three as none but the last, so that no answer saves a
# question, and one after the other would keep the person waiting.
ASKED: tuple[flight.Version, ...] = ("TLSv1", "TLSv1.1", "TLSv1.2")


async def oldest(visit: Visit, here: Here, *, starttls: bool) -> None:
    """Note the oldest version below 1.2 that is accepted where nothing newer is offered, and whether 1.2 is. All at once, so that it
    takes as long as the look beside it; what is known when it is cancelled is noted. To be called once the server has let us in: it is
    to keep nobody out."""
    taken: set[flight.Version] = set()

    async def ask(version: flight.Version) -> None:
        seen = await flight_of(visit, here, version, starttls=starttls)
        if seen is not None and seen.complete and seen.version == version:
            taken.add(version)

    try:
        await asyncio.gather(*(ask(version) for version in ASKED))
    finally:
        if "TLSv1.2" in taken:
            visit.book.see(TlsVersionAccepted, **here, version="TLSv1.2")
        if old := [version for version in ASKED[:-1] if version in taken]:
            visit.book.see(OldTlsAccepted, **here, version=old[0])


async def flight_of(visit: Visit, here: Here, version: flight.Version, *, starttls: bool) -> flight.Flight | None:
    """The server's first flight where this version alone is offered; None where it takes no connection."""
    line = await tcp.connect(visit, here["address"], here["port"])
    if line is None:
        return None
    return await flight.fly(line, visit.host, version, visit.left(visit.deadlines.reply), starttls=starttls)
