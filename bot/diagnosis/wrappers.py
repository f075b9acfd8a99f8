"""What did the server say, and what did programs wrap around it? Takes wrapping off a text and finds the replies in it. Judges none.

Programs quote a server's reply in many ways: Python prints bytes and tuples, Java nests exceptions, Nodemailer and .NET put a sentence
before it, mail logs and bounces repeat its codes on every line, web forms show it as HTML or JSON. `unwrap` brings all to one form:
lower case, one line, one kind of quotes, codes not repeated.
"""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import NamedTuple

# A reply is at most some KiB; of a longer paste the beginning and the end are read.
MAX_CHARS = 12_288
_HEAD = 8_192

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u00a0": " ", "\u202f": " "}
)

# Each of these is one class repeated or a fixed sequence: linear.
_ESCAPES = re.compile(r"\\+(?:r\\+n|n|r|t)|\\+(?=[\"'/])|=\r?\n(?=\S)")
_TAG = re.compile(
    r"</?(?:p|br|b|i|u|a|div|span|pre|code|td|tr|th|li|ul|ol|strong|em|font|table|tbody|html|body|head|h[1-6]|title|center|hr|tt)"
    r"(?:\s[^<>]{0,200})?/?>"
)
_UNICODE = re.compile(r"\\u([0-9a-f]{4})")
# Bytes as Python shows them, of a text that is not English.
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2}[!-\[\]-~ ]?){4,400}")
# A time-out that is only a setting, or the name of a function in a trace.
_TIMEOUT_SET = re.compile(r"\btimeout(?: -1\b|=\d+|\._\w+)")
# A reply code as Rust's lettre shows it, digit by digit.
_SPELT_CODE = re.compile(r"code \{ severity: (\w+), category: (\w+), detail: (\w+) \}")
_SPELT = {
    **{"transientnegativecompletion": "4", "permanentnegativecompletion": "5"},
    **{"syntax": "0", "information": "1", "connections": "2", "unspecified3": "3", "unspecified4": "4", "mailsystem": "5"},
    **{word: str(digit) for digit, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))},
}
# A constant whose name says what is wrong: MAILSMTP_ERROR_STARTTLS_NOT_SUPPORTED.
_CONSTANT = re.compile(r"\b[A-Z]{2,20}(?:_[A-Z]{2,20}){3,8}\b")
# The codes of a further line of one reply: "550-5.1.1 …\n550 5.1.1 …", or Python's "…\n5.1.1 …".
_NEXT_LINE = re.compile(
    r"\n(?:[^\n<>]{0,40}<<< ?|[ \t>|]{0,20}(?:s: ?|<- ?|< ?)?)"
    r"(?:([245]\d\d)(?![\d.])[ -]{0,3}(?:\(?#?([245]\.\d{1,3}\.\d{1,3})\)?)?|\(?#?([245]\.\d{1,3}\.\d{1,3})\)?)"
)

# A reply that goes on in the next line: "550-…".
_GOES_ON = re.compile(r"(?<![\w.])([245]\d\d)-(?!\d\d)")
# The same in a text whose lines were joined: "… is not authorized to 550-5.7.1 send email …".
_MID_SENTENCE = re.compile(r"(?<=[a-z,] )([45]\d\d)-([45]\.\d{1,3}\.\d{1,3}) +(?=[a-z(<])")

# What mail programs and forums put before each line that is quoted.
_QUOTE_MARKS = re.compile(r"^[> ]+", re.MULTILINE)
# What a program sent, in a transcript: the words are its own, not the server's.
_SENT = re.compile(r"(?:(?:client -> server|send|sent|\bc): ?'?|(?:>>>?|->|~>|\d>|\n>) ?)(?:mail from|rcpt to):")

# What looks like a reply code, and what like an enhanced status code.
_NUMBER = re.compile(r"(?<![\w.])(?:([245]\d\d)(?![\w])(?!\.\d)|#?([245]\.\d{1,2}\.\d{1,3})(?![\w.]|\s?\)))")
_MAYBE = re.compile(r"[245](?:\d\d|\.\d)")  # where such a number may begin: found much faster
_BETWEEN = re.compile(r"[^0-9a-z]{1,8}")
_BOTH = re.compile(r"(?<![\w.])([245]\d\d)[^0-9a-z]{1,8}([245]\.\d{1,3}\.\d{1,3})(?![\w.])")
# What follows a reply code that nothing announces, and the words that announce one.
_AFTER_CODE = re.compile(r"[ -]?['\"<(,:;)\]]|[ -]+[^\W\d]|[ -]+[#<\"'*\[(]|\s*$|[.,]\s|-")
_ANNOUNCED = re.compile(
    r"(?:said|code|response|reply|error|status|result|server|returned|got|failed|exception|rejected|answer|"
    r"antwort|réponse|respuesta|resposta|risposta|ответ|errore|fehler|erreur|错误|响应)[^0-9a-z]{1,8}$"
)
# What programs put before the words of a server.
_QUOTED = re.compile(
    r"(?:the server response was|server response|(?:mail )?server responded|with message|(?:remote )?(?:server|host) said|detail|"
    r"la respuesta del servidor fue|la réponse du serveur était|die serverantwort (?:war|lautete)|la risposta del server|"
    r"a resposta do servidor foi|ответ сервера)[: ]{1,3}['\"]?"
)
# One of these stands in each of them: looked for first, which is much faster.
_OF_QUOTED = ("respon", "with message", " said", "detail", "respuesta", "réponse", "serverantwort", "risposta", "resposta", "ответ")
_NOT_A_CODE = re.compile(
    r"(?:line|port|pid|size|took|after|in|of|id|version|http[s]?(?:[_ ]?(?:code|status))?|http/\d\.\d|status code|page)['\"]?[ =:]{1,2}$"
    r"|[a-z]_\d{3} \[$"
)
_UNITS = re.compile(r"[ -]?(?:ms|msec|s|sec|seconds|bytes|kb|kib|mb|mib|gb|messages|recipients|emails|e-mails|users|lines|days|times|x)\b")


# "Sign in first" only follows from a sign-in that was refused, where both are quoted (RFC 4954 section 6).
_SIGN_IN_WANTED = 530
_SIGN_IN_REFUSED = (534, 535)


class Reply(NamedTuple):
    """A refusal as the server wrote it: from `start` to `end` in the unwrapped text. Its codes are None where they are not quoted."""

    start: int
    end: int
    code: int | None
    enhanced: str | None


class Unwrapped(NamedTuple):
    """`text` is the normal form; `replies` are the refusals in it, in order."""

    text: str
    replies: tuple[Reply, ...]

    @property
    def decisive(self) -> Reply | None:
        """The reply that decided: in a bounce the last one that is final, else the first that is, else the first."""
        coded = [reply for reply in self.replies if reply.code or reply.enhanced]
        final = [reply for reply in coded if (reply.code or 0) >= 500 or (reply.enhanced or "").startswith("5")] or coded
        whole = [reply for reply in final if reply.enhanced and reply.code] or [reply for reply in final if reply.code] or final
        if not whole:
            return self.replies[0] if self.replies else None
        chosen = whole[-1] if _is_bounce(self.text) else whole[0]
        if chosen.code == _SIGN_IN_WANTED:
            return next((reply for reply in whole if reply.code in _SIGN_IN_REFUSED), chosen)
        return chosen


def unwrap(text: str) -> Unwrapped:
    """The text in its normal form, with the replies in it."""
    text = plain(text)
    return Unwrapped(text, tuple(_replies(text)))


def plain(text: str) -> str:
    """Lower case, one line, without escapes, tags and repeated codes; at most `MAX_CHARS`."""
    if len(text) > MAX_CHARS:
        text = text[:_HEAD] + "\n" + text[_HEAD - MAX_CHARS + 1 :]
    if "_" in text and (constants := _CONSTANT.findall(text)):
        text += "".join(" (" + name.replace("_", " ") + ")" for name in constants[:4])
    if not text.isascii() or "`" in text:
        text = text.translate(_QUOTES)
    text = text.lower()
    if "\\" in text or "=\n" in text or "=\r" in text:
        text = _BYTES.sub(_decoded, _UNICODE.sub(lambda found: chr(int(found[1], 16)), text))
        text = _ESCAPES.sub(_unescaped, text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if "mail from:" in text or "rcpt to:" in text:
        text = _SENT.sub(" smtp: ", text)
    if "timeout" in text:
        text = _TIMEOUT_SET.sub("", text)
    if "severity: " in text:
        text = _SPELT_CODE.sub(lambda found: "code " + "".join(_SPELT.get(word, "") for word in found.groups()), text)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
    if "\n" in text:
        if text.startswith(">") and all(line.startswith(">") for line in text.splitlines() if line.strip()):
            text = _QUOTE_MARKS.sub("", text)
        text = _one_line(text)
    text = " ".join(text.split())
    if "-5." in text or "-4." in text:
        text = _MID_SENTENCE.sub(lambda found: "" if text.count(found[2]) > 1 else found[0], text)
    return text


def _decoded(found: re.Match[str]) -> str:
    """The letters of bytes that are shown as \\xe8\\xaf…: UTF-8, or what Chinese servers send."""
    data = re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes([int(byte[1], 16)]), found[0].encode())
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return found[0]


def _unescaped(found: re.Match[str]) -> str:
    """What a backslash sequence stands for; nothing for the backslash before a quote and for a soft line end."""
    if found[0][0] != "\\":
        return ""
    return {"n": "\n", "r": "\n", "t": " "}.get(found[0][-1], "")


def _one_line(text: str) -> str:
    """Leaves out codes that a further line of the same reply repeats."""
    last: list[str | None] = [None, None]
    first = re.match(r"[^\n]*", text)
    if first and (found := _BOTH.search(first[0])):
        last = [found[1], found[2]]

    def without(found: re.Match[str]) -> str:
        code, status = found[1], found[2] or found[3]
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if earlier := _BOTH.search(before):
            last[:] = [earlier[1], earlier[2]]
        elif status is None and (earlier := _GOES_ON.search(before)) and earlier[1] == code:
            return " "
        repeated = (code is None or code == last[0]) and (status is None or status == last[1])
        if repeated:
            return " "
        last[:] = [code, status]
        return found[0]

    return _NEXT_LINE.sub(without, text)


def _replies(text: str) -> list[Reply]:
    marks: dict[int, tuple[int, int | None, str | None]] = {}
    numbers = _numbers(text)
    place = 0
    while place < len(numbers):
        found = numbers[place]
        after = numbers[place + 1] if place + 1 < len(numbers) else None
        place += 1
        if found[2]:
            marks[found.start()] = (found.end(), None, found[2])
        elif after is not None and after[2] and _BETWEEN.fullmatch(text, found.end(), after.start()):
            marks[found.start()] = (after.end(), int(found[1]), after[2])
            place += 1
        elif _is_code(text, found):
            marks[found.start()] = (found.end(), int(found[1]), None)
    for quoted in _QUOTED.finditer(text) if any([word in text for word in _OF_QUOTED]) else ():
        if not any(quoted.end() - 2 <= start <= quoted.end() + 16 for start in marks):
            marks[quoted.end()] = (quoted.end(), None, None)
    if not marks:
        return []
    starts = sorted(marks)
    replies = []
    for start, until in pairwise([*starts, len(text)]):
        _, code, status = marks[start]
        refused = (code is None or code >= 400) and (status is None or status[0] != "2")
        if refused:
            replies.append(Reply(start, until, code, status))
    return _joined(replies)


def _numbers(text: str) -> list[re.Match[str]]:
    found = []
    for maybe in _MAYBE.finditer(text):
        start = maybe.start()
        if match := _NUMBER.match(text, start - 1 if text[start - 1 : start] == "#" else start):
            found.append(match)
    return found


def _is_code(text: str, found: re.Match[str]) -> bool:
    """Whether a number with three digits is a refusal's reply code, by what stands around it."""
    start, end = found.span()
    if not 400 <= int(found[1]) <= 587 or _NOT_A_CODE.search(text, max(0, start - 16), start) or _UNITS.match(text, end):
        return False
    if _ANNOUNCED.search(text, max(0, start - 24), start):
        return True
    return text[start - 1 : start] not in (":", "/", "#", "-") and _AFTER_CODE.match(text, end) is not None


_NEAR = 80  # letters between the halves of one reply
_ALONE = 6  # letters of a code with nothing behind it


def _joined(replies: list[Reply]) -> list[Reply]:
    """A code and a status code that stand apart in one reply ("code: 535 … 5.7.8 …") belong together."""
    joined: list[Reply] = []
    for reply in replies:
        before = joined[-1] if joined else None
        if before is not None and reply.start - before.start < _NEAR and _complement(before, reply):
            joined[-1] = Reply(before.start, reply.end, before.code or reply.code, before.enhanced or reply.enhanced)
        else:
            joined.append(reply)
    return joined


def _complement(one: Reply, other: Reply) -> bool:
    """Whether the two are halves of one reply: the code before the status code, or alone behind the words ("4.7.1 … (451)")."""
    code, status = (one.code, other.enhanced) if one.enhanced is None else (other.code, one.enhanced)
    if code is None or status is None or (one.code and other.code) or (one.enhanced and other.enhanced) or str(code)[0] != status[0]:
        return False
    return one.enhanced is None or other.end - other.start <= _ALONE


_BOUNCE = re.compile(
    r"diagnostic-code|final-recipient|remote-mta|status=(?:bounced|deferred)|delivery (?:has )?failed|undeliver|returned mail|"
    r"could not be delivered"
)


def _is_bounce(text: str) -> bool:
    return _BOUNCE.search(text) is not None
