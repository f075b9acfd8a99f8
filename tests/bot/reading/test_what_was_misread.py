"""Sentences that were misread once: what works elsewhere, complaints that are no error text, facts told in one line."""

from __future__ import annotations

import pytest

from bot.observations import TcpTimedOut
from bot.reading import Reading, read
from bot.redaction import redact
from knowledge.index import index


def reading(text: str, asked: str | None = None) -> Reading:
    return read(redact(text), index(), asked)


@pytest.mark.parametrize(
    "text", ["webmail works", "Webmail works with the same password.", "from the office it works", "works on a hotspot"]
)
def test_what_works_elsewhere_is_heard(text: str) -> None:
    assert reading(text).works_elsewhere


@pytest.mark.parametrize("text", ["i cant send mail from outlook", "smtp error in zabbix, mail.x.example"])
def test_a_complaint_is_no_error_text(text: str) -> None:
    said = reading(text)

    assert said.error is None
    assert said.intent == "fix_error"


def test_a_program_named_where_the_error_is_asked_for_is_the_program() -> None:
    said = reading("thunderbird", asked="error")

    assert (said.client, said.error) == ("thunderbird", None)


def test_a_connection_test_told_in_one_line_is_a_fact() -> None:
    said = reading("Test-NetConnection mail.x.example -Port 587 : TcpTestSucceeded : False")

    assert [type(one) for one in said.observations] == [TcpTimedOut]


def test_what_a_guide_says_is_no_present_setting() -> None:
    said = reading("what are the outgoing settings for hotmail? a guide says smtp.live.com port 25")

    assert (said.intent, said.host, said.port, said.error) == ("lookup", None, None, None)


def test_a_text_that_is_longer_than_is_read_says_so() -> None:
    assert reading("x " * 140_000).cut
    assert not reading("587").cut
