"""What does one check look at, in which order, within which time? Plans (pure) and runs the looks; opens no connection itself.

All endpoints are looked at at once. The person's own port is looked at on every address of the host, the others on the first one.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import ControlAnswered, NotProbed, Observation, Observations
from bot.probes import dns
from bot.probes.guard import Network
from bot.probes.look import Look, Looker, Way
from bot.probes.model import Deadlines, OnSeen
from bot.probes.tls import Trust
from bot.probes.visit import Notebook, Visit
from knowledge.model import Provider
from knowledge.terms import CUSTOMARY_SECURITY, Security

MAX_OTHER_ADDRESSES = 2  # of the person's own port, beside the first


def nobody(seen: Observation) -> None:
    """An on_seen for those who only want the result."""


def way_in(port: int, security: Security | None) -> Way:
    """The way that `port` customarily speaks; where nothing is customary, the way that was entered."""
    usual = CUSTOMARY_SECURITY.get(port)
    if usual is None and port not in (25, 2525):
        usual = security
    return "tls" if usual is Security.IMPLICIT_TLS else "clear"


def plan(addresses: tuple[str, ...], port: int | None, security: Security | None, ports: tuple[int, ...]) -> tuple[Look, ...]:
    """The looks of one check, the most telling first. `addresses`: those that may be asked, the one to prefer first; not empty."""
    looks = []
    asked = ports if port is None else (port, *(p for p in ports if p != port))
    for number in asked:
        first = way_in(number, security if number == port else None)
        entered_way: Way | None = None
        if number == port and security is not None:
            entered_way = "tls" if security is Security.IMPLICIT_TLS else "clear"
        looks.append(Look(addresses[0], number, first, both=entered_way not in (None, first)))
    main = port if port is not None else next((p for p in (587, 465) if p in ports), ports[0])
    looks += [Look(address, main, way_in(main, security)) for address in addresses[1 : 1 + MAX_OTHER_ADDRESSES]]
    return tuple(looks)


@lru_cache(maxsize=4)
def trust_in(ca_file: str | None) -> Trust:
    """The believed authorities, read once. Raises OSError or ValueError for a broken `ca_file`."""
    return Trust(ca_file)


async def probe(
    request: ProbeRequest,
    network: Network,
    on_seen: OnSeen = nobody,
    known: Provider | None = None,
    *,
    deadlines: Deadlines | None = None,
) -> Observations:
    """Look at the endpoint that was entered and at the host's other mail ports; each fact goes to `on_seen` as it comes.

    `known` is the provider that runs the host, as far as known: its ports are asked too. Returns within `deadlines.check` seconds
    (after the wait for a place, where many checks run). Refusals of the guard come back as NotProbed; raises nothing for what a
    network or server does.
    """
    deadlines = deadlines or Deadlines()
    book = Notebook(network.policy.site, on_seen)
    if request.host is None:
        return book.observations()
    try:
        network.check_target(request.host, request.port)
    except TargetRefused as refused:
        book.see(NotProbed, host=request.host, port=request.port, reason=refused.reason)
        if refused.reason != "port":
            return book.observations()
    async with network.check_slots:
        ends_at = asyncio.get_running_loop().time() + deadlines.check
        resolved = await dns.resolve(request.host, network, book)
        if resolved is not None:
            host = resolved.host
            visit = Visit(host, network, network.errand(host), book, trust_in(network.policy.ca_file), deadlines, ends_at)
            await _look_around(visit, request, resolved.addresses, known)
    return book.observations()


async def _look_around(visit: Visit, request: ProbeRequest, addresses: tuple[str, ...], known: Provider | None) -> None:
    network = visit.network
    routed = tuple(address for address in addresses if network.has_route(address))
    for address in addresses:
        if routed and address not in routed:
            visit.book.see(NotProbed, host=address, reason="no_route_here")
    ports = network.ports(visit.host)
    looks = plan(_four_first(routed or addresses), request.port if request.port in ports else None, request.security, ports)
    async with asyncio.TaskGroup() as group:
        control = group.create_task(_ask_control(visit))
        await _run(visit, looks, request.port)
        if not visit.trouble.is_set():
            control.cancel()


async def _run(visit: Visit, looks: tuple[Look, ...], port: int | None) -> None:
    own: list[asyncio.Task[None]] = []
    others: list[asyncio.Task[None]] = []
    async with asyncio.TaskGroup() as group:
        for look in looks:
            task = group.create_task(Looker(visit, look).run())
            (own if look.port == port else others).append(task)


async def _ask_control(visit: Visit) -> None:
    """Once something did not answer: does this site's own network let anything out?"""
    if visit.network.policy.control is None:
        return
    await visit.trouble.wait()
    try:
        answer = await visit.network.control(visit.left(5.0))
    except TargetRefused:
        return
    if answer is not None:
        host, address, port, reached = answer
        visit.book.see(ControlAnswered, host=host, address=address, port=port, reached=reached)


def _four_first(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(addresses, key=lambda address: ":" in address))
