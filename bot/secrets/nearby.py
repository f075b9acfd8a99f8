"""Which word some words behind "password" is the secret? Only one that looks like nothing else: `Zaunkönig#8`, `Dunlin8Flock`.

What stands right beside the word, `sentences` finds and asks less of it. Names of programs and devices, versions and ids stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.secrets import looks
from bot.secrets.later import later
from bot.secrets.span import Span
from bot.secrets.text import Text
from bot.secrets.words import CJK_PASSWORD_WORDS, NAMES_FOLLOW, PASSWORD_WORDS

# Without the one that begins "www".
_WORD = later(
    r"(?i)(?:^|[^\pL\pN])(?:" + "|".join(sorted({*PASSWORD_WORDS, "pass ?word", "jelszav"} - {"ww"}, key=len, reverse=True)) + ")"
)
# "lösenordet", "salasanaa", "паролата"
_ENDING = re.compile(r"[^\W\d_]{0,4}(?!\w)")
_CJK_WORD = later("|".join(CJK_PASSWORD_WORDS))
# bob@plover.example with …, admin: …, srv-mail / …
_LOGIN = later(
    r"(?i)[\w+%\-]@[\w\-]+(?:\.[\w\-]+)+[\"']?[ \t]+(?:with|and|mit|und|avec|et|con|y|e|com|met|en|z|i|и|с|och|og|ja)[ \t]"
    r"|(?:^|[^\w/])(?:admin|administrator|root|user)[ \t]*:|\w[ \t]+/[ \t]"
)
_FEW_WORDS, _FEW_CHARACTERS, _FEW_CJK = 6, 120, 40
_TOKEN = re.compile(r"[^\s\"'“”„«»()\[\]<>{}]+")
_BESIDE_CJK = re.compile(r"[!-~]{6,64}")
_QUOTED = re.compile(r"[ \t]*[:=]?[ \t]*\"([^\"\s]{6,64})\"")
_QUOTED_BEFORE = re.compile(r"[\"“«]([^\s\"”»]{6,64})[\"”»][^\"\n]{0,40}$")
_CODE_LETTERS = 16  # of the codes for programs that QQ and NetEase give
_NAMES_FOLLOW = frozenset(NAMES_FOLLOW.split())
_STRONG_SIGNS = frozenset("!#$%&*^~?@")
_PROTOCOLS = frozenset({"ssl", "tls", "starttls", "smtp", "smtps", "imap", "pop3", "port", "host", "user", "server"})
_LETTERS = re.compile(r"[^\W\d_]{4}")
# Outlook2019, Debian-12, php8.2-fpm, MFC-L2710dw
_VERSION = re.compile(r"[^\W\d_]+[-.]?v?\d+(?:[.\-]\w*)*|[A-Z]{1,4}-?[A-Z]*\d{2,5}[A-Za-z]{0,3}")
_ADDRESS = re.compile(r"@[\w\-]+\.")
_NUMBER_INSIDE = re.compile(r".*[^\W\d_]-?\d+[^\W\d_]|.*\d[._=\-][^\W\d_]|.*[^\W\d_][_=]\d")


def find(text: Text) -> Iterator[Span]:
    for word in _WORD.finditer(text):
        ending = _ENDING.match(text.plain, word.end())
        if ending is None:
            continue
        if (quoted := _QUOTED.match(text.plain, ending.end(), ending.end() + _FEW_CHARACTERS)) is not None:
            if looks.secret_word(quoted.group(1)):
                yield Span("password", *quoted.span(1))
        else:
            yield from _next(text.plain, ending.end(), words=_FEW_WORDS)
        before = max(0, word.start() - _FEW_CHARACTERS)
        if (quoted := _QUOTED_BEFORE.search(text.plain[before : word.start()])) is not None:
            yield from _taken(quoted.group(1), before + quoted.start(1))
    for word in _CJK_WORD.finditer(text):
        for value in _BESIDE_CJK.finditer(text.plain, word.end(), word.end() + _FEW_CJK):
            yield from _taken(value.group(), value.start())
            if len(code := value.group()) == _CODE_LETTERS and code.isalpha() and code.islower():
                yield Span("app_password", *value.span())
    for login in _LOGIN.finditer(text):
        yield from _next(text.plain, login.end(), words=1)


def _next(text: str, at: int, *, words: int) -> Iterator[Span]:
    """The words of the line from `at` on that are surely secrets, as long as only ordinary words stand before and between them."""
    line_end = text.find("\n", at, at + _FEW_CHARACTERS)
    line_end = line_end if line_end >= 0 else min(at + _FEW_CHARACTERS, len(text))
    for count, token in enumerate(_TOKEN.finditer(text, at, line_end)):
        if count > words:
            return
        taken = list(_taken(token.group(), token.start()))
        yield from taken
        word = token.group().strip(".,;:").lower()
        ordinary = not word or word.replace("-", "").isalpha()
        if word in _NAMES_FOLLOW or not (taken or ordinary):
            return


def _taken(value: str, start: int) -> Iterator[Span]:
    lead = len(value) - len(value.lstrip(",;:"))
    value = value[lead:].rstrip(".,;:")
    if strong(value) or looks.uuid(value):
        yield Span("password", start + lead, start + lead + len(value))


def strong(word: str) -> bool:
    """Whether a word can hardly be anything else: a sign that names do not have beside letters, or letters about a digit and a capital."""
    if not looks.secret_word(word) or "://" in word or word[0] in "=*" or _VERSION.fullmatch(word) or _ADDRESS.search(word):
        return False
    parts = word.lower().replace("=", "+").split("+")
    if len(parts) > 1 and all(len(part) > 1 or part.isdigit() for part in parts) and not _PROTOCOLS.intersection(parts):
        return any(c.isupper() for c in word) and any(c.isdigit() for c in word)
    if not _STRONG_SIGNS.isdisjoint(word[:-1]) or word[-1] in "!#$%":
        return _LETTERS.search(word) is not None or any(c.isdigit() for c in word)
    capitals = any(c.isupper() for c in word) and any(c.islower() for c in word)
    return capitals and _LETTERS.search(word) is not None and _NUMBER_INSIDE.match(word) is not None
