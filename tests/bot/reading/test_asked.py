"""Which word does a person ask about, and when is it no question at all?"""

from __future__ import annotations

import pytest

from bot.reading import read
from bot.redaction import redact
from knowledge.index import index


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("greylisting?", "greylisting"),
        ("smarthost", "smarthost"),
        ("SPF", "spf"),
        ("what is an app password", "app_password"),
        ("what does DKIM mean?", "dkim"),
        ("was ist ein Smarthost", "smarthost"),
        ("what is smtp auth?", "smtp_auth"),
        ("IMAP?", "imap"),
    ],
)
def test_a_word_by_itself_is_asked_about(said: str, term: str) -> None:
    reading = read(redact(said), index())

    assert (reading.intent, reading.term) == ("question", term)


@pytest.mark.parametrize("said", ["connection refused", "timed out", "mailbox full"])
def test_the_words_of_an_error_by_themselves_are_the_error(said: str) -> None:
    reading = read(redact(said), index())

    assert (reading.intent, reading.error) == ("fix_error", said)


@pytest.mark.parametrize(("asked", "said"), [("security", "STARTTLS"), ("error", "timeout")])
def test_an_answer_is_no_question(asked: str, said: str) -> None:
    assert read(redact(said), index(), asked).intent != "question"


def test_a_word_among_others_is_not_asked_about() -> None:
    assert read(redact("my smarthost refuses mail"), index()).intent == "fix_error"
