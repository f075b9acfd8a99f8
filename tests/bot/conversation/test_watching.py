"""Does the bot look again by itself, speak once, and stop at a word?"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from bot import observations as o
from bot.conversation.machine import step
from bot.conversation.model import AnyEffect, Chose, Conversation, Post, Probe, ProbeDone, Said, State, Wake, Woken
from bot.reading import read
from bot.redaction import redact
from bot.reply import plain_text
from bot.store.codec import decode_conversation, encode_conversation
from bot.store.forgetting import without_person
from knowledge.index import index
from tests.talks.worlds import facts

NOON = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)
HOST = "mail.our-club.test"


class Talk:
    """A talk whose probes and wakes are answered by hand; each `said` has what its newest event brought."""

    def __init__(self) -> None:
        self.now = NOON
        self.conversation = Conversation("c", state=State.IDLE)
        self.effects: tuple[AnyEffect, ...] = ()

    def _common(self) -> dict[str, Any]:
        self.now += datetime.timedelta(seconds=1)
        name = self.now.isoformat()
        return {"id": name, "conversation": "c", "at": self.now, "order": name, "person": "anna", "message": name}

    def _take(self, event: Any) -> str:
        done = step(self.conversation, event, index())
        self.conversation = decode_conversation(encode_conversation(done.conversation))
        self.effects = done.effects
        return "\n".join(plain_text(effect.reply) for effect in done.effects if isinstance(effect, Post))

    def says(self, text: str) -> str:
        return self._take(Said(**self._common(), text=redact(text), reading=read(redact(text), index())))

    def presses(self, choice: str) -> str:
        return self._take(Chose(**self._common(), choice=choice, turn=self.conversation.turn))

    def sees(self, *seen: o.Observation) -> str:
        (probe,) = (effect for effect in self.effects if isinstance(effect, Probe))
        return self._take(ProbeDone(**self._common(), probe=probe.probe, observations=seen))

    def waits(self) -> str:
        """Until the one wake that the newest event set."""
        (wake,) = (effect for effect in self.effects if isinstance(effect, Wake))
        self.now = wake.at
        return self._take(Woken(**self._common(), wake=wake.wake))


@pytest.fixture
def talk() -> Talk:
    """Somebody was told that their server refuses connections."""
    talk = Talk()
    talk.says(f"thunderbird can't send, {HOST} 587 starttls: connection refused")
    talk.sees(*facts("refused-587", HOST))
    return talk


def test_a_server_that_is_down_is_watched_at_growing_intervals_and_told_once(talk: Talk) -> None:
    assert HOST in talk.presses("watch")
    pauses = []
    for _ in range(4):
        before = talk.now
        assert talk.waits() == ""
        pauses.append(talk.now - before)
        assert all(probe.quiet and probe.request.fresh for probe in talk.effects if isinstance(probe, Probe))
        assert talk.sees(*facts("refused-587", HOST)) == ""

    talk.waits()
    told = talk.sees(*facts("good-587", HOST))

    assert pauses == sorted(pauses)
    assert pauses[0] < datetime.timedelta(minutes=6) < pauses[-1]
    assert "takes mail again" in told
    assert talk.conversation.watches == ()


def test_the_watch_ends_after_a_week_with_one_word(talk: Talk) -> None:
    talk.says("tell me when it works again")
    told, looks = "", 0
    while not told:
        talk.waits()
        told, looks = talk.sees(*facts("refused-587", HOST)), looks + 1

    assert "stop now" in told
    assert datetime.timedelta(days=7) <= talk.now - NOON < datetime.timedelta(days=8)
    assert looks < 30


@pytest.mark.parametrize("word", ["stop watching", "cancel", "start over"])
def test_a_word_ends_it_and_a_wake_that_comes_later_does_nothing(talk: Talk, word: str) -> None:
    talk.says("tell me when it works again")
    effects = talk.effects
    talk.says(word)
    talk.effects = effects

    assert talk.waits() == ""
    assert talk.effects == ()


def test_asked_for_twice_it_is_watched_once(talk: Talk) -> None:
    talk.says("tell me when it works again")
    talk.says("tell me when it works again")

    assert len(talk.conversation.watches) == 1
    assert not any(isinstance(effect, Wake) for effect in talk.effects)


def test_the_question_comes_the_next_day_and_can_be_answered(talk: Talk) -> None:
    talk.says("ask me tomorrow")
    asked = talk.waits()

    assert "did it work?" in asked
    assert talk.now - NOON > datetime.timedelta(hours=23)
    talk.presses("works")
    assert talk.conversation.state is State.CLOSED


def test_where_it_works_by_then_nobody_is_asked(talk: Talk) -> None:
    talk.says("ask me tomorrow")
    effects = talk.effects
    talk.says("it works now, thanks")
    talk.effects = effects

    assert talk.waits() == ""


def test_a_certificate_is_told_of_two_weeks_before_it_ends(talk: Talk) -> None:
    talk.says("watch the certificate")
    shown = o.CertificateShown(site="here", at=NOON, host=HOST, port=587, address="192.0.2.1", names=(HOST,))
    ends = NOON + datetime.timedelta(days=40)
    told, looks = "", 0
    while not told:
        talk.waits()
        told, looks = talk.sees(replace(shown, not_after=ends)), looks + 1

    assert "4 January 2027" in told
    assert looks == 4
    assert talk.conversation.watches == ()


def test_without_a_server_it_is_asked_for() -> None:
    assert "Which server" in Talk().says("tell me when it works again")


def test_a_talk_goes_on_beside_a_look(talk: Talk) -> None:
    talk.says("tell me when it works again")
    talk.waits()
    look = talk.effects

    assert "smarthost" in talk.says("what is a smarthost?").lower()
    assert {watch.name for watch in talk.conversation.watches} <= talk.conversation.awaited()
    talk.effects = look
    assert "takes mail again" in talk.sees(*facts("good-587", HOST))


def test_who_is_forgotten_is_told_nothing(talk: Talk) -> None:
    talk.says("tell me when it works again")

    assert without_person(talk.conversation, "anna").watches == ()
