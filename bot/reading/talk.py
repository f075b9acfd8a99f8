"""What does the person say beside facts? Yes and no, "I don't know", "it works now", "still the same", "it works elsewhere"."""

from __future__ import annotations

import re

import re2

from bot.reading.patterns import compile_words
from bot.reading.words import talk as words


def _find(pattern: str) -> re2._Regexp:
    return compile_words(pattern, "im")


THANKS, WORKS, STILL = _find(words.THANKS), _find(words.WORKS), _find(words.STILL)
HUMAN, CANCEL, RESTART = _find(words.HUMAN), _find(words.CANCEL), _find(words.RESTART)
QUESTION, LOOKUP, CONFIGURE, PROBLEM = _find(words.QUESTION), _find(words.LOOKUP), _find(words.CONFIGURE), _find(words.PROBLEM)
MAIL, OFF_TOPIC, CHAT, UNKNOWN = _find(words.MAIL), _find(words.OFF), _find(words.CHAT), _find(words.UNKNOWN)
SINCE_WHEN = _find(words.SINCE_WHEN)
YES, NO, CHANGED = _find(words.YES), _find(words.NO), _find(words.CHANGED)
OWN_SERVER, OWN_ALONE, ELSEWHERE = _find(words.OWN_SERVER), _find(words.OWN_ALONE), _find(words.ELSEWHERE)


_NOT_BEFORE = re.compile(
    r"(?:\b(?:no|not|ne|nie|не|non|não|nicht|niet|inte|ikke|ei|nem|δεν|δε|tidak|tak|gak|ga|ngga?k|enggak|belum"
    r"|không|chưa|chẳng)|n't|n'|안|못|不|没|沒)\s*$"
)
_NOT_WITHIN = re.compile(r"^\W*(?:\w+ (?:nicht|niet|pas|plus|not|inte|ikke|enää)|ok(?:ay)?,? (?:and|but|so|then|und|aber|et|y|e|en|i))\b")
_NOT_BEHIND = re.compile(r"^\s*(?:nicht|niet|pas|plus|inte|ikke|enää)\b")


def affirmed(pattern: re2._Regexp, low: str) -> bool:
    """Whether the text says so anywhere without a "not" around it: "it works", and no "works not", "ne marche plus avec …"."""
    return any(
        not _NOT_BEFORE.search(low[max(0, match.start() - 12) : match.start() + 1])
        and not _NOT_BEHIND.match(low[match.end() - 1 :])
        and not _NOT_WITHIN.match(match.group())
        for match in pattern.finditer(low)
    )


def yes_or_no(low: str) -> bool | None:
    """The answer, where the whole text is one or begins with one ("yes, 587"); None elsewhere."""
    if YES.search(low):
        return True
    if NO.search(low):
        return False
    first = low.strip().split(",", 1)[0].strip(" .!")
    if len(low) < 120 and "," in low:
        if YES.search(first):
            return True
        if NO.search(first):
            return False
    return None
