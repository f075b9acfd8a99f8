"""What does a person see in the app's Home tab? Their talks, a start button, and what is kept about them. Pure: makes the view only."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack import atoms
from adapters.slack.atoms import Json
from adapters.slack.core import Say
from adapters.slack.inbound import CHANNEL
from adapters.slack.text import clean, split
from bot.conversation.model import Conversation, State

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
        "title": atoms.plain(say("home.forget")),
        "text": atoms.plain(say("home.forget_sure")),
        "confirm": atoms.plain(say("home.forget_yes")),
        "deny": atoms.plain(say("home.forget_no")),
        "style": "danger",
    }
    blocks: list[Json] = [
        {"type": "header", "text": atoms.plain(say("home.heading"))},
        _paragraph(say("home.what")),
        {"type": "actions", "elements": [{**atoms.button(START, say("home.start")), "style": "primary"}]},
        {"type": "divider"},
        {"type": "header", "text": atoms.plain(say("home.yours"))},
        listed or _paragraph(say("home.none")),
        {"type": "divider"},
        _paragraph(say("home.kept")),
        {"type": "actions", "elements": [{**atoms.button(FORGET, say("home.forget")), "style": "danger", "confirm": sure}]},
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
            atoms.text(": "),
        ]
    url = link(talk, address)
    elements.append({"type": "link", "url": url, "text": words} if url else atoms.text(words))
    elements.append(atoms.text(f" ({say(_STATES.get(talk.state, 'home.open'))})"))
    return {"type": "rich_text_section", "elements": elements}


def link(talk: Conversation, address: str) -> str | None:
    """Where the talk is, or None where the workspace's address is not known."""
    channel, thread = talk.place.get("channel", ""), talk.place.get("thread", "")
    if not address.startswith("https://") or not channel or not thread:
        return None
    return f"{address}archives/{channel}/p{thread.replace('.', '')}"


def _paragraph(text: str) -> Json:
    return atoms.rich([atoms.section([atoms.text(text)])])
