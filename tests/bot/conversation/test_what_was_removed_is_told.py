"""What is a person told of a text with secrets, or one too long? What was removed, from where, where it is revoked; what was not read."""

from __future__ import annotations

import datetime
from typing import Any

from bot import reading
from bot.conversation.machine import step
from bot.conversation.model import Conversation, FormSent, Post, Said
from bot.redaction import MAX_CHARS, redact
from bot.reply import Reply, plain_text
from knowledge.index import index

COMMON: dict[str, Any] = {
    "id": "e1",
    "conversation": "c",
    "at": datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC),
    "order": "0001",
    "person": "anna",
    "message": "m1",
}


def replies_to(text: str) -> list[Reply]:
    safe = redact(text)
    heard = Said(**COMMON, text=safe, reading=reading.read(safe, index()))
    return [effect.reply for effect in step(Conversation("c"), heard, index()).effects if isinstance(effect, Post)]


def warning(text: str) -> str:
    (told,) = [plain_text(reply) for reply in replies_to(text) if reply.private]
    return told


def test_each_kind_is_named_with_the_line_it_stood_in() -> None:
    told = warning("MAIL_HOST=mail.our-club.test\nMAIL_PORT=587\nMAIL_PASSWORD=Wachtel77\n\nAuthorization: Bearer abcdefgh12345678")

    assert "password in line 3" in told
    assert "token in line 5" in told


def test_of_a_single_line_no_line_is_named() -> None:
    told = warning("my password is Wachtel77")

    assert "(password)" in told
    assert "line" not in told


def test_a_key_is_revoked_at_the_provider_whose_form_it_has() -> None:
    told = warning("outlook with gmail, key is SG.aBcDeFgHiJkLmNoPqRsTuV.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg")

    assert "API key" in told
    assert "https://app.sendgrid.com/settings/api_keys" in told


def test_a_password_is_changed_at_the_providers_own_page() -> None:
    assert "https://myaccount.google.com/apppasswords" in warning("smtp.gmail.com:587, password Wachtel77, 535 5.7.8 not accepted")


def test_of_a_form_its_secrets_are_told_as_well() -> None:
    sent = FormSent(**COMMON, form="settings", values={"error": redact("535 5.7.8\npw: Wachtel77")})
    posts = [effect.reply for effect in step(Conversation("c"), sent, index()).effects if isinstance(effect, Post)]

    assert any(reply.private and "password in line 2" in plain_text(reply) for reply in posts)


def test_who_sends_more_than_is_read_is_told() -> None:
    text = "thunderbird, mail.our-club.test port 587: 535 5.7.8 Error: authentication failed\n" + "x y " * (MAX_CHARS // 4)

    assert any("256 KiB" in plain_text(reply) for reply in replies_to(text))
    assert not any("256 KiB" in plain_text(reply) for reply in replies_to(text[:1000]))
