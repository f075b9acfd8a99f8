"""Does a probe request come back as what was seen, also where it is refused or begins with a domain? No server is asked here."""

from __future__ import annotations

import pytest

from bot.broker import InlineBroker
from bot.conversation.model import ProbeRequest
from bot.observations import CandidateFound, NotProbed, Observation, Observations, TcpRefused
from bot.probes.guard import Network, Policy
from bot.probes.model import OnSeen
from knowledge.index import index


async def test_what_the_guard_refuses_comes_back_as_not_probed() -> None:
    told: list[Observation] = []
    async with Network(Policy(site="berlin")) as network:
        seen = await InlineBroker(network, index()).run("1", ProbeRequest("127.0.0.1", 587), "p", "w", told.append)

    assert seen.items == (NotProbed(site="berlin", host="127.0.0.1", reason="private", port=587),)
    assert tuple(told) == seen.items


async def test_past_the_limit_of_a_host_the_next_check_is_not_probed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def probe(request: ProbeRequest, network: Network, on_seen: OnSeen, known: object) -> Observations:
        return Observations((TcpRefused(port=587, host=request.host or ""),))

    monkeypatch.setattr("bot.probes.desk.probe", probe)
    async with Network(Policy()) as network:
        broker = InlineBroker(network, index())
        request = ProbeRequest("mail.postmaster-test.net", 587, fresh=True)
        seen = [await broker.run(str(number), request, "", "", lambda _: None) for number in range(7)]

    assert [type(one.items[0]) for one in seen] == [TcpRefused] * 6 + [NotProbed]


async def test_a_domain_is_looked_up_first_and_its_best_candidate_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    candidate = CandidateFound(domain="acme.test", host="smtp.acme.net", port=587, security="starttls", how="srv")
    asked: list[str | None] = []

    async def discover(domain: str, network: Network, known: object, on_seen: OnSeen) -> tuple[CandidateFound, ...]:
        on_seen(candidate)
        return (candidate,)

    async def probe(request: ProbeRequest, network: Network, on_seen: OnSeen, known: object) -> Observations:
        asked.append(request.host)
        return Observations((TcpRefused(port=587),))

    monkeypatch.setattr("bot.probes.discovery.discover", discover)
    monkeypatch.setattr("bot.probes.desk.probe", probe)
    async with Network(Policy()) as network:
        seen = await InlineBroker(network, index()).run("1", ProbeRequest(None, domain="acme.test"), "", "", lambda _: None)

    assert asked == ["smtp.acme.net"]
    assert seen.items == (candidate, TcpRefused(port=587))
