"""Which patterns of the knowledge match a text, and where? Knows no meaning; keeps RE2 for the few that may match at all.

The sieve says which words stand in a text's way to each pattern. For the first few short texts the words are simply looked for; who has
more to read gets one RE2 set over all of them, which finds them in one pass and takes longer to compile than a text to read. Patterns
that need more than their words are compiled, each when it is first needed. RE2 matches in linear time, whatever the pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from itertools import chain
from typing import Any, NamedTuple

from bot.diagnosis.sieve import Sieve
from knowledge.model import Cause, Pattern

_MAX_SET_BYTES = 64 << 20
_SHORT_BYTES = 2_000
_FEW_TEXTS = 20


class Hit(NamedTuple):
    """A pattern that matched the text from `start` to `end`. `letters`: how many of them the pattern itself names."""

    cause: str
    pattern: Pattern
    start: int
    end: int
    letters: int


class _Ready(NamedTuple):
    """A pattern that a text has called up. `plain`: its text, where it is no more than that. `further`: the groups of words of each of
    which one must stand there besides the word that called it up."""

    cause: str
    pattern: Pattern
    letters: int
    plain: bytes
    further: list[list[int]]
    search: Callable[[bytes], Any] | None


class PatternSet:
    """All patterns but those on codes (`<5.7.8>`), which are `CodePatterns`."""

    def __init__(self, causes: Mapping[str, Cause], sieve: Sieve) -> None:
        self._causes = causes
        self._sieve = sieve
        self._ready: dict[int, _Ready] = {}
        self._texts = 0

    def hits(self, text: str) -> list[Hit]:
        """Every pattern's first match in `text`, which must be in the form that `wrappers.unwrap` gives."""
        data = text.encode()  # RE2 works on bytes; encoding once is half of the speed
        there = self._words_in(data)
        ready, called = self._ready, self._sieve.called
        found = []
        for number in dict.fromkeys(chain(self._sieve.always, *[called[word] for word in there])):
            cause, pattern, letters, plain, further, search = ready.get(number) or self._made_ready(number)
            for group in further:
                if there.isdisjoint(group):
                    break
            else:
                if search is None:
                    start = data.find(plain)
                    found.append(Hit(cause, pattern, start, start + len(plain), letters))
                elif match := search(data):
                    start, end = match.span()
                    found.append(Hit(cause, pattern, start, end, letters))
        return found if len(data) == len(text) else [_in_letters(hit, data) for hit in found]

    def _words_in(self, data: bytes) -> set[int]:
        self._texts += 1
        if self._texts <= _FEW_TEXTS and len(data) <= _SHORT_BYTES:
            return {number for number, word in enumerate(self._words) if word in data}
        return set(self._set.Match(data) or ())

    @cached_property
    def _words(self) -> list[bytes]:
        return [word.encode() for word in self._sieve.words]

    @cached_property
    def _set(self) -> Any:
        import re2

        options = re2.Options()
        options.literal = True
        options.max_mem = _MAX_SET_BYTES
        words = re2.Set.SearchSet(options)
        for word in self._sieve.words:
            words.Add(word)
        words.Compile()
        return words

    @cached_property
    def _further(self) -> dict[int, list[list[int]]]:
        return dict(self._sieve.further)

    def _made_ready(self, number: int) -> _Ready:
        cause, place, plain, letters = self._sieve.kept[number]
        pattern = self._causes[cause].patterns[place]
        search = _search(pattern.regex) if plain is None else None
        made = self._ready[number] = _Ready(cause, pattern, letters, (plain or "").encode(), self._further.get(number, []), search)
        return made


def _search(source: str) -> Callable[[bytes], Any]:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True  # where it matches is enough, and is what RE2 does fastest
    search: Callable[[bytes], Any] = re2.compile(source, options).search
    return search


def _in_letters(hit: Hit, data: bytes) -> Hit:
    """The hit with its place counted in letters instead of bytes."""
    start = len(data[: hit.start].decode(errors="ignore"))
    return hit._replace(start=start, end=start + len(data[hit.start : hit.end].decode(errors="ignore")))


class CodePatterns:
    """The patterns on codes."""

    def __init__(self, causes: Mapping[str, Cause], sieve: Sieve) -> None:
        self._causes = causes
        self._sieve = sieve

    def of_reply(self, code: int) -> list[tuple[str, Pattern]]:
        return self._patterns(str(code))

    def of_status(self, enhanced: str) -> list[tuple[str, Pattern]]:
        """Patterns on an enhanced status code, the exact ones and those for either class (`<x.7.8>`)."""
        found = self._patterns(enhanced) + self._patterns("x" + enhanced[1:])
        in_range = [(cause, place) for cause, place, code in self._sieve.ranges if _regex(code).fullmatch(enhanced)]
        return found + [(cause, self._causes[cause].patterns[place]) for cause, place in in_range]

    def _patterns(self, code: str) -> list[tuple[str, Pattern]]:
        return [(cause, self._causes[cause].patterns[place]) for cause, place in self._sieve.exact.get(code, ())]


@cache
def _regex(source: str) -> Any:
    import re2

    return re2.compile(source)
