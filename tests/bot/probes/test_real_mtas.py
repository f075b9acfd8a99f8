"""Does `check` say what is wrong with a real Postfix, Exim or OpenSMTPD, and do openssl and swaks see the same?

One row a set-up and what was entered: the cause that `check` names, words that its text must have, and what the two tools print there.
"""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from bot.answers.check import check_blocks, check_json
from bot.diagnosis.model import Situation
from bot.observations import EhloAnswered, GreetedInClear, Observations, OldTlsAccepted, Replied, StayedSilent
from bot.reply import block_text
from knowledge.index import index
from knowledge.terms import Security
from tests.bot.probes.conftest import QUICK, check_port
from tests.bot.probes.test_verdicts import TODAY
from tests.servers import postfix, unpacked
from tests.servers.papers import Papers

IMPLICIT, STARTTLS, NONE = Security.IMPLICIT_TLS, Security.STARTTLS, Security.NONE
PATIENT = replace(QUICK, greeting=8.0, reply=5.0, check=20.0, connect=5.0, silence=2.0, silence_beside_tls=1.0)
TOOL_SECONDS = 10.0  # the machine may be busy; only who waits for ever takes it all
MISSING = {"postfix": postfix.missing(), "exim": unpacked.missing("exim4"), "opensmtpd": unpacked.missing("smtpd")}
SWAKS_LOOKS_AT_NO_NAME = "TLS started"  # Debian 12 has a version that verifies the chain only
VERIFIED, NOT_TLS = "Verification: OK", "wrong version number|record layer failure|packet length too long"


@dataclass(frozen=True)
class Row:
    mta: str
    setup: str
    entered: Security
    cause: str | None
    says: str
    openssl: str
    swaks: str


ROWS = (
    Row("postfix", "submission", STARTTLS, None, "encrypts with STARTTLS and takes PLAIN and LOGIN", VERIFIED, "TLS started"),
    Row("postfix", "submission", IMPLICIT, "tls.wrong_mode", "greets in clear, as a STARTTLS port does", NOT_TLS, "TLS startup failed"),
    Row("postfix", "submission", NONE, "auth.needs_tls_first", "no login before it", VERIFIED, "250-STARTTLS"),
    Row("postfix", "submissions", IMPLICIT, None, r"encrypts from the first byte \(SSL/TLS\)", VERIFIED, "TLS started"),
    Row("postfix", "submissions", STARTTLS, "tls.wrong_mode", "speaks TLS from the first byte", "", "Timeout|closed connection"),
    Row(
        "postfix",
        "plain_only",
        STARTTLS,
        "tls.not_offered",
        "does not offer STARTTLS",
        "Didn't find STARTTLS",
        "did not advertise STARTTLS",
    ),
    Row("postfix", "without_auth", STARTTLS, None, "answers and takes no login", VERIFIED, "TLS started"),
    Row("postfix", "login_in_clear", STARTTLS, None, "a login already in clear", VERIFIED, "250-AUTH PLAIN LOGIN"),
    Row("postfix", "expired", STARTTLS, "tls.expired", "ran out on", "certificate has expired", "TLS startup failed"),
    Row("postfix", "self_signed", STARTTLS, "tls.untrusted", "self-signed", "self-signed certificate", "TLS startup failed"),
    Row(
        "postfix",
        "missing_intermediate",
        STARTTLS,
        "tls.untrusted",
        "leaves out the certificate of Test Intermediate",
        "unable to get local issuer certificate",
        "TLS startup failed",
    ),
    Row(
        "postfix",
        "other_name",
        IMPLICIT,
        "tls.hostname_mismatch",
        r"server mail\.test → mail\.hoster\.test",
        "ostname mismatch",
        SWAKS_LOOKS_AT_NO_NAME,
    ),
    Row("postfix", "refuses_at_connect", STARTTLS, None, "turns us away, which may mean only us", "", "554 5.7.1"),
    Row("postfix", "busy", STARTTLS, "server.unavailable", "says that it is busy", "", "421 4.3.2"),
    Row("exim", "submission", STARTTLS, None, "encrypts with STARTTLS and takes PLAIN", VERIFIED, "TLS started"),
    Row("exim", "submission", IMPLICIT, "tls.wrong_mode", "greets in clear, as a STARTTLS port does", NOT_TLS, "TLS startup failed"),
    Row("exim", "submission", NONE, "auth.needs_tls_first", "no login before it", VERIFIED, "STARTTLS"),
    Row("exim", "submissions", IMPLICIT, None, r"encrypts from the first byte \(SSL/TLS\)", VERIFIED, "TLS started"),
    Row("exim", "submissions", STARTTLS, "tls.wrong_mode", "speaks TLS from the first byte", "", "Timeout|closed connection"),
    Row("exim", "broken_tls", STARTTLS, "server.misconfigured", "offers STARTTLS and then cannot start it", "", "454 TLS"),
    Row("exim", "self_signed", STARTTLS, "tls.untrusted", "self-signed", "self-signed certificate", "TLS startup failed"),
    Row(
        "exim",
        "missing_intermediate",
        STARTTLS,
        "tls.untrusted",
        "leaves out the certificate of Test Intermediate",
        "unable to get local issuer certificate",
        "TLS startup failed",
    ),
    Row("exim", "expired", STARTTLS, "tls.expired", "ran out on", "certificate has expired", "TLS startup failed"),
    Row(
        "exim",
        "wrong_name",
        STARTTLS,
        "tls.hostname_mismatch",
        r"server mail\.test → mail\.hoster\.test",
        "ostname mismatch",
        SWAKS_LOOKS_AT_NO_NAME,
    ),
    Row("exim", "plain_only", STARTTLS, "tls.not_offered", "does not offer STARTTLS", "Didn't find STARTTLS", "did not advertise STARTTLS"),
    Row("exim", "login_in_clear", STARTTLS, None, "a login already in clear", VERIFIED, "250-AUTH PLAIN"),
    Row("exim", "without_auth", STARTTLS, None, "answers and takes no login", VERIFIED, "TLS started"),
    Row("exim", "refuses_at_connect", STARTTLS, None, "turns us away, which may mean only us", "", "550 5.7.1"),
    Row("opensmtpd", "submission", IMPLICIT, "tls.wrong_mode", "greets in clear, as a STARTTLS port does", NOT_TLS, "TLS startup failed"),
    Row(
        "opensmtpd",
        "plain_only",
        STARTTLS,
        "tls.not_offered",
        "does not offer STARTTLS",
        "Didn't find STARTTLS",
        "did not advertise STARTTLS",
    ),
    Row("opensmtpd", "plain_only", IMPLICIT, "tls.wrong_mode", "greets in clear, as a STARTTLS port does", NOT_TLS, "TLS startup failed"),
)


@pytest.fixture(scope="module")
def running(papers: Papers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, int]]]:
    """The ports of each set-up of each mail server that is there."""
    with ExitStack() as stack:
        started: dict[str, dict[str, int]] = {}
        if MISSING["postfix"] is None:
            started["postfix"] = stack.enter_context(postfix.running(tmp_path_factory.mktemp("postfix"), papers))
        if MISSING["exim"] is None:
            started["exim"] = stack.enter_context(unpacked.exim(papers))
        if MISSING["opensmtpd"] is None:
            started["opensmtpd"] = stack.enter_context(unpacked.opensmtpd(papers))
        yield started


def port_of(running: dict[str, dict[str, int]], mta: str, setup: str) -> int:
    """Where that set-up stands. Skips the test, with the reason, where the mail server is not on this machine."""
    if mta not in running:
        pytest.skip(str(MISSING[mta]))
    return running[mta][setup]


async def said_by(*command: str) -> str:
    """What a tool prints; it is ended after TOOL_SECONDS, for some wait for ever."""
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), TOOL_SECONDS)
    except TimeoutError:
        process.kill()
        said, _ = await process.communicate()
    return said.decode("utf-8", "replace")


async def openssl(port: int, entered: Security, papers: Papers) -> str:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "mail.test", "-verify_hostname", "mail.test"]
    return await said_by(*command, "-CAfile", papers.ca_file, *(() if entered is IMPLICIT else ("-starttls", "smtp")))


async def swaks(port: int, entered: Security, papers: Papers) -> str:
    command = ["swaks", "--server", "127.0.0.1", "--port", str(port), "--quit-after", "FIRST-HELO" if entered is NONE else "TLS"]
    command += ["--timeout", "3", "--tls-verify", "--tls-ca-path", papers.ca_file, "--tls-sni", "mail.test"]
    return await said_by(*command, *{IMPLICIT: ("--tls-on-connect",), STARTTLS: ("--tls",), NONE: ()}[entered])


def text_of(seen: Observations, asked: Situation) -> str:
    return "\n".join(block_text(block) for block in check_blocks(seen, asked, index(), TODAY))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.mta}-{row.setup}-{row.entered}" for row in ROWS])
async def test_check_says_what_is_wrong_and_openssl_and_swaks_see_it(row: Row, running: dict[str, dict[str, int]], papers: Papers) -> None:
    port = port_of(running, row.mta, row.setup)

    seen, by_openssl, by_swaks = await asyncio.gather(
        check_port(port, papers, row.entered, PATIENT), openssl(port, row.entered, papers), swaks(port, row.entered, papers)
    )

    asked = Situation(host="mail.test", port=port, security=row.entered)
    found = check_json(seen, asked, index(), "here", 0.0, TODAY)
    causes = [finding["cause"] for finding in found["findings"]]
    assert causes[:1] == ([row.cause] if row.cause else []), (causes, seen.items)
    assert re.search(row.says, text_of(seen, asked)), text_of(seen, asked)
    assert re.search(row.openssl, by_openssl), by_openssl
    assert re.search(row.swaks, by_swaks), by_swaks


async def test_old_versions_that_a_real_server_still_takes_are_told(running: dict[str, dict[str, int]], papers: Papers) -> None:
    port = port_of(running, "postfix", "old_tls_too")

    seen = await check_port(port, papers, STARTTLS, PATIENT)

    old = ("-starttls", "smtp", "-tls1", "-cipher", "ALL:@SECLEVEL=0")
    by_openssl = await said_by("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", papers.ca_file, *old)
    assert re.search("New, TLSv1(.0)?, Cipher is|Protocol *: TLSv1$", by_openssl, re.MULTILINE), by_openssl
    assert seen.first(OldTlsAccepted, version="TLSv1")
    shown = text_of(seen, Situation(host="mail.test", port=port, security=STARTTLS))
    assert "1.0-1.3" in shown
    assert "still accepts TLSv1 beside newer versions" in shown


async def test_postscreen_is_waited_for(running: dict[str, dict[str, int]], papers: Papers) -> None:
    port = port_of(running, "postfix", "postscreen")

    seen = await check_port(port, papers, STARTTLS, replace(PATIENT, silence=3.0))

    assert seen.first(GreetedInClear, code=220)
    assert not seen.all(StayedSilent)


async def test_who_comes_too_often_is_busy_and_not_without_starttls(running: dict[str, dict[str, int]], papers: Papers) -> None:
    port = port_of(running, "postfix", "often_is_busy")

    await check_port(port, papers, STARTTLS, PATIENT)
    again = await check_port(port, papers, STARTTLS, PATIENT)

    assert again.first(Replied, code=421, enhanced="4.7.0")
    assert not again.all(EhloAnswered)


async def test_opensmtpd_that_requires_starttls_offers_no_login_in_clear(running: dict[str, dict[str, int]], papers: Papers) -> None:
    """Without a word about its TLS, which does not work on every machine."""
    port = port_of(running, "opensmtpd", "submission")

    seen = await check_port(port, papers, STARTTLS, PATIENT)

    clear = seen.first(EhloAnswered, under_tls=False)
    assert clear is not None
    assert (clear.starttls, clear.auth) == (True, ())


@pytest.mark.parametrize("setup", ["submission", "submissions", "expired"])
async def test_tls_at_opensmtpd_is_judged_as_openssl_judges_it(setup: str, running: dict[str, dict[str, int]], papers: Papers) -> None:
    """Debian's 6.8.0 breaks off its own handshakes on some versions of OpenSSL 3 ("EVP lib" in its log); openssl tells."""
    port, entered = port_of(running, "opensmtpd", setup), IMPLICIT if setup == "submissions" else STARTTLS

    seen = await check_port(port, papers, entered, PATIENT)

    by_openssl = await openssl(port, entered, papers)
    works = None if setup != "expired" else "tls.expired"
    expected = "tls.handshake_failed" if "alert internal error" in by_openssl else works
    found = check_json(seen, Situation(host="mail.test", port=port, security=entered), index(), "here", 0.0, TODAY)
    assert [finding["cause"] for finding in found["findings"]] == ([expected] if expected else [])
