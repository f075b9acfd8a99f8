"""Are real Exim and OpenSMTPD seen for what they are?"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.observations import (
    EhloAnswered,
    GreetedInClear,
    GreetedUnderTls,
    Replied,
    StayedSilent,
    TlsEstablished,
    TlsFailed,
)
from knowledge.terms import Security
from tests.bot.probes.conftest import QUICK, check_port
from tests.servers import unpacked
from tests.servers.papers import Papers

IMPLICIT, STARTTLS = Security.IMPLICIT_TLS, Security.STARTTLS
PATIENT = replace(QUICK, greeting=8.0, reply=5.0, check=20.0, connect=5.0, silence=2.0)

needs_exim = pytest.mark.skipif(unpacked.missing("exim4") is not None, reason=str(unpacked.missing("exim4")))
needs_opensmtpd = pytest.mark.skipif(unpacked.missing("smtpd") is not None, reason=str(unpacked.missing("smtpd")))


@pytest.fixture(scope="module")
def exim(papers: Papers) -> Iterator[dict[str, int]]:
    with unpacked.exim(papers) as ports:
        yield ports


@pytest.fixture(scope="module")
def opensmtpd(papers: Papers) -> Iterator[dict[str, int]]:
    with unpacked.opensmtpd(papers) as ports:
        yield ports


@needs_exim
async def test_exim_offers_auth_under_tls_only(exim: dict[str, int], papers: Papers) -> None:
    seen = await check_port(exim["submission"], papers, STARTTLS, PATIENT)

    clear, secure = seen.first(EhloAnswered, under_tls=False), seen.first(EhloAnswered, under_tls=True)
    assert clear is not None
    assert not clear.auth
    assert secure is not None
    assert secure.auth == ("PLAIN",)


@needs_exim
async def test_exim_without_a_readable_certificate_offers_starttls_and_refuses_it(exim: dict[str, int], papers: Papers) -> None:
    seen = await check_port(exim["broken_tls"], papers, STARTTLS, PATIENT)

    assert seen.first(Replied, stage="starttls", code=454)
    assert not seen.all(TlsEstablished)


@needs_exim
async def test_starttls_entered_for_exims_implicit_port_is_disproved(exim: dict[str, int], papers: Papers) -> None:
    seen = await check_port(exim["submissions"], papers, STARTTLS, PATIENT)

    assert seen.first(StayedSilent, stage="greeting")
    assert seen.first(TlsEstablished, implicit=True)
    assert seen.first(GreetedUnderTls)


@needs_opensmtpd
async def test_tls_at_opensmtpd_is_seen_as_openssl_sees_it(opensmtpd: dict[str, int], papers: Papers) -> None:
    """Debian's 6.8.0 fails within its own handshake on some versions of OpenSSL 3 ("EVP lib" in its log); openssl tells."""
    seen = await check_port(opensmtpd["submissions"], papers, IMPLICIT, PATIENT)

    command = [
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{opensmtpd['submissions']}",
        "-servername",
        "mail.test",
        "-CAfile",
        papers.ca_file,
    ]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    said, _ = await asyncio.wait_for(process.communicate(b"QUIT\n"), 20)
    if b"Verification: OK" in said and b"alert" not in said:
        assert seen.first(EhloAnswered, under_tls=True)
    else:
        assert seen.first(TlsFailed, implicit=True, reason="other")


@needs_opensmtpd
async def test_opensmtpd_that_requires_starttls_offers_no_auth_in_clear(opensmtpd: dict[str, int], papers: Papers) -> None:
    seen = await check_port(opensmtpd["submission"], papers, STARTTLS, PATIENT)

    clear = seen.first(EhloAnswered, under_tls=False)
    assert clear is not None
    assert clear.starttls
    assert not clear.auth


@needs_opensmtpd
async def test_implicit_tls_entered_for_a_plain_opensmtpd_is_disproved(opensmtpd: dict[str, int], papers: Papers) -> None:
    seen = await check_port(opensmtpd["plain_only"], papers, IMPLICIT, PATIENT)

    assert seen.first(TlsFailed, implicit=True, reason="not_tls")
    greeted = seen.first(GreetedInClear)
    assert greeted is None or "OpenSMTPD" in greeted.text
