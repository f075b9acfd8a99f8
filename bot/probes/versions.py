"""Which versions of TLS does a port take, beside the one that it prefers? Asks on connections of their own; finishes no handshake."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.observations import OldTlsAccepted, TlsVersionAccepted
from bot.probes import flight, tcp
from bot.probes.visit import Visit

ONLY_1_0: flight.Offer = ("TLSv1", "TLSv1")
BELOW_1_2: flight.Offer = ("TLSv1", "TLSv1.1")
ONLY_1_2: flight.Offer = ("TLSv1.2", "TLSv1.2")

Here = dict[str, Any]  # host, address and port, as the facts of an endpoint have them


async def oldest(visit: Visit, here: Here, *, starttls: bool) -> None:
    """Note the oldest version below 1.2 that is accepted where nothing newer is offered, and whether 1.2 is. Takes three connections at
    most. To be called once the server has let us in: it is to keep nobody out."""
    old, newer = await asyncio.gather(_taken(visit, here, BELOW_1_2, starttls), _taken(visit, here, ONLY_1_2, starttls))
    if newer is not None:
        visit.book.see(TlsVersionAccepted, **here, version=newer)
    if old == "TLSv1.1":
        old = await _taken(visit, here, ONLY_1_0, starttls) or old
    if old is not None:
        visit.book.see(OldTlsAccepted, **here, version=old)


async def _taken(visit: Visit, here: Here, offer: flight.Offer, starttls: bool) -> str | None:
    """The version that the server goes to the end of its part with; None where it does not."""
    seen = await flight_of(visit, here, offer, starttls=starttls)
    return seen.version if seen is not None and seen.complete else None


async def flight_of(visit: Visit, here: Here, offer: flight.Offer, *, starttls: bool) -> flight.Flight | None:
    """The server's first flight where these versions are offered; None where it takes no connection."""
    line = await tcp.connect(visit, here["address"], here["port"])
    if line is None:
        return None
    return await flight.fly(line, visit.host, offer, visit.left(visit.deadlines.reply), starttls=starttls)
