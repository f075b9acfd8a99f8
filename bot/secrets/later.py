"""How can a pattern cost little? An RE2 pattern that is compiled when it is first used, and that reads the bytes of a `Text`.

Bytes, because RE2 reads nothing else: from a `str` each search would make them anew, and count characters for every find.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2

from bot.secrets.text import Text


class Match:
    """One find in a `Text`; places are those of characters."""

    __slots__ = ("_found", "_text")

    def __init__(self, text: Text, found: Any) -> None:
        self._text, self._found = text, found

    def span(self, group: int = 0) -> tuple[int, int]:
        """(-1, -1) for a group that took no part."""
        start, end = self._found.span(group)
        return (self._text.place(start), self._text.place(end)) if start >= 0 else (-1, -1)

    def start(self, group: int = 0) -> int:
        return self.span(group)[0]

    def end(self, group: int = 0) -> int:
        return self.span(group)[1]

    def took_part(self, group: int) -> bool:
        return bool(self._found.start(group) >= 0)

    def group(self, group: int = 0) -> str:
        """ "" also for a group that took no part."""
        start, end = self._found.span(group)
        return self._text.raw[start:end].decode() if start >= 0 else ""

    @property
    def lastindex(self) -> int | None:
        found: int | None = self._found.lastindex
        return found


class Later:
    """A pattern, see `later`."""

    __slots__ = ("_made", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        self._made: Any = None

    @property
    def _pattern(self) -> Any:
        if self._made is None:
            self._made = re2.compile(self._source)
        return self._made

    def finditer(self, text: Text) -> Iterator[Match]:
        for found in self._pattern.finditer(text.raw):
            yield Match(text, found)

    def found_in(self, text: Text) -> bool:
        """Whether there is any find in the text."""
        return self._pattern.search(text.raw) is not None

    def search(self, piece: str) -> re2._Match[str] | None:
        """The first find in a piece of a text."""
        return self._pattern.search(piece)

    def within(self, piece: str) -> bool:
        """Whether there is any find in a piece of a text."""
        return self._pattern.search(piece.encode()) is not None


def later(source: str) -> Later:
    """`source` as a pattern that is compiled at the first use. A broken one is found by the tests, which use each."""
    return Later(source)
