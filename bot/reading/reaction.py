"""What does a text say of the answer just given? "Where is that?", "I did that already". Means nothing before there was an answer."""

from __future__ import annotations

from functools import cache

import re2

from bot.reading.model import Reaction
from bot.reading.patterns import compile_words
from bot.reading.words import reactions as words

_MOST_CHARACTERS = 240  # a longer text brings something of its own


def reaction(low: str) -> Reaction | None:
    """`low`: the text in lower case."""
    if len(low) > _MOST_CHARACTERS:
        return None
    done_before, where = _patterns()
    if done_before.search(low):
        return "done_before"
    return "where" if where.search(low) else None


@cache
def _patterns() -> tuple[re2._Regexp, re2._Regexp]:
    return compile_words(words.DONE_BEFORE, "im"), compile_words(words.WHERE, "im")
