"""Is a text a greeting and nothing else? What more it says, if there is more, others read."""

from __future__ import annotations

import re

from bot.reading import hosts
from bot.reading.words import greetings as words

_GREETINGS = frozenset(phrase for by_language in words.GREETINGS.values() for phrase in by_language.split("|"))
_ADDED = frozenset(words.ADDED.split())
_UNSPACED = re.compile(words.UNSPACED)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MOST_WORDS = 12
# Without a greeting in front these are one, too.
_ALONE = frozenset(
    ("test", "testing", "ping", "help", "hilfe", "aide", "ayuda", "ajuda", "aiuto", "помощь", "помогите", "help me", "need help")
    + ("i need help", "help please", "anyone here", "anybody here", "anyone there", "anybody there", "anyone home", "are you a bot")
    + ("you there", "are you there", "somebody here", "jemand da", "есть кто", "ada orang")
)


def greets(low: str) -> bool:
    """`low`: the text in lower case. "hello", "Moin zusammen", "hi, can anyone help me?"; but not "hi, thunderbird says …"."""
    if hosts.UNSPACED.search(low, 0, 200) and _UNSPACED.match(low.strip()):
        return True
    found = _WORD.findall(low[:200])
    if not found or len(found) > _MOST_WORDS or len(low) > 200:
        return False
    if " ".join(found) in _ALONE:
        return True
    first = next((n for n in (2, 1) if " ".join(found[:n]) in _GREETINGS), 0)
    return first > 0 and all(word in _ADDED or word in _GREETINGS for word in found[first:])
