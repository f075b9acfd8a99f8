"""Which lines of a long paste are worth reading? Leaves out repetitions and what is not about mail; never joins lines.

A log of a megabyte holds the same dozen kinds of lines over and over. Of each kind the first and the last are kept.
"""

from __future__ import annotations

import re

# Shorter texts are read whole. A longer one is cut down to about as much.
WHOLE_CHARS = 4_000
_LINE_CHARS = 1_500
_EDGE_LINES = 16
_DIGITS = re.compile(r"[0-9a-fA-F]*\d[0-9a-fA-F]*")
_TELLING = re.compile(
    (
        r"smtp|mail|port|host|server|tls|ssl|auth|error|fail|refus|denied|timed? ?out|certificate"
        r"|verify|connect|said|status=|[45]\d\d[ -]|EHLO|HELO|220 |250[ -]|user|from"
    ),
    re.IGNORECASE,
)


def digest(text: str) -> str:
    """`text`, or of a longer one its first and last lines and the first and last of each kind of telling line, in their order."""
    if len(text) <= WHOLE_CHARS:
        return text
    lines = [
        line if len(line) <= _LINE_CHARS else line[: _LINE_CHARS // 2] + " … " + line[-_LINE_CHARS // 2 :] for line in text.split("\n")
    ]
    kept = set(range(min(_EDGE_LINES, len(lines)))) | set(range(max(0, len(lines) - _EDGE_LINES), len(lines)))
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for n, line in enumerate(lines):
        kind = _DIGITS.sub("0", line)[:160]
        first.setdefault(kind, n)
        last[kind] = n
    inner = sorted({n for n in (*first.values(), *last.values()) if n not in kept and _TELLING.search(lines[n])})
    size = sum(len(lines[n]) + 1 for n in kept)
    for n in inner:
        size += len(lines[n]) + 1
        if size > WHOLE_CHARS:
            break
        kept.add(n)
    found = "\n".join(lines[n] for n in sorted(kept))
    return found if len(found) <= 2 * WHOLE_CHARS else found[:WHOLE_CHARS] + "\n" + found[-WHOLE_CHARS:]
