"""Which lines of a hex dump carry a login? Network traces (.NET, tcpdump's form) show what the program sent as bytes and as letters.

The dump of a random session ticket stays: it is no text. Of a login both columns go, with their line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.secrets.later import later
from bot.secrets.span import Span
from bot.secrets.text import Text

_LINE = later(r"(?m)^(.{0,90}?)\b(?:0x)?([0-9A-Fa-f]{4,8}):? ?[:\-]? +((?:[0-9A-Fa-f]{2}[ \-]{1,2}){1,16})([^\n]*)$")
_LOGIN = re.compile(rb"\s*(?:AUTH\s+[A-Za-z0-9\-]+\s+)?([A-Za-z0-9+/]{4,}={0,2})\s*", re.IGNORECASE)
_ASKED_FOR_NAME = b"VXNlcm5hbWU6"
_BARE = re.compile(rb"(?:EHLO|HELO|QUIT|DATA|RSET|NOOP|STARTTLS)", re.IGNORECASE)


def find(text: Text) -> Iterator[Span]:
    runs: list[tuple[int, int, bytes]] = []
    for match in _LINE.finditer(text):
        data = bytes.fromhex(match.group(3).replace("-", " "))
        first = set(match.group(2)) <= {"0"}
        if runs and not first and match.start() <= runs[-1][1] + 1:
            start, _, before = runs[-1]
            runs[-1] = (start, match.end(), before + data)
        else:
            runs.append((match.start(3), match.end(), data))
    for n, (start, end, data) in enumerate(runs):
        if not (login := _LOGIN.fullmatch(data)) or _BARE.fullmatch(login.group(1)):
            continue
        if n and _ASKED_FOR_NAME in runs[n - 1][2]:  # the name of the user, not a secret
            continue
        yield Span("password", start, end, echo=False)
