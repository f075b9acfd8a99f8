"""Which parts of a text are secrets, and what is left without them? The only module that makes a `SafeText`.

Store, log, reading and machine take nothing else. Where secrets stand, `bot/secrets` knows, one file a form; here they are
taken out, with every further place where the same characters stand (also as base64 or percent-encoded).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.secrets import FINDERS, Text, echoes
from bot.secrets.looks import MARKER
from bot.secrets.parts import to_look_at
from bot.secrets.span import Span

# By kind, what people are told was removed.
NAMES = {
    "password": "password",
    "app_password": "app password",
    "api_key": "API key",
    "token": "token",
    "private_key": "private key",
    "cookie": "cookie",
    "code": "code",
}
_MARKERS = {kind: f"[{name} removed]" for kind, name in NAMES.items()}
_ANY_MARKER = re.compile("|".join(re.escape(marker) for marker in _MARKERS.values()))
# Invisible characters that people do not type; programs and censors put them into words.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
# Nobody pastes more on purpose; what is longer costs more time than an answer may take.
MAX_CHARS = 262_144
# What one removal uncovers, the next pass finds; in practice the second pass finds nothing.
_PASSES = 4


@dataclass(frozen=True, slots=True)
class Secret:
    """What was removed: its kind (`bot.secrets.span.Kind`: "password", "app_password", "api_key" …) and where its marker stands.

    `provider`: the id of the provider that it is a key of, where its form tells.
    """

    kind: str
    start: int
    end: int
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class SafeText:
    """A text without secrets; each is replaced by a marker such as "[password removed]". Made by `redact` only."""

    text: str
    secrets: tuple[Secret, ...] = ()
    cut: bool = False  # it was longer than is read; what is behind the first `MAX_CHARS` was dropped


def redact(raw: str) -> SafeText:
    """The text, `MAX_CHARS` of it at most, without its secrets. Total (any string), idempotent (on the text), linear in time.

    Lone surrogates become "?", NUL becomes U+FFFD, invisible characters inside words go.
    """
    text = raw[:MAX_CHARS].encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").replace(MARKER, "\ufffd")
    text = text if text.isascii() else _INVISIBLE.sub("", text)
    text, found = _fold_markers(text)
    changed: list[int] | None = None
    for round_ in range(_PASSES + 1):
        spans = _spans(text, changed)
        if not spans:
            break
        if round_ == _PASSES:  # nothing that people write gets here; what is left is no longer told apart
            spans = [Span(spans[0].kind, spans[0].start, len(text))]
        text, found = _cut(text, spans, found)
        changed = _places(spans)
    return _unfold(text, found, cut=len(raw) > MAX_CHARS)


# What stands behind each MARKER character, in the order of the text: the marker that came with it, or the span that was cut.
_Found = list[str | Span]


def _fold_markers(text: str) -> tuple[str, _Found]:
    found: _Found = [*_ANY_MARKER.findall(text)] if "removed]" in text else []
    return (_ANY_MARKER.sub(MARKER, text) if found else text), found


def _unfold(text: str, found: _Found, *, cut: bool) -> SafeText:
    pieces = text.split(MARKER)
    out = [pieces[0]]
    at = len(pieces[0])
    secrets = []
    for one, piece in zip(found, pieces[1:], strict=True):
        marker = one if isinstance(one, str) else _MARKERS[one.kind]
        if isinstance(one, Span):
            secrets.append(Secret(one.kind, at, at + len(marker), one.provider))
        out += [marker, piece]
        at += len(marker) + len(piece)
    return SafeText("".join(out), tuple(secrets), cut)


def _places(spans: list[Span]) -> list[int]:
    """Where the markers of `spans` stand once they are cut."""
    places, shorter = [], 0
    for span in spans:
        places.append(span.start - shorter)
        shorter += span.end - span.start - len(MARKER)
    return places


def _spans(text: str, changed: list[int] | None) -> list[Span]:
    """All finders' spans, merged where they touch, in the order of the text; and the echoes of what was found.

    `changed`: look only around these places, the rest has been looked at before.
    """
    parts = to_look_at(text, changed)
    looked = Text(parts.joined)
    spans = parts.in_text(span for find in FINDERS for span in find(looked))
    if not spans:
        return []
    spans += echoes.find(text, spans)
    rank = {id(span): n for n, span in enumerate(spans)}
    spans.sort(key=lambda span: (span.start, rank[id(span)]))
    merged = [spans[0]]
    for span in spans[1:]:
        last = merged[-1]
        if span.start < last.end:
            kind = last.kind if rank.get(id(last), 0) <= rank[id(span)] else span.kind
            merged[-1] = Span(kind, last.start, max(last.end, span.end), provider=last.provider or span.provider)
            rank[id(merged[-1])] = min(rank.get(id(last), 0), rank[id(span)])
        else:
            merged.append(span)
    return [span for span in merged if text[span.start : span.end].strip() and text[span.start : span.end].strip("\"' ,;") != MARKER]


def _cut(text: str, spans: list[Span], found: _Found) -> tuple[str, _Found]:
    """Puts a MARKER character for each span; a span that swallows an older marker takes its place."""
    out: list[str] = []
    markers: _Found = []
    at = used = 0
    for span in spans:
        kept = text[at : span.start]
        n = kept.count(MARKER)
        markers += [*found[used : used + n], span]
        used += n + text.count(MARKER, span.start, span.end)
        out += [kept, MARKER]
        at = span.end
    out.append(text[at:])
    return "".join(out), markers + found[used:]
