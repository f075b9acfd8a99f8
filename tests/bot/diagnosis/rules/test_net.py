"""Reached or not, and whose side it is."""

from __future__ import annotations

from bot import observations as o
from bot.diagnosis.model import Certainty, Proposal, Situation
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

    finding = net.intercepted(Observations((ehlo,)), Situation(host=HOST, port=587))

    assert finding is not None
    assert finding.cause == "net.intercepted"
