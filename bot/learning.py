"""What is missing in the knowledge, by what people brought? Groups of like texts that were not recognised, and how answers turned out.

Works on what `bot/store/lessons.py` keeps. Pure. A text is stripped before it is kept: of secrets by redaction, here of addresses, hosts,
numbers that are somebody's and names; what stays are the words that the software said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import re2

from bot.conversation.model import Lesson
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.recognizer import recognizer
from bot.store.lessons import Counted

MAX_TEXT = 600  # characters of a kept text: an error, no story
_ALIKE = 0.6  # from this share of common words on two texts are the same thing said twice

# What is somebody's own, each with what stands in its place; in this order.
_OWN = (
    (re2.compile(r"https?://\S+"), "<url>"),
    (re2.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+"), "<address>"),
    (re2.compile(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b|\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b"), "<ip>"),
    (re2.compile(r"\b(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.){1,6}[a-zA-Z]{2,24}\b"), "<host>"),
    (
        re2.compile(r"(?i)((?:user|owner|account|mailbox|recipient|sender|dear|hi|hello)\s*[:=]?\s*)[\"'“][^\"'”\n]{1,80}[\"'”]"),
        r"\1<name>",
    ),
    (re2.compile(r"(?:/home/|/Users/|C:\\Users\\)[^\s/\\\"']+"), "<home>"),
    (re2.compile(r"\b[0-9a-zA-Z_-]*[0-9][0-9a-zA-Z_-]{11,}\b"), "<id>"),
    (re2.compile(r"\b[0-9]{5,}\b"), "<number>"),
)
_WORD = re2.compile(r"[\pL]{2,}|[45][0-9]{2}\b|[45]\.[0-9]\.[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Gap:
    """Texts that nothing was known for, alike among themselves. `nearest`: (cause, confidence) of what the recogniser leans to."""

    texts: tuple[Counted, ...]
    nearest: tuple[tuple[str, float], ...]

    @property
    def count(self) -> int:
        return sum(text.count for text in self.texts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the answers for a cause turned out at a provider, in a program ("" where neither was known)."""

    cause: str
    provider: str
    client: str
    helped: int
    unhelped: int


def stripped(lesson: Lesson) -> Lesson:
    """As it may be kept: without what is somebody's own, and short."""
    text = lesson.text
    for pattern, instead in _OWN:
        text = pattern.sub(instead, text)
    return replace(lesson, text=" ".join(text.split())[:MAX_TEXT])


def gaps(counted: Iterable[Counted]) -> tuple[Gap, ...]:
    """Groups of texts that were not recognised, the most frequent first. What is recognised by now is left out."""
    groups: list[tuple[frozenset[str], list[Counted]]] = []
    recognise = recognizer().recognise
    for one in counted:
        if one.lesson.kind != "unrecognised":
            continue
        words = frozenset(_WORD.findall(one.lesson.text.lower()))
        for known, members in groups:
            if _alike(known, words):
                members.append(one)
                break
        else:
            groups.append((words, [one]))
    found = []
    for _, members in groups:
        leaning = recognise(members[0].lesson.text).ranked
        if not leaning or leaning[0][1] < ACT_AT:
            found.append(Gap(tuple(members), tuple((cause, confidence) for cause, confidence, _ in leaning[:3])))
    return tuple(sorted(found, key=lambda gap: -gap.count))


def outcomes(counted: Sequence[Counted]) -> tuple[Outcome, ...]:
    """By cause, provider and program: how often an answer helped and how often not, the least helpful first."""
    found: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for one in counted:
        if one.lesson.kind != "unrecognised":
            found[one.lesson.cause, one.lesson.provider, one.lesson.client][one.lesson.kind] += one.count
    rows = (Outcome(*names, counts["helped"], counts["unhelped"]) for names, counts in found.items())
    return tuple(sorted(rows, key=lambda row: (row.helped - row.unhelped, row.cause, row.provider, row.client)))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one | other) and len(one & other) / len(one | other) >= _ALIKE
