"""Port, mode, certificate: what is seen becomes the right finding, and nothing is concluded from what was not seen."""

from __future__ import annotations

import datetime

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Proposal, Situation
from bot.diagnosis.rules import tls
from bot.observations import Observations
from knowledge.terms import Security

NOON = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)
ENTERED_SSL = Situation(host="mail.our-club.test", port=587, security=Security.IMPLICIT_TLS)
ENTERED_STARTTLS = Situation(host="mail.our-club.test", port=587, security=Security.STARTTLS)


def test_greeting_in_clear_where_implicit_tls_was_entered_is_wrong_mode() -> None:
    greeting = o.GreetedInClear(site="here", at=NOON, address="192.0.2.1", port=587, text="220 mx ESMTP")

    finding = tls.wrong_mode(Observations((greeting,)), ENTERED_SSL)

    assert finding == Finding("tls.wrong_mode", Certainty.SEEN, evidence=(greeting,))


def test_wrong_mode_proposes_the_mode_that_the_port_was_seen_to_speak(good_587: Observations) -> None:
    finding = tls.wrong_mode(good_587, ENTERED_SSL)

    assert finding is not None
    assert finding.proposal == Proposal(security=Security.STARTTLS)


def test_tls_from_the_first_byte_where_starttls_was_entered_is_wrong_mode(good_465: Observations) -> None:
    entered = Situation(host="mail.our-club.test", port=465, security=Security.STARTTLS)

    finding = tls.wrong_mode(good_465, entered)

    assert finding is not None
    assert finding.proposal == Proposal(security=Security.IMPLICIT_TLS)


def test_the_right_mode_is_no_fault(good_587: Observations, good_465: Observations) -> None:
    assert tls.wrong_mode(good_587, ENTERED_STARTTLS) is None
    assert tls.wrong_mode(good_465, Situation(port=465, security=Security.IMPLICIT_TLS)) is None


def test_no_mode_entered_proves_nothing(good_587: Observations) -> None:
    assert tls.wrong_mode(good_587, Situation(host="mail.our-club.test", port=587)) is None


def test_ehlo_without_starttls_is_not_offered() -> None:
    answer = o.EhloAnswered(host="mail.our-club.test", address="192.0.2.1", port=587, under_tls=False, keywords=("AUTH PLAIN",))

    finding = tls.not_offered(Observations((answer,)), ENTERED_STARTTLS)

    assert finding == Finding("tls.not_offered", Certainty.SEEN, evidence=(answer,))


def test_a_reset_before_ehlo_is_never_not_offered() -> None:
    seen = Observations((o.ConnectionClosed(host="mail.our-club.test", port=587, stage="ehlo", reset=True),))

    assert tls.not_offered(seen, ENTERED_STARTTLS) is None


def test_a_421_greeting_is_never_not_offered() -> None:
    seen = Observations((o.GreetedInClear(host="mail.our-club.test", port=587, code=421, text="too busy"),))

    assert tls.not_offered(seen, ENTERED_STARTTLS) is None


def test_a_name_that_passes_is_the_one_to_enter() -> None:
    mismatch = o.CertificateNameMismatch(port=587, names=("mail.hosting.test", "*.hosting.test"), passing=("mail.hosting.test",))

    finding = tls.hostname_mismatch(Observations((mismatch,)), ENTERED_STARTTLS)

    assert finding is not None
    assert finding.proposal == Proposal(host="mail.hosting.test")


def test_expired_for_the_person_and_good_here_is_the_clock(good_587: Observations) -> None:
    theirs = o.CertificateExpired(site=o.USER, port=587, not_after=NOON)
    said_only = o.CertificateNotYetValid(site=o.USER, port=587)

    finding = tls.clock(good_587 + (theirs,), ENTERED_STARTTLS)
    by_text = tls.clock(good_587 + (said_only,), ENTERED_STARTTLS)

    shown = good_587.first(o.CertificateShown)
    assert finding == Finding("tls.expired", Certainty.LIKELY, (theirs, shown))  # type: ignore[arg-type]  # it is there
    assert by_text == Finding("tls.expired", Certainty.LIKELY, (shown,))  # type: ignore[arg-type]  # as above


def test_a_fault_at_one_of_two_addresses_is_told_though_the_other_works(good_587: Observations) -> None:
    old = o.CertificateExpired(host="mail.our-club.test", address="2001:db8::1", port=587, not_after=NOON)

    assert tls.expired(good_587 + (old,), ENTERED_STARTTLS) == Finding("tls.expired", Certainty.SEEN, (old,))


def test_what_is_out_of_date_here_too_is_no_clock(good_587: Observations) -> None:
    theirs = o.CertificateExpired(site=o.USER, port=587)
    ours = o.CertificateExpired(host="mail.our-club.test", address="192.0.2.1", port=587, not_after=NOON)

    assert tls.clock(good_587 + (theirs, ours), ENTERED_STARTTLS) is None


def test_a_strangers_name_is_never_the_one_to_enter() -> None:
    mismatch = o.CertificateNameMismatch(port=587, names=("mail.hosting.test",), passing=("mail.hosting.test",))
    stranger = o.AnsweredAsAnother(port=587, names=("mail.hosting.test",))

    finding = tls.hostname_mismatch(Observations((mismatch, stranger)), ENTERED_STARTTLS)

    assert finding is not None
    assert finding.proposal is None


def test_a_missing_certificate_in_between_is_named(good_587: Observations) -> None:
    untrusted = o.CertificateUntrusted(port=587, reason="incomplete_chain")
    missing = o.IntermediateMissing(port=587, issuer="An Authority", url="http://pki.test/i.crt")

    assert tls.untrusted(Observations((untrusted, missing)), ENTERED_STARTTLS) == Finding(
        "tls.untrusted", Certainty.SEEN, (untrusted, missing)
    )


def test_a_hello_that_met_a_late_greeting_is_no_broken_handshake(good_587: Observations) -> None:
    late = o.TlsFailed(host="mail.our-club.test", address="192.0.2.1", port=587, implicit=True, reason="not_tls", site="here")

    assert tls.handshake_failed(good_587 + (late,), ENTERED_STARTTLS) is None


def test_a_fault_on_another_port_than_the_entered_one_is_not_told_as_theirs(good_587: Observations) -> None:
    elsewhere = o.CertificateExpired(host="mail.our-club.test", address="192.0.2.1", port=465, not_after=NOON)

    assert tls.expired(good_587 + (elsewhere,), ENTERED_STARTTLS) is None


def test_only_old_tls_versions_are_too_old() -> None:
    seen = Observations((o.OldTlsOnly(host="mail.our-club.test", port=587, version="TLSv1"),))

    finding = tls.protocol_too_old(seen, ENTERED_STARTTLS)

    assert finding is not None
    assert finding.cause == "tls.protocol_too_old"
