"""How much does a text tell beside names and settings? Counts words; what is wanted, `intents` says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import re2

from bot.reading import hosts, talk
from bot.reading.patterns import compile_words
from bot.reading.words import wishes


def _any(by_language: Mapping[str, str], unspaced: str) -> re2._Regexp[str]:
    """Of scripts whose letters are none to `compile_words`, a whole word is what no letter stands beside ("не", but not in "интернет")."""
    words = (
        rf"(?:^|[^\pL])(?:{said.replace(chr(92) + 'b', '')})(?:$|[^\pL])" if language in ("ru", "uk", "el") else f"(?:{said})"
        for language, said in by_language.items()
    )
    return compile_words("|".join((*words, f"(?:{unspaced})")), "im")


ASKING = _any(wishes.ASKING, wishes.ASKING_UNSPACED)
TROUBLE = _any(
    {language: f"{said}|{wishes.RETURNS[language]}" for language, said in wishes.TROUBLE.items()},
    f"{wishes.TROUBLE_UNSPACED}|{wishes.RETURNS_UNSPACED}",
)
SENT = compile_words(wishes.SENT)
LEAVES = compile_words(wishes.LEAVES)
POLITE = compile_words(wishes.POLITE)
SENDS = compile_words(wishes.SENDS)

_PLAIN = frozenset(wishes.PLAIN.split())
_ADDRESS = re2.compile(r"[^\s<>()\"',;]+@[^\s<>()\"',;]+|\bhttps?://\S+")
_WORD = re2.compile(r"[\pL][\pL'\-]+")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3]")
_ENOUGH = 12  # more are not counted
_MOST_CHARACTERS = 2_000
# Scripts without spaces: so many signs are as good as a word.
_SIGNS_A_WORD = 2


def told(low: str, names: list[tuple[int, int]]) -> int:
    """How many words `low` (lower case) has beside names, settings and words that join them.

    `names`: spans of programs and providers in it.
    """
    bare = list(low)
    for start, end in names:
        bare[start:end] = " " * (end - start)
    rest = hosts.WORD.sub(" ", _ADDRESS.sub(" ", "".join(bare)[:_MOST_CHARACTERS]))
    signs = len(_UNSPACED.findall(talk.LOOKUP.sub(" ", rest))) // _SIGNS_A_WORD
    words = 0
    for match in _WORD.finditer(rest):
        word = match.group()
        words += not (word in _PLAIN or _UNSPACED.search(word) or talk.LOOKUP.search(word) or talk.MAIL.search(word))
        if words >= _ENOUGH:
            break
    return words + signs
