"""Messages with labels (`messages.jsonl`, `sentences.jsonl`) are read for slots, intent and error; what looks like a secret stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.reading import read
from bot.redaction import redact
from knowledge.index import index

MESSAGES = [
    json.loads(line)
    for name in ("messages.jsonl", "sentences.jsonl")
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_a_message_is_read_for_its_slots_and_its_intent(message: dict[str, Any]) -> None:
    safe = redact(message["text"])

    reading = read(safe, index(), message.get("asked"))

    said = {slot: reading.slot(slot) for slot in ("host", "port", "security", "client", "provider", "address_domain")}
    assert said == {slot: message["slots"].get(slot) for slot in said}
    assert reading.intent == message["intent"]


@pytest.mark.parametrize("message", [one for one in MESSAGES if one["slots"].get("error")], ids=lambda message: str(message["id"]))
def test_the_error_of_a_message_is_found(message: dict[str, Any]) -> None:
    reading = read(redact(message["text"]), index(), message.get("asked"))

    wanted = set(message["slots"]["error"].split())
    assert len(wanted & set((reading.error or "").split())) >= 0.6 * len(wanted)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_secrets_of_a_message_go_and_nothing_else_does(message: dict[str, Any]) -> None:
    safe = redact(message["text"])

    assert not any(secret in safe.text for secret in message.get("secrets", []))
    assert all(innocent in safe.text for innocent in message.get("not_secrets", []))
    assert bool(safe.secrets) == bool(message.get("secrets"))
