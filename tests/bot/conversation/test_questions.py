"""What is worth asking, and what is not."""

from __future__ import annotations

import datetime

import pytest

from bot import observations as o
from bot.conversation.questions import only_a_complaint, worth_asking
from bot.diagnosis.diagnose import EXPLAINED_BY, diagnose
from bot.diagnosis.model import Situation
from bot.observations import Observations
from knowledge.index import Index, index
from knowledge.terms import Security

HOST = "mail.our-club.test"
TODAY = datetime.date(2026, 11, 25)
GREETED = o.GreetedInClear(host=HOST, address="192.0.2.1", port=587, text="mx ESMTP")
GOOD_587 = (
    o.TcpConnected(host=HOST, address="192.0.2.1", port=587),
    GREETED,
    o.EhloAnswered(host=HOST, address="192.0.2.1", port=587, under_tls=False, keywords=("STARTTLS",)),
    o.TlsEstablished(host=HOST, address="192.0.2.1", port=587, implicit=False, version="TLSv1.3"),
    o.EhloAnswered(host=HOST, address="192.0.2.1", port=587, under_tls=True, keywords=("AUTH PLAIN LOGIN",)),
)
REFUSED_465 = o.TcpRefused(host=HOST, address="192.0.2.1", port=465)


@pytest.fixture(name="index")
def the_index() -> Index:
    return index()


def asked_for(
    situation: Situation, seen: Observations, index: Index, *, known_not: tuple[str, ...] = (), encrypted: bool = False
) -> str | None:
    findings = diagnose(situation, seen, index)
    worth = worth_asking(situation, seen, findings, known_not, index, TODAY, probed=bool(seen), encrypted=encrypted)
    return worth.slot if worth is not None else None


def test_the_mode_is_not_asked_for_where_every_mode_leads_to_the_same_port(index: Index) -> None:
    situation = Situation(host=HOST, port=465, client="thunderbird", error="connection refused")

    assert asked_for(situation, Observations((*GOOD_587, REFUSED_465)), index) is None


def test_the_mode_is_asked_for_where_it_decides(index: Index) -> None:
    situation = Situation(host=HOST, port=587, client="thunderbird", error="connection timed out")

    assert asked_for(situation, Observations((*GOOD_587, REFUSED_465)), index) == "security"


def test_the_mode_is_not_asked_for_where_the_error_proves_it(index: Index) -> None:
    situation = Situation(host=HOST, port=587, client="thunderbird", error="530 5.7.0 Must issue a STARTTLS command first")

    assert asked_for(situation, Observations(GOOD_587), index) is None


def test_who_says_tls_is_not_asked_which_where_only_no_encryption_would_change_the_answer(index: Index) -> None:
    situation = Situation(host=HOST, port=2525, client="thunderbird", error="SSL handshake failed")
    busy = o.GreetedInClear(host=HOST, address="192.0.2.1", port=587, text="too busy", code=421)

    assert asked_for(situation, Observations((busy,)), index) == "security"
    assert asked_for(situation, Observations((busy,)), index, encrypted=True) is None


def test_who_misses_starttls_has_chosen_it(index: Index) -> None:
    situation = Situation(host=HOST, port=25, client="thunderbird", error="SMTP server does not support STARTTLS")

    assert asked_for(situation, Observations((REFUSED_465,)), index) is None


def test_the_program_is_not_asked_for_where_nothing_is_set_in_it(index: Index) -> None:
    situation = Situation(error="550 5.1.1 User unknown in virtual mailbox table")

    assert asked_for(situation, Observations(), index) is None


def test_whose_service_it_is_is_not_asked_for_where_the_refusal_says_so(index: Index) -> None:
    situation = Situation(client="thunderbird", error="535-5.7.8 Username and Password not accepted. gsmtp")

    assert asked_for(situation, Observations(), index) != "provider"


@pytest.mark.parametrize("words", ["it does not send", "smtp error in zabbix", "something red came up"])
def test_a_complaint_is_no_error_text(words: str) -> None:
    assert only_a_complaint(words)


@pytest.mark.parametrize("words", ["535", "flux capacitor underrun 7", "SMTP error: could not reach the queue", 'it says "no"'])
def test_what_a_program_says_is_no_complaint(words: str) -> None:
    assert not only_a_complaint(words)


def test_a_port_that_the_provider_does_not_have_is_named_without_an_error_text(index: Index) -> None:
    situation = Situation(host="smtp.office365.com", port=465, security=Security.IMPLICIT_TLS, provider="microsoft365")

    first = diagnose(situation, Observations(), index)[0]

    assert first.proposal is not None
    assert (first.proposal.port, first.proposal.security) == (587, Security.STARTTLS)


def test_every_cause_that_explains_or_is_explained_is_known(index: Index) -> None:
    named = set(EXPLAINED_BY).union(*EXPLAINED_BY.values())

    assert named <= index.knowledge.causes.keys()
