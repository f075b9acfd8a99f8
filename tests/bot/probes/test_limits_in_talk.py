"""Is a limit told in a clear sentence, does it keep nobody from an answer, and do ten people who ask about one server make one check?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.answers.check import check_json
from bot.broker import InlineBroker
from bot.conversation.model import ProbeRequest
from bot.diagnosis.model import Situation
from bot.observations import ControlAnswered
from bot.probes import limits
from bot.probes.guard import Network, Policy
from bot.probes.runner import nobody, probe
from knowledge.index import index
from knowledge.terms import Security
from tests.bot.probes.conftest import QUICK
from tests.bot.probes.test_verdicts import TODAY
from tests.bot.probes.whole_talk import talking
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import Peer, standing
from tests.servers.postfix import free_ports
from tests.servers.resolver import resolving

ONCE = limits.Allowance(1, 600.0)


@asynccontextmanager
async def one_server(papers: Papers, met: list[Peer]) -> AsyncIterator[tuple[Network, int]]:
    async def talk(peer: Peer) -> None:
        met.append(peer)
        await starttls.talk(peer)

    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(standing(talk, papers))
        resolver = await stack.enter_async_context(resolving({"mail.test": {"A": ["127.0.0.1"]}}))
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
        yield await stack.enter_async_context(Network(policy)), port


@pytest.mark.parametrize(
    ("allowance", "sentence"),
    [
        ("PER_HOST", "mail.test: it is being asked too often just now"),
        ("PER_PERSON", "you have asked for many looks in a short time"),
        ("PER_WORKSPACE", "your workspace has asked for many looks in a short time"),
    ],
)
async def test_a_limit_is_told_and_the_answer_goes_by_what_was_said(
    allowance: str, sentence: str, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, allowance, ONCE)
    said = "Thunderbird: mail.test port {} with SSL/TLS, [SSL: WRONG_VERSION_NUMBER] wrong version number"
    async with one_server(papers, []) as (network, port), talking(network) as person:
        await person.says(said.format(port))
        first = person.read
        await person.says(said.format(port).replace("SSL/TLS", "STARTTLS"), anew=True)  # another question, so no kept answer

    assert sentence not in first
    assert sentence in person.read
    assert person.findings, person.read


async def test_a_server_in_somebodys_own_network_is_not_looked_at_and_that_is_told() -> None:
    async with Network(Policy()) as network, talking(network) as person:
        await person.says("python, 192.168.7.20 port 587 STARTTLS: ConnectionRefusedError: [Errno 111] Connection refused")

    assert "192.168.7.20 from here: it is not on the public internet" in person.read
    assert person.findings[0]["cause"] == "net.refused"


async def test_ten_people_who_ask_about_one_server_make_one_check(papers: Papers) -> None:
    met: list[Peer] = []
    async with one_server(papers, met) as (network, port):
        broker = InlineBroker(network, index())
        request = ProbeRequest("mail.test", port, Security.STARTTLS)
        seen = await asyncio.gather(*(broker.run(f"p{n}", request, f"person {n}", f"workspace {n}", nobody) for n in range(10)))
        connections = len(met)

    assert len({observations.items for observations in seen}) == 1
    assert connections == 4  # the look, and a question for each older version of TLS


async def test_a_network_of_our_own_that_lets_nothing_out_is_never_the_persons_fault(papers: Papers) -> None:
    dead, control = free_ports(2)
    asked = Situation(host="mail.test", port=dead, security=Security.STARTTLS)
    told = f"python, mail.test port {dead} STARTTLS: TimeoutError: [Errno 110] Connection timed out"
    async with resolving({"mail.test": {"A": ["127.0.0.1"]}, "control.test": {"A": ["127.0.0.1"]}}) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (dead,), control=f"control.test:{control}")
        async with Network(policy) as network, talking(network) as person:
            seen = await probe(ProbeRequest("mail.test", dead, Security.STARTTLS), network, deadlines=QUICK)
            await person.says(told)
        cut_off, said = check_json(seen, asked, index(), "here", 0.0, TODAY), person.read
        async with standing(starttls.talk, papers, port=control), Network(policy) as network:
            online = await probe(ProbeRequest("mail.test", dead, Security.STARTTLS), network, deadlines=QUICK)
        there = check_json(online, asked, index(), "here", 0.0, TODAY)

    assert seen.first(ControlAnswered, reached=False)
    assert cut_off["findings"] == []
    assert "refuses the connection" not in said
    assert "The server answers from here" not in said
    assert [finding["cause"] for finding in there["findings"]] == ["net.refused"]
