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
