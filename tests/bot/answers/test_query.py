"""Questions without a talk, and what is worth an answer though nobody asked the bot."""

from __future__ import annotations

import datetime

import pytest

from bot.answers.query import answer, worth_an_answer
from bot.channel import Query
from bot.redaction import redact
from bot.reply import Emphasis, Paragraph
from knowledge.index import index

TODAY = datetime.date(2026, 11, 25)


def test_a_cause_is_explained_by_its_id() -> None:
    reply = answer(Query("explain", "auth.app_password_required", {"provider": "gmail"}), index(), TODAY)

    first = reply.blocks[0]
    assert isinstance(first, Paragraph)
    assert Emphasis("The provider wants an app password.") in first.spans
    assert "myaccount.google.com" in str(reply.blocks)


@pytest.mark.parametrize(
    "text",
    [
        "Cannot send\nit says 550 5.7.1",
        "Mail not sending\nsince this morning nothing goes out",
        "Thunderbird setup\nhow do I set up fastmail in Thunderbird",
        "Which smtp server for outlook.com?",
        "nodemailer ETIMEDOUT",
    ],
)
def test_a_fault_or_a_set_up_of_outgoing_mail_is_worth_an_answer(text: str) -> None:
    assert worth_an_answer(redact(text), index())


@pytest.mark.parametrize(
    "text",
    [
        "Which chair is best?\nmine squeaks",
        "Introduce yourself\nhello all, who likes tea",
        "rules and welcome\nplease read the rules before posting",
        "Calendar sync\nmy calendar does not sync with outlook",
        "Nginx proxy 502 bad gateway\nupstream timed out, port 8080",
        "Postgres\nconnection to server at 10.0.0.5, port 5432 failed: timeout expired",
        "ssh: Permission denied (publickey)",
        "Feature request: dark mode",
        "Thanks everyone!",
    ],
)
def test_what_is_about_something_else_is_left_to_people(text: str) -> None:
    assert not worth_an_answer(redact(text), index())
