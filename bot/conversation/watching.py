"""What does the bot look at again by itself, and when does it speak? Watches of a talk, each begun by the person and ended by a word.

    server        looked at after 5 minutes, then at growing intervals, for a week; one message when it takes mail again
    certificate   looked at once a week, for a year; one message when it ends within two weeks
    question      "did it work?", a day later; nothing where the talk is closed by then

A look is a quiet probe: nobody sees its progress, and the talk goes on beside it. A watch counts its looks, so that a wake or a result
that is no longer waited for changes nothing. Pure, as the machine is.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import observations as o
from bot.answers.wording import day_words, paragraph
from bot.conversation import replies
from bot.conversation.model import Probe, ProbeDone, ProbeRequest, State, Wake, Watch, WatchKind
from bot.diagnosis.survey import best, survey
from bot.observations import Observations
from bot.reply import Code, Reply, Text

if TYPE_CHECKING:
    from bot.conversation.turn import Turn

MOST = 3  # watches of one talk

_FIRST_LOOK = datetime.timedelta(minutes=5)
_LONGEST_PAUSE = datetime.timedelta(hours=12)
_SERVER_FOR = datetime.timedelta(days=7)
_CERTIFICATE_EVERY = datetime.timedelta(days=7)
_CERTIFICATE_FOR = datetime.timedelta(days=365)
_ENDS_WITHIN = datetime.timedelta(days=14)
_ASK_AFTER = datetime.timedelta(days=1)


def begin(turn: Turn, kind: WatchKind) -> None:
    """Switches a watch on and says how it goes and how it is ended. The same one again changes nothing."""
    situation = turn.situation
    host = "" if kind == "question" else turn.host_to_ask(situation) or ""
    if kind != "question" and not host:
        turn.say_phrase("talk.watch.which_server")
        return
    same = [watch for watch in turn.conversation.watches if (watch.kind, watch.host) == (kind, host)]
    if not same and len(turn.conversation.watches) >= MOST:
        turn.say_phrase("talk.watch.too_many")
        return
    if not same:
        lasts = {"server": _SERVER_FOR, "certificate": _CERTIFICATE_FOR, "question": _ASK_AFTER}[kind]
        watch = Watch(kind, 0, turn.event.at + lasts, host, situation.port if kind == "server" else None, turn.event.person)
        turn.set(watches=(*turn.conversation.watches, watch))
        _wake(turn, watch)
    turn.say_phrase(f"talk.watch.{kind}", host=host)


def end_all(turn: Turn) -> None:
    phrase = "talk.watch.ended" if turn.conversation.watches else "talk.watch.none"
    turn.set(watches=())
    turn.say_phrase(phrase)


def woken(turn: Turn, wake: str) -> None:
    """Its time has come: asks, or looks again."""
    watch = _named(turn, wake)
    if watch is None:
        return
    if watch.kind == "question":
        _drop(turn, watch)
        if turn.conversation.state in (State.ADVISED, State.IDLE):
            number = turn.conversation.turn + 1
            turn.set(turn=number, state=State.ADVISED)
            block = paragraph(turn.index, "talk.watch.asks")
            turn.say(Reply((block,), choices=replies.closing_choices(turn.index), turn=number, final=True))
        return
    conversation = turn.conversation
    request = ProbeRequest(watch.host, watch.port, fresh=True, public_only=conversation.outsiders)
    turn.owe(Probe(probe=wake, request=request, quiet=True))


def looked(turn: Turn, event: ProbeDone) -> None:
    """A look has come back: the awaited thing is told, or the next look is set."""
    watch = _named(turn, event.probe)
    if watch is None:
        return
    seen = Observations(event.observations)
    told = _server_works(turn, watch, seen) if watch.kind == "server" else _certificate_ends(turn, watch, seen)
    if told:
        _drop(turn, watch)
    elif turn.event.at >= watch.until:
        _drop(turn, watch)
        turn.say_phrase("talk.watch.given_up", host=watch.host)
    else:
        following = replace(watch, number=watch.number + 1)
        turn.set(watches=tuple(following if one is watch else one for one in turn.conversation.watches))
        _wake(turn, following)


def _server_works(turn: Turn, watch: Watch, seen: Observations) -> bool:
    views = [view for view in survey(seen) if watch.port is None or view.port == watch.port]
    working = best(views, near=watch.port, login=False)
    if working is None:
        return False
    number = turn.conversation.turn + 1
    turn.set(turn=number)
    block = paragraph(turn.index, "talk.watch.works", host=Code(watch.host), port=Text(str(working.port)))
    turn.say(Reply((block,), choices=replies.closing_choices(turn.index), turn=number, final=True))
    return True


def _certificate_ends(turn: Turn, watch: Watch, seen: Observations) -> bool:
    ends = [fact.not_after for fact in seen if isinstance(fact, o.CertificateShown) and fact.not_after is not None]
    soonest = min(ends, default=None)
    if soonest is None or soonest - turn.event.at > _ENDS_WITHIN:
        return False
    turn.say_phrase("talk.watch.certificate_ends", host=watch.host, day=day_words(turn.index, soonest.date()))
    return True


def _wake(turn: Turn, watch: Watch) -> None:
    pause = {
        "server": min(_FIRST_LOOK * 2**watch.number, _LONGEST_PAUSE),
        "certificate": _CERTIFICATE_EVERY,
        "question": _ASK_AFTER,
    }[watch.kind]
    turn.owe(Wake(wake=watch.name, at=turn.event.at + pause))


def _named(turn: Turn, name: str) -> Watch | None:
    return next((watch for watch in turn.conversation.watches if watch.name == name), None)


def _drop(turn: Turn, watch: Watch) -> None:
    turn.set(watches=tuple(one for one in turn.conversation.watches if one is not watch))
