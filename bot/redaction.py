"""Which parts of a text are secrets, and what is left without them? The only module that makes a `SafeText`.

Store, log, reading and machine take nothing else. Where secrets stand, `bot/secrets` knows, one file a form; here they are
taken out, with every further place where the same characters stand (also as base64 or percent-encoded).
"""

from __future__ import annotations

import html
import re
import urllib.parse
from dataclasses import dataclass

from bot.secrets import FINDERS, exchanges
from bot.secrets.looks import MARKER
from bot.secrets.span import Span

_NAMES = {
    "password": "password",
    "app_password": "app password",
    "api_key": "API key",
    "token": "token",
    "private_key": "private key",
    "cookie": "cookie",
    "code": "code",
}
_MARKERS = {kind: f"[{name} removed]" for kind, name in _NAMES.items()}
_ANY_MARKER = re.compile("|".join(re.escape(marker) for marker in _MARKERS.values()))
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{8,}={0,2}")
# Invisible characters that people do not type; programs and censors put them into words.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
# What one removal uncovers, the next pass finds; in practice the second pass finds nothing.
_PASSES = 4
_ECHOES = 64


@dataclass(frozen=True, slots=True)
class Secret:
    """What was removed: its kind (`bot.secrets.span.Kind`: "password", "app_password", "api_key" …) and where its marker stands."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SafeText:
    """A text without secrets; each is replaced by a marker such as "[password removed]". Made by `redact` only."""

    text: str
    secrets: tuple[Secret, ...] = ()


def redact(raw: str) -> SafeText:
    """The text without its secrets. Total (any string), idempotent (on the text), linear in time.

    Lone surrogates become "?", NUL becomes U+FFFD, invisible characters inside words go.
    """
    text = raw.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").replace(MARKER, "\ufffd").translate(_INVISIBLE)
    found: list[str] = []  # the marker behind each MARKER character, in the order of the text
    fresh: list[bool] = []
    text, found, fresh = _fold_markers(text)
    for round_ in range(_PASSES + 1):
        spans = _spans(text)
        if not spans:
            break
        if round_ == _PASSES:  # nothing that people write gets here; what is left is no longer told apart
            spans = [Span(spans[0].kind, spans[0].start, len(text))]
        text, found, fresh = _cut(text, spans, found, fresh)
    return _unfold(text, found, fresh)


def _fold_markers(text: str) -> tuple[str, list[str], list[bool]]:
    found = _ANY_MARKER.findall(text) if "removed]" in text else []
    return (_ANY_MARKER.sub(MARKER, text) if found else text), list(found), [False] * len(found)


def _unfold(text: str, found: list[str], fresh: list[bool]) -> SafeText:
    pieces = text.split(MARKER)
    out = [pieces[0]]
    at = len(pieces[0])
    secrets = []
    for marker, new, piece in zip(found, fresh, pieces[1:], strict=True):
        if new:
            secrets.append(Secret(next(kind for kind, text_ in _MARKERS.items() if text_ == marker), at, at + len(marker)))
        out += [marker, piece]
        at += len(marker) + len(piece)
    return SafeText("".join(out), tuple(secrets))


def _spans(text: str) -> list[Span]:
    """All finders' spans, merged where they touch, in the order of the text; and the echoes of what was found."""
    spans = [span for find in FINDERS for span in find(text)]
    if not spans:
        return []
    spans += _echoes(text, spans)
    rank = {id(span): n for n, span in enumerate(spans)}
    spans.sort(key=lambda span: (span.start, rank[id(span)]))
    merged = [spans[0]]
    for span in spans[1:]:
        last = merged[-1]
        if span.start < last.end:
            kind = last.kind if rank.get(id(last), 0) <= rank[id(span)] else span.kind
            merged[-1] = Span(kind, last.start, max(last.end, span.end))
            rank[id(merged[-1])] = min(rank.get(id(last), 0), rank[id(span)])
        else:
            merged.append(span)
    return [span for span in merged if text[span.start : span.end].strip() and text[span.start : span.end].strip("\"' ,;") != MARKER]


def _echoes(text: str, spans: list[Span]) -> list[Span]:
    """Further places of the same secrets: as they are, percent-encoded, HTML-escaped, in base64."""
    values = {text[span.start : span.end].strip(): span.kind for span in spans if span.echo and span.end - span.start <= 512}
    telling = {value: kind for value, kind in list(values.items())[:_ECHOES] if len(value) >= 6 and MARKER not in value}
    echoes = []
    for value, kind in telling.items():
        forms = {
            value,
            urllib.parse.quote(value, safe=""),
            urllib.parse.unquote(value),
            html.escape(value),
            html.unescape(value),
            value.replace(" ", ""),
        }
        whole_words = value.isalpha() and value.islower()
        for form in forms:
            if len(form) < 6 or MARKER in form:
                continue
            at = text.find(form)
            while at >= 0:
                end = at + len(form)
                if not whole_words or not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                    echoes.append(Span(kind, at, end))
                at = text.find(form, end)
    raw = [value.encode() for value in telling]
    if raw:
        for match in _BASE64.finditer(text):
            data = exchanges.decode(match.group())
            if data and any(value in data for value in raw):
                echoes.append(Span("password", *match.span()))
    return echoes


def _cut(text: str, spans: list[Span], found: list[str], fresh: list[bool]) -> tuple[str, list[str], list[bool]]:
    """Puts a MARKER character for each span; a span that swallows an older marker takes its place."""
    out: list[str] = []
    markers: list[str] = []
    news: list[bool] = []
    at = used = 0
    for span in spans:
        kept = text[at : span.start]
        n = kept.count(MARKER)
        markers += found[used : used + n]
        news += fresh[used : used + n]
        used += n + text.count(MARKER, span.start, span.end)
        out += [kept, MARKER]
        markers.append(_MARKERS[span.kind])
        news.append(True)
        at = span.end
    out.append(text[at:])
    markers += found[used:]
    news += fresh[used:]
    return "".join(out), markers, news
