"""Which pieces of base64 in a pasted AUTH exchange hold a password or a token? Decodes, and judges by what comes out.

The user name, the prompts ("VXNlcm5hbWU6") and other base64 stay. Sources: RFC 4616 (PLAIN), RFC 7628 (OAUTHBEARER), Google's XOAUTH2 page.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import itertools
import re
from collections.abc import Generator, Iterator

from bot.secrets.later import later
from bot.secrets.looks import MARKER
from bot.secrets.span import Span
from bot.secrets.text import Text

# One class repeated: linear in `re` too, which is faster where there are many matches.
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{12,}={0,2}")
_PROMPT = later(r"\b334[ \-]['\"]?([A-Za-z0-9+/]{8,}={0,2})|Msg: b?'([A-Za-z0-9+/]{8,}={0,2})'")
_ANSWER = later(
    r"^\s*(?:[\w\-/:.,~*<>=\[\]() ]*?(?:[>:|]|[CS] )\s*)?(?:b?['\"])?([A-Za-z0-9+/]{4,}={0,2})(?:\\r\\n)?['\"]?(?:\\r\\n)?['\",]*\s*$"
)
_AUTH_LOGIN = later(r"(?i)\bAUTH[ =]LOGIN\b[ \t]*([A-Za-z0-9+/]{4,}={0,2})?(?:\\r\\n)?['\"]?\s*$")
_AUTH_INLINE = later(r"(?i)\bAUTH[ =](PLAIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|NTLM|SCRAM-[\w\-]+)[ \t]+([A-Za-z0-9+/_\-]{8,}={0,2})")
# Told in one line: AUTH LOGIN, the name, the password.
_AUTH_LOGIN_TOLD = later(
    r"(?i)\bAUTH[ =]LOGIN\b[^\n\w+/=]+(?:\pL+[^\n\w+/=]+)?([A-Za-z0-9+/]{8,}={0,2})[^\n\w+/=]+(?:\pL+[^\n\w+/=]+)?([A-Za-z0-9+/]{8,}={0,2})"
)
# A line without any of these begins no exchange.
_BEGINS = later(r"334|Msg:|(?i:auth[ =]login)")
_MECHANISM = later(r"^(?:LOGIN|PLAIN|CRAM|NTLM|XOAUTH|OAUTHBEARER|SCRAM|DIGEST|GSSAPI)")
_NAMES_OF_MECHANISMS = frozenset({"LOGIN", "CRAM-MD5", "DIGEST-MD5", "OAUTHBEARER", "XOAUTH2"})
_REPLY = later(r"\b[245]\d\d[ \-]")
_WORDS = ("password", "passwd", "passwort", "senha", "contrase")


def decode(piece: str) -> bytes | None:
    """The bytes behind a piece of base64 (with or without padding, also of the URL alphabet), None if it is none."""
    piece = piece.rstrip("=").replace("-", "+").replace("_", "/")
    if len(piece) % 4 == 1:
        return None
    try:
        return base64.b64decode(piece + "=" * (-len(piece) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def find(text: Text) -> Iterator[Span]:
    for match in _BASE64.finditer(text.plain):
        piece = match.group()
        # What AUTH sends has capitals and is no path. Its padding may be cut off: then it begins with NUL, "user=" or "n,".
        padded = len(piece) % 4 == 0 or piece.startswith(("A", "dXNlcj", "biw", "bix"))
        if not padded or piece[1:].islower() or piece[0] in "/-":
            continue
        data = decode(piece)
        if data is not None and _credentials(data):
            yield Span("token" if b"earer " in data else "password", *match.span())
    if "auth" in text.low:
        for login in _AUTH_INLINE.finditer(text):
            mechanism, piece = login.group(1).upper(), login.group(2)
            data = decode(piece) or b""
            if _MECHANISM.within(piece):  # a list of mechanisms, run together
                continue
            if b"\0/* secret */" in data:  # what Nodemailer logs in its place
                continue
            whole = mechanism not in ("PLAIN", "XOAUTH2", "OAUTHBEARER") or not len(piece) % 4 or "=" in piece or _dense(piece)
            if len(data) >= 6 and piece.upper() not in _NAMES_OF_MECHANISMS and whole:
                yield Span("token" if "OAUTH" in mechanism else "password", *login.span(2))
        for told in _AUTH_LOGIN_TOLD.finditer(text):
            if all((data := decode(told.group(n))) and _printable(data) and len(told.group(n)) % 4 == 0 for n in (1, 2)):
                yield Span("password", *told.span(2))
    if any(sign in text.low for sign in ("334", "msg:", "auth login", "auth=login")):
        yield from _login(text)
        yield from _behind_prompts(text)


def _credentials(data: bytes) -> bool:
    """PLAIN: [authzid] NUL authcid NUL password. XOAUTH2 and OAUTHBEARER: "auth=Bearer". CRAM-MD5: name and a digest of the password."""
    if b"auth=Bearer " in data or b"auth=bearer " in data:
        return True
    parts = data.split(b"\0")
    if len(parts) == 3 and parts[1] and parts[2] and all(_printable(part) for part in parts):
        return parts[2] != b"/* secret */"
    name, _, digest = data.rpartition(b" ")
    return bool(name) and len(digest) == 32 and all(c in b"0123456789abcdef" for c in digest)


def _printable(data: bytes) -> bool:
    try:
        return data.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False


def _dense(piece: str) -> bool:
    return any(c.isupper() for c in piece) and any(c.islower() for c in piece)


# A prompt for the password, in any of its spellings, and what stands behind it.
_ASKED = later(r"\b334[ \-]['\"]?(UGFzc3dvcmQ6?|UGFzc3dvcmQA|cGFzc3dvcmQ6?)=*")
_PIECE = re.compile(r"(?<![\w+/=])([A-Za-z0-9+/]{4,}={0,2})(?![\w+/=])")
# The next reply, or what was removed before: the answer is not behind it.
_ANSWERED = re.compile(rf"(?<![\w.])[245]\d\d[ \-]|{MARKER}")
_BEHIND_CHARS = 300
# A longer line is none of an exchange.
_LINE_CHARS = 600


def _behind_prompts(text: Text) -> Iterator[Span]:
    """AUTH LOGIN whose lines have marks of their own (`web-1  | C: `), or run together: the first text in base64 behind the prompt."""
    for asked in _ASKED.finditer(text):
        begin, prompt = asked.end(), asked.group(1)
        reply = _ANSWERED.search(text.plain, begin, begin + _BEHIND_CHARS)
        for match in _PIECE.finditer(text.plain, begin, reply.start() if reply else begin + _BEHIND_CHARS):
            piece = match.group(1)
            data = decode(piece) if len(piece) % 4 == 0 else None
            if data and len(data) >= 3 and _printable(data) and piece != prompt and not piece.islower():
                yield Span("password", *match.span(1))
                break


def _login(text: Text) -> Iterator[Span]:
    """AUTH LOGIN: the answer to the prompt for the password; without prompts the second line of base64 after "AUTH LOGIN"."""
    lines = text.plain.splitlines(keepends=True)
    starts = [0, *itertools.accumulate(map(len, lines))]
    behind = 0
    for begun in _BEGINS.finditer(text):
        n = bisect.bisect_right(starts, begun.start()) - 1
        if n >= behind:
            behind = yield from _exchange(lines, starts, n)


def _exchange(lines: list[str], starts: list[int], begin: int) -> Generator[Span, None, int]:
    """The passwords of the exchange that may begin in a line. Returns the number of the line behind it."""
    awaited: str | None = None  # "name", "password"
    patience = 0
    for n in range(begin, len(lines)):
        line = lines[n]
        if len(line) > _LINE_CHARS:
            if awaited is None:
                return n + 1
            continue
        login = _AUTH_LOGIN.search(line.rstrip())
        if login and "250" not in line[: login.start()]:
            awaited, patience = ("password" if login.group(1) else "name"), 4
            continue
        prompt = _PROMPT.search(line)
        if prompt:
            asked = (decode(prompt.group(1) or prompt.group(2)) or b"").decode("latin-1").lower()
            if asked.startswith(_WORDS):
                awaited, patience = "password", 4
            elif asked.startswith("user") or asked.startswith("login"):
                awaited, patience = "name", 4
            continue
        if awaited is None:
            return n + 1
        if MARKER in line or (_REPLY.within(line) and "250" not in line):
            return n + 1
        patience -= 1
        answer = _ANSWER.search(line.rstrip("\r\n"))
        data = decode(answer.group(1)) if answer and len(answer.group(1).rstrip("=")) % 4 != 1 else None
        if answer and data and _printable(data) and (len(answer.group(1)) % 4 == 0 or "=" in answer.group(1)):
            if awaited == "password":
                yield Span("password", starts[n] + answer.start(1), starts[n] + answer.end(1))
                return n + 1
            awaited, patience = "password", 4
        elif patience <= 0:
            return n + 1
    return len(lines)
