"""Which cause do the words of a text speak for, where no phrase of it is known? Odds of single words and pairs; proposes only.

Worked out of the patterns and examples of all causes: how much oftener a word stands at one cause than anywhere. A refusal that nobody
has written like this before ("hosts with dynamic addresses are not welcome") still has words that others of its kind have.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from math import log
from typing import Any, NamedTuple

from bot.diagnosis.sieve import on_codes
from bot.diagnosis.wrappers import plain
from knowledge.model import Knowledge

_WORD = re.compile(r"[^\W\d_]{2,}|[45]\d\d\b|[45]\.\d\.\d{1,3}")
_SYNTAX = re.compile(r"\\[a-zA-Z]|[\\^$*+?()\[\]{}|.]")
_ENDINGS = ("ing", "ed", "es", "s")
_STEM = 4  # letters that are left at least
_MAX_WORDS = 60

# How many times a pattern counts, by its weight, beside an example's once; and a code that a cause claims.
_TIMES = {"decisive": 2.0, "normal": 1.0, "weak": 0.3}
_CODE_TIMES = 3.0
_TEXTS = 2  # of fewer a word is a name
_LIKE_ALL = 5.0  # so many texts of each cause are taken to be like all others
_PRIOR = 0.5  # of what it says that a cause has more texts than others


class Table(NamedTuple):
    """`causes`: ids; `prior`: what speaks for each before a word is read; `missing`: what each known word speaks against it, until
    `gains` (word or pair -> number of a cause, what it speaks for it, one after the other) take that back. All logarithms of odds, in
    hundredths."""

    causes: list[str]
    prior: list[int]
    missing: list[int]
    gains: dict[str, list[int]]


def made(known: Knowledge) -> list[Any]:
    """A `Table` as JSON values, in the order of its fields; takes half a second."""
    sizes: defaultdict[str, float] = defaultdict(float)
    holding: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    number: Counter[str] = Counter()
    for cause, words, times in _texts(known):
        sizes[cause] += times
        number.update(words)
        for word in words:
            holding[word][cause] += times
    causes = sorted(sizes)
    total = sum(sizes.values())
    gains = {}
    for word, found in holding.items():
        if number[word] >= _TEXTS:
            like_all = _LIKE_ALL * sum(found.values()) / total
            gains[word] = [value for cause, n in found.items() for value in (causes.index(cause), _hundredths(1 + n / like_all))]
    prior = [round(_PRIOR * _hundredths(sizes[cause] / total * len(causes))) for cause in causes]
    missing = [_hundredths(_LIKE_ALL / (sizes[cause] + _LIKE_ALL)) for cause in causes]
    return [*Table(causes, prior, missing, gains)]


def _texts(known: Knowledge) -> Iterator[tuple[str, frozenset[str], float]]:
    for cause in known.causes.values():
        for example in cause.examples:
            yield cause.id, _words(plain(example.text)), 1.0
        for pattern in cause.patterns:
            if not on_codes(pattern):
                yield cause.id, _words(_SYNTAX.sub(" ", pattern.regex).lower()), _TIMES[pattern.weight]
            elif "\\" not in pattern.regex:
                yield cause.id, _words(pattern.regex.replace("x", "5")), _CODE_TIMES


def _words(text: str) -> frozenset[str]:
    """Its words without their endings and the pairs of neighbours, of the first `_MAX_WORDS`."""
    words = [_stem(word) for word in _WORD.findall(text)[:_MAX_WORDS]]
    return frozenset(words).union(f"{one} {other}" for one, other in pairwise(words))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


def _hundredths(odds: float) -> int:
    return round(100 * log(odds))


class Wording:
    """Asks the table, which is made or loaded when the first text needs it."""

    def __init__(self, table: Callable[[], list[Any]]) -> None:
        """`table`: gives what `made` gives."""
        self._made = table

    def speaks_for(self, text: str) -> tuple[str, float]:
        """The likeliest cause, and how far it is ahead of the next one (logarithm of odds; 0.7 is twice as likely). `text` in the form
        of `wrappers.plain`."""
        causes, prior, missing, gains = self._table
        known = [found for word in _words(text) if (found := gains.get(word))]
        odds = [before + len(known) * against for before, against in zip(prior, missing, strict=True)]
        for found in known:
            for place in range(0, len(found), 2):
                odds[found[place]] += found[place + 1]
        second, first = sorted(odds)[-2:]
        return causes[odds.index(first)], (first - second) / 100

    @cached_property
    def _table(self) -> Table:
        return Table(*self._made())
