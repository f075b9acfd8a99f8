"""Which patterns of the knowledge match a text, and where? Knows no meaning; keeps RE2 for the few that may match at all.

Nothing is compiled before the first text. Then one RE2 set over plain literals finds, in one pass, the patterns that are such a literal
and those that need one; only the latter are compiled, each when it is first needed. RE2 matches in linear time, whatever the pattern.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any, NamedTuple

from bot.diagnosis.literals import literal, required
from knowledge.model import Cause, Pattern

_MAX_SET_BYTES = 64 << 20


class Hit(NamedTuple):
    """A pattern that matched the text from `start` to `end`. `letters`: how many of them the pattern itself names."""

    cause: str
    pattern: Pattern
    start: int
    end: int
    letters: int


class _Kept(NamedTuple):
    cause: str
    pattern: Pattern
    literal: bytes | None
    groups: tuple[frozenset[str], ...]  # what it requires (see `literals.required`); its own text where it is plain
    letters: int


class PatternSet:
    """All patterns but those on codes (`<5.7.8>`), which are `CodePatterns`."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        self._causes = tuple(causes)
        self._compiled: dict[int, Any] = {}

    def hits(self, text: str) -> list[Hit]:
        """Every pattern's first match in `text`, which must be in the form that `wrappers.unwrap` gives."""
        data = text.encode()  # RE2 works on bytes; encoding once is half of the speed
        words, called = self._prefilter
        there = set(words.Match(data) or ())
        found = []
        for number in (*self._always, *{number: None for word in there for number in called[word]}):
            kept = self._kept[number]
            if kept.literal is not None:
                start = data.find(kept.literal)
                end = start + len(kept.literal)
            elif number in self._further and any(group.isdisjoint(there) for group in self._further[number]):
                continue
            elif match := self._regex(number).search(data):
                start, end = match.span()
            else:
                continue
            found.append(Hit(kept.cause, kept.pattern, start, end, kept.letters))
        return found if len(data) == len(text) else [_in_letters(hit, data) for hit in found]

    @cached_property
    def _kept(self) -> list[_Kept]:
        return [_kept(cause.id, pattern) for cause in self._causes for pattern in cause.patterns if not on_codes(pattern)]

    @cached_property
    def _prefilter(self) -> tuple[Any, list[list[int]]]:
        """The set of all words that patterns require, and for each word the patterns that it calls up."""
        import re2

        numbers: dict[str, int] = {}
        called: list[list[int]] = []

        def number_of(word: str) -> int:
            if word not in numbers:
                numbers[word] = len(called)
                called.append([])
            return numbers[word]

        self._always: list[int] = []
        self._further: dict[int, list[frozenset[int]]] = {}
        for number, kept in enumerate(self._kept):
            for word in kept.groups[0] if kept.groups else ():
                called[number_of(word)].append(number)
            if len(kept.groups) > 1:
                self._further[number] = [frozenset(map(number_of, group)) for group in kept.groups[1:]]
            if not kept.groups:
                self._always.append(number)
        options = re2.Options()
        options.literal = True
        options.max_mem = _MAX_SET_BYTES
        words = re2.Set.SearchSet(options)
        for word in numbers:
            words.Add(word)
        words.Compile()
        return words, called

    def _regex(self, number: int) -> Any:
        if number not in self._compiled:
            import re2

            options = re2.Options()
            options.case_sensitive = False
            options.never_capture = True  # where it matches is enough, and is what RE2 does fastest
            self._compiled[number] = re2.compile(self._kept[number].pattern.regex, options)
        return self._compiled[number]


def _kept(cause: str, pattern: Pattern) -> _Kept:
    plain = literal(pattern.regex)
    if plain is not None:
        return _Kept(cause, pattern, plain.encode(), (frozenset({plain}),), len(plain))
    groups = required(pattern.regex)
    return _Kept(cause, pattern, None, groups, sum(min(map(len, group)) for group in groups))


def _in_letters(hit: Hit, data: bytes) -> Hit:
    """The hit with its place counted in letters instead of bytes."""
    start = len(data[: hit.start].decode(errors="ignore"))
    return hit._replace(start=start, end=start + len(data[hit.start : hit.end].decode(errors="ignore")))


def on_codes(pattern: Pattern) -> bool:
    """Whether it is about a reply code or enhanced status code: `<535>`, `<5.7.8>`, `<x.7.8>` (4 or 5), `<5\\.7\\.6\\d\\d>`."""
    return pattern.regex.startswith("<") and pattern.regex.endswith(">") and len(pattern.regex) > 2 and pattern.regex[1] in "245x"


class CodePatterns:
    """The patterns on codes."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        self._exact: defaultdict[str, list[tuple[str, Pattern]]] = defaultdict(list)
        self._ranges: list[tuple[str, Pattern]] = []
        for cause in causes:
            for pattern in filter(on_codes, cause.patterns):
                code = pattern.regex[1:-1]
                if "\\" in code:
                    self._ranges.append((cause.id, pattern))
                else:
                    self._exact[code].append((cause.id, pattern))

    def of_reply(self, code: int) -> list[tuple[str, Pattern]]:
        return self._exact.get(str(code), [])

    def of_status(self, enhanced: str) -> list[tuple[str, Pattern]]:
        """Patterns on an enhanced status code, the exact ones and those for either class (`<x.7.8>`)."""
        found = [*self._exact.get(enhanced, ()), *self._exact.get("x" + enhanced[1:], ())]
        return found + [(cause, pattern) for cause, pattern in self._ranges if _regex(pattern.regex[1:-1]).fullmatch(enhanced)]


@cache
def _regex(source: str) -> Any:
    import re2

    return re2.compile(source)
