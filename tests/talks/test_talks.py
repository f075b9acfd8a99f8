"""Every conversation in this folder, through the reader and the pure machine, with nothing left over."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.conversation.machine import step
from bot.conversation.model import (
    AnyEffect,
    AnyEvent,
    Chose,
    Conversation,
    Effect,
    HandOff,
    Post,
    Probe,
    ProbeDone,
    Said,
    Wake,
)
from bot.reading import read
from bot.redaction import redact
from bot.reply import Reply, plain_text
from knowledge.index import index
from tests.talks.worlds import NOON, facts

FOLDER = Path(__file__).parent
_E = TypeVar("_E", bound=Effect)


class Stage:
    """Plays a script: keeps the conversation, and the effects that no line of the script has accounted for yet."""

    def __init__(self) -> None:
        self.conversation = Conversation("talk:1")
        self.owed: list[AnyEffect] = []
        self.reply: Reply | None = None
        self.probe: Probe | None = None
        self.number = 0

    def happen(self, event: AnyEvent) -> None:
        assert not self.owed, f"the bot also did {self.owed}"
        done = step(self.conversation, event, index())
        self.conversation = done.conversation
        self.owed = [effect for effect in done.effects if not isinstance(effect, Wake)]

    def says(self, text: str) -> None:
        safe = redact(text)
        asked = self.conversation.question.slot if self.conversation.question is not None else None
        self.happen(replace(Said(**self._common(), text=safe), reading=read(safe, index(), asked)))

    def presses(self, choice: str) -> None:
        assert self.reply is not None
        assert choice in [option.id for option in self.reply.choices], f"{choice} is none of {self.reply.choices}"
        self.happen(Chose(**self._common(), choice=choice, turn=self.reply.turn))

    def sees(self, words: list[str]) -> None:
        assert self.probe is not None, "nothing was asked"
        host = self.probe.request.host or ""
        found = tuple(fact for word in words for fact in facts(word, host))
        self.happen(ProbeDone(**self._common(), probe=self.probe.probe, observations=found))

    def _common(self) -> dict[str, Any]:
        self.number += 1
        here = {"conversation": "talk:1", "person": "p", "at": NOON + datetime.timedelta(seconds=self.number)}
        return {**here, "id": str(self.number), "order": f"{self.number:06}", "message": f"m{self.number}"}

    def expect(self, word: str, rest: str) -> None:
        match word:
            case ">":
                self.reply = self._next(Post).reply
                self._found(rest)
            case "also":
                self._found(rest)
            case "never":
                assert not re.search(rest, self.said, re.I | re.S), f"says /{rest}/:\n{self.said}"
            case "asks":
                assert self.reply is not None
                assert self.reply.asks == (None if rest == "-" else rest), self.said
            case "finding":
                assert self.reply is not None
                assert self.reply.findings, self.said
                assert self.reply.findings[0]["cause"] == rest, [f["cause"] for f in self.reply.findings]
            case "private":
                assert self.reply is not None
                assert self.reply.private
            case "handoff":
                self._next(HandOff)
            case "probe":
                self.probe = self._next(Probe)
                request = self.probe.request
                asked = [request.host or "-", str(request.port or "-"), request.security.value if request.security else "-"]
                assert asked == rest.split()
            case _:
                raise AssertionError(f"no such line: {word}")

    @property
    def said(self) -> str:
        assert self.reply is not None
        return plain_text(self.reply)

    def _found(self, pattern: str) -> None:
        assert re.search(pattern, self.said, re.I | re.S), f"does not say /{pattern}/:\n{self.said}"

    def _next(self, kind: type[_E]) -> _E:
        assert self.owed, f"the bot does nothing, but a {kind.__name__} is expected"
        effect = self.owed.pop(0)
        assert isinstance(effect, kind), f"{effect} instead of a {kind.__name__}"
        return effect


def lines(script: str) -> list[tuple[str, str]]:
    """(word, rest) of each line; the person's lines that stand together are one message."""
    found: list[tuple[str, str]] = []
    together = False
    for line in script.splitlines():
        if line.startswith("#") or not line.strip():
            together = False
            continue
        word, _, rest = line.partition(" ")
        if word == "<" and together:
            found[-1] = ("<", f"{found[-1][1]}\n{rest}")
            continue
        together = word == "<"
        found.append((word, rest.strip() if word != "<" else rest))
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.talk")), ids=lambda path: path.stem)
def test_talk_goes_as_written(path: Path) -> None:
    stage = Stage()
    for word, rest in lines(path.read_text(encoding="utf-8")):
        if word == "<":
            stage.says(rest)
        elif word == "press":
            stage.presses(rest)
        elif word == "seen":
            stage.sees(rest.split())
        else:
            stage.expect(word, rest)
    assert not stage.owed, f"and nothing more, but the bot did {stage.owed}"
