"""Is what no other tool says proved from what was seen, at a server of the tests, through `check` and through the talk?"""

from __future__ import annotations

import datetime
import importlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.answers.check import check_blocks, check_json
from bot.conversation.model import ProbeRequest
from bot.diagnosis import survey
from bot.diagnosis.model import Situation
from bot.observations import Observations
from bot.probes.guard import Network, Policy
from bot.probes.runner import nobody, probe
from bot.reply import block_text
from knowledge.index import index
from knowledge.terms import Security
from tests.bot.probes.conftest import QUICK
from tests.bot.probes.whole_talk import talking
from tests.servers.papers import Papers
from tests.servers.peer import standing
from tests.servers.resolver import resolving

IMPLICIT, STARTTLS, NONE = Security.IMPLICIT_TLS, Security.STARTTLS, Security.NONE
TODAY = datetime.date(2026, 11, 25)
ZONE = {host: {"A": ["127.0.0.1"]} for host in ("mail.test", "mail.hoster.test", "smtp.gmail.com")}

CLIENT_SAW_A_SHIELD = """$ openssl s_client -starttls smtp -connect mail.test:{port}
CONNECTED(00000003)
depth=1 O = Avast Web/Mail Shield, CN = Avast Web/Mail Shield Root
verify error:num=19:self-signed certificate in certificate chain
---
Certificate chain
 0 s:CN = mail.test
   i:CN = Avast Web/Mail Shield Root, O = Avast Web/Mail Shield
---
Server certificate
subject=CN = mail.test

issuer=CN = Avast Web/Mail Shield Root, O = Avast Web/Mail Shield

---
New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384
"""
CLIENT_SAW_A_PORTAL = """Thunderbird cannot send, mail.test port {port} STARTTLS
$ telnet mail.test {port}
Trying 203.0.113.7...
Connected to mail.test.
Escape character is '^]'.
HTTP/1.1 302 Found
Location: http://login.hotel.test/
"""
CLIENT_SAW_A_HOSTER = """phpmailer cannot send with mail.test port {port} STARTTLS, swaks says
=== Trying mail.test:{port}...
=== Connected to mail.test.
<-  220 relay.webhoster.test ESMTP Exim
 -> EHLO me
<-  250-relay.webhoster.test Hello me
<-  250 AUTH PLAIN
"""


@dataclass(frozen=True)
class Verdict:
    """`server` speaks at the port that is entered with `entered`. `check`: the cause that the command names, None for none. `told`: what
    the person says; then `cause` comes first in the answer, which has `says` (a regular expression) and sets `sets`."""

    server: str
    entered: Security | None
    check: str | None
    told: str
    cause: str
    says: str = ""
    sets: tuple[tuple[str, str], ...] = ()
    host: str = "mail.test"


VERDICTS = {
    "implicit TLS entered where STARTTLS is spoken": Verdict(
        "starttls",
        IMPLICIT,
        "tls.wrong_mode",
        "Thunderbird: mail.test port {port} with SSL/TLS, [SSL: WRONG_VERSION_NUMBER] wrong version number",
        "tls.wrong_mode",
        "greets in clear, as a STARTTLS port does",
        (("security", "starttls"),),
    ),
    "STARTTLS entered where implicit TLS is spoken": Verdict(
        "implicit_tls",
        STARTTLS,
        "tls.wrong_mode",
        "Thunderbird: mail.test port {port} with STARTTLS, connection timed out",
        "tls.wrong_mode",
        "speaks TLS from the first byte",
        (("security", "implicit_tls"),),
    ),
    "the certificate's name that leads to the same address": Verdict(
        "wrong_name",
        STARTTLS,
        "tls.hostname_mismatch",
        "python, mail.test port {port} STARTTLS: certificate verify failed: Hostname mismatch, certificate is not valid for 'mail.test'",
        "tls.hostname_mismatch",
        "mail.test → mail.hoster.test",
        (("host", "mail.hoster.test"),),
    ),
    "a mail shield on the person's side": Verdict(
        "starttls", STARTTLS, None, CLIENT_SAW_A_SHIELD, "net.intercepted", "Avast", (("security", "starttls"),)
    ),
    "a mail shield on this side": Verdict(
        "mail_shield",
        STARTTLS,
        "net.intercepted",
        "Outlook: mail.test port {port} STARTTLS, the certificate is not trusted",
        "net.intercepted",
        "Avast",
    ),
    "a firewall writes over the EHLO answer": Verdict(
        "stars_in_ehlo",
        STARTTLS,
        "net.intercepted",
        "python, mail.test port {port} STARTTLS: smtplib.SMTPNotSupportedError: STARTTLS extension not supported by server.",
        "net.intercepted",
    ),
    "a firewall takes STARTTLS out": Verdict(
        "starttls_taken_out",
        STARTTLS,
        "net.intercepted",
        "python, mail.test port {port} STARTTLS: smtplib.SMTPNotSupportedError: STARTTLS extension not supported by server.",
        "net.intercepted",
        "something on the way removes it",
    ),
    "a documented server with a stranger's certificate": Verdict(
        "wrong_name",
        STARTTLS,
        "net.intercepted",
        "wordpress, smtp.gmail.com port {port} STARTTLS: SMTP connect() failed, certificate verify failed: Hostname mismatch",
        "net.intercepted",
        "none of which belongs to the provider",
        host="smtp.gmail.com",
    ),
    "a web host that answers on the person's side": Verdict(
        "starttls", STARTTLS, None, CLIENT_SAW_A_HOSTER, "net.intercepted", r"relay\.webhoster\.test"
    ),
    "a captive portal on the person's side": Verdict("starttls", STARTTLS, None, CLIENT_SAW_A_PORTAL, "net.intercepted", "answers in HTTP"),
    "a captive portal on this side": Verdict(
        "hotel_portal",
        STARTTLS,
        "net.not_smtp",
        "python, mail.test port {port} STARTTLS: smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
        "net.not_smtp",
        "answers in HTTP",
    ),
    "whose side: blocked there and open here": Verdict(
        "starttls",
        STARTTLS,
        None,
        "python, mail.test port {port} STARTTLS: TimeoutError: [Errno 110] Connection timed out",
        "net.timeout",
        r"(?s)This is on your side.*Seen on your side: .*does not answer.*Seen from here: .*accepts connections",
    ),
    "a wrong clock: not yet valid there and good here": Verdict(
        "starttls",
        STARTTLS,
        None,
        "Thunderbird: mail.test port {port} STARTTLS, certificate is not yet valid",
        "tls.expired",
        r"(?s)Seen from here: .*shows a valid certificate.*date and time of your own device",
    ),
    "an expired certificate: no clock is blamed alone": Verdict(
        "expired",
        STARTTLS,
        "tls.expired",
        "Thunderbird: mail.test port {port} STARTTLS, certificate has expired",
        "tls.expired",
        "ran out on",
    ),
    "a login under TLS only": Verdict(
        "starttls",
        NONE,
        "auth.needs_tls_first",
        "python, mail.test port {port} no encryption: smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server.",
        "auth.needs_tls_first",
        r"(?s)no login before it.*takes a login under TLS",
        (("security", "starttls"),),
    ),
}


@asynccontextmanager
async def beside(server: str, papers: Papers) -> AsyncIterator[tuple[Network, int]]:
    """The door to one server of the tests, and its port."""
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(standing(importlib.import_module(f"tests.servers.{server}").talk, papers))
        resolver = await stack.enter_async_context(resolving(ZONE))
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file, known_ports=index().known_ports)
        yield await stack.enter_async_context(Network(policy)), port


async def checked(network: Network, asked: Situation) -> tuple[dict[str, Any], str]:
    """What `check` says: its JSON, and its text."""
    host = asked.host or ""
    seen: Observations = await probe(
        ProbeRequest(host, asked.port, asked.security), network, nobody, index().by_host(host), deadlines=QUICK
    )
    text = "\n".join(block_text(block) for block in check_blocks(seen, asked, index(), TODAY))
    return check_json(seen, asked, index(), "here", 0.0, TODAY), text


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS.keys())
async def test_check_proves_it(verdict: Verdict, papers: Papers) -> None:
    async with beside(verdict.server, papers) as (network, port):
        found, text = await checked(network, Situation(host=verdict.host, port=port, security=verdict.entered))

    causes = [finding["cause"] for finding in found["findings"]]
    assert causes[:1] == ([verdict.check] if verdict.check else []), text
    if verdict.check == verdict.cause and verdict.says:
        assert re.search(verdict.says, text), text


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS.keys())
async def test_the_talk_tells_it_with_its_proof(verdict: Verdict, papers: Papers) -> None:
    async with beside(verdict.server, papers) as (network, port), talking(network) as person:
        reply = await person.says(verdict.told.format(port=port))

    assert person.findings, person.read
    assert person.findings[0]["cause"] == verdict.cause, person.read
    assert re.search(verdict.says, person.read), person.read
    assert reply.settings is not None
    assert dict(verdict.sets).items() <= reply.settings.items()


async def test_all_that_an_administrator_asks_of_an_endpoint_is_in_the_json(papers: Papers) -> None:
    async with beside("takes_tls_1_0_too", papers) as (network, port):
        found, _ = await checked(network, Situation(host="mail.test", port=port, security=STARTTLS))

    (endpoint,) = found["endpoints"]
    tls, seconds = endpoint["tls"], endpoint["seconds"]
    assert (endpoint["address"], endpoint["port"], endpoint["security"], endpoint["starttls"]) == ("127.0.0.1", port, "starttls", True)
    assert endpoint["banner"] == "mail.test ESMTP"
    assert (endpoint["ehlo"], endpoint["auth"], endpoint["size"]) == (["SIZE 1000000", "AUTH PLAIN LOGIN"], ["PLAIN", "LOGIN"], 1_000_000)
    assert (tls["version"], tls["oldest_version"], tls["trusted"], tls["hostname_ok"]) == ("TLSv1.3", "TLSv1", True, True)
    assert tls["cipher"]
    assert (tls["names"], tls["chain"], tls["missing_intermediate"]) == (["mail.test"], [], None)
    assert tls["key"]
    assert tls["not_before"] < tls["not_after"]
    assert all(isinstance(seconds[step], float) for step in ("connect", "banner", "ehlo", "tls"))


# --- busy, unknown, and never more than was seen --------------------------------------------------------------------------------

NOT_OFFERED = re.compile("not offer|offers no|does not answer|nobody listens|refuses the connection", re.IGNORECASE)


@pytest.mark.parametrize(
    ("server", "told", "causes"),
    [
        ("greets_421", "smtplib.SMTPConnectError: (421, b'4.3.2 Service not available')", ("server.unavailable", "policy.rate_limited")),
        ("answers_ehlo_421", "421 4.7.0 Too many connections from your host", ("policy.rate_limited", "server.unavailable")),
        ("greets_554_with_a_list", "554 5.7.1 Service unavailable; client blocked using zen.list.test", ("policy.blocklisted",)),
        ("starttls", "450 4.7.1 Greylisted, please try again in 300 seconds", ("greylisted",)),
        ("starttls", "451 4.7.1 Rate limit exceeded, try again later", ("policy.rate_limited",)),
    ],
)
async def test_busy_is_never_told_as_not_offered_or_down(server: str, told: str, causes: tuple[str, ...], papers: Papers) -> None:
    async with beside(server, papers) as (network, port), talking(network) as person:
        await person.says(f"python, mail.test port {port} STARTTLS: {told}")

    assert person.findings, person.read
    assert person.findings[0]["cause"] in causes, person.read
    assert not NOT_OFFERED.search(person.read), person.read


@pytest.mark.parametrize(
    ("server", "state", "says"),
    [
        ("greets_421", "server.unavailable", "says that it is busy, so nothing more is known of it"),
        ("answers_ehlo_421", "server.unavailable", "says that it is busy"),
        ("greets_554_with_a_list", None, r"(?s)turns us away, which may mean only us.*554.*list"),
        ("greets_after_29_seconds", None, "answers, encrypts with STARTTLS and takes PLAIN and LOGIN"),
    ],
)
async def test_check_calls_it_busy_or_unknown(server: str, state: str | None, says: str, papers: Papers) -> None:
    async with beside(server, papers) as (network, port):
        found, text = await checked(network, Situation(host="mail.test", port=port, security=STARTTLS))

    (endpoint,) = found["endpoints"]
    assert endpoint["error"] == state
    assert endpoint["starttls"] in (None, True)
    assert re.search(says, text), text
    assert not NOT_OFFERED.search(text)


async def test_a_slow_greeting_explains_a_program_that_gave_up(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "SLOW_GREETING_SECONDS", 1.0)

    async with beside("greets_after_29_seconds", papers) as (network, port), talking(network) as person:
        await person.says(f"python, mail.test port {port} STARTTLS: TimeoutError: timed out")

    assert person.findings[0]["cause"] == "server.unavailable", person.read
    assert "on your side" not in person.read


async def test_no_login_on_25_is_as_it_should_be(papers: Papers) -> None:
    try:
        async with AsyncExitStack() as stack:
            relay = importlib.import_module("tests.servers.relay_without_login")
            await stack.enter_async_context(standing(relay.talk, papers, "127.0.0.25", 25))
            resolver = await stack.enter_async_context(resolving({"mail.test": {"A": ["127.0.0.25"]}}))
            policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (25,), ca_file=papers.ca_file)
            network = await stack.enter_async_context(Network(policy))
            _, text = await checked(network, Situation(host="mail.test"))
            person = await stack.enter_async_context(talking(network))
            await person.says(
                "python, mail.test port 25 STARTTLS: smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server."
            )
    except PermissionError:
        pytest.skip("ports below 1024 are for root only here")

    assert "25 takes no login, which is as it should be: it is for mail between servers." in text
    assert person.findings[0]["cause"] == "auth.mechanism_unsupported", person.read
    assert "offers no login, even under TLS" in person.read
