"""Of what are Block Kit's blocks made? Texts, links, sections of `rich_text`, in which nothing is parsed. Pure; knows no reply's blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.slack.text import clean, split, weight
from bot.reply import Code, Emphasis, Link, Span, Spans

Json = dict[str, Any]

MAX_BLOCK = 2900  # of 3,000 in a section; rich_text has no documented limit of its own


def of_spans(spans: Spans, *, bold: bool = False) -> list[Json]:
    return [element for span in spans for element in _of_span(span, bold)]


def _of_span(span: Span, bold: bool) -> list[Json]:
    if isinstance(span, Link):
        return link(span.url, span.label)
    shown = clean(span.text)
    if not shown:
        return []
    if isinstance(span, Code):
        return [text(shown, code=True, bold=bold)]
    return [text(shown, bold=bold or isinstance(span, Emphasis))]


def link(url: str, label: str) -> list[Json]:
    shown = clean(label).strip() or url
    if not linkable(url) or weight(url) + weight(shown) > MAX_BLOCK // 2:
        return [text(shown if shown == url else f"{shown} ({clean(url)})")]
    return [{"type": "link", "url": url, "text": shown}]


def linkable(url: str) -> bool:
    """Only our own https links become links, and none that could close Slack's own brackets."""
    return url.startswith("https://") and url.isascii() and url.isprintable() and not any(bad in url for bad in '<>| "')


def chunks(elements: Sequence[Json]) -> list[list[Json]]:
    """The elements in groups of at most one block's weight; a text too long for one is broken over several."""
    groups: list[list[Json]] = []
    group: list[Json] = []
    used = 0
    for element in elements:
        parts = [element]
        if element["type"] == "text" and weight(element["text"]) > MAX_BLOCK:
            parts = [{**element, "text": part} for part in split(element["text"], MAX_BLOCK)]
        for part in parts:
            more = heavy([part])
            if group and used + more > MAX_BLOCK:
                groups.append(group)
                group, used = [], 0
            group.append(part)
            used += more
    return [*groups, group] if group else groups


def heavy(elements: Sequence[Json]) -> int:
    return sum(weight(_word(element)) for element in elements)


def words(elements: Sequence[Json]) -> str:
    return "".join(map(_word, elements))


def _word(element: Json) -> str:
    text = str(element["text"])
    if element["type"] == "link" and text != element["url"]:
        return f"{text} ({element['url']})"
    return text


def text(text: str, *, bold: bool = False, code: bool = False) -> Json:
    style = {name: True for name, on in (("bold", bold), ("code", code)) if on}
    return {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}


def section(elements: Sequence[Json]) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def rich(elements: Sequence[Json]) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def button(action_id: str, label: str, value: str = "") -> Json:
    """A button; `label` at most 75 characters, `value` (what a click brings back) at most 2,000."""
    made: Json = {"type": "button", "action_id": action_id, "text": plain(label)}
    return {**made, "value": value} if value else made


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}  # or ":100:" would become a picture
