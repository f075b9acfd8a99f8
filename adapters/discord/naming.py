"""What is a talk's thread called? Pure: names from knowledge and digits only, so no address and no raw error can stand in it."""

from __future__ import annotations

import re

from adapters.discord.markdown import clean, units
from adapters.discord.render import Words
from bot.conversation.model import Conversation
from knowledge.index import Index

MAX_NAME = 100

# The numbers by which a fault is known, such as "550 5.7.1"; nothing else of an error's text gets into a name that everyone reads.
_NUMBERS = re.compile(r"\b([2-5]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3}))?\b")


def thread_name(conversation: Conversation | None, knowledge: Index, words: Words) -> str:
    """Such as "Outlook · 550 5.7.1"; where nothing is known yet, a general one. At most 100 characters."""
    parts = []
    if conversation is not None:
        client, provider, error = (conversation.slots.get(slot) for slot in ("client", "provider", "error"))
        named = [
            knowledge.client(str(client.value)) if client else None,
            knowledge.provider(str(provider.value)) if provider else None,
        ]
        parts = [one.name for one in named if one is not None]
        if error is not None and (found := _NUMBERS.search(str(error.value)[:2_000])):
            parts.append(" ".join(number for number in found.groups() if number))
    name = " ".join(clean(" · ".join(parts)).split()) or words("thread_name_short")
    while units(name) > MAX_NAME:
        name = name[:-2].rstrip() + "…"
    return name
