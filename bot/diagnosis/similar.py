"""Which known texts does an unknown one resemble? Compares words, the rarer the heavier. Proposes only; says how alike, never how sure."""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from math import log
from operator import itemgetter

from bot.diagnosis.wrappers import plain
from knowledge.model import Cause

_WORD = re.compile(r"[^\W\d_]{2,}|[45]\d\d\b|[45]\.\d\.\d{1,3}")
_MAX_WORDS = 60


class Similar:
    """The examples of all causes, by their words."""

    def __init__(self, causes: Mapping[str, Cause]) -> None:
        self._causes = causes

    def closest(self, text: str, limit: int = 3) -> list[tuple[str, float]]:
        """(cause, likeness 0…1) of the causes with the most similar examples, best first. `text` in the form of `wrappers.plain`."""
        examples, holding, weight = self._index
        words = frozenset(_WORD.findall(text)[:_MAX_WORDS])
        shared: defaultdict[int, float] = defaultdict(float)
        for word in words:
            for number in holding.get(word, ()):
                shared[number] += weight[word]
        own = sum(weight.get(word, self._unknown) for word in words)
        best: dict[str, float] = {}
        for number, common in heapq.nlargest(24, shared.items(), key=itemgetter(1)):
            cause, size = examples[number]
            likeness = 2 * common / (size + own)
            best[cause] = max(best.get(cause, 0.0), likeness)
        return sorted(best.items(), key=lambda item: -item[1])[:limit]

    @property
    def _unknown(self) -> float:
        """A word that no example holds counts against likeness, but less than one that should be there."""
        return 1.5

    @cached_property
    def _index(self) -> tuple[list[tuple[str, float]], dict[str, list[int]], dict[str, float]]:
        texts = [(cause.id, frozenset(_WORD.findall(plain(example.text)))) for cause in self._causes.values() for example in cause.examples]
        often = Counter(word for _, words in texts for word in words)
        weight = {word: log(1 + len(texts) / count) for word, count in often.items()}
        holding: defaultdict[str, list[int]] = defaultdict(list)
        for number, (_, words) in enumerate(texts):
            for word in words:
                holding[word].append(number)
        return [(cause, sum(weight[word] for word in words)) for cause, words in texts], dict(holding), weight
