"""What does one event make of a conversation? The moves that the machine's table names, on a working copy. Pure.

A `Turn` collects replies and effects; `machine.step` makes one, picks the move, and takes the result.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import Any

from bot.answers.wording import paragraph, spans
from bot.conversation import reasons, records, remarks, replies, settings
from bot.conversation.model import (
    AnyEffect,
    AnyEvent,
    Conversation,
    HandOff,
    Known,
    Lesson,
    LessonKind,
    Line,
    PendingProbe,
    Post,
    Probe,
    ProbeDone,
    ProbeRequest,
    Question,
    Said,
    Seen,
    State,
    Step,
    Wake,
)
from bot.conversation.questions import MAX_QUESTIONS, Worth, only_a_complaint, worth_asking
from bot.conversation.slots import observations_of, situation_of
from bot.diagnosis.advice import advise, as_the_program_means
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.diagnose import PROBE_HELPS, diagnose, provider_of
from bot.diagnosis.model import Certainty, Finding, Situation, is_loopback
from bot.diagnosis.survey import survey
from bot.diagnosis.target import preferred_server
from bot.observations import NotProbed, Observations
from bot.reading.model import Slot
from bot.reply import Block, Code, Paragraph, Reply, Text, plain_text
from knowledge.index import Index

STILL_LOOKING_AFTER = datetime.timedelta(seconds=3)
_TRANSCRIPT_LINES = 40
_LINE_LENGTH = 400
_QUOTED = re.compile(r"[\"“”„«»]|\b[45]\d\d\b")  # one character or four: linear


class Turn:
    """A working copy of one conversation while one event is taken. `conversation` is the state so far, `effects` what it owes."""

    def __init__(self, conversation: Conversation, event: AnyEvent, index: Index) -> None:
        self.conversation = conversation
        self.event = event
        self.index = index
        self.effects: list[AnyEffect] = []
        self.lessons: list[Lesson] = []
        self.preface: list[Block] = []
        self.changed = False  # whether this event brought other settings

    @property
    def today(self) -> datetime.date:
        return self.event.at.date()

    @property
    def situation(self) -> Situation:
        return as_the_program_means(situation_of(self.conversation), self.index)

    @property
    def seen(self) -> Observations:
        return observations_of(self.conversation)

    def set(self, **fields: Any) -> None:
        """Fields of the conversation by their names; the dataclass refuses another one."""
        self.conversation = replace(self.conversation, **fields)

    def flag(self, *names: str) -> None:
        self.set(flags=tuple(dict.fromkeys((*self.conversation.flags, *names))))

    def unflag(self, *names: str) -> None:
        self.set(flags=tuple(flag for flag in self.conversation.flags if flag not in names))

    def finished(self) -> Step:
        self.set(last_order=max(self.conversation.last_order, self.event.order), updated=self.event.at)
        return Step(self.conversation, tuple(self.effects), tuple(self.lessons))

    def learn(self, kind: LessonKind, text: str = "") -> None:
        """Of the newest answer, how it turned out; or a text that nothing was known for."""
        cause = "" if kind == "unrecognised" else self.conversation.told[-1] if self.conversation.told else None
        if cause is not None:
            provider = provider_of(self.situation, self.index)
            self.lessons.append(Lesson(kind, cause, provider.id if provider is not None else "", self.situation.client or "", text))

    # --- saying ---

    def owe(self, effect: AnyEffect) -> None:
        self.set(sent=self.conversation.sent + 1)
        self.effects.append(replace(effect, id=str(self.conversation.sent)))

    def say(self, reply: Reply) -> None:
        """Posts `reply`, with what was to be said before it."""
        if self.preface and not reply.private:
            reply = replace(reply, blocks=(*self.preface, *reply.blocks))
            self.preface = []
        self.owe(Post(reply=reply))
        self._remember("bot", plain_text(reply))

    def say_phrase(self, phrase: str, *, final: bool = False, private: bool = False, **values: str) -> None:
        self.say(Reply((paragraph(self.index, phrase, **values),), final=final, private=private))

    def _remember(self, who: str, text: str) -> None:
        line = Line(who, replies.shortened(text, _LINE_LENGTH), self.event.message if who == "person" else "", self.event.person)
        self.set(transcript=(*self.conversation.transcript, line)[-_TRANSCRIPT_LINES:])

    def heard(self, text: str) -> None:
        self._remember("person", text)

    # --- going on ---

    def proceed(self) -> None:
        """Looks, asks or answers: whatever brings the talk nearer to a fix now."""
        if self.conversation.probe is not None or records.tell(self):
            return
        if "configure" in self.conversation.flags:
            settings.proceed(self)
            return
        situation, seen = self.situation, self.seen
        provider = provider_of(situation, self.index)
        if provider is not None and provider.status == "ended" and not provider.servers:  # no setting helps
            settings.tell(self, situation, provider.id)
            return
        findings = self.open_findings(diagnose(situation, seen, self.index))
        request = self.probe_request(situation, findings)
        if request is not None:
            self.probe(request)
            return
        worth = self._question(situation, seen, findings)
        if worth is not None:
            self.ask(worth, findings)
        else:
            self.answer(findings)

    def answer_at_once(self) -> None:
        """A question about an error is answered with what is known; the rest may come afterwards."""
        self.answer(self.open_findings(diagnose(self.situation, self.seen, self.index)))

    def open_findings(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Without what was already advised and did not help."""
        return tuple(finding for finding in findings if finding.cause not in self.conversation.told)

    def probed_already(self, host: str | None) -> bool:
        return host is not None and f"probed:{host}" in self.conversation.flags

    def probe_request(self, situation: Situation, findings: tuple[Finding, ...]) -> ProbeRequest | None:
        """What a look at the server, or at what the DNS says of the sender's domain, could still tell, or None."""
        domain, error = situation.address_domain, situation.error
        if (
            domain is not None
            and error
            and findings
            and findings[0].cause in reasons.REASONS
            and f"probed:{domain}" not in self.conversation.flags
        ):
            self.flag(f"probed:{domain}")
            return ProbeRequest(
                None, domain=domain, policy=True, outgoing=reasons.outgoing_address(error), selector=reasons.selector(error)
            )
        host = self.host_to_ask(situation)
        if host is None or self.probed_already(host):
            return None
        first = findings[0] if findings and (findings[0].confidence or 0) >= ACT_AT else None
        if first is not None and (first.cause not in PROBE_HELPS or (first.certainty is Certainty.SEEN and situation.error is None)):
            return None
        if first is not None and first.cause.startswith("auth.") and provider_of(situation, self.index) is not None:
            return None
        if situation.host is None and (first is None or not first.cause.startswith(("net.", "tls."))):
            return None  # the provider's own server, which nobody complains of
        return ProbeRequest(host, situation.port, situation.security, situation.address_domain, "fresh" in self.conversation.flags)

    def host_to_ask(self, situation: Situation) -> str | None:
        """The server to look at: the person's, else their provider's. Nobody but the person sees what is on their own machine."""
        if situation.host is not None:
            return None if situation.on_itself else situation.host
        server = preferred_server(provider_of(situation, self.index), situation)
        host = server.endpoint.host if server is not None and not situation.own_server else None
        return None if host is None or is_loopback(host) else host

    def _question(self, situation: Situation, seen: Observations, findings: tuple[Finding, ...]) -> Worth | None:
        if len(self.conversation.asked) >= MAX_QUESTIONS or "changed" in self.conversation.flags:
            return None
        return worth_asking(
            situation,
            seen,
            findings,
            self.conversation.dont_know,
            self.index,
            self.today,
            asked=self.conversation.asked,
            probed=any(flag.startswith("probed:") for flag in self.conversation.flags),
            encrypted="encrypted" in self.conversation.flags,
        )

    def probe(self, request: ProbeRequest) -> None:
        number = self.conversation.probes + 1
        id = f"p{number}"
        request = replace(request, public_only=self.conversation.outsiders)
        self.unflag("fresh")
        self.set(probes=number, probe=PendingProbe(id, request), state=State.PROBING, question=None)
        if self.preface:
            self.say(Reply(()))
        self.owe(Probe(probe=id, request=request))
        self.owe(Wake(wake=f"looking:{id}", at=self.event.at + STILL_LOOKING_AFTER))

    def probed(self, event: ProbeDone) -> None:
        """The probe's facts are taken, or that it could not be made is told; a probe that nobody waits for changes nothing."""
        pending = self.conversation.probe
        if pending is None or pending.id != event.probe:
            return
        asked = pending.request.host or pending.request.domain or ""
        seen = tuple(Seen(fact, event.probe) for fact in event.observations)
        self.set(probe=None, seen=self.conversation.seen + seen, state=State.IDLE)
        self.flag(f"probed:{asked}")
        if event.error is not None:
            self.preface.append(paragraph(self.index, event.error))
        if event.others:
            self.preface.append(paragraph(self.index, "talk.outage", host=Code(asked), others=event.others))
        for fact in event.observations:
            if isinstance(fact, NotProbed) and (phrase := f"talk.not_looked.{fact.reason}") in self.index.knowledge.phrases:
                self.preface.append(paragraph(self.index, phrase, host=Code(fact.host), port=fact.port or 0))
        self.proceed()

    def ask(self, worth: Worth, findings: tuple[Finding, ...]) -> None:
        turn = self.conversation.turn + 1
        reply = replies.question(worth, self.situation, findings, turn, self.index)
        asked = "error_rest" if worth.phrase in ("talk.ask.error_rest", "talk.ask.error_words") else worth.slot
        self.set(
            turn=turn,
            state=State.ASKING,
            question=Question(worth.slot, turn, worth.phrase, reply.choices),
            asked=(*self.conversation.asked, asked),
        )
        self.say(reply)

    def ask_again(self, *before: Block) -> None:
        """Puts the open question once more, after `before` (the answer to a side question)."""
        question = self.conversation.question
        assert question is not None
        values = replies.question_values(question.phrase, self.situation)
        blocks = (
            *before,
            Paragraph((*spans(self.index, "talk.back_to_question"), Text(" "), *spans(self.index, question.phrase, **values))),
        )
        self.say(Reply(blocks, asks=question.slot, choices=question.choices, turn=question.turn))

    def answer(self, findings: tuple[Finding, ...]) -> None:
        """The diagnosis, or honest doubt. Afterwards the person says whether it worked."""
        turn = self.conversation.turn + 1
        situation, seen = self.situation, self.seen
        self.set(turn=turn, state=State.ADVISED, question=None)
        self.unflag("changed")
        sure = [finding for finding in findings if (finding.confidence or 0) >= ACT_AT]
        if sure:
            target = advise(sure[0], situation, seen, self.index, self.today).target
            self.set(told=(*self.conversation.told, sure[0].cause), advised=target)
            remarks.note_elsewhere(self, sure[0])
            if sure[0].cause.startswith(("net.", "tls.")):
                remarks.note_incoming(self, situation)
            remarks.note_dead_server(self, sure[0], situation, seen)
            self.say(replies.diagnosis(findings[:4], situation, seen, turn, self.index, self.today))
            return
        vague = situation.error is None or only_a_complaint(situation.error)
        fine = replies.server_is_fine(situation, seen, turn, self.index) if vague else None
        if fine is None and vague and not survey(seen):
            fine = replies.nothing_to_go_on(situation, turn, self.index)
        once = f"learnt:{self.conversation.problem}"
        if situation.error is not None and not vague and once not in self.conversation.flags:
            self.flag(once)
            self.learn("unrecognised", situation.error)
        self.say(fine or replies.unknown(findings, situation, seen, turn, self.index, self.today))

    # --- the message at hand ---

    def is_asked(self) -> bool:
        """Whether the person's message asks something."""
        return isinstance(self.event, Said) and any(mark in self.event.text.text for mark in "?？")

    def quotes(self) -> bool:
        """Whether the message holds somebody's words: a quotation, or a reply code."""
        return isinstance(self.event, Said) and _QUOTED.search(self.event.text.text) is not None

    # --- the end of a problem ---

    def adopt_advice(self) -> None:
        """The person has come further than the last fault: the settings are now as they were advised."""
        advised = self.conversation.advised
        if advised is None:
            return
        slots = self.conversation.slots
        values: tuple[tuple[Slot, str | int], ...] = (("host", advised.host), ("port", advised.port), ("security", advised.security.value))
        for slot, value in values:
            known = slots.get(slot)
            if known is None or known.message != self.event.message:  # what this very message says is newer than the advice
                slots = slots.with_(slot, Known(value, self.event.message, self.event.person, self.event.order, "derived"))
        self.set(slots=slots, advised=None)

    def begin_next_problem(self) -> None:
        """Another error in the same thread: the settings stay, as advised, and the last problem's answers do not."""
        self.adopt_advice()
        self.set(problem=self.conversation.problem + 1, told=(), asked=(), dont_know=(), question=None)
        self.unflag("configure", "lookup")

    def hand_off(self) -> None:
        summary = replies.summary(self.conversation, self.index)
        self.set(state=State.HANDED_OFF, question=None, probe=None)
        self.say(Reply((paragraph(self.index, "talk.handed_off"), *summary.blocks), final=True, handoff=True))
        self.owe(HandOff(summary=summary))

    def close(self, phrase: str) -> None:
        if phrase == "talk.works":
            self.learn("helped")
            self.adopt_advice()
        self.set(state=State.CLOSED, question=None, probe=None)
        self.say_phrase(phrase, final=True)

    def start_over(self) -> None:
        fresh = Conversation(self.conversation.key)
        kept = self.conversation
        self.conversation = replace(
            fresh,
            channel=kept.channel,
            place=kept.place,
            workspace=kept.workspace,
            asker=kept.asker,
            turn=kept.turn,
            probes=kept.probes,
            sent=kept.sent,
            last_order=kept.last_order,
            problem=kept.problem + 1,
            locale=kept.locale,
            outsiders=kept.outsiders,
            created=kept.created,
        )
        self.say(Reply((paragraph(self.index, "talk.restarted"),), asks="other"))
