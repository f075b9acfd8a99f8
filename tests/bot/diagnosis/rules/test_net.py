"""Reached or not, and whose side it is."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Proposal, Quote, Situation
from bot.diagnosis.rules import net
from bot.observations import Observations
from knowledge.terms import Security

HOST = "mail.our-club.test"
ENTERED_465 = Situation(host=HOST, port=465, security=Security.IMPLICIT_TLS)


def test_a_refused_port_proposes_the_port_that_works(good_587: Observations) -> None:
    seen = good_587 + (o.TcpRefused(host=HOST, address="192.0.2.1", port=465),)

    finding = net.refused(seen, ENTERED_465)

    assert finding is not None
    assert finding.certainty is Certainty.SEEN
    assert finding.proposal == Proposal(port=587, security=Security.STARTTLS)


def test_a_timeout_seen_from_one_site_is_likely_and_not_seen() -> None:
    seen = Observations((o.TcpTimedOut(host=HOST, address="192.0.2.1", port=465, seconds=10),))

    finding = net.timeout(seen, ENTERED_465)

    assert finding is not None
    assert finding.certainty is Certainty.LIKELY


def test_one_dead_address_beside_a_living_one_is_not_unreachable(good_587: Observations) -> None:
    seen = good_587 + (o.TcpUnreachable(host=HOST, address="2001:db8::1", port=587),)

    assert net.unreachable(seen, Situation(host=HOST, port=587)) is None


def test_refused_there_and_open_here_is_the_persons_network(good_587: Observations) -> None:
    theirs = o.TcpRefused(site=o.USER, host=HOST, port=587)

    finding = net.users_network(good_587 + (theirs,), Situation(host=HOST, port=587))

    assert finding is not None
    assert finding.cause == "net.refused"
    assert theirs in finding.evidence


def test_what_is_blocked_on_the_persons_way_is_gone_round_by_another_port_that_works(good_587: Observations) -> None:
    blocked = o.TcpTimedOut(site=o.USER, host=HOST, port=25)
    seen = good_587 + (o.TcpConnected(host=HOST, address="192.0.2.1", port=25), blocked)

    finding = net.users_network(seen, Situation(host=HOST, port=25))

    assert finding is not None
    assert finding.proposal == Proposal(port=587, security=Security.STARTTLS)


def test_refused_there_and_here_is_the_server() -> None:
    here = o.TcpRefused(host=HOST, address="192.0.2.1", port=587)
    seen = Observations((o.TcpRefused(site=o.USER, host=HOST, port=587), here))

    assert net.users_network(seen, Situation(host=HOST, port=587)) is None
    refused = net.refused(seen, Situation(host=HOST, port=587))
    assert refused is not None
    assert refused.evidence == (here,)


def test_a_silent_resolver_does_not_prove_that_a_name_is_missing() -> None:
    seen = Observations((o.NameDidNotResolve(host=HOST, reason="no_answer"),))

    assert net.dns(seen, Situation(host=HOST)) is None


def test_another_protocol_is_not_smtp() -> None:
    seen = Observations((o.SpokeOtherProtocol(host=HOST, address="192.0.2.1", port=587, protocol="http"),))

    finding = net.not_smtp(seen, Situation(host=HOST, port=587))

    assert finding is not None
    assert finding.cause == "net.not_smtp"


def test_masked_keywords_betray_a_firewall() -> None:
    ehlo = o.EhloAnswered(host=HOST, port=587, under_tls=False, keywords=("SIZE 10", "XXXXXXXA", "XXXXXXXX"))

    finding = net.masked(Observations((ehlo,)), Situation(host=HOST, port=587))

    assert finding is not None
    assert finding.cause == "net.intercepted"


def at(port: int = 587, site: str = "here") -> dict[str, Any]:
    return {"site": site, "host": HOST, "port": port}


def test_starttls_that_works_unlisted_was_taken_out_on_the_way() -> None:
    listed = o.EhloAnswered(**at(), under_tls=False, keywords=("SIZE 10",))
    hidden = o.StarttlsAcceptedUnlisted(**at())

    finding = net.masked(Observations((listed, hidden)), Situation(host=HOST, port=587))

    assert finding == Finding("net.intercepted", Certainty.SEEN, (listed, hidden))


def test_starttls_that_is_offered_here_and_not_there_was_taken_out_there(good_587: Observations) -> None:
    theirs = o.EhloAnswered(**at(site=o.USER), under_tls=False, keywords=("SIZE 10", "AUTH PLAIN"))

    finding = net.masked(good_587 + (theirs,), Situation(host=HOST, port=587))

    assert finding is not None
    assert finding.evidence[0] == theirs


@pytest.mark.parametrize(
    "theirs",
    [
        o.CertificateShown(**at(site=o.USER), names=(HOST,), issuer="Avast Web/Mail Shield Root"),
        o.CertificateUntrusted(**at(site=o.USER), reason="unknown_issuer", issuer="ESET SSL Filter CA"),
        o.SpokeOtherProtocol(**at(site=o.USER), protocol="http", text="HTTP/1.1 302 Found"),
        o.GreetedInClear(**at(site=o.USER), text="mailgate.isp.example ESMTP"),
        o.CertificateShown(**at(site=o.USER), names=("gate.hotel.test",), issuer="Hotel"),
    ],
    ids=["mail shield", "its untrusted root", "captive portal", "banner of another", "certificate of another"],
)
def test_somebody_else_answers_on_the_persons_side(theirs: o.EndpointObservation) -> None:
    ours = (
        o.GreetedInClear(**at(), text="mail.our-club.test ESMTP"),
        o.CertificateShown(**at(), names=(HOST,), issuer="A CA", trusted=True, hostname_ok=True),
    )

    finding = net.somebody_else(Observations((*ours, theirs)), Situation(host=HOST, port=587))

    assert finding is not None
    assert finding.cause == "net.intercepted"
    assert theirs in finding.evidence


def test_the_same_answers_on_both_sides_are_nobody_else() -> None:
    banner = o.GreetedInClear(**at(), text="one.our-club.test ESMTP")
    theirs = o.GreetedInClear(**at(site=o.USER), text="two.our-club.test ESMTP")

    assert net.somebody_else(Observations((banner, theirs)), Situation(host=HOST, port=587)) is None


def test_a_documented_server_with_a_strangers_certificate_is_redirected() -> None:
    other = o.AnsweredAsAnother(**at(), names=("relay.hoster.test",), greeted_as="relay.hoster.test")

    assert net.somebody_else(Observations((other,)), Situation()) == Finding("net.intercepted", Certainty.LIKELY, (other,))
    fails_there_too = net.somebody_else(Observations((other,)), Situation(error="certificate is not valid for 'smtp.provider.test'"))
    assert fails_there_too == Finding("net.intercepted", Certainty.SEEN, (other,))


def test_an_answer_before_tls_that_nobody_asked_for_was_put_there() -> None:
    injected = o.MalformedReplySeen(**at(), stage="starttls", reason="injected")

    assert net.injected(Observations((injected,)), Situation()) == Finding("net.intercepted", Certainty.LIKELY, (injected,))


def test_who_waited_less_long_than_the_greeting_took_is_not_blocked() -> None:
    theirs = o.TcpTimedOut(**at(site=o.USER))
    ours = (o.TcpConnected(**at()), o.GreetedInClear(**at(), text="slow", seconds=9.0))

    assert net.users_network(Observations((theirs, *ours)), Situation(host=HOST, port=587)) is None
    assert net.users_network(Observations((theirs, *ours[:1])), Situation(host=HOST, port=587)) is not None


CUT_OFF = o.ControlAnswered(host="control.test", port=25, reached=False)
ONLINE = o.ControlAnswered(host="control.test", port=25, reached=True)


@pytest.mark.parametrize("kind", [o.TcpTimedOut, o.TcpRefused, o.TcpUnreachable])
def test_a_blocked_network_of_our_own_is_nobodys_fault(kind: type[o.EndpointObservation]) -> None:
    fact = kind(**at(25))

    for entered in (Situation(host=HOST, port=25), Situation(host=HOST)):
        assert not [finding for rule in net.RULES if (finding := rule(Observations((fact, CUT_OFF)), entered)) is not None]
        assert [finding for rule in net.RULES if (finding := rule(Observations((fact, ONLINE)), entered)) is not None]


def test_the_control_that_was_reached_stands_beside_a_time_out() -> None:
    fact = o.TcpTimedOut(**at(25))

    finding = net.timeout(Observations((fact, ONLINE)), Situation(host=HOST, port=25))

    assert finding is not None
    assert finding.evidence == (fact, ONLINE)


# --- more than one site of ours -----------------------------------------------------------------------------------------------------

ENTERED_587 = Situation(host=HOST, port=587, security=Security.STARTTLS, error="timed out")
THEIRS = o.TcpTimedOut(site=o.USER, host=HOST, port=587)


def test_a_port_that_one_site_reaches_and_another_one_does_not_lets_only_some_networks_in(good_587: Observations) -> None:
    at_oslo = o.TcpTimedOut(site="oslo", host=HOST, address="192.0.2.1", port=587)
    seen = good_587 + (at_oslo, THEIRS)

    assert net.users_network(seen, ENTERED_587) is None
    finding = net.some_networks(seen, ENTERED_587)
    assert finding is not None
    assert (finding.cause, finding.certainty) == ("net.timeout", Certainty.SEEN)
    assert finding.evidence == (THEIRS, at_oslo, good_587.first(o.TcpConnected))


def test_a_port_that_works_from_the_site_that_was_kept_out_is_the_way_round(good_587: Observations, good_465: Observations) -> None:
    at_oslo = o.TcpRefused(site="oslo", host=HOST, address="192.0.2.1", port=587)
    seen = good_587 + (at_oslo, THEIRS) + tuple(dataclasses.replace(fact, site="oslo") for fact in good_465)

    finding = net.some_networks(seen, ENTERED_587)

    assert finding is not None
    assert finding.proposal == Proposal(port=465, security=Security.IMPLICIT_TLS)


def test_a_port_that_every_site_reaches_is_blocked_on_the_persons_side_with_each_site_as_proof(good_587: Observations) -> None:
    at_oslo = o.TcpConnected(site="oslo", host=HOST, address="192.0.2.1", port=587)
    seen = good_587 + (at_oslo, THEIRS)

    assert net.some_networks(seen, ENTERED_587) is None
    finding = net.users_network(seen, ENTERED_587)
    assert finding is not None
    assert finding.evidence == (THEIRS, good_587.first(o.TcpConnected), at_oslo)


def test_a_port_that_no_site_reaches_is_seen_to_be_silent() -> None:
    seen = Observations(tuple(o.TcpTimedOut(site=site, host=HOST, address="192.0.2.1", port=587) for site in ("here", "oslo")))

    finding = net.timeout(seen + (THEIRS,), ENTERED_587)

    assert finding is not None
    assert finding.certainty is Certainty.SEEN
    assert [fact.site for fact in finding.evidence if not isinstance(fact, Quote)] == ["here", "oslo"]


def test_a_site_whose_own_network_is_cut_off_is_no_witness(good_587: Observations) -> None:
    cut_off = (
        o.TcpTimedOut(site="oslo", host=HOST, address="192.0.2.1", port=587),
        o.ControlAnswered(site="oslo", host="control.test", address="192.0.2.9", port=443, reached=False),
    )
    seen = good_587 + (*cut_off, THEIRS)

    assert net.some_networks(seen, ENTERED_587) is None
    assert net.users_network(seen, ENTERED_587) is not None


def test_port_25_that_one_site_cannot_get_out_to_says_nothing_of_the_server(good_587: Observations) -> None:
    there = (
        o.TcpConnected(host=HOST, address="192.0.2.1", port=25),
        o.TcpTimedOut(site="oslo", host=HOST, address="192.0.2.1", port=25),
        o.TcpTimedOut(site=o.USER, host=HOST, port=25),
    )

    assert net.some_networks(good_587 + there, Situation(host=HOST, port=25, error="timed out")) is None


def test_a_firewall_before_one_site_alone_is_not_told_as_the_persons(good_587: Observations) -> None:
    masked = o.EhloAnswered(site="oslo", host=HOST, address="192.0.2.1", port=587, under_tls=False, keywords=("XXXXXXXA",))
    shield = o.CertificateUntrusted(site="oslo", host=HOST, address="192.0.2.1", port=587, reason="unknown_issuer", issuer="Fortinet")

    assert net.masked(good_587 + (masked,), ENTERED_587) is None
    assert net.somebody_else(good_587 + (shield,), ENTERED_587) is None
    assert net.masked(Observations((masked,)), ENTERED_587) is not None
    assert net.somebody_else(Observations((shield,)), ENTERED_587) is not None
