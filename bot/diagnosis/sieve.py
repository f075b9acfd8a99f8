"""Which words must a text hold before a pattern can match it? Worked out of the knowledge once, as plain JSON that a cache can keep.

Going through thousands of patterns takes longer than all the rest of reading one error text, and changes only with the files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from bot.diagnosis.literals import literal, required
from knowledge.model import Knowledge, Pattern

WORD = re.compile(r"[^\W\d_]{3,}")
_CLASS = re.compile(r"\\[a-zA-Z]")  # \b, \d, \S: no letters of a word


class Sieve(NamedTuple):
    """`kept`: (cause, place among its patterns, plain text or None, letters that it names) for each pattern that is not on codes.

    `words` are all plain words that patterns need; `called[word number]` are the kept patterns that such a word calls up; `further` has
    (kept number, groups of word numbers), of each of which one must stand there too; `always`: kept patterns that need no word. `exact`:
    code -> (cause, place); `ranges`: (cause, place, pattern on codes). `vocabulary`: every word of the patterns, the examples and the
    programs' names; `prose`: every further word in which the knowledge speaks to people.
    """

    kept: list[tuple[str, int, str | None, int]]
    words: list[str]
    called: list[list[int]]
    further: list[tuple[int, list[list[int]]]]
    always: list[int]
    exact: dict[str, list[tuple[str, int]]]
    ranges: list[tuple[str, int, str]]
    vocabulary: list[str]
    prose: list[str]


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
    vocabulary = _vocabulary(known)
    prose = sorted(_prose(known) - vocabulary)
    return [*Sieve(kept, list(numbers), called, further, always, dict(exact), ranges, sorted(vocabulary), prose)]


def _vocabulary(known: Knowledge) -> set[str]:
    sources = [_CLASS.sub(" ", pattern.regex) for cause in known.causes.values() for pattern in cause.patterns]
    sources += [example.text for cause in known.causes.values() for example in cause.examples]
    sources += [name for client in known.clients.values() for name in (client.id, client.name, *client.aliases)]
    return _words_of(sources)


def _prose(known: Knowledge) -> set[str]:
    sources = [text for term in known.terms.values() for text in (term.name, *term.aliases, term.text)]
    sources += known.phrases.values()
    for cause in known.causes.values():
        sources += [cause.title, cause.meaning, cause.verify, cause.forward]
        sources += [text for fix in cause.fixes for text in (*fix.do, *fix.first)]
    return _words_of(sources)


def _words_of(sources: list[str]) -> set[str]:
    return {word for text in sources for word in WORD.findall(text.lower())}


def on_codes(pattern: Pattern) -> bool:
    """Whether it is about a reply code or enhanced status code: `<535>`, `<5.7.8>`, `<x.7.8>` (4 or 5), `<5\\.7\\.6\\d\\d>`."""
    return pattern.regex.startswith("<") and pattern.regex.endswith(">") and len(pattern.regex) > 2 and pattern.regex[1] in "245x"
