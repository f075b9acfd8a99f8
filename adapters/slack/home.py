"""What does a person see in the app's Home tab? Their talks, a start button, and what is kept about them. Pure: makes the view only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.slack.core import Say
from adapters.slack.inbound import CHANNEL
from adapters.slack.text import clean, split
from bot.conversation.model import Conversation, State

Json = dict[str, Any]

START = "home:start"
FORGET = "home:forget"
MAX_TALKS = 20
MAX_TITLE = 80

_STATES = {State.CLOSED: "home.closed", State.HANDED_OFF: "home.with_a_person"}


def view(talks: Sequence[Conversation], say: Say, address: str = "") -> Json:
    """`talks` newest first, only the person's own. `address`: the workspace's own ("https://x.slack.com/"), for links; "" for none."""
    shown = [talk for talk in talks if talk.channel == CHANNEL][:MAX_TALKS]
    lines = [_line(talk, say, address) for talk in shown]
    listed = {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": lines}]} if lines else None
    sure = {
        "title": _plain(say("home.forget")),
        "text": _plain(say("home.forget_sure")),
        "confirm": _plain(say("home.forget_yes")),
        "deny": _plain(say("home.forget_no")),
        "style": "danger",
    }
    blocks: list[Json] = [
        {"type": "header", "text": _plain(say("home.heading"))},
        _paragraph(say("home.what")),
        {"type": "actions", "elements": [{**_button(START, say("home.start")), "style": "primary"}]},
        {"type": "divider"},
        {"type": "header", "text": _plain(say("home.yours"))},
        listed or _paragraph(say("home.none")),
        {"type": "divider"},
        _paragraph(say("home.kept")),
        {"type": "actions", "elements": [{**_button(FORGET, say("home.forget")), "style": "danger", "confirm": sure}]},
    ]
    return {"type": "home", "blocks": blocks}


def _line(talk: Conversation, say: Say, address: str) -> Json:
    first = next((line.text for line in talk.transcript if line.who == "person" and line.text.strip()), "…")
    title = split(" ".join(clean(first).split()) or "…", MAX_TITLE)
    words = title[0].rstrip() + ("…" if len(title) > 1 else "")
    elements: list[Json] = []
    when = talk.updated or talk.created
    if when is not None:
        stamp = int(when.timestamp())
        elements += [
            {"type": "date", "timestamp": stamp, "format": "{date_short_pretty}", "fallback": when.date().isoformat()},
            _text(": "),
        ]
    url = link(talk, address)
    elements.append({"type": "link", "url": url, "text": words} if url else _text(words))
    elements.append(_text(f" ({say(_STATES.get(talk.state, 'home.open'))})"))
    return {"type": "rich_text_section", "elements": elements}


def link(talk: Conversation, address: str) -> str | None:
    """Where the talk is, or None where the workspace's address is not known."""
    channel, thread = talk.place.get("channel", ""), talk.place.get("thread", "")
    if not address.startswith("https://") or not channel or not thread:
        return None
    return f"{address}archives/{channel}/p{thread.replace('.', '')}"


def _paragraph(text: str) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [_text(text)]}]}


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _button(action_id: str, label: str) -> Json:
    return {"type": "button", "action_id": action_id, "text": _plain(label)}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
