"""Which part of a long text must be looked at again when something in it was removed? The lines around each removal."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence

from bot.secrets.span import Span

# No form of a secret reaches over more lines than a call with an argument a line; an exchange of AUTH is shorter.
_LINES = 10
# On both sides at most, where lines have no end.
_CHARS = 2_000
# Stands between two parts. No finder sees a secret in it or reads on behind it.
_BREAK = "\n\x19\n\x19\n\x19\n\x19\n\x19\n"
_SPACE = re.compile(r"\s|$")


class Parts:
    """Parts of a text, put together in `joined` so that finders go through all of them at once."""

    def __init__(self, text: str, parts: Sequence[tuple[int, int]]) -> None:
        self._parts = parts
        self._begin: list[int] = []
        at = 0
        for start, end in parts:
            self._begin.append(at)
            at += end - start + len(_BREAK)
        self.joined = _BREAK.join(text[start:end] for start, end in parts)

    def in_text(self, spans: Iterable[Span]) -> list[Span]:
        """Spans in `joined` as spans in the text; none reaches out of its part."""
        found = []
        for span in spans:
            n = bisect.bisect_right(self._begin, span.start) - 1
            start, end = self._parts[n]
            moved = start - self._begin[n]
            if span.start + moved < end:
                found.append(Span(span.kind, span.start + moved, min(span.end + moved, end), span.echo))
        return found


def around(text: str, places: Sequence[int]) -> Parts:
    """The lines around `places` (in rising order)."""
    ends = [match.start() for match in re.finditer("\n", text)]
    parts: list[tuple[int, int]] = []
    for place in places:
        line = bisect.bisect_left(ends, place)
        start = max(ends[line - _LINES - 1] + 1 if line > _LINES else 0, place - _CHARS)
        end = min(ends[line + _LINES] if line + _LINES < len(ends) else len(text), place + _CHARS)
        if start and text[start - 1] != "\n":
            start = min(_space(text, start), place)
        end = _space(text, end)
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(end, parts[-1][1]))
        else:
            parts.append((start, end))
    return Parts(text, parts)


def _space(text: str, at: int) -> int:
    """The next white space from `at` on, so that no word is cut."""
    match = _SPACE.search(text, at)
    return match.start() if match else len(text)
