"""How is a diagnosis told? In the person's own program, with nothing superfluous, and ready to send on where somebody else can help."""

from __future__ import annotations

import datetime

import pytest

from bot import observations as o
from bot.answers.diagnosis import diagnosis_blocks
from bot.answers.evidence import evidence_text
from bot.diagnosis.diagnose import diagnose
from bot.diagnosis.model import Certainty, Finding, Quote, Situation
from bot.observations import Observations
from bot.reply import block_text
from knowledge.index import index
from knowledge.terms import Security

TODAY = datetime.date(2026, 11, 25)
NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


def told(situation: Situation, *findings: Finding) -> str:
    found = findings or diagnose(situation, Observations(), index())
    return "\n".join(block_text(block) for block in diagnosis_blocks(found, situation, Observations(), index(), TODAY))


def told_of(cause: str, situation: Situation) -> str:
    return told(situation, Finding(cause, Certainty.SEEN))


def test_a_user_name_that_is_one_word_for_everybody_stands_in_the_line_to_paste() -> None:
    text = told_of("auth.bad_credentials", Situation(client="laravel", provider="sendgrid"))

    assert "MAIL_USERNAME=apikey" in text
    assert "API key" in text
    assert "typed again" not in text


def test_what_makes_a_program_take_its_settings_is_told_after_them() -> None:
    text = told_of("auth.bad_credentials", Situation(client="laravel", provider="sendgrid"))

    assert text.index("MAIL_USERNAME") < text.index("config:clear")


def test_a_day_is_written_as_people_write_it() -> None:
    expired = o.CertificateExpired(
        site="here",
        at=NOON,
        host="mail.example.com",
        address="192.0.2.1",
        port=587,
        not_after=datetime.datetime(2026, 4, 2, tzinfo=datetime.UTC),
    )

    assert "2 April 2026" in evidence_text(expired, index())


def test_the_message_to_send_on_names_the_server_and_the_errors_words() -> None:
    error = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant"
    situation = Situation(host="smtp.office365.com", port=587, security=Security.STARTTLS, provider="microsoft365", error=error)

    text = told(situation)

    message = text[text.index("can be sent on") :]
    assert "Server: smtp.office365.com:587, STARTTLS" in message
    assert f"Text: {error}" in message


def test_nothing_is_to_be_sent_on_where_the_person_can_change_it() -> None:
    assert "sent on" not in told_of("tls.wrong_mode", Situation(host="mail.example.com", port=587, security=Security.IMPLICIT_TLS))


def test_a_sure_finding_stands_alone_and_a_doubtful_one_does_not() -> None:
    first, second = "auth.smtp_auth_disabled", "auth.basic_disabled"
    behind = Finding(second, Certainty.POSSIBLE, confidence=0.45)

    sure = told(Situation(), Finding(first, Certainty.SEEN, (Quote("disabled"),), confidence=0.9), behind)
    doubtful = told(Situation(), Finding(first, Certainty.LIKELY, (Quote("disabled"),), confidence=0.7), behind)

    assert "If that is not it" not in sure
    assert "If that is not it" in doubtful


def test_greylisting_is_the_recipients_side_and_the_person_can_do_something() -> None:
    assert told_of("greylisted", Situation()).startswith("This is on the recipient's side, and you can")


@pytest.mark.parametrize("cause", ["net.connect_failed", "net.refused", "net.timeout"])
def test_at_microsoft_the_port_that_does_not_exist_is_changed_and_nothing_else_is_suspected(cause: str) -> None:
    text = told_of(cause, Situation(host="smtp.office365.com", port=465, security=Security.IMPLICIT_TLS, provider="microsoft365"))

    what_to_do = text[text.index("port 465 → 587") :]
    assert "firewall" not in what_to_do
    assert "letter by letter" not in what_to_do


def test_where_access_is_off_at_first_the_step_says_where_it_is_switched_on() -> None:
    assert "POP3/IMAP Abruf" in told_of("auth.bad_credentials", Situation(provider="gmx")).partition("Mind this")[0]
    assert "Postfach-Einstellungen" in told_of("auth.smtp_auth_disabled", Situation(provider="freenet"))


def test_every_provider_of_a_fix_about_access_has_its_place() -> None:
    fixes = [fix for cause in index().knowledge.causes.values() for fix in cause.fixes if "{access}" in " ".join((*fix.first, *fix.do))]
    named = {id for fix in fixes for id in fix.when.providers}

    assert named
    assert [id for id in sorted(named) if not index().knowledge.providers[id].access] == []
