"""Which patterns of the knowledge match a text, and where? Knows no meaning; keeps RE2 for the few that may match at all.

Nothing is compiled before the first text. Then one RE2 set over plain literals finds, in one pass, the patterns that are such a literal
and those that need one; only the latter are compiled, each when it is first needed. RE2 matches in linear time, whatever the pattern.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from bot.diagnosis.literals import literal, required
from knowledge.model import Cause, Pattern

_MAX_SET_BYTES = 64 << 20


class Hit(NamedTuple):
    """A pattern that matched the text from `start` to `end`."""

    cause: str
    pattern: Pattern
    start: int
    end: int


class _Kept(NamedTuple):
    cause: str
    pattern: Pattern
    literal: str | None


class PatternSet:
    """All patterns but those on codes (`<5.7.8>`), which are `CodePatterns`."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        self._kept = [
            _Kept(cause.id, pattern, literal(pattern.regex)) for cause in causes for pattern in cause.patterns if not on_codes(pattern)
        ]
        self._compiled: dict[str, Any] = {}

    def hits(self, text: str) -> list[Hit]:
        """Every pattern's first match in `text`, which must be in the form that `wrappers.unwrap` gives."""
        literals, of_literal, always = self._prefilter
        may_match = list(always)
        for position in literals.Match(text) or ():
            may_match += of_literal[position]
        found = []
        for number in dict.fromkeys(may_match):
            kept = self._kept[number]
            if kept.literal is not None:
                start = text.find(kept.literal)
                end = start + len(kept.literal)
            elif match := self._regex(kept.pattern.regex).search(text):
                start, end = match.span()
            else:
                start = end = -1
            if start >= 0:
                found.append(Hit(kept.cause, kept.pattern, start, end))
        return found

    @cached_property
    def _prefilter(self) -> tuple[Any, list[list[int]], list[int]]:
        """The set of literals, for each literal the patterns that it calls, and the patterns that are always tried."""
        import re2

        called: defaultdict[str, list[int]] = defaultdict(list)
        always = []
        for number, kept in enumerate(self._kept):
            words = frozenset({kept.literal}) if kept.literal is not None else required(kept.pattern.regex)
            if words is None:
                always.append(number)
            for word in words or ():
                called[word].append(number)
        options = re2.Options()
        options.literal = True
        options.max_mem = _MAX_SET_BYTES
        literals = re2.Set.SearchSet(options)
        for word in called:
            literals.Add(word)
        literals.Compile()
        return literals, list(called.values()), always

    def _regex(self, source: str) -> Any:
        if source not in self._compiled:
            import re2

            options = re2.Options()
            options.case_sensitive = False
            self._compiled[source] = re2.compile(source, options)
        return self._compiled[source]


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
        return found + [(cause, pattern) for cause, pattern in self._ranges if self._regex(pattern.regex[1:-1]).fullmatch(enhanced)]

    def _regex(self, source: str) -> Any:
        import re2

        return re2.compile(source)
