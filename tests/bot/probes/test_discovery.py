"""Are the servers of a domain found wherever they are published, without telling anybody more than the domain?"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import trustme

from bot.conversation.model import ProbeRequest
from bot.observations import CandidateFound, EhloAnswered, MailExchangersFound, Observation
from bot.probes import guard, web
from bot.probes.autoconfig import outgoing_servers
from bot.probes.discovery import discover
from bot.probes.guard import Network, Policy
from bot.probes.runner import nobody, probe
from knowledge.index import Index
from knowledge.model import Knowledge, Provider, Server
from knowledge.terms import Endpoint, Security
from tests.bot.probes.conftest import QUICK
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import standing
from tests.servers.resolver import resolving
from tests.servers.web_server import serving

FILE = b"""<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="shop.test">
  <incomingServer type="imap"><hostname>imap.shop.test</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.%EMAILDOMAIN%</hostname><port>587</port><socketType>STARTTLS</socketType>
    <username>%EMAILADDRESS%</username></outgoingServer>
  <outgoingServer type="smtp"><hostname>smtp.shop.test</hostname><port>465</port><socketType>SSL</socketType></outgoingServer>
</emailProvider></clientConfig>"""


def provider(**fields: object) -> Provider:
    from dataclasses import MISSING
    from dataclasses import fields as fields_of

    empty = {
        "id": "hoster",
        "name": "Hoster",
        "username": "full_address",
        "username_note": "",
        "status": "alive",
        "hosts_custom_domains": True,
    }
    values = {
        field.name: fields.get(field.name, empty.get(field.name, () if str(field.type).startswith("tuple") else None))
        for field in fields_of(Provider)
        if field.default is MISSING and field.default_factory is MISSING
    }
    return Provider(**{**values, **fields})  # type: ignore[arg-type]  # filled in by the names of its own fields


HOSTER = provider(
    domains=("known.test",),
    mx=("mx.hoster.test",),
    ns=("dns.hoster.test",),
    servers=(Server(Endpoint("smtp.hoster.test", 587, Security.STARTTLS)),),
)
KNOWLEDGE = Index(Knowledge({"hoster": HOSTER}, {}, {}, {}))
NOTHING_KNOWN = Index(Knowledge({}, {}, {}, {}))


async def search(
    domain: str, zone: Mapping[str, Mapping[str, Sequence[str]]], index: Index = NOTHING_KNOWN, **policy: Any
) -> tuple[tuple[CandidateFound, ...], list[Observation]]:
    told: list[Observation] = []
    async with resolving(zone) as resolver:
        settings: dict[str, Any] = {"resolvers": (f"127.0.0.1:{resolver.port}",), "allow": ("127.0.0.0/8",), **policy}
        async with Network(Policy(**settings)) as network:
            found = await discover(domain, network, index, told.append)
    return found, told


def brief(found: Sequence[CandidateFound]) -> list[tuple[str, int, str, str]]:
    return [(item.host, item.port, item.security, item.how) for item in found]


async def test_what_we_know_ourselves_comes_first() -> None:
    found, _ = await search("known.test", {"smtp.known.test": {"A": ["127.0.0.1"]}}, KNOWLEDGE)

    assert brief(found)[0] == ("smtp.hoster.test", 587, "starttls", "knowledge")


async def test_srv_records_are_ranked_by_priority_and_465_is_implicit_wherever_it_stands() -> None:
    zone = {
        "_submissions._tcp.shop.test": {"SRV": ["20 0 465 second.shop.test.", "10 0 465 first.shop.test."]},
        "_submission._tcp.shop.test": {"SRV": ["0 0 587 sub.shop.test.", "5 0 465 odd.shop.test."]},
    }

    found, _ = await search("shop.test", zone)

    of_srv = [entry[:3] for entry in brief(found) if entry[3] == "srv"]
    assert of_srv.index(("first.shop.test", 465, "implicit_tls")) < of_srv.index(("second.shop.test", 465, "implicit_tls"))
    assert ("sub.shop.test", 587, "starttls") in of_srv
    assert ("odd.shop.test", 465, "implicit_tls") in of_srv


async def test_a_srv_record_that_says_there_is_none_names_nobody() -> None:
    found, _ = await search("shop.test", {"_submission._tcp.shop.test": {"SRV": ["0 0 0 ."]}})

    assert found == ()


async def test_mx_and_name_servers_lead_to_the_hoster() -> None:
    by_mx, told = await search("shop.test", {"shop.test": {"MX": ["10 a.mx.hoster.test."]}}, KNOWLEDGE)
    by_ns, _ = await search("shop.test", {"shop.test": {"NS": ["one.dns.hoster.test."]}}, KNOWLEDGE)

    assert brief(by_mx) == [("smtp.hoster.test", 587, "starttls", "mx")]
    assert brief(by_ns) == [("smtp.hoster.test", 587, "starttls", "ns")]
    assert any(isinstance(item, MailExchangersFound) and item.hosts == ("a.mx.hoster.test",) for item in told)


async def test_the_usual_names_count_where_they_resolve_and_come_last() -> None:
    zone = {"mail.shop.test": {"A": ["127.0.0.1"]}, "_submission._tcp.shop.test": {"SRV": ["0 0 587 sub.shop.test."]}}

    found, _ = await search("shop.test", zone)

    assert brief(found) == [
        ("sub.shop.test", 587, "starttls", "srv"),
        ("mail.shop.test", 465, "implicit_tls", "name"),
        ("mail.shop.test", 587, "starttls", "name"),
    ]


@pytest.mark.parametrize("name", ["smtp.shop.test", "mail.shop.test", "shop.test", "smtps.shop.test", "mx.elsewhere.test"])
async def test_each_usual_name_is_tried_and_that_of_the_mail_exchanger(name: str) -> None:
    zone: dict[str, dict[str, list[str]]] = {"shop.test": {"MX": ["1 mx.elsewhere.test."]}}
    zone.setdefault(name, {})["A"] = ["127.0.0.1"]

    found, _ = await search("shop.test", zone)

    assert brief(found) == [(name, 465, "implicit_tls", "name"), (name, 587, "starttls", "name")]


@pytest.fixture
def https(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf: trustme.LeafCert = papers.ca.issue_cert("autoconfig.shop.test", "shop.test", "ispdb.test")
    leaf.configure_cert(context)
    return context


def open_as_https(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The port of https in these tests; 443 is only for those who may."""
    monkeypatch.setattr(guard, "HTTPS", port)
    monkeypatch.setattr(web, "HTTPS", port)


ADDRESSES = {name: {"A": ["127.0.0.1"]} for name in ("autoconfig.shop.test", "shop.test", "ispdb.test")}


async def test_an_autoconfig_file_is_read_and_only_the_domain_is_sent(
    papers: Papers, https: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving({"autoconfig.shop.test/mail/config-v1.1.xml": FILE}, https) as server:
        open_as_https(server.port, monkeypatch)
        found, _ = await search("shop.test", ADDRESSES, ca_file=papers.ca_file)

    assert brief(found)[:2] == [("smtp.shop.test", 587, "starttls", "autoconfig"), ("smtp.shop.test", 465, "implicit_tls", "autoconfig")]
    assert found[0].username == "%EMAILADDRESS%"
    assert server.asked_for("autoconfig") == server.asked_for("config-v1.1.xml") - 1 == 1
    assert not any("@" in request or "mail=" in request or "address" in request.lower() for request in server.requests)


async def test_a_redirect_to_https_is_followed_and_one_to_http_or_inside_is_not(
    papers: Papers, https: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = "shop.test/.well-known/autoconfig/mail/config-v1.1.xml"
    pages: dict[str, bytes | str] = {first: "-> https://autoconfig.shop.test/moved.xml", "autoconfig.shop.test/moved.xml": FILE}
    async with serving(pages, https) as server:
        open_as_https(server.port, monkeypatch)
        followed, _ = await search("shop.test", ADDRESSES, ca_file=papers.ca_file)
    for target in (
        "http://autoconfig.shop.test/moved.xml",
        "https://10.0.0.1/x",
        "https://localhost/x",
        "https://u:p@shop.test/x",
        "file:///etc/passwd",
    ):
        pages[first] = "-> " + target
        async with serving(pages, https) as server:
            open_as_https(server.port, monkeypatch)
            refused, _ = await search("shop.test", ADDRESSES, ca_file=papers.ca_file)

        assert not [entry for entry in brief(refused) if entry[3] == "autoconfig"], target
        assert server.asked_for("config-v1.1.xml") == 2, target
        assert server.asked_for("moved.xml") == 0, target

    assert [entry for entry in brief(followed) if entry[3] == "autoconfig"]


async def test_a_file_behind_a_certificate_that_fails_is_not_read(
    papers: Papers, https: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving({"autoconfig.shop.test/mail/config-v1.1.xml": FILE}, papers.context("unknown_issuer")) as server:
        open_as_https(server.port, monkeypatch)
        found, _ = await search("shop.test", ADDRESSES, ca_file=papers.ca_file)

    assert not [entry for entry in brief(found) if entry[3] == "autoconfig"]
    assert not server.requests


async def test_a_mirror_of_the_ispdb_is_asked_where_one_is_configured(papers: Papers, https: ssl.SSLContext) -> None:
    async with serving({"ispdb.test/v1.1/shop.test": FILE}, https) as server:
        found, _ = await search("shop.test", ADDRESSES, ca_file=papers.ca_file, ispdb=f"https://ispdb.test:{server.port}/v1.1/")

    assert ("smtp.shop.test", 587, "starttls", "ispdb") in brief(found)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>not found</html>",
        b"<clientConfig",
        b"\xff\xfe\x00",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><clientConfig/>',
        FILE.replace(b"587", b"587; rm").replace(b"465", b"99999"),
        FILE.replace(b"smtp.%EMAILDOMAIN%", b"smtp.x\r\ny").replace(b">smtp.shop.test", b">127.1"),
        FILE.replace(b"STARTTLS", b"maybe").replace(b"SSL", b""),
    ],
)
def test_a_broken_autoconfig_file_names_nobody(body: bytes) -> None:
    assert outgoing_servers(body, "shop.test") == ()


async def test_a_candidate_is_connected_to(papers: Papers) -> None:
    async with standing(starttls.talk, papers) as port:
        zone = {"_submission._tcp.shop.test": {"SRV": [f"0 0 {port} mail.test."]}, "mail.test": {"A": ["127.0.0.1"]}}
        async with resolving(zone) as resolver:
            policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
            async with Network(policy) as network:
                seen = await probe(ProbeRequest(host=None, domain="shop.test"), network, nobody, index=NOTHING_KNOWN, deadlines=QUICK)

    assert seen.first(CandidateFound, how="srv", port=port)
    assert seen.first(EhloAnswered, host="mail.test", port=port, under_tls=True)


async def test_a_domain_that_is_a_placeholder_is_not_searched() -> None:
    found, told = await search("example.com", {})

    assert found == ()
    assert [type(item).__name__ for item in told] == ["NotProbed"]
