"""Is the sender's domain read as receivers read it, through the resolver that is configured and nothing else?"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.conversation.model import ProbeRequest
from bot.observations import (
    BlocklistAnswered,
    DkimKeyChecked,
    DmarcChecked,
    MailExchangersFound,
    MtaStsChecked,
    NotProbed,
    Observations,
    ReverseNameChecked,
    SpfChecked,
    TlsaChecked,
    TlsReportingChecked,
)
from bot.probes import policy, records, spf
from bot.probes.guard import Network, Policy
from bot.probes.runner import probe
from tests.bot.probes.conftest import QUICK
from tests.bot.probes.test_discovery import open_as_https
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import standing
from tests.servers.resolver import resolving
from tests.servers.web_server import serving

Zone = dict[str, Mapping[str, Sequence[str]]]
SIX = "v=spf1 " + "exists:b.test " * 6 + "-all"  # look-ups
SENDER = "8.8.4.4"  # a public address; nobody speaks to it, since port 25 is no port of these tests


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """A busy machine may take longer for that than a test's deadlines allow."""
    asyncio.run(records.load())


def txt(*texts: str) -> dict[str, list[str]]:
    return {"TXT": ['"' + text.replace(";", "\\;") + '"' for text in texts]}


async def look(
    zone: Zone, outgoing: str | None = SENDER, selector: str | None = None, signed: tuple[str, ...] = (), **more: Any
) -> Observations:
    async with resolving(zone, signed=signed) as resolver:
        settings = Policy((f"127.0.0.1:{resolver.port}",), ports=more.pop("ports", (587,)), **more)
        async with Network(settings) as network:
            request = ProbeRequest(None, domain="shop.test", policy=True, outgoing=outgoing, selector=selector)
            return await probe(request, network, deadlines=QUICK)


@pytest.mark.parametrize(
    ("zone", "fields"),
    [
        ({"shop.test": txt("v=spf1 ip4:8.8.0.0/16 -all")}, {"allows": "pass", "lookups": 0, "problem": None}),
        ({"shop.test": txt("v=spf1 ip4:9.9.9.9 -all")}, {"allows": "fail", "lookups": 0}),
        ({"shop.test": txt("v=spf1 ~all", "unrelated")}, {"allows": "softfail"}),
        ({"shop.test": txt("v=spf1 mx -all") | {"MX": ["5 m.test."]}, "m.test": {"A": [SENDER]}}, {"allows": "pass", "lookups": 1}),
        ({"shop.test": txt("v=spf1 a:m.test/24 -all"), "m.test": {"A": ["8.8.4.9"]}}, {"allows": "pass", "lookups": 1}),
        ({"shop.test": txt("v=spf1 include:i.test -all"), "i.test": txt("v=spf1 ip4:8.8.4.4 -all")}, {"allows": "pass", "lookups": 1}),
        ({"shop.test": txt("v=spf1 include:i.test ?all"), "i.test": txt("v=spf1 -all")}, {"allows": "neutral", "lookups": 1}),
        ({"shop.test": txt("v=spf1 redirect=i.test"), "i.test": txt("v=spf1 -all")}, {"allows": "fail", "lookups": 1}),
        ({"shop.test": txt("v=spf1 exists:%{i}.i.test -all")}, {"allows": None, "lookups": 1, "problem": None}),
        ({"shop.test": txt("v=spf1 " + "a " * 11 + "-all") | {"A": [SENDER]}}, {"problem": "too_many_lookups", "lookups": 11}),
        ({"shop.test": txt("v=spf1 include:shop.test -all")}, {"problem": "loop"}),
        ({"shop.test": txt("v=spf1 include:nowhere.test -all")}, {"problem": "broken_include"}),
        ({"shop.test": txt("v=spf1 -all", "v=spf1 ~all")}, {"problem": "several"}),
        ({"shop.test": txt("v=spf1 ipv4:8.8.4.4 -all")}, {"problem": "syntax"}),
        ({"shop.test": txt("v=spf1 ip4:8.8.4 -all")}, {"problem": "syntax"}),
        ({"shop.test": txt("something else")}, {"record": None, "problem": None}),
        ({"shop.test": txt("v=spf1 a:x.test a:y.test mx:z.test -all")}, {"problem": "void_lookups", "lookups": None}),
        ({"shop.test": txt("v=spf1 " + "exists:a.test " * 7 + "include:i.test -all"), "i.test": txt(SIX)}, {"lookups": 14}),
        ({"shop.test": txt("v=spf1 ip4:8.8.4.4-all")}, {"problem": "syntax"}),
        ({"shop.test": txt("v=spf1 exp=why.test ip4:8.8.4.4 -all")}, {"allows": "pass", "lookups": 0}),
        ({"shop.test": txt("v=spf1 ip4:8.8.4.4 exists:%{i}.i.test -all")}, {"allows": "pass", "lookups": 1}),
        (
            {"shop.test": txt("v=spf1 mx/24 -all") | {"MX": ["5 gone.test.", "6 m.test."]}, "m.test": {"A": ["8.8.4.9"]}},
            {"allows": "pass", "lookups": 1},
        ),
        ({"shop.test": txt("v=spf1 include:spf.broken -all")}, {"problem": None, "allows": None, "lookups": None}),
        ({"shop.test": txt("v=spf1 a:db.internal -all")}, {"problem": None, "allows": None}),
    ],
)
async def test_spf_is_weighed_for_the_outgoing_address(zone: Zone, fields: dict[str, Any]) -> None:
    seen = await look(zone)

    assert seen.first(SpfChecked, domain="shop.test", **fields), seen.items


async def test_a_resolver_that_does_not_answer_says_nothing_about_the_domain() -> None:
    async with resolving({}) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        assert await spf.check("shop.broken", SENDER, network, {}) is None


def key(bits: int) -> str:
    public = rsa.generate_private_key(65537, bits).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


KEY = key(1024)


def test_a_dkim_key_is_judged() -> None:
    assert policy.judge_key((f"v=DKIM1; k=rsa; p={KEY}",)) == (None, 1024)
    assert policy.judge_key((f"v=DKIM1; p={KEY[:40]} {KEY[40:]}",)) == (None, 1024)
    assert policy.judge_key(("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",)) == (None, None)
    assert policy.judge_key(("v=DKIM1; p=",)) == ("revoked", None)
    assert policy.judge_key(("v=DKIM1; p=AAAA",)) == ("broken", None)
    assert policy.judge_key(("v=spf1 -all",)) == ("missing", None)


async def test_dkim_is_looked_at_where_a_selector_is_known() -> None:
    hosted: Zone = {"shop.test": {"MX": ["1 aspmx.l.google.com."]}, "google._domainkey.shop.test": txt("v=DKIM1; p=")}

    named = await look({"shop.test": {}}, selector="s1")
    by_hoster = await look(hosted)
    unknown = await look({"shop.test": {"MX": ["1 mx.shop.test."]}})

    assert named.first(DkimKeyChecked, selector="s1", problem="missing")
    assert by_hoster.first(DkimKeyChecked, selector="google", problem="revoked")
    assert by_hoster.first(MailExchangersFound, hosts=("aspmx.l.google.com",))
    assert not unknown.all(DkimKeyChecked)


@pytest.mark.parametrize(
    ("zone", "fields"),
    [
        ({"_dmarc.shop.test": txt("v=DMARC1; p=reject; adkim=s")}, {"policy": "reject", "dkim_strict": True, "spf_strict": False}),
        ({"_dmarc.shop.test": txt("v=DMARC1; p=maybe")}, {"problem": "syntax"}),
        ({"_dmarc.shop.test": txt("v=dmarc1; p=reject")}, {"problem": "syntax"}),
        ({"_dmarc.shop.test": txt("v=DMARC1; p=quarantine; rua=nobody")}, {"policy": "quarantine", "problem": None}),
        ({"_dmarc.shop.test": txt("v=DMARC1; rua=mailto:d@shop.test")}, {"policy": "none", "problem": None}),
        ({"_dmarc.shop.test": txt("v=DMARC1; p=none", "v=DMARC1; p=reject")}, {"problem": "several"}),
        ({}, {"record": None}),
    ],
)
async def test_dmarc_with_its_alignment(zone: Zone, fields: dict[str, Any]) -> None:
    seen = await look(zone)

    assert seen.first(DmarcChecked, domain="shop.test", **fields), seen.items


async def test_the_record_of_the_domain_above_counts_with_its_policy_for_subdomains() -> None:
    judged = policy.judge_dmarc(["v=DMARC1; p=none; sp=quarantine"], "shop.test", below=True)

    assert judged["policy"] == "quarantine"


async def test_tls_reporting_and_dane_of_each_mail_exchanger() -> None:
    zone: Zone = {
        "shop.test": {"MX": ["1 mx.shop.test."]},
        "_25._tcp.mx.shop.test": {"TLSA": ["3 1 1 " + "ab" * 32]},
        "_smtp._tls.shop.test": txt("v=TLSRPTv1; rua=mailto:tls@shop.test"),
    }

    seen = await look(zone)

    found = seen.first(TlsaChecked, host="mx.shop.test")
    assert found is not None
    assert found.records[0].startswith("3 1 1 abab")
    assert not found.signed
    vouched = await look(zone, signed=("mx.shop.test",))
    assert vouched.first(TlsaChecked, host="mx.shop.test", signed=True)
    assert seen.first(TlsReportingChecked, record="v=TLSRPTv1; rua=mailto:tls@shop.test", problem=None)
    broken = await look({"_smtp._tls.shop.test": txt("v=TLSRPTv1; rua=tls@shop.test")})
    assert broken.first(TlsReportingChecked, problem="syntax")


STS: Zone = {
    "shop.test": {"MX": ["1 mx.shop.test.", "2 backup.hoster.test."]},
    "_mta-sts.shop.test": txt("v=STSv1; id=20261125"),
    "mta-sts.shop.test": {"A": ["127.0.0.1"]},
    "elsewhere.test": {"A": ["127.0.0.1"]},
}
STS_FILE = "mta-sts.shop.test/.well-known/mta-sts.txt"
STS_BODY = b"version: STSv1\r\nmode: enforce\r\nmx: *.shop.test\r\nmax_age: 86400\r\n"


@pytest.mark.parametrize(
    ("pages", "shown_to", "fields"),
    [
        ({STS_FILE: STS_BODY}, "mta-sts.shop.test", {"mode": "enforce", "uncovered": ("backup.hoster.test",)}),
        ({STS_FILE: "-> https://elsewhere.test/sts", "elsewhere.test/sts": STS_BODY}, "mta-sts.shop.test", {"mode": None}),
        ({STS_FILE: STS_BODY}, "other.shop.test", {"mode": None}),
        ({}, "mta-sts.shop.test", {"mode": None}),
    ],
    ids=["the file is read", "a redirect is not followed", "a certificate for another name is not believed", "there is no file"],
)
async def test_the_file_of_mta_sts_is_fetched_by_https_through_the_guard(
    pages: dict[str, bytes | str], shown_to: str, fields: dict[str, Any], papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    papers.ca.issue_cert(shown_to, "elsewhere.test").configure_cert(context)
    async with serving(pages, context) as server:
        open_as_https(server.port, monkeypatch)
        seen = await look(STS, ca_file=papers.ca_file, allow=("127.0.0.0/8",))

    assert seen.first(MtaStsChecked, domain="shop.test", published=True, **fields), seen.items
    assert server.asked_for("sts") == (0 if shown_to.startswith("other") else 1)


async def test_who_sends_is_known_by_its_greeting_beside_its_reverse_name(papers: Papers) -> None:
    """A sender whose port 25 answers: what it calls itself there is what it mostly says in HELO."""
    zone: Zone = {"25.0.0.127.in-addr.arpa": {"PTR": ["out.shop.test."]}, "out.shop.test": {"A": ["127.0.0.25"]}}
    try:
        async with standing(starttls.talk, papers, "127.0.0.25", 25):
            seen = await look(zone, outgoing="127.0.0.25", allow=("127.0.0.0/8",), ports=(25,))
    except PermissionError:
        pytest.skip("ports below 1024 are for root only here")

    assert seen.first(ReverseNameChecked, confirmed=("out.shop.test",), greeted_as="mail.test"), seen.items


async def test_mta_sts_that_is_announced_and_has_no_file() -> None:
    announced = await look({"_mta-sts.shop.test": txt("v=STSv1; id=1")})
    without = await look({})

    assert announced.first(MtaStsChecked, published=True, mode=None)
    assert without.first(MtaStsChecked, published=False)


@pytest.mark.parametrize(
    ("zone", "fields"),
    [
        ({"4.4.8.8.in-addr.arpa": {"PTR": ["out.shop.test."]}, "out.shop.test": {"A": [SENDER]}}, {"confirmed": ("out.shop.test",)}),
        (
            {"4.4.8.8.in-addr.arpa": {"PTR": ["out.shop.test."]}, "out.shop.test": {"A": ["8.8.8.8"]}},
            {"names": ("out.shop.test",), "confirmed": ()},
        ),
        ({}, {"names": (), "confirmed": ()}),
    ],
)
async def test_the_reverse_name_has_to_lead_back(zone: Zone, fields: dict[str, Any]) -> None:
    seen = await look(zone)

    assert seen.first(ReverseNameChecked, address=SENDER, **fields), seen.items


@pytest.mark.parametrize(
    ("answer", "listed"),
    [
        (["127.0.0.2"], True),
        (["127.0.0.10", "127.0.0.4"], True),
        ([], False),
        (["127.255.255.254"], None),
        (["127.255.255.252"], None),
        (["127.0.0.1"], None),
        (["203.0.113.80"], None),
    ],
)
async def test_an_error_of_a_list_is_no_listing(answer: list[str], listed: bool | None) -> None:
    zone: Zone = {"4.4.8.8.zen.list.test": {"A": answer, **txt("see https://list.test/q")}}

    seen = await look(zone, blocklists=("zen.list.test",))

    fact = seen.first(BlocklistAnswered, zone="zen.list.test", item=SENDER)
    assert fact is not None
    assert fact.listed is listed
    assert bool(fact.text) is (listed is True)


async def test_a_list_that_does_not_answer_says_nothing() -> None:
    seen = await look({}, blocklists=("list.broken",))

    assert seen.first(BlocklistAnswered, zone="list.broken", listed=None)


async def test_lists_of_domains_are_asked_for_the_domain_and_none_is_asked_that_is_not_configured() -> None:
    seen = await look({"shop.test.dbl.list.test": {"A": ["127.0.1.2"]}}, blocklists=("dbl.list.test",))
    none = await look({})

    assert seen.first(BlocklistAnswered, item="shop.test", listed=True)
    assert not none.all(BlocklistAnswered)


async def test_an_address_or_domain_that_may_not_be_asked_is_not() -> None:
    async with resolving({}) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",), blocklists=("l.test",))) as network:
        inside = await probe(ProbeRequest(None, domain="shop.test", policy=True, outgoing="10.0.0.1"), network, deadlines=QUICK)
        asked = list(resolver.asked)
        placeholder = await probe(ProbeRequest(None, domain="example.com", policy=True), network, deadlines=QUICK)

    assert not inside.all(ReverseNameChecked)
    assert not any("1.0.0.10" in question for question in asked)
    assert {type(item) for item in placeholder} == {NotProbed}
