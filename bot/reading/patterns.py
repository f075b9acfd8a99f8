"""How are patterns over people's words compiled? RE2 (linear time), with word boundaries that know every script.

RE2's `\\b` knows ASCII letters only: "\\bпривет\\b" never matches. Here `\\b` at the beginning of an alternative becomes "start, or no
letter before", elsewhere "end, or no letter behind". A match may thereby hold one character more at either side; `span` takes it off.
"""

from __future__ import annotations

import re

import re2

_BOUNDARY = re.compile(r"(^|\(\?[imsU]+\)|\||\(\?:|\()\\b|\\b")
# "(?:\\b|$)" closes a word although it begins an alternative.
_OR_END = re.compile(r"\(\?:\\b\|(?=[$\[])")
_BEFORE = r"(?:^|[^\pL\pN_])"
_BEHIND = r"(?:$|[^\pL\pN_])"


def compile_words(pattern: str, flags: str = "i") -> re2._Regexp:
    """`pattern` as RE2 with Unicode word boundaries; `flags` as in `(?flags)`."""
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    pattern = _OR_END.sub(lambda m: "(?:" + _BEHIND + "|", pattern)
    unicode = _BOUNDARY.sub(lambda m: m.group(1) + _BEFORE if m.group(1) is not None else _BEHIND, pattern)
    return re2.compile(f"(?{flags})" + unicode, options)


def span(match: re2._Match[str]) -> tuple[int, int]:
    """The match without the characters that the boundaries took."""
    start, end = match.span()
    piece = match.group()
    if piece and not (piece[0].isalnum() or piece[0] in "_#*([+-"):
        start += 1
    if piece and end > start and not (piece[-1].isalnum() or piece[-1] in "_)]"):
        end -= 1
    return start, end
