"""Where else in a text do the same secrets stand? As they are, percent-encoded, HTML-escaped, in base64 with whatever before them."""

from __future__ import annotations

import base64
import bisect
import html
import itertools
import re
import urllib.parse
from collections.abc import Iterable, Iterator

from bot.secrets.looks import MARKER
from bot.secrets.span import Kind, Span

# Of so many different secrets; a text with more is a list of them, and each is found by itself.
_MOST = 64
_SHORTEST, _LONGEST = 6, 512
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{8,}={0,2}")


def find(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Further places of what `spans` hold; also those places themselves."""
    values: dict[str, Kind] = {}
    for span in spans:
        value = text[span.start : span.end].strip() if span.echo and span.end - span.start <= _LONGEST else ""
        if len(value) >= _SHORTEST and MARKER not in value and value not in values and len(values) < _MOST:
            values[value] = span.kind
    for value, kind in values.items():
        whole_words = value.isalpha() and value.islower()
        for form in _forms(value):
            for start in _places(text, form):
                end = start + len(form)
                if not whole_words or not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                    yield Span(kind, start, end)
    if values:
        yield from _in_base64(text, values)


def _forms(value: str) -> set[str]:
    forms = {value, value.replace(" ", ""), urllib.parse.quote(value, safe=""), urllib.parse.unquote(value)}
    forms |= {html.escape(value), html.unescape(value)}
    return {form for form in forms if len(form) >= _SHORTEST and MARKER not in form}


def _places(text: str, piece: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + len(piece))


def _in_base64(text: str, values: Iterable[str]) -> Iterator[Span]:
    # Of small letters alone are words, no base64 of six characters and more.
    pieces = [match.span() for match in _BASE64.finditer(text) if not match.group().islower()]
    begin = [0, *itertools.accumulate(end - start + 1 for start, end in pieces)]
    joined = " ".join(text[start:end] for start, end in pieces)
    for value in values:
        for core in _cores(value):
            for place in _places(joined, core):
                yield Span("password", *pieces[bisect.bisect_right(begin, place) - 1])


def _cores(value: str) -> Iterator[str]:
    """What base64 makes of `value` wherever it begins among groups of three bytes, without the letters that hold neighbours' bits."""
    raw = value.encode()
    for lead, first in ((0, 0), (1, 2), (2, 3)):
        letters = base64.b64encode(bytes(lead) + raw).decode()
        core = letters[first : (lead + len(raw)) * 8 // 6]
        yield core
        if "+" in core or "/" in core:
            yield core.replace("+", "-").replace("/", "_")
