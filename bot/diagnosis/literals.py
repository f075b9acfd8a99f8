"""Which words must a text hold for a pattern to match it at all? Reads the pattern's source; never runs it."""

from __future__ import annotations

import re

# A literal shorter than this (in UTF-8 bytes) says too little to be looked for.
_MIN_BYTES = 3

# A run of letters that stand for themselves; a whole pattern of such and of escaped marks; one escaped mark.
_RUN = re.compile(r"[^\\.^$*+?()\[\]{}|]+")
_PLAIN = re.compile(r"(?:[^\\.^$*+?()\[\]{}|]|\\[^a-zA-Z0-9])*")
_ESCAPED = re.compile(r"\\(.)")

Words = frozenset[str]


def literal(pattern: str) -> str | None:
    """The plain text that `pattern` stands for, in lower case; None where it is more than plain text."""
    if _PLAIN.fullmatch(pattern) is None:
        return None
    return _ESCAPED.sub(r"\1", pattern).lower() or None


def required(pattern: str) -> tuple[Words, ...]:
    """Groups of lower-case words, the most telling first: every match holds at least one word of each group. Empty: none to rely on."""
    return tuple(sorted(_Reader(pattern.removeprefix("(?i)")).alternatives(), key=_shortest, reverse=True))


def _shortest(words: Words) -> int:
    return min(len(word.encode()) for word in words)


class _Reader:
    """Reads RE2's syntax as far as patterns use it: literals, classes, groups, alternatives, repeats."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def alternatives(self) -> list[Words]:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        if not all(branches):
            return []
        return [frozenset().union(*(max(branch, key=_shortest) for branch in branches))]

    def _sequence(self) -> list[Words]:
        found: list[Words] = []
        run = ""

        def end_run() -> None:
            nonlocal run
            if len(run.encode()) >= _MIN_BYTES:
                found.append(frozenset({run.lower()}))
            run = ""

        while (char := self._peek()) and char not in "|)":
            if char == "(":
                end_run()
                inside = self._group()
                if not self._optional():
                    found += inside
                continue
            plain = self._plain()
            before = self._at
            optional = self._optional()
            if plain is None or optional:
                end_run()
            else:
                run += plain
                if self._at != before:
                    end_run()
        end_run()
        return found

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _group(self) -> list[Words]:
        self._at += 1
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        words = self.alternatives()
        self._at += 1  # the closing bracket
        return words

    def _plain(self) -> str | None:
        """Letters that stand for themselves (what a repeat may follow is one alone), or None for anything that stands for several."""
        if run := _RUN.match(self._pattern, self._at):
            last_may_repeat = self._pattern[run.end() : run.end() + 1] in ("?", "*", "+", "{") and len(run[0]) > 1
            self._at = run.end() - last_may_repeat
            return run[0][:-1] if last_may_repeat else run[0]
        char = self._peek()
        self._at += 1
        if char == "\\":
            escaped = self._peek()
            self._at += 1
            return None if escaped.isalnum() else escaped
        if char == "[":
            self._class()
            return None
        return None if char in ".^$" else char

    def _class(self) -> None:
        if self._peek() == "^":
            self._at += 1
        first = True
        while (char := self._peek()) and (first or char != "]"):
            self._at += 2 if char == "\\" else 1
            first = False
        self._at += 1

    def _optional(self) -> bool:
        """Takes a repeat that stands here; True where it allows none at all."""
        char = self._peek()
        if char not in ("?", "*", "+", "{") or not char:
            return False
        none = char in "?*"
        if char == "{":
            end = self._pattern.find("}", self._at)
            none = self._pattern[self._at + 1 : end].startswith("0")
            self._at = end
        self._at += 1
        if self._peek() == "?":
            self._at += 1
        return none
