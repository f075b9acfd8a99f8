"""How does a sentence of the knowledge become spans? Fills templates; whatever is filled in stays literal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from string import Formatter

from bot.diagnosis.advice import Instruction
from bot.reply import Code, Emphasis, Link, Literal, Paragraph, Span, Spans, Step, Steps, Text
from knowledge.index import Index


def spans(index: Index, phrase: str, **values: Span | str | int | float) -> Spans:
    """The phrase's template as spans: its own words as `Text`, filled-in values as they come, bare strings as `Literal`."""
    found: list[Span] = []
    for words, name, _, _ in Formatter().parse(index.knowledge.phrases[phrase]):
        if words:
            found.append(Text(words))
        if name is not None:
            value = values[name]
            found.append(value if isinstance(value, (Text, Emphasis, Literal, Code, Link)) else Literal(str(value)))
    return tuple(found)


def paragraph(index: Index, phrase: str, **values: Span | str | int | float) -> Paragraph:
    return Paragraph(spans(index, phrase, **values))


def instructions(steps: Iterable[Instruction], heading: Spans = ()) -> Steps:
    """Numbered; lines of code as they are."""
    return Steps(tuple(Step((Code(step.text),) if step.code else (Text(step.text),), step.url) for step in steps), heading)


def day_words(index: Index, day: datetime.date) -> str:
    """A day as people write it: "2 April 2026"."""
    names = index.phrase("answers.dates.names").split()
    return index.phrase("answers.dates.day", day=day.day, name=names[day.month - 1], year=day.year)


def number_form(phrase: str, count: int) -> str:
    """The id of the form for `count`; languages with more forms than two add theirs here."""
    return f"{phrase}.one" if count == 1 else f"{phrase}.other"
