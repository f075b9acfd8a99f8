"""The table of states and moves, event by event. Readings are made by hand, so that only the machine is looked at."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from bot import observations as o
from bot.conversation.machine import TABLE, handler, step
from bot.conversation.model import (
    AnyEffect,
    Chose,
    Conversation,
    FormSent,
    HandOff,
    Lesson,
    MessageDeleted,
    Post,
    Probe,
    ProbeDone,
    Said,
    State,
    StopPressed,
    Wake,
    Woken,
)
from bot.conversation.moves import Move
from bot.reading.model import Reading
from bot.redaction import redact
from bot.reply import plain_text
from knowledge.index import index
from knowledge.terms import Security
from tests.talks.worlds import facts

NOON = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)
HOST = "mail.our-club.test"
WRONG_MODE = Reading(
    host=HOST, port=587, security=Security.IMPLICIT_TLS, client="thunderbird", error="wrong version number", intent="fix_error"
)


def common(number: int) -> dict[str, Any]:
    at = NOON + datetime.timedelta(seconds=number)
    return {"id": f"e{number}", "conversation": "c", "at": at, "order": f"{number:04}", "person": "anna", "message": f"m{number}"}


def said(number: int, reading: Reading, text: str = "…", **more: Any) -> Said:
    return Said(**common(number), text=redact(text), reading=reading, **more)


def play(*events: Any, start: Conversation | None = None) -> tuple[Conversation, tuple[AnyEffect, ...]]:
    """The conversation after all events, and the effects of the last one."""
    conversation = start or Conversation("c")
    effects: tuple[AnyEffect, ...] = ()
    for event in events:
        done = step(conversation, event, index())
        conversation, effects = done.conversation, done.effects
    return conversation, effects


def texts(effects: tuple[AnyEffect, ...]) -> str:
    return "\n".join(plain_text(effect.reply) for effect in effects if isinstance(effect, Post))


def probes(effects: tuple[AnyEffect, ...]) -> list[Probe]:
    return [effect for effect in effects if isinstance(effect, Probe)]


def test_every_move_is_handled_in_every_state() -> None:
    for state in State:
        for move in Move:
            assert handler(state, move) is not None
    assert {move for _, move in TABLE} == set(Move)


def test_a_message_that_says_everything_is_answered_without_a_question() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    (probe,) = probes(effects)
    assert probe.request.host == HOST

    conversation, effects = play(ProbeDone(**common(2), probe=probe.probe, observations=facts("good-587", HOST)), start=conversation)

    assert conversation.state is State.ADVISED
    assert [effect.reply.asks for effect in effects if isinstance(effect, Post)] == [None]


def test_settings_asked_of_a_server_that_is_down_get_what_is_wrong_with_it() -> None:
    conversation, effects = play(said(1, Reading(host=HOST, client="zabbix", intent="configure")))
    (probe,) = probes(effects)

    conversation, effects = play(ProbeDone(**common(2), probe=probe.probe, observations=facts("refused-587", HOST)), start=conversation)

    (post,) = (effect for effect in effects if isinstance(effect, Post))
    assert [finding["cause"] for finding in post.reply.findings] == ["net.refused"]
    assert [choice.id for choice in post.reply.choices] == ["works", "still_fails", "person", "watch"]


def test_what_is_entered_may_be_told_after_the_answer_and_stays_the_same_problem() -> None:
    refused = Reading(error="535 5.7.3 Authentication unsuccessful", client="printer-ricoh", provider="microsoft365", intent="fix_error")
    entered = Reading(host="smtp.office365.com", port=25, security=Security.NONE, provider="microsoft365", intent="configure")

    conversation, effects = play(said(1, refused), said(2, entered))

    assert "port 25 → 587" in texts(effects)
    assert conversation.problem == 0


def test_a_look_that_could_not_be_made_is_told_and_the_talk_goes_on() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    (probe,) = probes(effects)

    done = ProbeDone(**common(2), probe=probe.probe, observations=(), error="talk.probe_failed")
    conversation, effects = play(done, start=conversation)

    assert "could not look" in texts(effects)
    assert conversation.state is State.ADVISED


def test_what_nothing_was_known_for_is_learnt_once_and_how_answers_turned_out() -> None:
    strange = Reading(host=HOST, error="599 the flux capacitor: refused", client="thunderbird", intent="fix_error")
    conversation, effects = play(said(1, strange))
    (probe,) = probes(effects)
    done = ProbeDone(**common(2), probe=probe.probe, observations=facts("good-587", HOST))
    lessons: list[Lesson] = []
    for event in (done, said(3, Reading(unknown=True)), said(4, Reading(unknown=True))):
        result = step(conversation, event, index())
        conversation, lessons = result.conversation, [*lessons, *result.lessons]

    assert [(lesson.kind, lesson.client, lesson.text) for lesson in lessons] == [("unrecognised", "thunderbird", strange.error)]

    conversation, _ = play(
        said(1, Reading(error="535 5.7.8 authentication failed", provider="gmail", client="thunderbird", intent="fix_error"))
    )
    still = step(conversation, said(2, Reading(outcome="still_fails", intent="fix_error")), index())
    works = step(still.conversation, said(3, Reading(outcome="works", intent="thanks")), index())

    assert [(lesson.kind, lesson.provider) for lesson in (*still.lessons, *works.lessons)] == [("unhelped", "gmail"), ("helped", "gmail")]
    assert still.lessons[0].cause != works.lessons[0].cause


def test_who_meets_a_server_that_is_down_for_others_too_is_told_so() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    (probe,) = probes(effects)

    done = ProbeDone(**common(2), probe=probe.probe, observations=facts("refused-587", HOST), others=4)
    _, effects = play(done, start=conversation)

    assert "4 other people" in texts(effects)


def test_late_probe_result_is_ignored_after_a_correction() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    (first,) = probes(effects)
    conversation, _ = play(said(2, Reading(intent="cancel")), start=conversation)

    after, effects = play(ProbeDone(**common(3), probe=first.probe, observations=facts("good-587", HOST)), start=conversation)

    assert effects == ()
    assert after.seen == ()


def test_the_same_probe_result_twice_is_answered_once() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    done = ProbeDone(**common(2), probe=probes(effects)[0].probe, observations=facts("good-587", HOST))

    conversation, first = play(done, start=conversation)
    conversation, second = play(done, start=conversation)

    assert texts(first)
    assert second == ()


def test_a_late_older_message_fills_empty_slots_and_overwrites_nothing() -> None:
    conversation, _ = play(said(5, Reading(port=587, intent="fix_error")))

    conversation, _ = play(said(3, Reading(port=465, client="thunderbird", intent="fix_error")), start=conversation)

    assert conversation.slots.port is not None
    assert conversation.slots.port.value == 587
    assert conversation.slots.client is not None
    assert conversation.slots.client.value == "thunderbird"


def test_a_correction_replaces_the_slot_and_says_so() -> None:
    conversation, _ = play(said(1, Reading(port=465, intent="fix_error")))

    conversation, effects = play(said(2, Reading(port=587, intent="correction")), start=conversation)

    assert conversation.slots.port is not None
    assert conversation.slots.port.value == 587
    assert "no longer 465" in texts(effects)


def test_an_answer_to_another_question_than_the_one_asked_is_taken() -> None:
    conversation, effects = play(said(1, Reading(intent="fix_error")))
    assert conversation.question is not None
    assert conversation.question.slot == "error"

    conversation, effects = play(said(2, Reading(host=HOST, intent="fix_error")), start=conversation)

    assert probes(effects)


def test_no_slot_is_asked_for_twice_and_never_more_than_five_questions() -> None:
    conversation, _effects = play(said(1, Reading(intent="fix_error")))
    asked = []
    for number in range(2, 20):
        if conversation.question is None:
            break
        asked.append(conversation.question.slot)
        conversation, _ = play(said(number, Reading(unknown=True)), start=conversation)

    assert len(asked) == len(set(asked)) <= 5
    assert conversation.state is State.ADVISED


@pytest.mark.parametrize("state", [state for state in State if state is not State.HANDED_OFF])
@pytest.mark.parametrize("intent", ["cancel", "restart", "human"])
def test_cancel_start_over_and_human_always_work(state: State, intent: Any) -> None:
    conversation, effects = play(said(1, Reading(intent=intent)), start=Conversation("c", state=state))

    expected = {"cancel": State.CLOSED, "restart": State.IDLE, "human": State.HANDED_OFF}[intent]
    assert conversation.state is expected
    assert texts(effects)


def test_after_hand_off_there_is_silence_until_called() -> None:
    conversation, effects = play(said(1, Reading(intent="human")))
    assert any(isinstance(effect, HandOff) for effect in effects)

    conversation, effects = play(said(2, Reading(port=587, intent="fix_error"), called=False), start=conversation)
    assert effects == ()

    conversation, effects = play(said(3, Reading(), called=True), start=conversation)
    assert "I am back" in texts(effects)


def test_a_stale_button_is_told_so_and_changes_nothing() -> None:
    conversation, _ = play(said(1, Reading(intent="fix_error")))
    assert conversation.question is not None
    earlier = conversation.question.turn
    conversation, _ = play(said(2, Reading(error="535 5.7.8 Authentication failed", intent="fix_error")), start=conversation)

    after, effects = play(Chose(**common(3), choice="dont_know", turn=earlier), start=conversation)

    assert after.slots == conversation.slots
    assert "already answered" in texts(effects)


def test_a_button_with_an_unknown_choice_changes_nothing() -> None:
    conversation, _ = play(said(1, Reading(intent="fix_error")))
    assert conversation.question is not None

    after, _ = play(Chose(**common(2), choice="port:99999", turn=conversation.question.turn), start=conversation)

    assert after.slots == conversation.slots


def test_still_looking_is_said_only_while_the_probe_runs() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    (wake,) = [effect for effect in effects if isinstance(effect, Wake)]
    assert wake.at - NOON == datetime.timedelta(seconds=4)

    _, effects = play(Woken(**common(4), wake=wake.wake), start=conversation)
    assert "Still looking" in texts(effects)

    probe = conversation.probe
    assert probe is not None
    conversation, _ = play(ProbeDone(**common(5), probe=probe.id, observations=facts("good-587", HOST)), start=conversation)
    _, effects = play(Woken(**common(6), wake=wake.wake), start=conversation)
    assert effects == ()


def test_a_deleted_message_is_forgotten_with_all_it_brought() -> None:
    seen = o.TcpRefused(site=o.USER, port=587)
    conversation, _ = play(said(1, Reading(port=587, observations=(seen,), intent="fix_error"), text="port 587 is refused"))

    conversation, effects = play(MessageDeleted(**{**common(2), "message": "m1"}), start=conversation)

    assert effects == ()
    assert conversation.slots.port is None
    assert conversation.seen == ()
    assert not [line for line in conversation.transcript if line.who == "person"]


def test_an_edited_message_is_read_again() -> None:
    conversation, _ = play(said(1, Reading(port=465, intent="fix_error")))

    conversation, _ = play(
        Said(**{**common(2), "message": "m1"}, text=redact("587"), edited=True, reading=Reading(port=587, intent="fix_error")),
        start=conversation,
    )

    assert conversation.slots.port is not None
    assert conversation.slots.port.value == 587


def test_a_form_fills_its_slots_and_anything_said_in_the_wrong_field_is_taken_too() -> None:
    readings = {"host": Reading(host=HOST), "error": Reading(error="wrong version number", port=587)}
    event = FormSent(**common(1), form="settings", values={slot: redact("…") for slot in readings}, readings=readings)

    conversation, effects = play(event)

    assert conversation.slots.host is not None
    assert conversation.slots.port is not None
    assert probes(effects)


def test_stop_without_a_probe_says_so() -> None:
    _, effects = play(StopPressed(**common(1)))

    assert "nothing running" in texts(effects)


def test_a_step_is_pure() -> None:
    conversation, _ = play(said(1, Reading(intent="fix_error")))
    event = said(2, WRONG_MODE)

    assert step(conversation, event, index()) == step(conversation, event, index())


def test_effects_are_numbered_once_for_ever() -> None:
    conversation, first = play(said(1, Reading(intent="fix_error")))
    conversation, second = play(said(2, WRONG_MODE), start=conversation)

    ids = [effect.id for effect in (*first, *second)]
    assert len(ids) == len(set(ids))


def test_a_fix_that_worked_is_what_is_known_when_the_next_problem_comes() -> None:
    conversation, effects = play(said(1, WRONG_MODE))
    done = ProbeDone(**common(2), probe=probes(effects)[0].probe, observations=facts("good-587", HOST))
    conversation, _ = play(done, start=conversation)

    conversation, _ = play(said(3, Reading(outcome="works", intent="thanks")), start=conversation)

    assert conversation.state is State.CLOSED
    assert conversation.slots.security is not None
    assert conversation.slots.security.value == "starttls"


def test_where_people_from_outside_read_only_public_servers_are_looked_at_whoever_asks_next() -> None:
    _, alone = play(said(1, WRONG_MODE))
    conversation, effects = play(said(1, Reading(intent="fix_error"), outsiders=True), said(2, WRONG_MODE))

    assert [probe.request.public_only for probe in probes(alone)] == [False]
    assert [probe.request.public_only for probe in probes(effects)] == [True]
    assert conversation.outsiders
