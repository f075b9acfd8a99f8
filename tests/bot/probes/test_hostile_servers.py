"""Does a probe see each faulty server for what it is? One row a server: what must be seen, and what must not be claimed."""

from __future__ import annotations

import asyncio
import importlib
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.answers.check import check_findings
from bot.answers.check_ports import endpoint_error
from bot.diagnosis.model import Situation
from bot.diagnosis.survey import survey
from bot.observations import (
    CertificateExpired,
    CertificateNameMismatch,
    CertificateNotYetValid,
    CertificateShown,
    CertificateUntrusted,
    ConnectionClosed,
    EhloAnswered,
    GreetedInClear,
    GreetedUnderTls,
    IntermediateMissing,
    MalformedReplySeen,
    NameResolved,
    Observation,
    OldTlsAccepted,
    OldTlsOnly,
    PortsChosen,
    Replied,
    SpokeOtherProtocol,
    StarttlsAcceptedUnlisted,
    StayedSilent,
    TcpTimedOut,
    TlsEstablished,
    TlsFailed,
    TlsVersionAccepted,
)
from knowledge.index import index
from knowledge.terms import Security
from tests.bot.probes.conftest import Check, check_port
from tests.servers.full_backlog import dropping
from tests.servers.papers import Papers

Kind = type[Observation]
IMPLICIT, STARTTLS = Security.IMPLICIT_TLS, Security.STARTTLS


@dataclass(frozen=True)
class Row:
    server: str
    sees: tuple[tuple[Kind, dict[str, Any]], ...]
    never: tuple[Kind, ...] = ()
    entered: Security | None = STARTTLS
    never_under_tls: bool = field(default=False)


def saw(kind: Kind, **fields: Any) -> tuple[Kind, dict[str, Any]]:
    return kind, fields


FAULTS_OF_A_CERTIFICATE = (CertificateExpired, CertificateNotYetValid, CertificateUntrusted, CertificateNameMismatch)

ROWS = (
    Row("starttls", (saw(EhloAnswered, under_tls=True), saw(CertificateShown, trusted=True, hostname_ok=True)), FAULTS_OF_A_CERTIFICATE),
    Row("implicit_tls", (saw(TlsEstablished, implicit=True), saw(GreetedUnderTls), saw(StayedSilent, stage="greeting"))),
    Row("implicit_tls", (saw(TlsEstablished, implicit=True), saw(EhloAnswered, under_tls=True)), (StayedSilent,), IMPLICIT),
    Row("starttls", (saw(GreetedInClear), saw(TlsFailed, implicit=True, reason="not_tls")), (MalformedReplySeen,), IMPLICIT),
    Row("offers_no_starttls", (saw(EhloAnswered, under_tls=False),), (TlsEstablished, TlsFailed, MalformedReplySeen)),
    Row("endless_line", (saw(MalformedReplySeen, stage="greeting", reason="too_long"),), (GreetedInClear, EhloAnswered)),
    Row("endless_reply", (saw(GreetedInClear), saw(MalformedReplySeen, stage="ehlo", reason="too_long")), (EhloAnswered,)),
    Row("one_byte_a_second", (saw(StayedSilent, stage="greeting"),), (GreetedInClear, EhloAnswered)),
    Row("greets_after_29_seconds", (saw(GreetedInClear), saw(EhloAnswered, under_tls=True)), (StayedSilent,)),
    Row("never_greets", (saw(StayedSilent, stage="greeting"), saw(TlsFailed, reason="silent")), (SpokeOtherProtocol, GreetedInClear)),
    Row("greets_then_hangs", (saw(GreetedInClear), saw(StayedSilent, stage="ehlo")), (EhloAnswered,)),
    Row("hangs_at_starttls", (saw(EhloAnswered, under_tls=False), saw(StayedSilent, stage="starttls")), (TlsFailed, TlsEstablished)),
    Row("hangs_in_handshake", (saw(TlsFailed, implicit=False, reason="silent"),), (TlsEstablished,)),
    Row("closes_at_connect", (saw(ConnectionClosed, stage="greeting", reset=False),), (GreetedInClear, SpokeOtherProtocol)),
    Row("half_open", (saw(ConnectionClosed, stage="greeting", reset=False),), (GreetedInClear, SpokeOtherProtocol)),
    Row("closes_after_greeting", (saw(GreetedInClear), saw(ConnectionClosed, stage="ehlo")), (EhloAnswered,)),
    Row("closes_at_ehlo", (saw(GreetedInClear), saw(ConnectionClosed, stage="ehlo")), (EhloAnswered, Replied)),
    Row("closes_at_starttls", (saw(ConnectionClosed, stage="starttls"),), (TlsEstablished, TlsFailed)),
    Row("closes_in_handshake", (saw(TlsFailed, implicit=False, reason="closed"),), (TlsEstablished,)),
    Row("closes_after_handshake", (saw(TlsEstablished, implicit=False), saw(ConnectionClosed, stage="ehlo_tls")), never_under_tls=True),
    Row("resets_at_connect", (saw(ConnectionClosed, stage="greeting", reset=True),), (GreetedInClear,)),
    Row("resets_at_ehlo", (saw(ConnectionClosed, stage="ehlo", reset=True),), (EhloAnswered,)),
    Row("resets_in_handshake", (saw(TlsFailed, implicit=False, reason="closed"),), (TlsEstablished,)),
    Row("resets_after_handshake", (saw(TlsEstablished, implicit=True), saw(ConnectionClosed, stage="greeting")), entered=IMPLICIT),
    Row("greets_421", (saw(Replied, stage="greeting", code=421, enhanced="4.3.2"),), (EhloAnswered, TlsFailed)),
    Row("greets_554_with_a_list", (saw(GreetedInClear, code=554), saw(Replied, stage="greeting", code=554)), (EhloAnswered,)),
    Row("answers_ehlo_421", (saw(GreetedInClear), saw(Replied, stage="ehlo", code=421, enhanced="4.7.0")), (EhloAnswered,)),
    Row("knows_no_ehlo", (saw(Replied, stage="ehlo", code=502, enhanced="5.5.2"),), (EhloAnswered, SpokeOtherProtocol)),
    Row("reply_without_end", (saw(StayedSilent, stage="ehlo"),), (EhloAnswered,)),
    Row("mixed_codes", (saw(MalformedReplySeen, stage="ehlo", reason="mixed_codes"),), (EhloAnswered,)),
    Row("bare_lf", (saw(MalformedReplySeen, stage="greeting", reason="bare_lf"), saw(EhloAnswered))),
    Row("nul_in_reply", (saw(MalformedReplySeen, stage="greeting", reason="nul"), saw(EhloAnswered, keywords=("AUTH PLAIN",)))),
    Row("eight_bit_banner", (saw(GreetedInClear), saw(EhloAnswered)), (SpokeOtherProtocol, MalformedReplySeen)),
    Row("bidi_banner", (saw(GreetedInClear, text="mail.test PTMSE payme [31mred"),)),
    Row("mentions_in_banner", (saw(GreetedInClear), saw(EhloAnswered))),
    Row("ten_thousand_keywords", (saw(MalformedReplySeen, stage="ehlo", reason="too_long"),), (EhloAnswered,)),
    Row("long_banner", (saw(GreetedInClear), saw(EhloAnswered)), (MalformedReplySeen,)),
    Row("floods_after_greeting", (saw(GreetedInClear),)),
    Row("injects_after_starttls", (saw(MalformedReplySeen, stage="starttls", reason="injected"), saw(EhloAnswered, under_tls=True))),
    Row("starttls_then_plain_text", (saw(TlsFailed, implicit=False, reason="not_tls"),), (TlsEstablished,)),
    Row("starttls_refused_454", (saw(Replied, stage="starttls", code=454, enhanced="4.7.0"),), (TlsEstablished, TlsFailed)),
    Row("tls_alert_at_once", (saw(TlsFailed, implicit=True, reason="other"),), (TlsEstablished,), IMPLICIT),
    Row("handshake_failure_alert", (saw(TlsFailed, implicit=False, reason="no_shared_cipher"),), (TlsEstablished, OldTlsOnly)),
    Row("tls_1_0_only", (saw(OldTlsOnly, version="TLSv1"), saw(CertificateShown, trusted=True), saw(EhloAnswered, under_tls=True))),
    Row("tls_1_1_only_implicit", (saw(OldTlsOnly, version="TLSv1.1"), saw(EhloAnswered, under_tls=True)), (), IMPLICIT),
    Row("tls_1_3_only", (saw(TlsEstablished, version="TLSv1.3"),), (OldTlsOnly, TlsFailed, TlsVersionAccepted)),
    Row(
        "tls_1_2_only",
        (saw(TlsEstablished, version="TLSv1.2"), saw(TlsVersionAccepted, version="TLSv1.2")),
        (OldTlsOnly, OldTlsAccepted, TlsFailed),
    ),
    Row("huge_certificate_chain", (saw(TlsFailed, implicit=False, reason="other"),), (TlsEstablished,)),
    Row(
        "wrong_name",
        (saw(CertificateNameMismatch, passing=("mail.hoster.test",)), saw(EhloAnswered, under_tls=True)),
        (CertificateUntrusted,),
    ),
    Row("expired", (saw(CertificateExpired), saw(CertificateShown, hostname_ok=True)), (CertificateUntrusted, CertificateNotYetValid)),
    Row("not_yet_valid", (saw(CertificateNotYetValid),), (CertificateExpired, CertificateUntrusted)),
    Row("self_signed", (saw(CertificateUntrusted, reason="self_signed"),), (CertificateNameMismatch, CertificateExpired)),
    Row("unknown_issuer", (saw(CertificateUntrusted, reason="unknown_issuer", issuer="Unknown Authority"),)),
    Row(
        "missing_intermediate",
        (
            saw(CertificateUntrusted, reason="incomplete_chain"),
            saw(IntermediateMissing, issuer="Test Intermediate", url="http://pki.test/i.crt"),
            saw(CertificateShown, chain=()),
        ),
    ),
    Row(
        "with_intermediate",
        (saw(CertificateShown, trusted=True, chain=("Test Intermediate",)),),
        (*FAULTS_OF_A_CERTIFICATE, IntermediateMissing),
    ),
    Row("no_san", (saw(CertificateShown, names=("mail.test",), hostname_ok=False), saw(CertificateNameMismatch, names=()))),
    Row("ip_address_in_san", (saw(CertificateNameMismatch, names=("127.0.0.1",)),), (CertificateUntrusted,)),
    Row("client_certificate_demanded", (saw(TlsFailed, reason="client_certificate_demanded"),), never_under_tls=True),
    Row(
        "client_certificate_demanded_tls_1_2",
        (saw(TlsFailed, implicit=False, reason="client_certificate_demanded"),),
        (TlsEstablished, OldTlsOnly),
    ),
    Row("takes_tls_1_0_too", (saw(TlsEstablished, version="TLSv1.3"), saw(OldTlsAccepted, version="TLSv1")), (OldTlsOnly, TlsFailed)),
    Row(
        "drops_old_hellos",
        (saw(TlsEstablished, version="TLSv1.3"), saw(TlsVersionAccepted, version="TLSv1.2"), saw(EhloAnswered, under_tls=True)),
        (OldTlsAccepted, OldTlsOnly, TlsFailed, StayedSilent),
    ),
    Row(
        "starttls_taken_out",
        (saw(EhloAnswered, under_tls=False), saw(StarttlsAcceptedUnlisted), saw(TlsEstablished, implicit=False)),
        (TlsFailed, Replied),
    ),
    Row("ends_in_the_middle_of_a_reply", (saw(ConnectionClosed, stage="ehlo"),), (EhloAnswered,)),
    Row("sni_required", (saw(CertificateShown, trusted=True, hostname_ok=True),), FAULTS_OF_A_CERTIFICATE),
    Row("stars_in_ehlo", (saw(EhloAnswered, keywords=("SIZE 1000", "XXXXXXXA", "AUTH PLAIN")),), (TlsEstablished,)),
    Row("speaks_http", (saw(SpokeOtherProtocol, protocol="http"),), (GreetedInClear, EhloAnswered)),
    Row("speaks_http", (saw(SpokeOtherProtocol, protocol="http"),), (GreetedInClear, EhloAnswered), IMPLICIT),
    Row("speaks_https", (saw(TlsEstablished, implicit=True), saw(StayedSilent, stage="greeting")), (GreetedUnderTls,), IMPLICIT),
    Row("speaks_ssh", (saw(SpokeOtherProtocol, protocol="ssh", text="SSH-2.0-OpenSSH_9.2p1 Debian-2"),), (GreetedInClear,)),
    Row("speaks_imap", (saw(SpokeOtherProtocol, protocol="imap"),), (GreetedInClear,)),
    Row("speaks_imaps", (saw(SpokeOtherProtocol, protocol="imap"), saw(TlsEstablished, implicit=True)), (GreetedUnderTls,), IMPLICIT),
    Row("speaks_pop3", (saw(SpokeOtherProtocol, protocol="pop3"),), (GreetedInClear,)),
    Row("speaks_ftp", (saw(SpokeOtherProtocol, protocol="ftp"),), (GreetedInClear, EhloAnswered)),
    Row("speaks_lmtp", (saw(SpokeOtherProtocol, protocol="lmtp"),), (EhloAnswered,)),
    Row("speaks_nonsense", (saw(SpokeOtherProtocol, protocol="unknown"),), (GreetedInClear, EhloAnswered)),
    Row("greets_in_utf8", (saw(GreetedInClear, text="mail.test Почта 郵件 ESMTP"), saw(EhloAnswered)), (MalformedReplySeen,)),
    Row("pauses_in_greeting", (saw(GreetedInClear), saw(EhloAnswered)), (Replied, StayedSilent)),
    Row("mail_shield", (saw(CertificateUntrusted, reason="unknown_issuer", issuer="Avast Web/Mail Shield"),)),
    Row("hotel_portal", (saw(SpokeOtherProtocol, protocol="http"),), (GreetedInClear, EhloAnswered)),
    Row("relay_without_login", (saw(EhloAnswered, under_tls=True, keywords=("SIZE 1000000",)),), (TlsFailed,)),
    Row("says_ok_to_everything", (saw(EhloAnswered, keywords=()),), (TlsEstablished, TlsFailed)),
    Row("reads_nothing", (saw(StayedSilent, stage="ehlo"),), (EhloAnswered,)),
)


# The one cause that `check` names for each of them, by server and the mode that was entered. In no line: nothing is wrong, or nothing that
# may mean only us (554 at connect, EHLO refused) is called a fault.
VERDICTS = {
    "net.closed": (
        "closes_at_connect",
        "half_open",
        "closes_after_greeting",
        "closes_at_ehlo",
        "closes_at_starttls",
        "closes_after_handshake",
        "ends_in_the_middle_of_a_reply",
        "resets_at_connect",
        "resets_at_ehlo",
        "resets_after_handshake-implicit_tls",
    ),
    "net.timeout": (
        "never_greets",
        "one_byte_a_second",
        "greets_then_hangs",
        "hangs_at_starttls",
        "reply_without_end",
        "reads_nothing",
        "speaks_https-implicit_tls",
    ),
    "net.not_smtp": (
        "endless_line",
        "endless_reply",
        "mixed_codes",
        "ten_thousand_keywords",
        "speaks_http",
        "hotel_portal",
        "speaks_http-implicit_tls",
        "speaks_ssh",
        "speaks_imap",
        "speaks_imaps-implicit_tls",
        "speaks_pop3",
        "speaks_ftp",
        "speaks_lmtp",
        "speaks_nonsense",
    ),
    "net.intercepted": ("starttls_taken_out", "stars_in_ehlo", "injects_after_starttls", "mail_shield"),
    "server.unavailable": ("greets_421", "answers_ehlo_421"),
    "server.misconfigured": ("starttls_refused_454",),
    "tls.wrong_mode": ("implicit_tls", "starttls-implicit_tls"),
    "tls.not_offered": (
        "offers_no_starttls",
        "bare_lf",
        "nul_in_reply",
        "eight_bit_banner",
        "bidi_banner",
        "mentions_in_banner",
        "long_banner",
        "floods_after_greeting",
        "greets_in_utf8",
        "pauses_in_greeting",
        "says_ok_to_everything",
    ),
    "tls.handshake_failed": (
        "hangs_in_handshake",
        "closes_in_handshake",
        "resets_in_handshake",
        "starttls_then_plain_text",
        "tls_alert_at_once-implicit_tls",
        "huge_certificate_chain",
        "client_certificate_demanded",
        "client_certificate_demanded_tls_1_2",
    ),
    "tls.protocol_too_old": ("handshake_failure_alert", "tls_1_0_only", "tls_1_1_only_implicit-implicit_tls"),
    "tls.hostname_mismatch": ("wrong_name", "no_san", "ip_address_in_san"),
    "tls.expired": ("expired", "not_yet_valid"),
    "tls.untrusted": ("self_signed", "unknown_issuer", "missing_intermediate"),
}
RIGHT = {name if "-" in name else f"{name}-starttls": cause for cause, names in VERDICTS.items() for name in names}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.server}-{row.entered}" for row in ROWS])
async def test_each_faulty_server_is_seen_for_what_it_is(row: Row, check: Check) -> None:
    server = importlib.import_module(f"tests.servers.{row.server}")

    async with asyncio.timeout(10):
        seen = await check(server.talk, row.entered)

    for kind, fields in row.sees:
        assert seen.first(kind, **fields), (kind.__name__, fields, seen.items)
    for kind in row.never:
        assert not seen.all(kind), seen.items
    if row.never_under_tls:
        assert not seen.first(EhloAnswered, under_tls=True)
    verdict = RIGHT.get(f"{row.server}-{row.entered}")
    asked = Situation(host="mail.test", port=seen.all(PortsChosen)[0].ports[0], security=row.entered)
    assert [finding.cause for finding in check_findings(seen, asked, index())] == ([verdict] if verdict else [])
    assert verdict is None or endpoint_error(survey(seen)[0], asked) == verdict


@pytest.mark.parametrize(
    "server",
    [
        "endless_line",
        "endless_reply",
        "floods_after_greeting",
        "ten_thousand_keywords",
        "huge_certificate_chain",
        "long_banner",
        "one_byte_a_second",
        "says_ok_to_everything",
    ],
)
async def test_none_uses_more_than_a_few_mebibytes(server: str, check: Check) -> None:
    """The server's own side, in the same process, included."""
    talk = importlib.import_module(f"tests.servers.{server}").talk
    await check(talk, STARTTLS)  # what is loaded and kept by the first one is no cost of this one

    tracemalloc.start()
    try:
        await check(talk, STARTTLS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 4 * 2**20


def test_each_verdict_is_of_a_server_in_a_row() -> None:
    assert RIGHT.keys() <= {f"{row.server}-{row.entered}" for row in ROWS}


def test_every_server_in_the_folder_is_asked() -> None:
    folder = Path(__file__).parents[2] / "servers"
    files = {path.stem for path in folder.glob("*.py") if "async def talk(" in path.read_text(encoding="utf-8")}

    assert files - {row.server for row in ROWS} <= {"two_servers_that_differ"}


@pytest.mark.parametrize(
    "server", ["bidi_banner", "mentions_in_banner", "eight_bit_banner", "long_banner", "nul_in_reply", "speaks_nonsense"]
)
async def test_what_a_peer_wrote_is_one_short_line_without_controls(server: str, check: Check) -> None:
    seen = await check(importlib.import_module(f"tests.servers.{server}").talk, None)

    texts = [getattr(item, "text", "") for item in seen] + [word for item in seen.all(EhloAnswered) for word in item.keywords]
    assert any(texts)
    assert all(len(text) <= 300 and (text.isprintable() or not text) for text in texts)


async def test_a_port_that_drops_everything_is_timed_out_and_nothing_else(papers: Papers) -> None:
    with dropping() as port:
        seen = await check_port(port, papers)

    assert [type(item) for item in seen] == [NameResolved, PortsChosen, TcpTimedOut]


async def test_two_servers_behind_one_address_are_not_averaged(check: Check) -> None:
    server = importlib.import_module("tests.servers.two_servers_that_differ")

    seen = await check(server.talk, STARTTLS)

    assert seen.first(EhloAnswered, under_tls=True)
