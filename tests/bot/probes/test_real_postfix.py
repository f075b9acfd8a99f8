"""Is a real Postfix seen for what it is, in its usual set-ups and in the usual wrong ones?"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.observations import (
    CertificateExpired,
    CertificateNameMismatch,
    CertificateShown,
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
from tests.servers import postfix
from tests.servers.papers import Papers

IMPLICIT, STARTTLS, NONE = Security.IMPLICIT_TLS, Security.STARTTLS, Security.NONE
PATIENT = replace(QUICK, greeting=8.0, reply=5.0, check=20.0, connect=5.0)

pytestmark = pytest.mark.skipif(postfix.missing() is not None, reason=str(postfix.missing()))


@pytest.fixture(scope="module")
def ports(papers: Papers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    with postfix.running(tmp_path_factory.mktemp("postfix"), papers) as started:
        yield started


async def test_submission_offers_auth_under_tls_only(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["submission"], papers, STARTTLS, PATIENT)

    clear, secure = seen.first(EhloAnswered, under_tls=False), seen.first(EhloAnswered, under_tls=True)
    assert clear
    assert secure
    assert clear.starttls
    assert not clear.auth
    assert secure.auth == ("PLAIN", "LOGIN")
    assert secure.size == 10_240_000
    assert seen.first(CertificateShown, trusted=True, hostname_ok=True)


async def test_implicit_tls_entered_for_submission_is_disproved_by_the_greeting(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["submission"], papers, IMPLICIT, PATIENT)

    assert seen.first(TlsFailed, implicit=True, reason="not_tls")
    assert seen.first(GreetedInClear) or seen.first(TlsEstablished, implicit=False)


async def test_submissions_greets_under_tls(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["submissions"], papers, IMPLICIT, PATIENT)

    assert seen.first(GreetedUnderTls, code=220)
    assert seen.first(EhloAnswered, under_tls=True).auth == ("PLAIN", "LOGIN")  # type: ignore[union-attr]  # the line above found one


async def test_starttls_entered_for_submissions_meets_silence_and_an_answered_hello(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["submissions"], papers, STARTTLS, PATIENT)

    assert seen.first(StayedSilent, stage="greeting")
    assert seen.first(TlsEstablished, implicit=True)


async def test_the_usual_wrong_set_ups_are_seen(ports: dict[str, int], papers: Papers) -> None:
    plain = await check_port(ports["plain_only"], papers, STARTTLS, PATIENT)
    without_auth = await check_port(ports["without_auth"], papers, STARTTLS, PATIENT)
    expired = await check_port(ports["expired"], papers, STARTTLS, PATIENT)
    other_name = await check_port(ports["other_name"], papers, IMPLICIT, PATIENT)
    refuses = await check_port(ports["refuses_at_connect"], papers, STARTTLS, PATIENT)

    answered = plain.first(EhloAnswered, under_tls=False)
    assert answered
    assert answered.auth
    assert not answered.starttls
    secure = without_auth.first(EhloAnswered, under_tls=True)
    assert secure
    assert not secure.auth
    assert expired.first(CertificateExpired)
    assert expired.first(EhloAnswered, under_tls=True)
    assert other_name.first(CertificateNameMismatch, passing=("mail.hoster.test",))
    assert refuses.first(Replied, stage="greeting", code=554, enhanced="5.7.1")


async def test_who_comes_too_often_is_busy_and_not_without_starttls(ports: dict[str, int], papers: Papers) -> None:
    await check_port(ports["often_is_busy"], papers, STARTTLS, PATIENT)
    again = await check_port(ports["often_is_busy"], papers, STARTTLS, PATIENT)

    assert again.first(Replied, code=421, enhanced="4.7.0")
    assert not again.all(EhloAnswered)


async def test_a_server_that_turns_all_away_for_now_is_busy_and_nothing_else_is_claimed(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["busy"], papers, STARTTLS, PATIENT)

    assert seen.first(Replied, stage="greeting", code=421, enhanced="4.3.2")
    assert not seen.all(EhloAnswered)
    assert not seen.all(TlsFailed)


async def test_postscreen_is_waited_for(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["postscreen"], papers, STARTTLS, replace(PATIENT, silence=3.0))

    assert seen.first(GreetedInClear, code=220)
    assert not seen.all(StayedSilent)


async def test_openssl_sees_the_same_certificate(ports: dict[str, int], papers: Papers) -> None:
    seen = await check_port(ports["expired"], papers, STARTTLS, PATIENT)

    command = ["openssl", "s_client", "-starttls", "smtp", "-connect", f"127.0.0.1:{ports['expired']}", "-servername", "mail.test"]
    command += ["-CAfile", papers.ca_file]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    said, _ = await asyncio.wait_for(process.communicate(b"QUIT\n"), 20)

    assert b"certificate has expired" in said
    assert seen.first(CertificateExpired)
