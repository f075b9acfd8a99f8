"""Who thinks for the service? The reader, the machine and the answers, each imported when it is first needed. Stores nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.conversation.model import Said
from bot.events import begun
from bot.redaction import redact

if TYPE_CHECKING:
    from bot.channel import Query
    from bot.conversation.model import AnyEvent, Conversation, ProbeRequest, Step
    from bot.observations import Observations
    from bot.reading.model import Reading
    from bot.redaction import SafeText
    from bot.reply import Progress, Reply
    from knowledge.index import Index

# A message that says everything: all readers look at it, it is diagnosed and asks for a look at a server.
_NOBODYS_MESSAGE = "thunderbird cannot send, mail.nobody.test port 587 STARTTLS: 535 5.7.8 Error: authentication failed"


class Thinking:
    """All of it pure. `now` dates the answers."""

    def __init__(self, index: Index, now: Callable[[], datetime.datetime]) -> None:
        self._index = index
        self._now = now

    def step(self, conversation: Conversation, event: AnyEvent) -> Step:
        from bot.conversation import machine

        return machine.step(conversation, event, self._index)

    def read(self, text: SafeText, asked: str | None) -> Reading:
        """`asked` is the slot of the open question, None where nothing is open."""
        from bot import reading

        return reading.read(text, self._index, asked)

    def answer(self, query: Query) -> Reply:
        from bot.answers.query import answer

        return answer(query, self._index, self._now().date())

    def worth_an_answer(self, text: str) -> bool:
        from bot.answers.query import worth_an_answer

        return worth_an_answer(redact(text), self._index)

    def progress(self, probe: str, request: ProbeRequest, seen: Observations, finished: bool) -> Progress:
        from bot.answers.progress import progress

        ports = () if request.port is None else (request.port,)
        return progress(probe, request.host or request.domain or "", ports, seen, self._index, finished=finished)

    def warm_up(self) -> None:
        """Thinks through one message that nobody sent, so that modules are loaded and patterns compiled; the result is dropped."""
        now, text = self._now(), redact(_NOBODYS_MESSAGE)
        said = Said(id="", conversation="", at=now, order="", channel="", text=text, reading=self.read(text, None))
        self.step(begun(said), said)
