"""The talk for scripts: one JSON object a line in, one a line out, as CONTRACT writes it. Each run is a fresh talk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from adapters.dates import in_language
from adapters.ending import run_alone
from adapters.terminal import streams
from adapters.terminal.arriving import arriving
from adapters.terminal.live import plain
from adapters.terminal.talk import Line, new_conversation, running
from bot.channel import Abilities, Filled, Place, Pressed, Undeliverable, What, Wrote
from bot.reply import Paragraph, Progress, Reply, Text, plain_text
from knowledge.index import index

# A probe that is done sooner needs no progress; a person would only see it flicker.
_PROGRESS_AFTER_SECONDS = 1.0


class JsonChannel:
    """Writes replies as JSON lines. Progress comes out at most once a second, and its last state if any was shown."""

    abilities = Abilities(edit=True)

    def __init__(self, name: str, locale: str | None = None) -> None:
        self.name = name
        self._locale = locale
        self.turn = 0
        self._number = 0
        self._shown: dict[str, float] = {}

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        self._number += 1
        self.turn = reply.turn or self.turn
        self._say(reply)
        return str(self._number)

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        self._say(replace(reply, progress=True))
        return message

    async def find(self, place: Place, key: str) -> str | None:
        return None

    async def progress(self, place: Place, progress: Progress) -> None:
        now = asyncio.get_running_loop().time()
        last = self._shown.setdefault(progress.probe, now)
        if progress.finished:
            shown_before = self._shown.pop(progress.probe) < 0
            if not shown_before:
                return
        elif abs(now - abs(last)) < _PROGRESS_AFTER_SECONDS:
            return
        else:
            self._shown[progress.probe] = -now
        self._say(Reply((Paragraph((Text(plain(progress)),)),), progress=True))

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        """The summary stands in the reply already; a script passes it on as it likes."""

    def _say(self, reply: Reply) -> None:
        try:
            streams.write_json({"schema": 1, "reply": reply_json(replace(reply, blocks=in_language(reply.blocks, self._locale)))})
        except BrokenPipeError:
            raise Undeliverable("closed pipe") from None  # the next line that this process writes ends it


def reply_json(reply: Reply) -> dict[str, Any]:
    """The contract's `reply` object."""
    return {
        "schema": 1,
        "text": plain_text(reply),
        "asks": reply.asks,
        "choices": [{"id": choice.id, "label": choice.label} for choice in reply.choices],
        "findings": [dict(finding) for finding in reply.findings],
        "settings": dict(reply.settings) if reply.settings is not None else None,
        "progress": reply.progress,
        "final": reply.final,
        "handoff": reply.handoff,
    }


def what_of(row: dict[str, Any], turn: int) -> What | str:
    """An input object as what a person did, or a sentence that says what is wrong with it."""
    if isinstance(text := row.get("user"), str):
        return Wrote(text[: streams.MAX_TEXT_BYTES + 1])  # one more, so that the talk can tell that it was cut
    if isinstance(choice := row.get("choose"), str):
        return Pressed(choice, turn)
    form = row.get("form")
    if isinstance(form, dict) and all(isinstance(key, str) and isinstance(value, (str, int)) for key, value in form.items()):
        return Filled("settings", {key: str(value)[:4000] for key, value in form.items()})
    return 'An input line is {"user": text}, {"choose": choice id} or {"form": {slot: value}}.'


async def _talk(locale: str | None) -> int:
    from bot.config import load_settings

    known = index()
    line = Line(new_conversation(), locale=locale)
    channel = JsonChannel(line.channel, locale)
    async with running(channel, load_settings(), known) as service:
        async for _, row in arriving(streams.json_lines(streams.StandardInput())):
            what = row if isinstance(row, str) else what_of(row, channel.turn)
            if isinstance(what, str):
                streams.say(what)
                streams.write_json({"schema": 1, "error": what})
                streams.write_json({"schema": 1, "idle": True})
                continue
            await service.receive(line.incoming(what))
            await service.idle(line.conversation)
            streams.write_json({"schema": 1, "idle": True})
    return 0


def chat_json(locale: str | None) -> int:
    return run_alone(_talk(locale))
