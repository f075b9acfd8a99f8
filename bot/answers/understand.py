"""What does a text say? The contract's `understand` object. Pure."""

from __future__ import annotations

from typing import Any

from bot.reading import read
from bot.reading.model import SLOTS
from bot.redaction import SafeText
from knowledge.index import Index


def understand_json(text: SafeText, index: Index) -> dict[str, Any]:
    reading = read(text, index)
    slots = {slot: reading.slot(slot) for slot in SLOTS}
    return {
        "schema": 1,
        "slots": slots,
        "intent": reading.intent,
        "redacted": text.text,
        "secrets_found": len(text.secrets),
    }
