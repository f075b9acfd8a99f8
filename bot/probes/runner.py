"""What does one check look at, in which order, within which time? Plans (pure) and runs the looks; opens no connection itself.

All endpoints are looked at at once. The person's own port is looked at on every address of the host, the others on the first one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import CandidateFound, ControlAnswered, EhloAnswered, NotProbed, Observation, Observations, PortsChosen
from bot.probes import dns, policy, versions
from bot.probes.discovery import discover
from bot.probes.guard import MAX_ADDRESSES, Errand, Network
from bot.probes.look import Look, Looker, Way
from bot.probes.model import Deadlines, OnSeen
from bot.probes.tls import Trust
from bot.probes.visit import Check, Notebook, Visit
from knowledge.index import Index
from knowledge.index import index as everything
from knowledge.model import Provider
from knowledge.terms import CUSTOMARY_SECURITY, SUBMISSION, SUBMISSIONS, Security

GATHER_SECONDS = 0.1
MAX_HOSTS = 3  # that a search found and that are looked at
CONTROL_SECONDS = 5.0
MAX_OTHER_ADDRESSES = MAX_ADDRESSES - 1  # of the person's own port, beside the first
PER_OTHER_ADDRESS = 3  # connections: in clear, under TLS, and one to tell what broke


Spend = Callable[[str], None]


def nothing(host: str) -> None:
    """A `spend` for those who count nothing."""


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
    main = port if port is not None else next((p for p in (SUBMISSION, SUBMISSIONS) if p in ports), ports[0])
    asked = ports if port is None else (port, *(p for p in ports if p != port))
    for number in asked:
        first = way_in(number, security if number == port else None)
        entered_way: Way | None = None
        if number == port and security is not None:
            entered_way = "tls" if security is Security.IMPLICIT_TLS else "clear"
        looks.append(Look(addresses[0], number, first, both=entered_way not in (None, first), old=True))
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
    index: Index | None = None,
    deadlines: Deadlines | None = None,
    spend: Spend = nothing,
) -> Observations:
    """Look at the endpoint that was entered and at the host's other mail ports; each fact goes to `on_seen` as it comes.

    Without a host, `request.domain` is searched for candidates and the best of them are looked at; `spend` is called with each such
    host before, and its TargetRefused keeps the host from being asked. `known` is the provider that runs
    the host, as far as known: its own ports are asked too. Returns within `deadlines.check` seconds (after the wait for a place, where
    many checks run). Refusals of the guard come back as NotProbed; raises nothing for what a network or server does.
    """
    deadlines = deadlines or Deadlines()
    book = Notebook(network.policy.site, on_seen)
    async with network.check_slots:
        ends_at = asyncio.get_running_loop().time() + deadlines.check
        check = Check(network, book, trust_in(network.policy.ca_file), deadlines, ends_at)
        async with asyncio.TaskGroup() as group:
            if request.policy and request.domain is not None:
                group.create_task(policy.look(check, request))
            if request.host is not None:
                group.create_task(_look_at_host(check, request.host, request, known))
            elif request.domain is not None and not request.policy:
                group.create_task(_look_for(check, request.domain, index or everything(), request, spend))
    return book.observations()


async def _look_at_host(check: Check, host: str, request: ProbeRequest, known: Provider | None) -> None:
    network, book = check.network, check.book
    try:
        network.check_target(host, request.port)
    except TargetRefused as refused:
        book.see(NotProbed, host=host, port=request.port, reason=refused.reason)
        if refused.reason != "port":
            return
    resolved = await dns.resolve(host, network, book)
    if resolved is None:
        return
    ports = network.ports(resolved.host)
    ports += tuple(p for p in ports_of(known, resolved.host) if p not in ports)
    port = request.port if request.port in ports else None
    errand = Errand(frozenset(ports))
    visit = Visit(resolved.host, check, errand, hosts_of(known, resolved.host))
    looks = plan(_reachable(visit, resolved.addresses), port, request.security, ports)
    errand.left += len(versions.ASKED) * sum(look.old for look in looks) + PER_OTHER_ADDRESS * (len(resolved.addresses) - 1)
    book.see(PortsChosen, host=resolved.host, ports=tuple(sorted({look.port for look in looks})))
    await _run(check, [Looker(visit, look) for look in looks], port)


async def _look_for(check: Check, domain: str, index: Index, request: ProbeRequest, spend: Spend) -> None:
    """Search, and look at what is found, the most trusted hosts first: those that somebody vouches for while the search still goes on,
    those that are only guessed once it is over."""
    network, book = check.network, check.book
    endpoints: dict[str, dict[int, Way]] = {}
    heard = asyncio.Event()

    def take(seen: Observation) -> None:
        book.take(seen)
        if isinstance(seen, CandidateFound) and seen.how != "name":
            choose((seen,))

    def choose(candidates: tuple[CandidateFound, ...]) -> None:
        for candidate in candidates:
            if candidate.host in endpoints or len(endpoints) < MAX_HOSTS:
                way: Way = "tls" if candidate.security == "implicit_tls" else "clear"
                endpoints.setdefault(candidate.host, {}).setdefault(candidate.port, way)
                heard.set()

    async def look_at(host: str) -> list[Looker]:
        try:
            network.check_target(host)
            spend(host)
        except TargetRefused as refused:
            book.see(NotProbed, host=host, reason=refused.reason)
            return []
        resolved = await dns.resolve(host, network, book)
        if resolved is None:
            return []
        provider = index.by_host(host)
        allowed = network.ports(host) + ports_of(provider, host)
        visit = Visit(resolved.host, check, Errand(frozenset(allowed)), hosts_of(provider, host))
        address = _reachable(visit, resolved.addresses)[0]
        ways = {port: way for port, way in endpoints[host].items() if port in allowed}
        book.see(PortsChosen, host=resolved.host, ports=tuple(sorted(ways)))
        return [Looker(visit, Look(address, port, way)) for port, way in ways.items()]

    async def look_while_searching() -> None:
        await heard.wait()
        await asyncio.sleep(GATHER_SECONDS)  # a domain's records come together: one look at a host, at all its ports
        early.extend(endpoints)
        await look_at_all(early)

    async def look_at_all(hosts: list[str]) -> None:
        found = await asyncio.gather(*(look_at(host) for host in hosts))
        await _run(check, [looker for lookers in found for looker in lookers], request.port)

    early: list[str] = []
    async with asyncio.TaskGroup() as group:
        first = group.create_task(look_while_searching())
        choose(await discover(domain, network, index, take))
        if not early:
            first.cancel()
        await look_at_all([host for host in endpoints if host not in early])


def ports_of(provider: Provider | None, host: str) -> tuple[int, ...]:
    """The ports that the knowledge names for `host`."""
    if provider is None:
        return ()
    return tuple(dict.fromkeys(server.endpoint.port for server in provider.servers if server.endpoint.host == host))


def hosts_of(provider: Provider | None, host: str) -> tuple[str, ...]:
    """All hosts of the provider that the knowledge documents `host` for; () where it documents it for none."""
    hosts = tuple(dict.fromkeys(server.endpoint.host for server in provider.servers)) if provider is not None else ()
    return hosts if host in hosts else ()


def _reachable(visit: Visit, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Those that this machine has a way to, IPv4 first; all where it has a way to none, for that is then what is wrong."""
    routed = tuple(address for address in addresses if visit.network.has_route(address))
    for address in addresses:
        if routed and address not in routed:
            visit.book.see(NotProbed, host=address, reason="no_route_here")
    return tuple(sorted(routed or addresses, key=lambda address: ":" in address))


async def _run(check: Check, lookers: list[Looker], port: int | None) -> None:
    """All looks at once, with the control endpoint beside them once something does not answer.

    Once the person's own port has had its look and some port is known to work, the others get a moment more, and those that took the
    connection a second one: a port that speaks TLS at once is known by its silence first.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with asyncio.TaskGroup() as group:
        control = group.create_task(_ask_control(check))
        tasks = {group.create_task(looker.run()): looker for looker in lookers}
        waiting = set(tasks)
        seconds: float | None = None
        cut = False
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                slow = {task for task in waiting if cut or not tasks[task].is_connected}
                for task in slow:
                    task.cancel()
                    tasks[task].cut_short(round(loop.time() - started, 1))
                waiting -= slow
                cut = True
            elif all(tasks[task].look.port != port for task in waiting) and check.book.has(EhloAnswered, under_tls=True):
                seconds = check.deadlines.settle
        if not check.trouble.is_set():
            control.cancel()


async def _ask_control(check: Check) -> None:
    """Once something did not answer: does this site's own network let anything out?"""
    if check.network.policy.control is None:
        return
    await check.trouble.wait()
    try:
        answer = await check.network.control(check.left(CONTROL_SECONDS))
    except TargetRefused:
        return
    if answer is not None:
        host, address, port, reached = answer
        check.book.see(ControlAnswered, host=host, address=address, port=port, reached=reached)
