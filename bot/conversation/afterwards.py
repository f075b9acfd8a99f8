"""What is done after an answer? A question about it, and "still the same". Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answers.wording import instructions, paragraph
from bot.conversation import replies
from bot.conversation.model import Known, Question, Said, State
from bot.conversation.questions import Worth
from bot.diagnosis.advice import advise
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.diagnose import diagnose, is_servers_own, provider_of
from bot.diagnosis.model import Certainty, Finding
from bot.observations import Observations
from bot.reply import Reply

if TYPE_CHECKING:
    from bot.conversation.turn import Turn

# Below this a further finding is no "next likely cause" but a guess.
_NEXT_LIKELY = 0.2
# From here on a question's own words are taken for the words of an error.
_CLEARLY = 0.6


def asks_about_an_error(turn: Turn) -> bool:
    """Whether a question holds the words of an error that is known ("what does 'relaying denied' mean?"): then it is the problem."""
    event = turn.event
    if not isinstance(event, Said) or turn.conversation.slots.error is not None:
        return False
    found = diagnose(replace(turn.situation, error=event.text.text), Observations(), turn.index)
    if not found or (found[0].confidence or 0) < _CLEARLY:
        return False
    known = Known(event.text.text, event.message, event.person, event.order)
    turn.set(slots=turn.conversation.slots.with_("error", known), question=None)
    return True


def _speaks_of_a_fault(turn: Turn) -> bool:
    """Whether a question after settings, however vague, is about something that fails ("and the password? mine is refused")."""
    event, slots = turn.event, turn.conversation.slots
    if not isinstance(event, Said) or slots.error is not None or "error" in turn.conversation.asked:
        return False
    return bool(diagnose(replace(turn.situation, error=event.text.text), Observations(), turn.index))


def explain_steps(turn: Turn) -> None:
    """A question after an answer that is about no word: mostly where a setting is, which the program's name tells."""
    if _speaks_of_a_fault(turn):
        turn.ask(Worth("error", "talk.ask.error", 1), ())
    elif not _asks_for_the_program(turn):
        turn.say_phrase("talk.unknown_question")


def _asks_for_the_program(turn: Turn) -> bool:
    if turn.situation.client is not None or "client" in (*turn.conversation.asked, *turn.conversation.dont_know):
        return False
    turn.set(told=turn.conversation.told[:-1])
    turn.ask(Worth("client", "talk.configure_client", 1), ())
    return True


def show_way(turn: Turn) -> None:
    """Who does not find the place gets the steps of the newest answer alone, from the first menu on."""
    first = _newest(turn)
    if _asks_for_the_program(turn):
        return
    steps = advise(first, turn.situation, turn.seen, turn.index, turn.today).steps if first is not None else ()
    if not steps:
        turn.say_phrase("talk.unknown_question")
        return
    turn.say(replies.way((instructions(steps),), turn.conversation.turn, turn.index))


def take_complaint(turn: Turn) -> None:
    """Words after an answer that say nothing about mail are about the answer, mostly that it did not help: the person may say so. Who
    says nothing twice has said it."""
    once = f"complaint:{turn.conversation.turn}"
    if once in turn.conversation.flags:
        still_fails(turn, changed=False)
        return
    turn.flag(once)
    turn.say(Reply((paragraph(turn.index, "talk.complaint"),), choices=replies.closing_choices(turn.index), turn=turn.conversation.turn))


def _newest(turn: Turn) -> Finding | None:
    """The finding that the newest answer was about, as it stands now."""
    told = turn.conversation.told
    return next((one for one in diagnose(turn.situation, turn.seen, turn.index) if told and one.cause == told[-1]), None)


def _waits_for_others(turn: Turn) -> str | None:
    """The phrase for an answer that somebody else has to act on, its fault seen from here: until then it stays the same, whatever the
    person enters. None where the newest answer was no such."""
    situation, seen = turn.situation, turn.seen
    first = _newest(turn)
    if first is None:
        return None
    if first.cause.startswith("net.") and is_servers_own(first.cause, situation, seen, provider_of(situation, turn.index)):
        return "talk.still_gone"
    fix = advise(first, situation, seen, turn.index, turn.today).fix
    theirs = first.certainty is Certainty.SEEN and fix is not None and fix.who in ("your_admin", "provider") and not fix.set
    return "talk.still_theirs" if theirs else None


def still_fails(turn: Turn, *, changed: bool) -> None:
    """The next likely cause, not the same text again; at the end a person, with what was ruled out."""
    turn.learn("unhelped")
    before = turn.situation.host
    turn.unflag("configure", "lookup")
    if changed:
        turn.adopt_advice()
    host = turn.host_to_ask(turn.situation)
    if changed and host is not None and any(turn.probed_already(one) for one in (host, before)):
        turn.unflag(f"probed:{host}")
        turn.set(told=())  # with other settings the same fault is to be told again
        turn.flag("fresh")
        turn.set(seen=tuple(item for item in turn.conversation.seen if item.person))
        if (request := turn.probe_request(turn.situation, ())) is not None:
            turn.probe(request)
            return
    if not changed and host is not None and (phrase := _waits_for_others(turn)) is not None:
        number = turn.conversation.turn + 1
        turn.set(turn=number, state=State.ADVISED, question=None)
        turn.say(replies.waiting(phrase, host, number, turn.index))
        return
    findings = turn.open_findings(diagnose(turn.situation, turn.seen, turn.index))
    likely = tuple(finding for finding in findings if (finding.confidence or 0) >= _NEXT_LIKELY)
    if likely:
        first = replace(likely[0], confidence=max(likely[0].confidence or 0, ACT_AT))
        turn.preface.append(paragraph(turn.index, "talk.still_fails_next"))
        turn.answer((first, *likely[1:]))
        return
    if "still_fails_error" not in turn.conversation.asked:
        number = turn.conversation.turn + 1
        turn.set(
            turn=number,
            state=State.ASKING,
            question=Question("error", number, "talk.still_fails_error"),
            asked=(*turn.conversation.asked, "still_fails_error"),
        )
        turn.say(Reply((paragraph(turn.index, "talk.still_fails_error"),), asks="error", turn=number))
        return
    ruled_out = replies.ruled_out_text(turn.seen, turn.index)
    phrase = "talk.still_fails_none" if ruled_out else "talk.still_fails_nothing_ruled_out"
    number = turn.conversation.turn + 1
    turn.set(turn=number, state=State.ADVISED, question=None)
    first_block = paragraph(turn.index, phrase, ruled_out=ruled_out) if ruled_out else paragraph(turn.index, phrase)
    offer = paragraph(turn.index, "talk.offer_person")
    turn.say(Reply((first_block, offer), choices=replies.closing_choices(turn.index)[2:], turn=number, final=True))
