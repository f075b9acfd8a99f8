"""Which lines of a long paste are worth reading? Leaves out repetitions and what is not about mail; never joins lines.

A log of a megabyte holds the same dozen kinds of lines over and over. Of each kind the first and the last are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

import re2

# Shorter texts are read whole. A longer one is cut down to about as much; one that holds a whole log, to less.
WHOLE_CHARS = 4_000
_LONG_CHARS, _OF_LONG_CHARS = 24_000, 2_500
_LINE_CHARS = 1_500
_EDGE_LINES, _FEWEST_LINES, _EDGE_CHARS = 16, 4, 1_000
_KIND_CHARS = 200
_COUNTED = b"0123456789abcdefABCDEF"  # without these, lines that differ in times, numbers and ids are alike
# A key in Base64, or bytes in hexadecimal: they hold any word by chance.
_DUMPED = re2.compile(r"(?m)^[ \t>|]*(?:[A-Za-z0-9+/=]{48,}|[0-9a-fA-F]{3,8}[ :\-]+(?:[0-9a-fA-F]{2}[ \-]){8}[^\n]*)$")
# Each find goes to the end of its line, so that a line is found once.
_TELLING = re2.compile(
    r"(?i)(?:smtp|mail|port|host|server|tls|ssl|auth|error|fail|refus|denied|timed? ?out|certificate"
    r"|verify|connect|subject|issuer|not ?(?:after|before)|said|status=|[45]\d\d[ -]|EHLO|HELO|220 |250[ -]|user|from)[^\n]*"
)


def digest(text: str) -> str:
    """`text`, or of a longer one its first and last lines and the first and last of each kind of telling line, in their order."""
    if len(text) <= WHOLE_CHARS:
        return text
    lines = [
        line if len(line) <= _LINE_CHARS else line[: _LINE_CHARS // 2] + " … " + line[-_LINE_CHARS // 2 :] for line in text.split("\n")
    ]
    kept = {*_edge(lines, range(len(lines))), *_edge(lines, range(len(lines) - 1, -1, -1))}
    first: dict[bytes, int] = {}
    last: dict[bytes, int] = {}
    for n, kind in enumerate(
        "\n".join(line[:_KIND_CHARS] for line in lines).encode(errors="replace").translate(None, _COUNTED).split(b"\n")
    ):
        first.setdefault(kind, n)
        last[kind] = n
    inner = sorted({*first.values(), *last.values()} - kept)
    size = sum(len(lines[n]) + 1 for n in kept)
    most = WHOLE_CHARS if len(text) <= _LONG_CHARS else _OF_LONG_CHARS
    for n in _telling(lines, inner):
        size += len(lines[n]) + 1
        if size > most:
            break
        kept.add(n)
    found = "\n".join(lines[n] for n in sorted(kept))
    return found if len(found) <= 2 * WHOLE_CHARS else found[:WHOLE_CHARS] + "\n" + found[-WHOLE_CHARS:]


def _edge(lines: list[str], numbers: range) -> Iterator[int]:
    """The first of `numbers`: where lines are long, few of them, so that there is room for what stands between the two ends."""
    size = 0
    for count, n in enumerate(numbers):
        if count >= _EDGE_LINES or (count >= _FEWEST_LINES and size > _EDGE_CHARS):
            return
        size += len(lines[n])
        yield n


def _telling(lines: list[str], numbers: list[int]) -> Iterator[int]:
    """Those of `numbers` whose line is about mail; looked for in all of them at once."""
    text = _DUMPED.sub("", "\n".join(lines[n] for n in numbers))
    row = at = 0
    for match in _TELLING.finditer(text):
        row += text.count("\n", at, match.start())
        at = match.start()
        yield numbers[row]
