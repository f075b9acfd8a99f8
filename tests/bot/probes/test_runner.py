"""Does one check look at the right ports, in the right order, and end in time?"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.conversation.model import ProbeRequest
from bot.diagnosis.diagnose import diagnose
from bot.diagnosis.model import Situation
from bot.observations import (
    ControlAnswered,
    EhloAnswered,
    GreetedInClear,
    NameDidNotResolve,
    NotProbed,
    Observation,
    Observations,
    OldTlsAccepted,
    PortsChosen,
    StayedSilent,
    TcpConnected,
    TcpRefused,
    TcpTimedOut,
    TcpUnreachable,
    TlsEstablished,
    TlsVersionAccepted,
)
from bot.probes.guard import Errand, Line, Network, Policy
from bot.probes.look import Look
from bot.probes.runner import nobody, plan, probe, way_in
from knowledge.index import index
from knowledge.terms import Security
from tests.bot.probes.conftest import QUICK
from tests.servers import (
    drops_old_hellos,
    greets_after_29_seconds,
    implicit_tls,
    never_greets,
    relay_without_login,
    starttls,
    takes_tls_1_0_too,
    tls_1_3_only,
)
from tests.servers.full_backlog import dropping
from tests.servers.papers import Papers
from tests.servers.peer import Peer, Talk, standing
from tests.servers.resolver import resolving

IMPLICIT, STARTTLS, NONE = Security.IMPLICIT_TLS, Security.STARTTLS, Security.NONE
ONE = ("192.0.2.1",)


@pytest.mark.parametrize(
    ("port", "security", "way"),
    [
        (465, None, "tls"),
        (465, STARTTLS, "tls"),
        (587, None, "clear"),
        (587, IMPLICIT, "clear"),
        (25, IMPLICIT, "clear"),
        (2525, IMPLICIT, "clear"),
        (8465, IMPLICIT, "tls"),
        (8465, None, "clear"),
    ],
)
def test_a_port_is_first_spoken_to_as_it_is_customary(port: int, security: Security | None, way: str) -> None:
    assert way_in(port, security) == way


def test_both_ways_are_taken_at_once_where_the_entered_mode_is_not_the_customary_one() -> None:
    assert plan(ONE, 587, IMPLICIT, (587,)) == (Look("192.0.2.1", 587, "clear", both=True, old=True),)
    assert plan(ONE, 465, STARTTLS, (465,)) == (Look("192.0.2.1", 465, "tls", both=True, old=True),)
    assert plan(ONE, 465, NONE, (465,)) == (Look("192.0.2.1", 465, "tls", both=True, old=True),)
    assert plan(ONE, 587, STARTTLS, (587,)) == (Look("192.0.2.1", 587, "clear", old=True),)
    assert plan(ONE, 587, None, (587,)) == (Look("192.0.2.1", 587, "clear", old=True),)


def test_the_persons_own_port_comes_first_and_is_looked_at_on_further_addresses() -> None:
    looks = plan(("192.0.2.1", "2001:db8::1"), 465, None, (25, 465, 587, 2525))

    assert [look.port for look in looks] == [465, 25, 587, 2525, 465]
    assert looks[-1].address == "2001:db8::1"


def test_each_port_is_asked_for_older_tls_and_at_one_address_only() -> None:
    looks = plan(("192.0.2.1", "2001:db8::1"), 587, None, (25, 465, 587, 2525))

    assert {(look.port, look.address): look.old for look in looks} == {
        (587, "192.0.2.1"): True,
        (25, "192.0.2.1"): True,
        (465, "192.0.2.1"): True,
        (2525, "192.0.2.1"): True,
        (587, "2001:db8::1"): False,
    }


async def look(
    papers: Papers, servers: dict[str, Talk | None], request: ProbeRequest, policy: Policy | None = None, **settings: object
) -> tuple[Observations, dict[str, int]]:
    """One check with several servers on 127.0.0.1; `servers`: name -> talk, or None for a port that drops. The ports come back by name."""
    async with AsyncExitStack() as stack:
        ports: dict[str, int] = {}
        for name, talk in servers.items():
            ports[name] = stack.enter_context(dropping()) if talk is None else await stack.enter_async_context(standing(talk, papers))
        resolver = await stack.enter_async_context(resolving({"mail.test": {"A": ["127.0.0.1"]}, "control.test": {"A": ["127.0.0.1"]}}))
        made = replace(
            policy or Policy(),
            resolvers=(f"127.0.0.1:{resolver.port}",),
            allow=("127.0.0.0/8",),
            ports=tuple(ports.values()),
            ca_file=papers.ca_file,
        )
        if "own" in ports:
            request = replace(request, port=ports["own"])
        if "control" in ports:
            made = replace(made, control=f"control.test:{ports['control']}", ports=tuple(p for n, p in ports.items() if n != "control"))
        network = await stack.enter_async_context(Network(made))
        seen = await probe(request, network, deadlines=replace(QUICK, **settings))  # type: ignore[arg-type]  # fields of Deadlines by name
        return seen, ports


async def test_all_ports_are_looked_at_and_the_slow_ones_do_not_hold_back_the_answer(papers: Papers) -> None:
    started = time.monotonic()
    seen, ports = await look(
        papers,
        {"own": starttls.talk, "implicit": implicit_tls.talk, "drops": None},
        ProbeRequest("mail.test", security=STARTTLS),
        connect=30.0,
    )

    assert time.monotonic() - started < 10
    assert seen.first(EhloAnswered, port=ports["own"], under_tls=True)
    assert seen.first(TlsEstablished, port=ports["implicit"], implicit=True)
    assert seen.first(TcpTimedOut, port=ports["drops"])


async def test_a_port_that_drops_is_given_up_sooner_where_another_one_answers(papers: Papers) -> None:
    beside, alone = ProbeRequest("mail.test", security=STARTTLS), ProbeRequest("mail.test", security=STARTTLS)

    seen, ports = await look(papers, {"own": None, "other": starttls.talk}, beside, connect=30.0, check=30.0, connect_beside=0.5)
    waited, own = await look(papers, {"own": None}, alone, connect=1.5, connect_beside=0.5)

    soon = seen.first(TcpTimedOut, port=ports["own"])
    late = waited.first(TcpTimedOut, port=own["own"])
    assert soon is not None
    assert late is not None
    assert 0.4 < (soon.seconds or 0) < 5 < 30
    assert (late.seconds or 0) > 1.4


@pytest.mark.parametrize(
    ("talk", "visits", "facts"),
    [
        (relay_without_login.talk, 4, [TlsVersionAccepted]),
        (tls_1_3_only.talk, 4, []),
        (takes_tls_1_0_too.talk, 4, [TlsVersionAccepted, OldTlsAccepted]),
        (greets_after_29_seconds.talk, 2, []),  # the second with a TLS hello, beside the wait
    ],
    ids=["of today", "of tomorrow", "of old", "that keeps visitors waiting"],
)
async def test_older_tls_costs_a_server_few_visits(talk: Talk, visits: int, facts: list[type[Observation]], papers: Papers) -> None:
    """At a port that is not the person's own, such as 25 or 2525."""
    met = []

    async def counted(peer: Peer) -> None:
        met.append(peer)
        await talk(peer)

    seen, ports = await look(papers, {"own": greets_after_29_seconds.talk, "other": counted}, ProbeRequest("mail.test", security=STARTTLS))

    assert len(met) == visits
    assert [kind for kind in (TlsVersionAccepted, OldTlsAccepted) if seen.first(kind, port=ports["other"])] == facts


async def test_who_swallows_old_hellos_keeps_nobody_waiting(papers: Papers) -> None:
    started = time.monotonic()
    seen, ports = await look(papers, {"own": drops_old_hellos.talk}, ProbeRequest("mail.test", security=STARTTLS), reply=60.0, check=60.0)

    assert time.monotonic() - started < 20
    assert seen.first(TlsVersionAccepted, port=ports["own"], version="TLSv1.2")


class OneVisit(Network):
    """A way on which a firewall lets one connection through to each port, and swallows the others or turns them away."""

    def __init__(self, policy: Policy, failure: type[OSError]) -> None:
        super().__init__(policy)
        self.failure = failure
        self.visited: set[int] = set()

    async def connect(self, address: str, port: int, errand: Errand, seconds: float) -> Line:
        if port in self.visited:
            raise self.failure
        self.visited.add(port)
        return await super().connect(address, port, errand, seconds)


@pytest.mark.parametrize("failure", [TimeoutError, ConnectionRefusedError, OSError])
async def test_who_lets_in_one_visitor_only_is_not_called_closed_to_the_others(failure: type[OSError], papers: Papers) -> None:
    async with standing(starttls.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
        async with OneVisit(policy, failure) as network:
            seen = await probe(ProbeRequest("mail.test", port, STARTTLS), network, deadlines=QUICK)

    assert seen.first(EhloAnswered, under_tls=True)
    assert not any(isinstance(item, TcpTimedOut | TcpRefused | TcpUnreachable) for item in seen)
    assert diagnose(Situation(host="mail.test", port=port, security=STARTTLS), seen, index()) == ()


async def test_the_ports_that_are_asked_are_told_before_the_first_of_them(papers: Papers) -> None:
    seen, ports = await look(papers, {"own": starttls.talk, "other": starttls.talk}, ProbeRequest("mail.test", security=STARTTLS))

    kinds = [type(item) for item in seen]
    assert seen.all(PortsChosen) == (seen.first(PortsChosen, host="mail.test", ports=tuple(sorted(ports.values()))),)
    assert kinds.index(PortsChosen) < kinds.index(TcpConnected)


async def test_a_slow_greeting_at_the_persons_own_port_is_waited_for(papers: Papers) -> None:
    seen, ports = await look(
        papers, {"own": greets_after_29_seconds.talk, "other": starttls.talk}, ProbeRequest("mail.test", security=STARTTLS)
    )

    assert seen.first(GreetedInClear, port=ports["own"])


async def test_a_silent_other_port_is_cut_short_and_called_silent(papers: Papers) -> None:
    seen, ports = await look(
        papers, {"own": starttls.talk, "other": never_greets.talk}, ProbeRequest("mail.test", security=STARTTLS), greeting=30.0, reply=5.0
    )

    assert seen.first(StayedSilent, port=ports["other"], stage="greeting")
    assert seen.first(EhloAnswered, port=ports["own"], under_tls=True)


async def test_an_other_port_that_waits_for_a_hello_is_not_cut_off_in_its_handshake(papers: Papers) -> None:
    async def slow(peer: Peer) -> None:
        await peer.pause(6)
        await implicit_tls.talk(peer)

    request = ProbeRequest("mail.test", security=STARTTLS)
    seen, ports = await look(papers, {"own": starttls.talk, "other": slow}, request, silence=0.6, settle=0.6)

    assert seen.first(EhloAnswered, port=ports["other"], under_tls=True)


async def test_the_whole_check_ends_in_time_whatever_the_servers_do(papers: Papers) -> None:
    started = time.monotonic()
    seen, ports = await look(
        papers, {"own": never_greets.talk, "drops": None}, ProbeRequest("mail.test"), greeting=60.0, connect=60.0, check=2.0
    )

    assert time.monotonic() - started < 8
    assert seen.first(StayedSilent, port=ports["own"])
    assert seen.first(TcpTimedOut, port=ports["drops"])


async def test_the_control_is_asked_where_something_did_not_answer(papers: Papers) -> None:
    seen, ports = await look(papers, {"own": None, "control": starttls.talk}, ProbeRequest("mail.test"))

    assert seen.first(ControlAnswered, port=ports["control"], reached=True)


async def test_the_control_is_left_alone_where_all_is_well(papers: Papers) -> None:
    seen, _ = await look(papers, {"own": starttls.talk, "control": starttls.talk}, ProbeRequest("mail.test"))

    assert not seen.all(ControlAnswered)


async def test_a_control_that_is_not_reached_says_so(papers: Papers) -> None:
    async with resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (1,), control="nowhere.test:25")
        async with Network(policy) as network:
            seen = await probe(ProbeRequest("mail.test", 1), network, deadlines=QUICK)

    assert seen.first(TcpRefused, port=1)
    assert seen.first(ControlAnswered, reached=False)


async def test_ipv4_is_found_where_ipv6_is_dead(papers: Papers) -> None:
    async with standing(starttls.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"], "AAAA": ["::1"]}}) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8", "::1/128"), (port,), ca_file=papers.ca_file)
        async with Network(policy) as network:
            seen = await probe(ProbeRequest("mail.test", port, STARTTLS), network, deadlines=QUICK)

    assert seen.first(EhloAnswered, address="127.0.0.1", under_tls=True)
    assert seen.first(TcpRefused, address="::1") or seen.first(NotProbed, host="::1")


async def test_ipv6_that_swallows_everything_keeps_nobody_waiting_for_ipv4(papers: Papers) -> None:
    told: list[Observation] = []
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(standing(starttls.talk, papers))
        resolver = await stack.enter_async_context(resolving({"mail.test": {"A": ["127.0.0.1"], "AAAA": ["::1"]}}))
        try:
            stack.enter_context(dropping("::1", port))
        except OSError:
            pytest.skip("there is no IPv6 on this machine's loopback")
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8", "::1/128"), (port,), ca_file=papers.ca_file)
        network = await stack.enter_async_context(Network(policy))
        await probe(ProbeRequest("mail.test", port, STARTTLS), network, told.append, deadlines=QUICK)

    ends = [(type(item), item.address) for item in told if isinstance(item, EhloAnswered | TcpTimedOut)]
    assert ends[-1] == (TcpTimedOut, "::1")
    assert (EhloAnswered, "127.0.0.1") in ends[:-1]


async def test_facts_are_told_at_once_and_carry_site_and_time(papers: Papers) -> None:
    told: list[tuple[float, Observation]] = []
    async with standing(greets_after_29_seconds.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file, site="berlin")
        async with Network(policy) as network:
            await probe(ProbeRequest("mail.test", port), network, lambda item: told.append((time.monotonic(), item)), deadlines=QUICK)

    times = {type(item): at for at, item in told}
    assert times[GreetedInClear] - times[TcpConnected] > 1.0
    assert all(item.site == "berlin" and item.at is not None and item.at.tzinfo is not None for _, item in told)


async def test_a_cancelled_check_leaves_nothing_open(papers: Papers) -> None:
    async with standing(never_greets.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
        async with Network(policy) as network:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await probe(ProbeRequest("mail.test", port), network)
        assert not network.lines


async def test_a_name_without_an_address_is_a_fact(papers: Papers) -> None:
    async with resolving({"empty.test": {"MX": ["0 x.test."]}}) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        none = await probe(ProbeRequest("nowhere.test", 587), network, nobody, deadlines=QUICK)
        empty = await probe(ProbeRequest("empty.test", 587), network, nobody, deadlines=QUICK)

    assert none.first(NameDidNotResolve, host="nowhere.test", reason="nxdomain")
    assert empty.first(NameDidNotResolve, host="empty.test", reason="no_address")
