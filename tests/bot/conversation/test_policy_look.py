"""Is the sender's domain looked at where the error text is a reason, and what was seen there told with the answer?"""

from __future__ import annotations

from bot import observations as o
from bot.conversation.model import Post, Probe, ProbeDone, ProbeRequest
from bot.reading.model import Reading
from bot.reply import plain_text
from tests.bot.conversation.test_machine import common, play, said

ERROR = "550 5.7.1 Service unavailable; Client host [8.8.4.4] blocked using zen.spamhaus.org"
REFUSED = Reading(address_domain="our-club.test", error=ERROR, intent="fix_error")
ASKED = ProbeRequest(None, domain="our-club.test", policy=True, outgoing="8.8.4.4")


def test_a_refusal_for_policy_is_a_reason_to_look_at_the_domain_and_the_answer_shows_what_was_seen() -> None:
    asking, effects = play(said(1, REFUSED))
    listed = o.BlocklistAnswered(zone="zen.spamhaus.org", item="8.8.4.4", listed=True, code="127.0.0.2")
    _, answered = play(ProbeDone(**common(2), probe="p1", observations=(listed,)), start=asking)

    assert [effect.request for effect in effects if isinstance(effect, Probe)] == [ASKED]
    assert any("8.8.4.4 is on the list zen.spamhaus.org" in plain_text(effect.reply) for effect in answered if isinstance(effect, Post))
    assert not any(isinstance(effect, Probe) for effect in answered)


def test_a_question_about_a_domains_records_is_a_reason_to_look_and_what_the_dns_says_is_told() -> None:
    question = said(1, Reading(intent="question", term="spf", address_domain="our-club.test"), "is my SPF record right for our-club.test?")
    asking, effects = play(question)
    fine = (
        o.SpfChecked(domain="our-club.test", record="v=spf1 mx -all", lookups=1),
        o.DmarcChecked(domain="our-club.test", record="v=DMARC1; p=reject", found_at="our-club.test", policy="reject"),
    )
    after, answered = play(ProbeDone(**common(2), probe="p1", observations=fine), start=asking)
    told = "\n".join(plain_text(effect.reply) for effect in answered if isinstance(effect, Post))

    assert [effect.request for effect in effects if isinstance(effect, Probe)] == [ProbeRequest(None, domain="our-club.test", policy=True)]
    assert "v=spf1 mx -all" in told
    assert "p=reject" in told or "reject" in told
    assert after.question is None


def test_a_fault_in_the_records_is_told_with_what_to_do() -> None:
    question = said(1, Reading(intent="question", term="spf", address_domain="our-club.test"), "is my SPF record right for our-club.test?")
    asking, _ = play(question)
    broken = o.SpfChecked(domain="our-club.test", record="v=spf1 include:a include:b", lookups=14, problem="too_many_lookups")
    after, answered = play(ProbeDone(**common(2), probe="p1", observations=(broken,)), start=asking)
    told = "\n".join(plain_text(effect.reply) for effect in answered if isinstance(effect, Post))

    assert after.told == ("policy.authentication",)
    assert "14" in told


def test_without_a_domain_the_word_is_explained_and_nothing_is_looked_at() -> None:
    _, effects = play(said(1, Reading(intent="question", term="spf"), "what is spf?"))

    assert not any(isinstance(effect, Probe) for effect in effects)


def test_where_the_dns_does_not_answer_that_is_said() -> None:
    question = said(1, Reading(intent="question", term="dkim", address_domain="our-club.test"), "do we have dkim? our-club.test")
    asking, _ = play(question)
    _, answered = play(ProbeDone(**common(2), probe="p1", observations=()), start=asking)

    assert any("could not find out" in plain_text(effect.reply) for effect in answered if isinstance(effect, Post))
