"""What does a text say? The contract's `understand` object. Pure."""

from __future__ import annotations

from typing import Any

from bot.answers.published import published_client
from bot.reading import read
from bot.reading.model import SLOTS
from bot.redaction import SafeText
from knowledge.index import Index


def understand_json(text: SafeText, index: Index) -> dict[str, Any]:
    """`slots.client` is one of the published ids, `client_entry` the entry of the knowledge that knows its menus."""
    reading = read(text, index)
    slots = {slot: reading.slot(slot) for slot in SLOTS}
    slots["client"] = published_client(reading.client, index)
    return {
        "schema": 1,
        "slots": slots,
        "client_entry": reading.client,
        "intent": reading.intent,
        "redacted": text.text,
        "secrets_found": len(text.secrets),
    }
