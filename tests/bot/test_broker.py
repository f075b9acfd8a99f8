"""Does a probe request come back as what was seen, also where it is refused or begins with a domain?"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.broker import InlineBroker
from bot.conversation.model import ProbeRequest
from bot.observations import CandidateFound, EhloAnswered, NotProbed, Observation, Observations, TcpRefused
from bot.probes.guard import Network, Policy
from bot.probes.model import OnSeen
from knowledge.index import index
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import standing
from tests.servers.resolver import resolving


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


async def test_what_the_guard_refuses_comes_back_as_not_probed() -> None:
    told: list[Observation] = []
    async with Network(Policy(site="berlin")) as network:
        seen = await InlineBroker(network, index()).run("1", ProbeRequest("127.0.0.1", 587), "p", "w", told.append)

    assert seen.items == (NotProbed(site="berlin", host="127.0.0.1", reason="private", port=587),)
    assert tuple(told) == seen.items


async def test_past_the_limit_of_a_host_the_next_check_is_not_probed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def probe(request: ProbeRequest, network: Network, on_seen: OnSeen, known: object, **_: object) -> Observations:
        return Observations((TcpRefused(port=587, host=request.host or ""),))

    monkeypatch.setattr("bot.probes.desk.probe", probe)
    async with Network(Policy()) as network:
        broker = InlineBroker(network, index())
        request = ProbeRequest("mail.postmaster-test.net", 587, fresh=True)
        seen = [await broker.run(str(number), request, "", "", lambda _: None) for number in range(7)]

    assert [type(one.items[0]) for one in seen] == [TcpRefused] * 6 + [NotProbed]


async def test_a_domain_is_searched_and_its_best_three_hosts_are_looked_at(papers: Papers) -> None:
    async with standing(starttls.talk, papers) as port:
        srv = [f"{number} 0 {port} host{number}.acme.test." for number in range(4)]
        zone = {"_submission._tcp.acme.test": {"SRV": srv}, **{f"host{number}.acme.test": {"A": ["127.0.0.1"]} for number in range(4)}}
        async with resolving(zone) as resolver:
            policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
            async with Network(policy) as network:
                seen = await InlineBroker(network, index()).run("1", ProbeRequest(None, domain="acme.test"), "", "", lambda _: None)

    assert len(seen.all(CandidateFound, how="srv")) == 4
    assert {fact.host for fact in seen.all(EhloAnswered)} == {"host0.acme.test", "host1.acme.test", "host2.acme.test"}


async def test_limits_come_before_the_search_and_before_each_host_that_it_leads_to(papers: Papers) -> None:
    async with standing(starttls.talk, papers) as port:
        one = {"SRV": [f"0 0 {port} mail.acme.test."]}
        domains = [f"d{number}.test" for number in range(7)]
        zone = {"mail.acme.test": {"A": ["127.0.0.1"]}, **{f"_submission._tcp.{domain}": one for domain in domains}}
        async with resolving(zone) as resolver:
            policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
            async with Network(policy) as network:
                broker = InlineBroker(network, index())
                seen = [await broker.run("1", ProbeRequest(None, domain=domain), "", "", lambda _: None) for domain in domains]
                asked = len(resolver.asked)
                again = [await broker.run("1", ProbeRequest(None, domain="d0.test", fresh=True), "", "", lambda _: None) for _ in range(6)]
                asked_by_six = len(resolver.asked) - asked
                refused = await broker.run("1", ProbeRequest(None, domain="d0.test", fresh=True), "", "", lambda _: None)

    assert all(one.first(EhloAnswered) for one in seen[:6])
    assert seen[6].first(NotProbed, host="mail.acme.test", reason="rate")
    assert not seen[6].all(EhloAnswered)
    assert again[-1].items == (NotProbed(host="d0.test", reason="rate"),)
    assert refused.items == again[-1].items
    assert asked_by_six == len(resolver.asked) - asked
