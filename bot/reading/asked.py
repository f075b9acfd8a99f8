"""Which word of the glossary does a person ask about? Finds the word; explains nothing and asks for nothing."""

from __future__ import annotations

import re

from bot.reading import talk
from knowledge.index import Index
from knowledge.model import Term

_MOST_CHARACTERS = 60  # a longer text is more than one word
# What stands around a word that is asked for; each part may occur once, so it is linear.
_ASKING = re.compile(
    r"^(?:(?:what|who|was|qu|que|qué|cos|wat|co|что)\W{0,2}(?:s|is|are|does|do|ist|sind|bedeutet|heißt|est|es|è|betekent|to jest|такое)?"
    r"|explain|define|meaning of|erklär\w{0,3})\s+(?:(?:an?|the|das|die|der|ein|eine|un|une|una|el|la|le) )?"
)
# "send mail from my website": two words of every day, which are a term only by themselves.
_MAIL_FROM = re.compile(r"(?i)\b(?:sen[dt]\w*|gets?|receiv\w*|deliver\w*|accept\w*|e|no|any|the|my|our|your|of|this|test) ?-?mails? from\b")
_BEHIND = re.compile(r"\s+means?$")


def asked_about(text: str, low: str, index: Index) -> tuple[Term | None, bool]:
    """(word, alone): the word that `text` asks about, and whether nothing else is said ("greylisting?", "smarthost", "what is SPF").

    `low` is `text` in lower case, of the same length.
    """
    if not index.knowledge.terms:
        return None, False
    if len(low) <= _MOST_CHARACTERS and (found := index.term_alone(_bare(text, low))):
        return found, True
    asks = talk.QUESTION.search(low) is not None or low.rstrip().endswith("?")
    return (index.term(_MAIL_FROM.sub(" ", text)) if asks else None), False


def _bare(text: str, low: str) -> str:
    start = match.end() if (match := _ASKING.match(low)) else 0
    return _BEHIND.sub("", text[start:].strip(" \t\n?!.\"'`"))
