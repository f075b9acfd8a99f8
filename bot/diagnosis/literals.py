"""Which words must a text hold for a pattern to match it at all? Reads the pattern's source; never runs it."""

from __future__ import annotations

# A literal shorter than this (in UTF-8 bytes) says too little to be looked for.
_MIN_BYTES = 3

Words = frozenset[str]


def literal(pattern: str) -> str | None:
    """The plain text that `pattern` stands for, in lower case; None where it is more than plain text."""
    text: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            position += 1
            char = pattern[position : position + 1]
            if not char or char.isalnum():
                return None
        elif char in ".^$*+?()[]{}|":
            return None
        text.append(char)
        position += 1
    return "".join(text).lower() or None


def required(pattern: str) -> Words | None:
    """Lower-case words of which every match holds at least one; None where there are none to rely on."""
    return _Reader(pattern.removeprefix("(?i)")).alternatives()


def _better(one: Words | None, other: Words | None) -> Words | None:
    """The one whose shortest word is longer: it lets fewer texts through."""
    if one is None or other is None:
        return one or other
    return one if _shortest(one) >= _shortest(other) else other


def _shortest(words: Words) -> int:
    return min(len(word.encode()) for word in words)


class _Reader:
    """Reads RE2's syntax as far as patterns use it: literals, classes, groups, alternatives, repeats."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def alternatives(self) -> Words | None:
        found: set[str] = set()
        reliable = True
        while True:
            words = self._sequence()
            if words is None:
                reliable = False
            else:
                found |= words
            if self._peek() != "|":
                break
            self._at += 1
        return frozenset(found) if reliable and found else None

    def _sequence(self) -> Words | None:
        best: Words | None = None
        run = ""

        def ended() -> Words | None:
            return _better(best, frozenset({run.lower()})) if len(run.encode()) >= _MIN_BYTES else best

        while (char := self._peek()) and char not in "|)":
            if char == "(":
                best, run = ended(), ""
                inside = self._group()
                if not self._optional():
                    best = _better(best, inside)
                continue
            plain = self._plain()
            before = self._at
            optional = self._optional()
            repeated = self._at != before
            if plain is None or optional:
                best, run = ended(), ""
            else:
                run += plain
                if repeated:
                    best, run = ended(), ""
        return ended()

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _group(self) -> Words | None:
        self._at += 1
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        words = self.alternatives()
        self._at += 1  # the closing bracket
        return words

    def _plain(self) -> str | None:
        """One literal character, or None for anything that stands for several."""
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
