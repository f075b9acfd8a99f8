"""Where a login is offered."""

from __future__ import annotations

from bot import observations as o
from bot.diagnosis.model import Certainty, Proposal, Situation
from bot.diagnosis.rules import auth
from bot.observations import Observations
from knowledge.terms import Security

HOST = "mail.our-club.test"


def test_auth_only_under_tls_and_no_encryption_entered_needs_tls_first(good_587: Observations) -> None:
    finding = auth.needs_tls_first(good_587, Situation(host=HOST, port=587, security=Security.NONE))

    assert finding is not None
    assert finding.certainty is Certainty.SEEN
    assert finding.proposal == Proposal(security=Security.STARTTLS)


def test_encryption_entered_needs_nothing_first(good_587: Observations) -> None:
    assert auth.needs_tls_first(good_587, Situation(host=HOST, port=587, security=Security.STARTTLS)) is None


def test_no_login_on_port_25_leads_to_the_submission_port(good_587: Observations) -> None:
    relay = (
        o.GreetedInClear(host=HOST, address="192.0.2.1", port=25, text="mx"),
        o.EhloAnswered(host=HOST, address="192.0.2.1", port=25, under_tls=False, keywords=("PIPELINING",)),
    )

    finding = auth.not_offered_at_all(good_587 + relay, Situation(host=HOST, port=25, security=Security.NONE))

    assert finding is not None
    assert finding.proposal == Proposal(port=587, security=Security.STARTTLS)
