"""Are autodiscover's plain answers read, in DNS and as a file, and is nobody's address sent for them?"""

from __future__ import annotations

import ssl

import pytest
import trustme

from bot.probes.autodiscover import outgoing_servers, question
from knowledge.index import index
from tests.bot.probes.test_discovery import brief, open_as_https, search
from tests.servers.papers import Papers
from tests.servers.web_server import serving

NAMESPACE = "http://schemas.microsoft.com/exchange/autodiscover/"
ANSWER = f"""<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="{NAMESPACE}responseschema/2006"><Response xmlns="{NAMESPACE}outlook/responseschema/2006a"><Account>
  <AccountType>email</AccountType><Action>settings</Action>
  <Protocol><Type>IMAP</Type><Server>imap.shop.test</Server><Port>993</Port><SSL>on</SSL></Protocol>
  <Protocol><Type>SMTP</Type><Server>out.shop.test</Server><Port>587</Port><SSL>on</SSL><Encryption>TLS</Encryption></Protocol>
  <Protocol><Type>SMTP</Type><Server>out.shop.test</Server><Port>465</Port><SSL>on</SSL></Protocol>
</Account></Response></Autodiscover>""".encode()


@pytest.fixture
def https(papers: Papers) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf: trustme.LeafCert = papers.ca.issue_cert("autodiscover.shop.test", "shop.test", "pointed.at.test")
    leaf.configure_cert(context)
    return context


async def test_the_file_is_asked_for_in_the_name_of_nobody(papers: Papers, https: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = {"autodiscover.shop.test": {"A": ["127.0.0.1"]}}
    async with serving({"autodiscover.shop.test/autodiscover/autodiscover.xml": ANSWER}, https) as server:
        open_as_https(server.port, monkeypatch)
        found, _ = await search("shop.test", zone, ca_file=papers.ca_file)

    assert brief(found) == [
        ("out.shop.test", 587, "starttls", "autodiscover"),
        ("out.shop.test", 465, "implicit_tls", "autodiscover"),
    ]
    assert [body.count("@") for body in server.bodies] == [1]
    assert "postmaster@shop.test" in server.bodies[0]


async def test_the_srv_record_leads_to_the_file(papers: Papers, https: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = {"_autodiscover._tcp.shop.test": {"SRV": ["0 0 443 pointed.at.test."]}, "pointed.at.test": {"A": ["127.0.0.1"]}}
    async with serving({"pointed.at.test/autodiscover/autodiscover.xml": ANSWER}, https) as server:
        open_as_https(server.port, monkeypatch)
        found, _ = await search("shop.test", zone, ca_file=papers.ca_file)

    assert ("out.shop.test", 587, "starttls", "autodiscover") in brief(found)


async def test_an_alias_of_microsofts_says_where_the_domain_is_hosted() -> None:
    found, _ = await search("shop.test", {"autodiscover.shop.test": {"CNAME": ["autodiscover.outlook.com"]}}, index())

    assert ("smtp.office365.com", 587, "starttls", "autodiscover") in brief(found)


@pytest.mark.parametrize(
    ("change", "security"),
    [
        ((b"<SSL>on</SSL><Encryption>TLS</Encryption>", b"<SSL>off</SSL>"), "none"),
        ((b"<SSL>on</SSL><Encryption>TLS</Encryption>", b"<Encryption>None</Encryption>"), "none"),
        ((b"<Encryption>TLS</Encryption>", b"<Encryption>SSL</Encryption>"), "implicit_tls"),
        ((b"<Encryption>TLS</Encryption>", b"<Encryption>Auto</Encryption>"), "starttls"),
        ((b"<SSL>on</SSL><Encryption>TLS</Encryption>", b""), "starttls"),
    ],
)
def test_encryption_comes_before_ssl(change: tuple[bytes, bytes], security: str) -> None:
    first = outgoing_servers(ANSWER.replace(*change, 1))[0]

    assert (first.port, first.security) == (587, security)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html/>",
        b"<Autodiscover",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Autodiscover/>',
        ANSWER.replace(b"587", b"x").replace(b"465", b"0"),
        ANSWER.replace(b"out.shop.test", b"127.1"),
    ],
)
def test_a_broken_answer_names_nobody(body: bytes) -> None:
    assert outgoing_servers(body) == ()


def test_the_question_names_the_domain_and_no_person() -> None:
    assert b"<EMailAddress>postmaster@shop.test</EMailAddress>" in question("shop.test")
