"""Does a search end in its time, and is what it has found shown and looked at before it ends?"""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.conversation.model import ProbeRequest
from bot.observations import CandidateFound, EhloAnswered, Observation
from bot.probes import discovery
from bot.probes.discovery import discover
from bot.probes.guard import Network, Policy
from bot.probes.runner import probe
from knowledge.index import Index
from knowledge.model import Knowledge
from tests.bot.probes.conftest import QUICK
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import standing
from tests.servers.resolver import resolving

NOTHING_KNOWN = Index(Knowledge({}, {}, {}, {}))


def test_one_source_has_five_seconds_and_the_whole_ten() -> None:
    assert (discovery.ONE_SECONDS, discovery.WHOLE_SECONDS) == (5.0, 10.0)


async def test_a_source_that_hangs_ends_after_its_time_and_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "ONE_SECONDS", 0.5)

    async def hang(self: object) -> None:
        await asyncio.sleep(3600)

    for source in ("autoconfig", "ispdb", "autodiscover", "mx", "ns", "usual_names"):
        monkeypatch.setattr(discovery._Search, source, hang)
    zone = {"_submission._tcp.shop.test": {"SRV": ["0 0 587 sub.shop.test."]}}
    async with resolving(zone) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        started = time.monotonic()
        found = await discover("shop.test", network, NOTHING_KNOWN, lambda _: None)
        seconds = time.monotonic() - started

    assert [(item.host, item.how) for item in found] == [("sub.shop.test", "srv")]
    assert 0.4 < seconds < 3


async def test_the_whole_search_ends_in_its_time_with_what_was_found_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "ONE_SECONDS", 60.0)
    monkeypatch.setattr(discovery, "WHOLE_SECONDS", 0.5)

    async def hang(self: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(discovery._Search, "mx", hang)
    zone = {"_submission._tcp.shop.test": {"SRV": ["0 0 587 sub.shop.test."]}}
    async with resolving(zone) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        started = time.monotonic()
        found = await discover("shop.test", network, NOTHING_KNOWN, lambda _: None)
        seconds = time.monotonic() - started

    assert found
    assert 0.4 < seconds < 3


async def test_the_first_good_answer_is_looked_at_while_the_search_goes_on(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, Observation]] = []
    monkeypatch.setattr(discovery, "ONE_SECONDS", 2.0)

    async def hang(self: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(discovery._Search, "ns", hang)
    async with standing(starttls.talk, papers) as port:
        zone = {
            "_submission._tcp.shop.test": {"SRV": [f"0 0 {port} sub.shop.test."]},
            "sub.shop.test": {"A": ["127.0.0.1"]},
            "mail.shop.test": {"A": ["127.0.0.1"]},
        }
        async with resolving(zone) as resolver:
            policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
            async with Network(policy) as network:
                started = time.monotonic()
                request = ProbeRequest(None, domain="shop.test")
                seen = await probe(
                    request,
                    network,
                    lambda item: told.append((time.monotonic() - started, item)),
                    index=NOTHING_KNOWN,
                    deadlines=QUICK,
                )
                whole = time.monotonic() - started

    shown = next(at for at, item in told if isinstance(item, CandidateFound) and item.how == "srv")
    proved = next(at for at, item in told if isinstance(item, EhloAnswered) and item.under_tls)
    assert shown < proved < 1.9 < whole
    assert seen.first(CandidateFound, how="name", host="mail.shop.test")
