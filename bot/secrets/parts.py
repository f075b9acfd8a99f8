"""Which parts of a long text must be looked at? Of lines that come again with the same lines around them, those that come first;
and once something was removed, only what is around it."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.secrets.span import Span

# No form of a secret reaches over more lines: an exchange of AUTH, a call with an argument a line.
_LINES = 5
# With so many lines that come once, it is not worth while to tell apart those that come again.
_FEW_TWINS = 0.5
# How many lines away a removal can uncover another secret; looked at is as much again.
_NEAR = 2
# On both sides at most, where lines have no end.
_CHARS = 1_000
# Fewer lines, or shorter ones in the mean, are not worth the comparison.
_FEW_LINES, _SHORT_LINES = 64, 16
# A key has more lines than are compared: two may begin alike and end differently.
_LONG_FORM = "PRIVATE KEY"
# Stands between two parts. No finder sees a secret in it or reads on behind it.
_BREAK = "\n\x19\n\x19\n\x19\n\x19\n\x19\n"


class Parts:
    """Parts of a text, put together in `joined` so that finders go through all of them at once.

    `again`: the places of each line that comes again, by the place where it comes first.
    """

    def __init__(self, text: str, parts: Sequence[tuple[int, int]], again: dict[int, list[int]] | None = None) -> None:
        self._text, self._parts, self._again = text, parts, again or {}
        self._firsts = sorted(self._again)
        self._begin: list[int] = []
        at = 0
        for start, end in parts:
            self._begin.append(at)
            at += end - start + len(_BREAK)
        self.joined = _BREAK.join(text[start:end] for start, end in parts) if parts else ""

    def in_text(self, spans: Iterable[Span]) -> list[Span]:
        """Spans in `joined` as spans in the text, wherever their lines come; none reaches out of its part."""
        found = []
        for span in spans:
            n = bisect.bisect_right(self._begin, span.start) - 1
            start, end = self._parts[n]
            moved = start - self._begin[n]
            if span.start + moved < end:
                first = replace(span, start=span.start + moved, end=min(span.end + moved, end))
                found.append(first)
                found += self._further(first)
        return found

    def _further(self, span: Span) -> Iterable[Span]:
        n = bisect.bisect_right(self._firsts, span.start) - 1
        if n < 0:
            return
        first = self._firsts[n]
        line_end = self._text.find("\n", first)
        if 0 <= line_end < span.start:  # a line between, which comes once
            return
        secret = self._text[span.start : span.end]
        for place in self._again[first]:
            start = place + span.start - first
            if self._text.startswith(secret, start):
                yield replace(span, start=start, end=start + len(secret))


def to_look_at(text: str, changed: Sequence[int] | None) -> Parts:
    """The parts of `text` where a secret may stand. `changed`: only around these places, rising; the rest was looked at before."""
    lines = text.split("\n")
    if len(lines) >= _FEW_LINES and len(text) >= _SHORT_LINES * len(lines) and _LONG_FORM not in text:
        return _once(text, lines, changed)
    return Parts(text, [(0, len(text))] if changed is None else _around(text, changed))


def _once(text: str, lines: list[str], changed: Sequence[int] | None) -> Parts:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    number: dict[str, int] = {}
    kinds = [number.setdefault(line, len(number)) for line in lines]
    if len(number) > _FEW_TWINS * len(lines):
        return Parts(text, [(0, len(text))] if changed is None else _lines_around(text, starts, changed))
    first: dict[tuple[int, ...], int] = {}
    again: dict[int, list[int]] = {}
    parts: list[tuple[int, int]] = []
    for n in range(len(lines)):
        begin, behind = max(0, n - _LINES), min(n + _LINES + 1, len(lines))
        known = first.setdefault(tuple(kinds[begin:behind]), n)
        if known != n:
            again.setdefault(starts[known], []).append(starts[n])
            continue
        if changed is not None:
            begin, behind = max(0, n - _NEAR), min(n + _NEAR + 1, len(lines))
            if bisect.bisect_left(changed, starts[begin]) == bisect.bisect_left(changed, starts[behind]):
                continue
        start, end = starts[begin], min(starts[behind], len(text))
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    return Parts(text, parts, again)


def _lines_around(text: str, starts: Sequence[int], changed: Sequence[int]) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    for place in changed:
        line = bisect.bisect_right(starts, place) - 1
        start = starts[max(0, line - 2 * _NEAR)]
        end = min(starts[min(line + 2 * _NEAR + 1, len(starts) - 1)], len(text))
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    return parts


def _around(text: str, places: Sequence[int]) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    for place in places:
        if parts and place + _CHARS <= parts[-1][1]:
            continue
        start, end = _space_before(text, place - _CHARS), _space_behind(text, place + _CHARS)
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    return parts


def _space_before(text: str, at: int) -> int:
    """Where the word before `at` begins, so that none is cut; a word without end is."""
    least = max(0, at - _CHARS)
    return max(text.rfind("\n", least, max(at, 0)), text.rfind(" ", least, max(at, 0)), least - 1) + 1


def _space_behind(text: str, at: int) -> int:
    most = min(at + _CHARS, len(text))
    return min((end for sign in "\n " if (end := text.find(sign, at, most)) >= 0), default=most)
