"""Does anybody get a connection to where none may go? Each row is a way somebody has tried; a listener counts who comes through."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import (
    CandidateFound,
    NameDidNotResolve,
    NotProbed,
    Observations,
    TcpConnected,
    TcpRefused,
    TcpTimedOut,
    TcpUnreachable,
)
from bot.probes.discovery import discover
from bot.probes.guard import Network, Policy
from bot.probes.runner import nobody, probe
from knowledge.index import Index
from knowledge.model import Knowledge
from tests.bot.probes.conftest import QUICK
from tests.servers.resolver import resolving

LITERALS = (
    "127.0.0.1",
    "127.0.0.1.",
    " 127.0.0.1 ",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7F.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "127.0.0.1:25",
    "127.0.0.1/32",
    "127.0.0.1#mail.test",
    "user@127.0.0.1",
    "smtp://127.0.0.1",
    "127.0.0.1\r\nEHLO x",
    "127.0.0.1\0.mail.test",
    "[127.0.0.1]",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "[::ffff:127.0.0.1]",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
    "2607:f8b0::5efe:7f00:1",
    "fe80::1",
    "fe80::1%lo",
    "::1%1",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.7",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "mail.corp",
    "db.internal",
    "nas.home.arpa",
    "x.onion",
)

# name -> records; each of these names leads inside by way of the resolver.
ZONE = {
    "plain.test": {"A": ["127.0.0.1"]},
    "six.test": {"AAAA": ["::1"]},
    "mapped.test": {"AAAA": ["::ffff:127.0.0.1"]},
    "nat64.test": {"AAAA": ["64:ff9b::7f00:1"]},
    "sixtofour.test": {"AAAA": ["2002:7f00:1::1"]},
    "metadata.test": {"A": ["169.254.169.254"]},
    "many.test": {"A": ["127.0.0.1", "10.0.0.1", "127.0.0.2"], "AAAA": ["::1", "fe80::1"]},
    "alias.test": {"CNAME": ["plain.test"]},
    "far.test": {"CNAME": ["alias.test"]},
    "loop.test": {"CNAME": ["loop.test"]},
    "zero.test": {"A": ["0.0.0.0"]},
    "broadcast.test": {"A": ["255.255.255.255"]},
    "127.0.0.1.nip.test": {"A": ["127.0.0.1"]},
    "xn--bcher-kva.test": {"A": ["127.0.0.1"]},
    "mx.test": {"MX": ["0 plain.test."], "SRV": []},
    "_submissions._tcp.srv.test": {"SRV": ["0 0 465 plain.test."]},
    "_submission._tcp.srv.test": {"SRV": ["0 0 587 127.0.0.1."]},
    "srv.test": {"NS": ["ns.test."]},
    "_submissions._tcp.port.test": {"SRV": ["0 0 22 plain.test."]},
}
NAMES = (
    *("plain.test", "PLAIN.TEST.", "six.test", "mapped.test", "nat64.test", "sixtofour.test", "metadata.test", "many.test", "alias.test"),
    *("far.test", "loop.test", "zero.test", "broadcast.test", "127.0.0.1.nip.test", "bücher.test", "plain。test", "ｐｌａｉｎ.test"),
)


@dataclass
class Inside:
    """A listener on 127.0.0.1 and ::1 that must stay alone, and a network whose only open port is that listener's."""

    network: Network
    port: int
    came: list[object] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def probe(self, host: str, port: int | None = None) -> Observations:
        return await probe(ProbeRequest(host=host, port=self.port if port is None else port), self.network, deadlines=QUICK)


@asynccontextmanager
async def standing_inside(
    zone: Mapping[str, Mapping[str, Sequence[str]]], rebinding: Mapping[str, Sequence[str]] | None = None, allow: tuple[str, ...] = ()
) -> AsyncIterator[Inside]:
    came: list[object] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer.get_extra_info("peername"))
        writer.close()

    four = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = int(four.sockets[0].getsockname()[1])
    six = await asyncio.start_server(meet, "::1", port) if socket.has_ipv6 else four
    async with resolving(zone, rebinding) as resolver, four, six:
        policy = Policy(resolvers=(f"127.0.0.1:{resolver.port}",), ports=(port,), allow=allow)
        async with Network(policy) as network:
            yield Inside(network, port, came, resolver.asked)


def nobody_was_reached(inside: Inside, seen: Observations) -> bool:
    tried = any(isinstance(item, TcpConnected | TcpRefused | TcpTimedOut | TcpUnreachable) for item in seen)
    return not inside.came and not tried


@pytest.mark.parametrize("host", LITERALS)
async def test_a_special_address_in_whatever_spelling_is_not_connected_to(host: str) -> None:
    async with standing_inside({}) as inside:
        seen = await inside.probe(host)

    assert nobody_was_reached(inside, seen)
    assert seen.first(NotProbed) or seen.first(NameDidNotResolve)


@pytest.mark.parametrize("host", NAMES)
async def test_a_name_that_leads_inside_is_not_connected_to(host: str) -> None:
    async with standing_inside(ZONE) as inside:
        seen = await inside.probe(host)

    assert nobody_was_reached(inside, seen)
    assert seen.first(NotProbed, reason="private") or seen.first(NameDidNotResolve)


async def test_a_name_that_changes_its_address_after_the_judgement_gains_nothing() -> None:
    """DNS rebinding: public at the first question, inside at every later one."""
    async with standing_inside({}, rebinding={"rebind.test": ["192.0.43.8", "127.0.0.1"]}) as inside:
        resolved = await inside.network.resolve("rebind.test")

    assert resolved.addresses == ("192.0.43.8",)
    assert inside.asked.count("rebind.test A") == 1


async def test_of_several_addresses_only_the_allowed_ones_are_left() -> None:
    zone = {"mixed.test": {"A": ["10.0.0.1", "192.0.43.8", "127.0.0.1"], "AAAA": ["fd00::1", "2606:2800:220:1::1"]}}
    async with standing_inside(zone) as inside:
        resolved = await inside.network.resolve("mixed.test")

    assert resolved.addresses == ("192.0.43.8", "2606:2800:220:1::1")
    assert {kind for _, kind in resolved.refused} == {"private", "loopback", "not global"}


@pytest.mark.parametrize("port", [0, 22, 80, 443, 6379, 65536, -1])
async def test_a_port_that_is_not_open_is_refused_at_an_allowed_host(port: int) -> None:
    async with standing_inside(ZONE, allow=("127.0.0.0/8",)) as inside:
        with pytest.raises(TargetRefused) as refused:
            inside.network.check_target("plain.test", port)

        assert refused.value.reason == "port"
        with pytest.raises(TargetRefused):
            await inside.network.connect("127.0.0.1", port, inside.network.errand("plain.test"), 1.0)
    assert not inside.came


async def test_a_port_that_knowledge_names_is_open_at_that_host_only() -> None:
    policy = Policy(known_ports={"smtp.known.test": (2587,)})
    async with Network(policy) as network:
        network.check_target("smtp.known.test", 2587)
        with pytest.raises(TargetRefused):
            network.check_target("smtp.other.test", 2587)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1"])
async def test_the_door_itself_judges_each_address_again(address: str) -> None:
    async with standing_inside({}) as inside:
        with pytest.raises(TargetRefused):
            await inside.network.connect(address, inside.port, inside.network.errand("mail.test"), 1.0)

    assert not inside.came


@pytest.mark.parametrize("name", ["localhost", "plain.test", "127.1", "0x7f000001"])
async def test_the_door_takes_no_name(name: str) -> None:
    async with standing_inside(ZONE, allow=("127.0.0.0/8",)) as inside:
        with pytest.raises(ValueError, match="address"):
            await inside.network.connect(name, inside.port, inside.network.errand("mail.test"), 1.0)

    assert not inside.came


async def test_one_errand_makes_eight_connections_and_no_ninth() -> None:
    async with standing_inside(ZONE, allow=("127.0.0.0/8",)) as inside:
        errand = inside.network.errand("plain.test")
        for _ in range(8):
            (await inside.network.connect("127.0.0.1", inside.port, errand, 1.0)).close()
        with pytest.raises(TargetRefused):
            await inside.network.connect("127.0.0.1", inside.port, errand, 1.0)


@pytest.mark.parametrize("domain", ["mx.test", "srv.test", "port.test", "127.0.0.1", "localhost"])
async def test_what_a_domain_publishes_does_not_lead_inside(domain: str) -> None:
    async with standing_inside(ZONE) as inside:
        seen = await probe(
            ProbeRequest(host=None, domain=domain), inside.network, nobody, index=Index(Knowledge({}, {}, {}, {})), deadlines=QUICK
        )

    assert nobody_was_reached(inside, seen)


async def test_a_published_address_without_a_name_is_judged_too() -> None:
    async with standing_inside(ZONE) as inside:
        found = await discover("srv.test", inside.network, Index(Knowledge({}, {}, {}, {})), nobody)

        assert [(item.host, item.how) for item in found if isinstance(item, CandidateFound)][:2] == [
            ("plain.test", "srv"),
            ("127.0.0.1", "srv"),
        ]
        with pytest.raises(TargetRefused):
            await inside.network.resolve("127.0.0.1")


PLACEHOLDERS = ["example.com", "smtp.example.org", "mail.example.net", "smtp.yourdomain.com", "your-smtp-host", "<host>", "${SMTP_HOST}"]
MASKED = ["mail.REDACTED", "***", "smtp.****.com", "mail.[redacted].de", "mail.xxx.com", "smtp.●●●.com", "mail.XXXXX.de"]
REAL = ["mail.osprey.example", "mail.x.test", "mail.your-server.de", "smtp.exemple.com", "ours.test"]


@pytest.mark.parametrize(("host", "reason"), [(host, "placeholder") for host in PLACEHOLDERS] + [(host, "masked") for host in MASKED])
async def test_a_placeholder_and_a_masked_name_are_not_asked_for(host: str, reason: str) -> None:
    async with standing_inside({}) as inside:
        with pytest.raises(TargetRefused) as refused:
            await inside.network.resolve(host)

    assert refused.value.reason == reason
    assert not inside.asked


@pytest.mark.parametrize("host", REAL)
async def test_a_made_up_or_odd_looking_name_is_asked_of_the_resolver_like_any_other(host: str) -> None:
    async with standing_inside({}) as inside:
        resolved = await inside.network.resolve(host)

    assert resolved.failure == "nxdomain"
    assert f"{host} A" in inside.asked


@pytest.mark.parametrize("name", ["mail.broken", "mail.silent", "mail.garbage"])
async def test_a_resolver_without_an_answer_means_that_nothing_is_known(name: str) -> None:
    async with standing_inside({}) as inside:
        resolved = await inside.network.resolve(name, 0.5)

    assert resolved.failure == "no_answer"


async def test_the_refusal_of_a_hostile_name_is_one_short_line() -> None:
    async with standing_inside({}) as inside:
        with pytest.raises(TargetRefused) as refused:
            inside.network.check_target("evil\r\n\x1b[31m\u202e" + "a" * 9000)

    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200
