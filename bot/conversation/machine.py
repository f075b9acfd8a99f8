"""What does the bot do when something happens? The table of states and moves, and `step`. Pure: no clock, no network, time is data.

A conversation stands in one of six states:

    IDLE         nothing is open: it is new, or a probe's facts have just come in
    ASKING       one question is open (`Conversation.question`); any answer is taken, to this question or another one
    PROBING      a look at the server is under way (`Conversation.probe`); what is said meanwhile is taken and used with its result
    ADVISED      an answer was given; the person says whether it worked
    CLOSED       it works, or was cancelled; what is known stays, so that the next problem need not tell it again
    HANDED_OFF   a person has it; silent until called

Each event becomes one `Move` (what the person means, or what came back), and the table says what is done for a move in a state. A move
without an entry for its state has one for any state. Facts that a text brings are merged before its move is looked up, so that a side
question with a correction in it is both. Nothing is lost on the way: a late older message fills empty slots, a probe result or wake
that is no longer waited for changes nothing, a stale button is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.answers.wording import paragraph
from bot.conversation import afterwards, records, remarks, replies, settings, watching
from bot.conversation.model import (
    WATCH_PREFIX,
    AnyEvent,
    Chose,
    Conversation,
    FormSent,
    MessageDeleted,
    ProbeDone,
    Said,
    State,
    Step,
    StopPressed,
    Woken,
)
from bot.conversation.moves import Move, move_of, works_in_another
from bot.conversation.slots import said, without_message
from bot.conversation.taking import take
from bot.conversation.turn import Turn
from bot.reading.model import SLOTS, Reading, Slot
from bot.reply import Reply
from knowledge.index import Index

Handler = Callable[[Turn, Reading], None]


# --- what is done ----------------------------------------------------------------------------------------------------


def _proceed(turn: Turn, reading: Reading) -> None:
    turn.proceed()


def _again(turn: Turn, reading: Reading) -> None:
    """After an answer: other settings and other facts make another answer; "it works in webmail" alone makes the next likely cause."""
    if turn.changed or reading.observations:
        turn.set(told=())
        turn.proceed()
    elif turn.is_asked():
        settings.tell_aside(turn, reading)
    else:
        afterwards.still_fails(turn, changed=False)


def _next_problem(turn: Turn, reading: Reading) -> None:
    turn.begin_next_problem()
    turn.proceed()


def _settings(turn: Turn, reading: Reading) -> None:
    turn.flag("configure", *(("lookup",) if reading.intent == "lookup" else ()))
    turn.proceed()


def _dont_know(turn: Turn, reading: Reading) -> None:
    question = turn.conversation.question
    assert question is not None
    turn.set(dont_know=(*turn.conversation.dont_know, question.slot), question=None, state=State.IDLE)
    turn.proceed()


def _explain_term(turn: Turn, reading: Reading) -> None:
    """The word is explained, and an open question is put again. What is no word of the glossary may be words of an error, or be
    about the steps just given."""
    event = turn.event
    if turn.conversation.state is not State.ASKING and isinstance(event, Said) and records.look(turn, reading, event.text.text):
        return
    known = reading.term is not None and reading.term in turn.index.knowledge.terms
    put_right = bool(reading.folklore and turn.preface)  # the truth is told already, and the word beside it would say it once more
    blocks = (() if put_right else replies.term(reading.term, turn.index)) if reading.term is not None and known else None
    if (blocks is None or turn.quotes()) and afterwards.asks_about_an_error(turn):
        turn.answer_at_once()
    elif turn.conversation.question is not None and turn.conversation.state is State.ASKING:
        turn.ask_again(*(blocks or ()))
    elif blocks is not None and turn.conversation.state is State.IDLE and reading.provider is not None:
        turn.preface.extend(blocks)
        settings.tell(turn, turn.situation, reading.provider)
    elif blocks is not None:
        turn.say(Reply(blocks))
    elif turn.conversation.state is State.ADVISED:
        afterwards.explain_steps(turn)
    elif turn.preface:
        turn.say(Reply(()))
    elif reading.term is None and turn.conversation.state is State.IDLE and not turn.conversation.sent:
        turn.say_phrase("talk.hello")  # "is this the place for mail problems?"
    else:
        turn.say_phrase("talk.unknown_term" if reading.term is not None else "talk.unknown_question")


def _aside(turn: Turn, reading: Reading) -> None:
    """The settings that were asked for, then the open question once more."""
    settings.tell_aside(turn, reading)


def _works(turn: Turn, reading: Reading) -> None:
    turn.close("talk.works")


def _still_fails(turn: Turn, reading: Reading) -> None:
    if reading.changed and reading.outcome is None:  # what it said with the old settings is no word about the new ones
        turn.set(slots=turn.conversation.slots.with_("error", None))
        turn.flag("changed")
    afterwards.still_fails(turn, changed=reading.changed)


def _way(turn: Turn, reading: Reading) -> None:
    """The steps of the newest answer once more; of settings, the settings."""
    if turn.conversation.told:
        afterwards.show_way(turn)
    else:
        settings.show_way(turn, reading)


def _thanks(turn: Turn, reading: Reading) -> None:
    turn.close("talk.thanks")


def _welcome(turn: Turn, reading: Reading) -> None:
    turn.say_phrase("talk.hello")


def _greet_again(turn: Turn, reading: Reading) -> None:
    if turn.conversation.question is not None:
        turn.ask_again()
    else:
        turn.say_phrase("talk.hello")


def _off_topic(turn: Turn, reading: Reading) -> None:
    phrase = "talk.receiving" if reading.term == "receiving" else "talk.off_topic"
    if turn.conversation.question is not None and turn.conversation.state is State.ASKING:
        turn.ask_again(paragraph(turn.index, phrase))
    elif turn.preface:
        turn.say(Reply(()))
    elif turn.conversation.state is State.ADVISED and reading.term != "receiving":
        afterwards.explain_steps(turn) if turn.is_asked() else afterwards.take_complaint(turn)
    else:
        turn.say_phrase(phrase)


def _cancel(turn: Turn, reading: Reading) -> None:
    turn.set(watches=())
    turn.close("talk.cancelled")


def _restart(turn: Turn, reading: Reading) -> None:
    turn.start_over()


def _human(turn: Turn, reading: Reading) -> None:
    turn.hand_off()


def _stop_probe(turn: Turn, reading: Reading) -> None:
    """The service ends the probe; what it saw so far comes back as its result."""
    pending = turn.conversation.probe
    if pending is not None:
        turn.say_phrase("talk.stopped", host=pending.request.host or pending.request.domain or "")


def _say_nothing_pending(turn: Turn, reading: Reading) -> None:
    turn.say_phrase("talk.nothing_pending")


def _stale(turn: Turn, reading: Reading) -> None:
    turn.say_phrase("talk.stale", private=True)


def _resume(turn: Turn, reading: Reading) -> None:
    turn.set(state=State.IDLE)
    if said(reading):
        turn.begin_next_problem()
        turn.proceed()
    else:
        turn.say_phrase("talk.resume")


def _watch(turn: Turn, reading: Reading) -> None:
    if reading.watch is not None and reading.watch != "off":
        watching.begin(turn, reading.watch)


def _unwatch(turn: Turn, reading: Reading) -> None:
    watching.end_all(turn)


def _nothing(turn: Turn, reading: Reading) -> None:
    """Silence is the answer."""


# --- the table ---------------------------------------------------------------------------------------------------------

TABLE: dict[tuple[State | None, Move], Handler] = {
    # move              in any state            but in these
    (None, Move.FACTS): _proceed,
    (None, Move.NEW_ERROR): _proceed,
    (State.ADVISED, Move.NEW_ERROR): _next_problem,
    (State.CLOSED, Move.NEW_ERROR): _next_problem,
    (State.ADVISED, Move.FACTS): _again,
    (State.CLOSED, Move.FACTS): _next_problem,
    (None, Move.SETTINGS): _settings,
    (None, Move.DONT_KNOW): _proceed,
    (State.ASKING, Move.DONT_KNOW): _dont_know,
    (None, Move.QUESTION): _explain_term,
    (None, Move.ASIDE): _settings,
    (State.ASKING, Move.ASIDE): _aside,
    (State.ADVISED, Move.ASIDE): _aside,
    (None, Move.WORKS): _works,
    (None, Move.STILL_FAILS): _still_fails,
    (State.IDLE, Move.STILL_FAILS): _proceed,
    (State.PROBING, Move.STILL_FAILS): _nothing,
    (None, Move.WAY): _way,
    (None, Move.THANKS): _thanks,
    (State.ASKING, Move.THANKS): _greet_again,
    (State.PROBING, Move.THANKS): _nothing,
    (None, Move.GREETING): _welcome,
    (State.ASKING, Move.GREETING): _greet_again,
    (State.PROBING, Move.GREETING): _nothing,
    (None, Move.OFF_TOPIC): _off_topic,
    (None, Move.CANCEL): _cancel,
    (None, Move.RESTART): _restart,
    (None, Move.HUMAN): _human,
    (None, Move.STOP): _say_nothing_pending,
    (State.PROBING, Move.STOP): _stop_probe,
    (None, Move.STALE): _stale,
    (None, Move.RESUME): _resume,
    (None, Move.WATCH): _watch,
    (None, Move.UNWATCH): _unwatch,
    (None, Move.NOTHING): _nothing,
}


def handler(state: State, move: Move) -> Handler:
    return TABLE.get((state, move)) or TABLE[(None, move)]


# --- the step ----------------------------------------------------------------------------------------------------------


def step(conversation: Conversation, event: AnyEvent, index: Index) -> Step:
    """What `event` makes of `conversation`: the new state and what is owed. The same arguments always give the same answer."""
    turn = Turn(_introduced(conversation, event), event, index)
    match event:
        case Said():
            _hear(turn, event)
        case Chose():
            _choose(turn, event)
        case FormSent():
            _take_form(turn, event)
        case ProbeDone():
            if event.probe.startswith(WATCH_PREFIX):
                watching.looked(turn, event)
            else:
                turn.probed(event)
        case Woken():
            _wake(turn, event)
        case MessageDeleted():
            turn.conversation = without_message(turn.conversation, event.message)
        case StopPressed():
            handler(turn.conversation.state, Move.STOP)(turn, Reading())
    return turn.finished()


def _introduced(conversation: Conversation, event: AnyEvent) -> Conversation:
    """The first event tells where the talk is and whose it is; each one may tell a newer place to answer to."""
    if isinstance(event, (ProbeDone, Woken)):
        return conversation
    return replace(
        conversation,
        channel=conversation.channel or event.channel,
        place=event.place or conversation.place,
        workspace=conversation.workspace or event.workspace,
        asker=conversation.asker or event.person,
        locale=event.locale or conversation.locale,
        outsiders=event.outsiders or conversation.outsiders,
        created=conversation.created or event.at,
    )


def _hear(turn: Turn, event: Said) -> None:
    if turn.conversation.state is State.HANDED_OFF and not event.called:
        return
    reading = event.reading if event.reading is not None else Reading()
    before = turn.conversation
    if event.edited:
        turn.conversation = without_message(turn.conversation, event.message)
    turn.heard(event.text.text)
    if reading.intent == "correction" and (told := before.slots.error) is not None and str(told.value).isdigit():
        turn.set(slots=before.slots.with_("error", None))  # "456", and then "typo: 587": no code of a server
    if works_in_another(before, reading):
        reading = replace(reading, client=None, works_elsewhere=True, outcome="still_fails")
    take(turn, event, said(reading), reading, "said")
    remarks.note_cut(turn, event.text)
    if event.text.secrets:
        remarks.warn_of_secrets(turn, event.text)
    if event.edited and turn.conversation.slots == before.slots:
        return
    if event.order < before.last_order:
        return
    move = move_of(before, reading, asks=turn.is_asked())
    if move is Move.RESUME or turn.conversation.state is not State.HANDED_OFF:
        handler(turn.conversation.state, move)(turn, reading)


def _choose(turn: Turn, event: Chose) -> None:
    """A button. It answers the question of its turn; the closing choices hold as long as their answer is the newest."""
    conversation = turn.conversation
    if event.choice == "person":
        handler(conversation.state, Move.HUMAN)(turn, Reading())
        return
    if event.choice == "watch":
        handler(conversation.state, Move.WATCH)(turn, Reading(watch="server"))
        return
    if event.turn != conversation.turn:
        handler(conversation.state, Move.STALE)(turn, Reading())
        return
    if event.choice in ("works", "still_fails"):
        move = Move.WORKS if event.choice == "works" else Move.STILL_FAILS
        handler(conversation.state, move)(turn, Reading())
        return
    choices = conversation.question.choices if conversation.question is not None else ()
    chosen = next((choice for choice in choices if choice.id == event.choice), None)
    if chosen is None:
        handler(conversation.state, Move.STALE)(turn, Reading())
        return
    turn.heard(chosen.label)
    if chosen.id == "dont_know":
        handler(conversation.state, Move.DONT_KNOW)(turn, Reading())
        return
    _take_choice(turn, event, *chosen.id.split(":", 1))
    turn.proceed()


def _take_choice(turn: Turn, event: Chose, slot: str, value: str) -> None:
    if slot == "provider" and value == "own":
        turn.flag("own_server")
        turn.set(dont_know=(*turn.conversation.dont_know, "provider"), state=State.IDLE)
        return
    name = next(known for known in SLOTS if known == slot)
    values: dict[Slot, str | int] = {name: int(value) if name == "port" else value}
    take(turn, event, values, Reading(), "chosen")
    turn.set(state=State.IDLE)


def _take_form(turn: Turn, event: FormSent) -> None:
    """A form's fields, each read as an answer to its own question."""
    values: dict[Slot, str | int] = {}
    for name in SLOTS:
        if name in event.readings and (value := event.readings[name].slot(name)) is not None:
            values[name] = value
    for reading in event.readings.values():
        for other, found in said(reading).items():
            values.setdefault(other, found)
    for text in event.values.values():
        turn.heard(text.text)
    take(turn, event, values, Reading(), "said")
    if any(text.secrets for text in event.values.values()):
        remarks.warn_of_secrets(turn, *event.values.values())
    if turn.conversation.state is State.HANDED_OFF:
        turn.set(state=State.IDLE)
    move = Move.NEW_ERROR if "error" in values else Move.FACTS
    handler(turn.conversation.state, move)(turn, Reading())


def _wake(turn: Turn, event: Woken) -> None:
    if event.wake.startswith(WATCH_PREFIX):
        watching.woken(turn, event.wake)
        return
    pending = turn.conversation.probe
    if pending is not None and event.wake == f"looking:{pending.id}":
        turn.say_phrase("talk.still_looking", host=pending.request.host or pending.request.domain or "")
