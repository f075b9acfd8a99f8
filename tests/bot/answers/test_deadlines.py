"""Is an answer right before, on and after a day that changes a rule? The day is an argument everywhere; no clock is asked."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from bot.answers.diagnosis import diagnosis_blocks
from bot.answers.lookup import look_up, lookup_blocks
from bot.diagnosis.diagnose import diagnose
from bot.diagnosis.model import Situation
from bot.observations import Observations
from bot.reply import block_text
from knowledge.index import index

# Microsoft 365: password logins for sending go on until the end of December 2026, then they are off by default.
LAST_DAY = datetime.date(2026, 12, 31)
FIRST_DAY = LAST_DAY + datetime.timedelta(days=1)
BEFORE = (datetime.date(2026, 11, 25), LAST_DAY)
AFTER = (FIRST_DAY, datetime.date(2027, 6, 1))
REFUSAL = "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."


def told(today: datetime.date) -> str:
    situation = Situation(host="smtp.office365.com", port=587, provider="microsoft365", client="thunderbird", error=REFUSAL)
    findings = diagnose(situation, Observations(), index())
    return "\n".join(block_text(block) for block in diagnosis_blocks(findings, situation, Observations(), index(), today))


def shown(today: datetime.date) -> str:
    return "\n".join(block_text(block) for block in lookup_blocks(look_up("microsoft365", index()), index(), today))


@pytest.mark.parametrize("today", BEFORE)
@pytest.mark.parametrize("answer", [told, shown])
def test_until_the_last_day_passwords_go_on_and_what_comes_is_said(today: datetime.date, answer: Callable[[datetime.date], str]) -> None:
    text = answer(today)

    assert "stay as they are until the end of December 2026" in text
    assert "Since the end of December 2026" not in text


@pytest.mark.parametrize("today", AFTER)
@pytest.mark.parametrize("answer", [told, shown])
def test_from_the_first_day_on_they_are_off_by_default_and_nothing_else_is_said(
    today: datetime.date, answer: Callable[[datetime.date], str]
) -> None:
    text = answer(today)

    assert "Since the end of December 2026 password logins for SMTP are off by default" in text
    assert "stay as they are" not in text
    assert "can still allow" not in text


def test_the_fix_for_the_administrator_changes_with_the_day() -> None:
    assert "can still allow password sign-in" in told(LAST_DAY)
    assert "switch it on again for the time being" in told(FIRST_DAY)


def test_what_is_said_of_outdated_advice_changes_with_the_day() -> None:
    entry = index().knowledge.folklore["microsoft365_ended_smtp_passwords"]

    assert "go on unchanged until the end of December 2026" in entry.says_on(LAST_DAY.isoformat())
    assert "are off by default" in entry.says_on(FIRST_DAY.isoformat())
    assert "go on unchanged" not in entry.says_on(FIRST_DAY.isoformat())


@pytest.mark.parametrize("today", [*BEFORE, *AFTER, datetime.date(2028, 1, 1), datetime.date(2030, 1, 1)])
def test_nothing_that_is_past_is_announced(today: datetime.date) -> None:
    """ "is to be announced in the second half of 2027" is said until that half year is over."""
    entry = index().knowledge.folklore["microsoft365_ended_smtp_passwords"]
    text = told(today) + shown(today) + entry.says_on(today.isoformat())

    assert ("to be announced in the second half of 2027" in text) == (today < datetime.date(2028, 1, 1))


def test_at_outlook_com_passwords_have_ended_whatever_the_day() -> None:
    for today in (*BEFORE, *AFTER):
        text = "\n".join(block_text(block) for block in lookup_blocks(look_up("you@hotmail.com", index()), index(), today))
        assert "ended on 16 September 2024" in text
