"""How are patterns over people's words compiled? RE2 (linear time), with word boundaries that work in every script.

RE2's `\\b` and `\\w` know ASCII letters only: "\\bпривет\\b" never matches. Here `\\b` at the beginning of an alternative becomes
"start, or no Latin letter before", elsewhere "end, or no Latin letter behind" (accents are letters: "wysyła" is not in "wysyłać"), and
`\\w` takes accents in; letters of other scripts are let through on both sides. A match may thereby hold one character more at either side.
"""

from __future__ import annotations

import re
from typing import Any, cast

import re2

_BOUNDARY = re.compile(r"(^|\(\?[imsU]+\)|\||\(\?:|\()\\b|\\b")
# RE2's `\\w` is ASCII too: behind "отправ" it would match nothing.
_LETTER_BEHIND_ANOTHER_SCRIPT = re.compile(r"(?<=[^\x00-\x7F])\\w")
# `\\b.{0,9}\\b`: the two boundaries may be one and the same character.
_GAP = re.compile(r"\\b((?:\[\^[^\]]*\]|\.)\{0,\d+\}\??)\\b")
# A boundary before a space is there by itself.
_SPACE_BEHIND = re.compile(r"(?<=[\w)?*+])\\b(?= |\\s\+)")
# "(?:\\b|$)" closes a word although it begins an alternative.
_OR_END = re.compile(r"\(\?:\\b\|(?=[$\[])")
# Not `[^\pL\pN_]`: that class alone is some hundred instructions, and stands hundreds of times in a pattern.
_BEFORE = r"(?:^|[^a-zA-Z0-9_\x{C0}-\x{24F}])"
_BEHIND = r"(?:$|[^a-zA-Z0-9_\x{C0}-\x{24F}])"
# `\\w` outside of a class.
_LATIN_LETTER = re.compile(r"(?<!\[)\\w(?![^\[\]]*\])")


def compile_words(pattern: str, flags: str = "i") -> re2._Regexp:
    """`pattern` as RE2 with Unicode word boundaries; `flags` as in `(?flags)`."""
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    pattern = _LETTER_BEHIND_ANOTHER_SCRIPT.sub(r"[\\w\\x{80}-\\x{10FFFF}]", pattern)
    pattern = _LATIN_LETTER.sub(r"[\\w\\x{C0}-\\x{24F}]", pattern)
    pattern = _SPACE_BEHIND.sub("", pattern)
    pattern = _GAP.sub(lambda m: f"(?:[^a-zA-Z0-9_]|[^a-zA-Z0-9_]{m.group(1)}[^a-zA-Z0-9_])", pattern)
    pattern = _OR_END.sub(lambda m: "(?:" + _BEHIND + "|", pattern)
    unicode = _BOUNDARY.sub(lambda m: m.group(1) + _BEFORE if m.group(1) is not None else _BEHIND, pattern)
    return re2.compile(f"(?{flags})" + unicode, options)


class _Lazily:
    __slots__ = ("_made", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        """Every method of the compiled pattern."""
        if self._made is None:
            self._made = re2.compile(self._source)
        return getattr(self._made, name)


def lazily(source: str) -> re2._Regexp[str]:
    """Like `re2.compile`, compiled at the first use: most kinds of paste are not in most texts."""
    return cast("re2._Regexp[str]", _Lazily(source))
