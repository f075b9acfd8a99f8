"""What does a button of ours carry, so that it works for ever? Pure; a click is read from its custom id alone, no view is remembered.

    pm:<turn>:<choice>                 in a place whose channel is the conversation (a thread, a direct message)
    pm@<conversation>:<turn>:<choice>  elsewhere; <conversation> is our key without "discord:"

A choice that begins with "!" is one of the adapter's own: "!answer" opens a text field, "!form.<id>" a form, "!pick<n>" is a menu whose
value is the choice, "!stop" ends a running probe, "!solved" closes a forum post. No text of a person ever stands in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KEY = "discord:"

# Discord takes at most 100 characters.
_FORM = re.compile(r"pm(?:@([0-9A-Za-z.-]{1,40}))?:(\d{1,6}):([!-~]{1,65})")


@dataclass(frozen=True, slots=True)
class CustomId:
    """`conversation` None: the channel in which the message stands."""

    turn: int
    choice: str
    conversation: str | None = None


def write(turn: int, choice: str, conversation: str | None = None) -> str:
    """Raises ValueError for a choice that does not fit (no ASCII, more than 65 characters)."""
    where = f"@{conversation.removeprefix(KEY)}" if conversation else ""
    text = f"pm{where}:{turn}:{choice}"
    if not _FORM.fullmatch(text):
        raise ValueError(f"not fit for a custom id: {choice!r}")
    return text


def read(text: str) -> CustomId | None:
    """None for a component that is not ours, or of a version that wrote them otherwise."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return CustomId(int(found[2]), found[3], KEY + found[1] if found[1] else None)
