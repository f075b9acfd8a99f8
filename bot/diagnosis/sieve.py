"""Which words must a text hold before a pattern can match it? Worked out of the knowledge once, as plain JSON that a cache can keep.

Going through thousands of patterns takes longer than all the rest of reading one error text, and changes only with the files.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from bot.diagnosis.bare import words_of
from bot.diagnosis.literals import literal, required
from knowledge.model import Knowledge, Pattern


class Sieve(NamedTuple):
    """`kept`: (cause, place among its patterns, plain text or None, letters that it names) for each pattern that is not on codes.

    `words` are all plain words that patterns need; `called[word number]` are the kept patterns that such a word calls up; `further` has
    (kept number, groups of word numbers), of each of which one must stand there too; `always`: kept patterns that need no word. `exact`:
    code -> (cause, place); `ranges`: (cause, place, pattern on codes); `said`: the fields of `bare.Words`.
    """

    kept: list[tuple[str, int, str | None, int]]
    words: list[str]
    called: list[list[int]]
    further: list[tuple[int, list[list[int]]]]
    always: list[int]
    exact: dict[str, list[tuple[str, int]]]
    ranges: list[tuple[str, int, str]]
    said: list[str]


def made(known: Knowledge) -> list[Any]:
    """A `Sieve` as JSON values, in the order of its fields."""
    kept: list[tuple[str, int, str | None, int]] = []
    numbers: dict[str, int] = {}
    called: list[list[int]] = []
    further: list[tuple[int, list[list[int]]]] = []
    always: list[int] = []
    exact: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    ranges: list[tuple[str, int, str]] = []

    texts = "\n".join(example.text for cause in known.causes.values() for example in cause.examples).lower()
    often: dict[str, int] = {}

    def number_of(word: str) -> int:
        if word not in numbers:
            numbers[word] = len(called)
            called.append([])
        return numbers[word]

    def times(group: frozenset[str]) -> int:
        """How often the known texts hold its words: who is called up by a rare word is seldom called up for nothing."""
        for word in group:
            if word not in often:
                often[word] = texts.count(word)
        return sum(often[word] for word in group)

    for cause in known.causes.values():
        for place, pattern in enumerate(cause.patterns):
            if on_codes(pattern):
                code = pattern.regex[1:-1]
                if "\\" in code:
                    ranges.append((cause.id, place, code))
                else:
                    exact[code].append((cause.id, place))
                continue
            plain = literal(pattern.regex)
            groups = (frozenset({plain}),) if plain is not None else required(pattern.regex)
            letters = len(plain) if plain is not None else sum(min(map(len, group)) for group in groups)
            first = min(groups, key=times, default=frozenset())
            for word in sorted(first):
                called[number_of(word)].append(len(kept))
            if len(groups) > 1:
                further.append((len(kept), [sorted(map(number_of, group)) for group in groups if group is not first]))
            if not groups:
                always.append(len(kept))
            kept.append((cause.id, place, plain, letters))
    return [*Sieve(kept, list(numbers), called, further, always, dict(exact), ranges, [*words_of(known)])]


def on_codes(pattern: Pattern) -> bool:
    """Whether it is about a reply code or enhanced status code: `<535>`, `<5.7.8>`, `<x.7.8>` (4 or 5), `<5\\.7\\.6\\d\\d>`."""
    return pattern.regex.startswith("<") and pattern.regex.endswith(">") and len(pattern.regex) > 2 and pattern.regex[1] in "245x"
