"""The talk for a person at a terminal: a prompt, choices by number, one live line an endpoint while it probes. Plain in a pipe.

Ctrl-C stops a running probe and not the talk, Ctrl-D leaves. What is typed is kept in memory only, without secrets, for the arrow
keys; where it held one, the line on the screen is replaced as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from adapters.dates import in_language
from adapters.ending import run_alone
from adapters.terminal import streams
from adapters.terminal.arriving import arriving
from adapters.terminal.live import drawn, plain
from adapters.terminal.printed import clean, console, show, show_choices
from adapters.terminal.talk import NAME, Line, new_conversation, person, running
from bot.answers.wording import paragraph
from bot.channel import Abilities, Place, Pressed, Stopped, Undeliverable, What, Wrote
from bot.conversation.model import Conversation, State
from bot.redaction import redact
from bot.reply import Choice, Literal, Paragraph, Progress, Reply
from knowledge.index import Index, index

if TYPE_CHECKING:
    from rich.live import Live

    from bot.service import Service


class PeopleChannel:
    """Prints replies as they come; keeps the last choices so that a number answers."""

    abilities = Abilities(edit=False)

    def __init__(self, name: str, locale: str | None = None) -> None:
        self.name = name
        self._locale = locale
        self.choices: tuple[Choice, ...] = ()
        self.turn = 0
        self._number = 0
        self._live: Live | None = None
        self._told: set[str] = set()

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        self.end_live()
        self._number += 1
        try:
            show(in_language(reply.blocks, self._locale))
            show_choices(reply)
            streams.write_line("")
        except BrokenPipeError:
            raise Undeliverable("closed pipe") from None
        if reply.choices or reply.asks:
            self.choices, self.turn = reply.choices, reply.turn
        return str(self._number)

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        return await self.post(place, reply, key)

    async def find(self, place: Place, key: str) -> str | None:
        return None

    async def progress(self, place: Place, progress: Progress) -> None:
        if sys.stdout.isatty():
            if self._live is None:
                from rich.live import Live

                self._live = Live(console=console(), refresh_per_second=8)
                self._live.start()
            self._live.update(drawn(progress))
            if progress.finished:
                self.end_live()
        elif progress.probe not in self._told:
            self._told.add(progress.probe)
            streams.say(plain(progress))

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        """The summary stands in the reply already; here nobody else can be called."""

    def end_live(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def meaning(self, text: str) -> What:
        """What was typed: a number or the label of a choice is that choice, anything else is said."""
        typed = text.strip()
        if typed.isascii() and typed.isdigit() and 1 <= int(typed[:3]) <= len(self.choices) and len(typed) < 3:
            return Pressed(self.choices[int(typed) - 1].id, self.turn)
        for choice in self.choices:
            if typed.casefold() == choice.label.casefold():
                return Pressed(choice.id, self.turn)
        return Wrote(text[: streams.MAX_TEXT_BYTES + 1])  # one more, so that the talk can tell that it was cut


async def _typed(prompt: str) -> AsyncIterator[str]:
    """What the person types, until Ctrl-D; in a pipe, each line."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        async for _, line in arriving(streams.lines_in(streams.StandardInput())):
            if line is None:
                streams.say("A line was too long and is passed over.")
                continue
            yield streams.decode(line)[0]
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory

    class WithoutSecrets(InMemoryHistory):
        def append_string(self, string: str) -> None:
            super().append_string(redact(string).text)

    # What was typed is taken off the screen and written again without its secrets.
    session: PromptSession[str] = PromptSession(history=WithoutSecrets(), erase_when_done=True)
    with _no_echo():
        while True:
            try:
                text = await session.prompt_async(prompt)
            except KeyboardInterrupt:
                continue  # clears the line, as in a shell
            except EOFError:
                return
            streams.write_line(prompt + clean(redact(text[: streams.MAX_TEXT_BYTES]).text))
            yield text


@contextlib.contextmanager
def _no_echo() -> Iterator[None]:
    """What is typed while the bot works waits for the prompt, and the terminal does not show it by itself: it may be a password."""
    import termios

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    quiet = [*before]
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(keyboard, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


@contextlib.contextmanager
def _interrupts(stop: asyncio.Event) -> Iterator[None]:
    """While the bot works, Ctrl-C sets `stop` instead of ending the process; a second one ends it."""
    loop = asyncio.get_running_loop()

    def pressed() -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    loop.add_signal_handler(signal.SIGINT, pressed)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def _handled(service: Service, line: Line, what: What) -> None:
    """Hands over what was typed and waits until all answers to it are out; Ctrl-C stops a probe meanwhile."""
    stop = asyncio.Event()
    with _interrupts(stop):
        await service.receive(line.incoming(what))
        async with asyncio.TaskGroup() as group:
            idle = group.create_task(service.idle(line.conversation))
            pressed = group.create_task(stop.wait())
            await asyncio.wait([idle, pressed], return_when=asyncio.FIRST_COMPLETED)
            if pressed.done():
                await service.receive(line.incoming(Stopped()))
                await idle
            pressed.cancel()


async def _open_talk(service: Service) -> Conversation | None:
    """The newest talk of this person that is still going on."""
    for talk in await service.conversations_of(person()):
        ours = talk.channel.partition(":")[0] == NAME
        if ours and talk.state in (State.ASKING, State.PROBING, State.ADVISED, State.IDLE) and talk.transcript:
            return talk
    return None


def _offer(talk: Conversation, known: Index) -> Reply:
    said = next((line.text for line in talk.transcript if line.who == "person"), "")
    when = talk.updated.astimezone().strftime("%Y-%m-%d %H:%M") if talk.updated is not None else "?"
    choices = (Choice("continue", known.phrase("talk.choice.continue")), Choice("new", known.phrase("talk.choice.new")))
    return Reply((paragraph(known, "talk.open_talk", when=when, what=said[:80]),), choices=choices)


def _again(talk: Conversation, known: Index) -> Reply:
    """Where the talk stands: the open question with its choices, else what is known and whether the advice helped, else the last word."""
    from bot.conversation.replies import closing_choices, question_values, settings_spans
    from bot.conversation.slots import situation_of

    question = talk.question
    if question is not None:
        asked = paragraph(known, question.phrase, **question_values(question.phrase, situation_of(talk)))
        return Reply((asked,), asks=question.slot, choices=question.choices, turn=question.turn)
    if talk.state is State.ADVISED:
        titles = "; ".join(known.knowledge.causes[id].title for id in talk.told if id in known.knowledge.causes)
        blocks = [Paragraph(settings_spans(talk, known))]
        if titles:
            blocks.append(paragraph(known, "talk.summary.told", text=titles))
        return Reply((*blocks, paragraph(known, "talk.what_now")), choices=closing_choices(known), turn=talk.turn)
    last = next((line.text for line in reversed(talk.transcript) if line.who == "bot"), "")
    return Reply((Paragraph((Literal(last),)),))


async def _talk(locale: str | None) -> int:
    from bot.config import load_settings

    known = index()
    line = Line(new_conversation(), locale=locale)
    channel = PeopleChannel(line.channel, locale)
    place: Place = {}
    async with running(channel, load_settings(), known) as service:
        talk = await _open_talk(service)
        if talk is not None:
            await channel.post(place, _offer(talk, known), "")
        else:
            await channel.post(place, Reply((paragraph(known, "talk.hello"),)), "")
        async for text in _typed("> "):
            what = channel.meaning(text)
            if talk is not None:
                if what == Pressed("continue", channel.turn):
                    line = Line(talk.key, channel=talk.channel, locale=locale)
                    channel.choices = ()
                    channel.name = line.channel
                    service.add_channel(channel)
                    await channel.post(place, _again(talk, known), "")
                    talk = None
                    continue
                talk = None
                if isinstance(what, Pressed):
                    channel.choices = ()
                    await channel.post(place, Reply((paragraph(known, "talk.hello"),)), "")
                    continue
            if text.strip():
                await _handled(service, line, what)
    return 0


def chat(locale: str | None) -> int:
    return run_alone(_talk(locale))
