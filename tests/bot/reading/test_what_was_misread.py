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


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("smpt.gmail.com", "smtp.gmail.com"),
        ("smtp.gmial.com", "smtp.gmail.com"),
        ("smtp.office.365.com", "smtp.office365.com"),
        ("securesmtp.t-onlin.de", "securesmtp.t-online.de"),
    ],
)
def test_a_typing_error_in_a_host_is_named_and_not_mended(said: str, meant: str) -> None:
    found = reading(f"outlook cannot find the server {said}, port 587")

    assert (found.host, found.host_typo.meant if found.host_typo else None) == (said, meant)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("host is mail.x.example, port 587 — sorry, 465, I just checked", 465),
        ("tried 465 with SSL, does not work. changed to 587 STARTTLS, now: 535 denied. mail.x.example", 587),
        ("Vorher 587 mit STARTTLS. Jetzt steht es auf 465, mail.x.example", 465),
        ("a guide says 465, I use 587, mail.x.example", 587),
        ("it's supposed to be 465 and that is what I entered for mail.x.example", 465),
    ],
)
def test_the_setting_of_now_is_told_from_that_of_before(text: str, port: int) -> None:
    assert reading(text).port == port


@pytest.mark.parametrize(
    "text",
    [
        "zabbix alert mails dead. server is mail.x.example",
        "none of our invoices go out since 9am, PLEASE",
        "when i send from the shared mailbox in Outlook it bounces. from my own it works",
        "Webmail works with the same password but thunderbird just sits there",
        "mes mails free partent plus de l'iphone",
    ],
)
def test_what_is_told_without_asking_is_a_complaint(text: str) -> None:
    assert reading(text).intent == "fix_error"


@pytest.mark.parametrize(
    "text",
    [
        "LGTM, but please split send_mail() into two functions",
        "nit: rename this variable, and the timeout constant should live in config.py",
        "This week in Web Performance: three tips. You get this newsletter because you signed up. Unsubscribe",
        "@lena did you already merge the login branch?",
    ],
)
def test_talk_among_people_is_let_be(text: str) -> None:
    said = reading(text)

    assert (said.intent, said.error, said.client) == ("off_topic", None, None)


def test_a_word_of_every_day_is_no_program() -> None:
    assert reading("is it plausible that port 25 is blocked").client is None
    assert reading("it answers 220 mail.x.example ESMTP and then nothing").client is None


def test_the_one_refusal_in_the_middle_of_a_days_log_is_read() -> None:
    sent = (
        "Feb 03 11:{0:02}:55 web1 postfix/smtp[{1}]: 4Yp2Qk{1}: to=<user{1}@lapwing.example>, relay=mx.lapwing.example[198.51.100.7]:25, "
        "delay=0.9, delays=0.02/0.01/0.4/0.4, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {1})"
    )
    lines = [sent.format(n % 60, 2000 + n) for n in range(600)]
    lines[300] = (
        "Feb 03 11:03:25 web1 postfix/smtp[2211]: 4Yp2Qk5Rz9z1: SASL authentication failed; server smtp.plover.example[203.0.113.20] said: "
        "535 5.7.8 Error: authentication failed"
    )

    read = reading("\n".join(lines))

    assert "535 5.7.8" in (read.error or "")
    assert read.host == "smtp.plover.example"


@pytest.mark.parametrize(
    "text",
    [
        "our wildcard SSL cert on mail.x.example ran out",
        "renewed the ssl on mail.x.example, thunderbird still complains",
        "antivirus does ssl scanning, outlook 0x800CCC1A",
        "Could not create SSL/TLS secure channel. c# mail.x.example",
        "mailserver log: lost connection after STARTTLS from unknown[203.0.113.4]",
        "is ssl on 465 deprecated? outlook says 0x800CCC0E for mail.x.example",
    ],
)
def test_what_is_named_after_a_mode_is_no_mode(text: str) -> None:
    assert reading(text).security is None


@pytest.mark.parametrize(
    "text",
    [
        "25 of 465 recipients bounced with 550 5.1.1",
        "ticket 2525: mails do not arrive",
        "bounced since 25 Nov, 550 5.7.1",
        "mail from room 465 printer",
    ],
)
def test_a_number_of_something_else_is_no_port(text: str) -> None:
    assert reading(text).port is None


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("recipient uses outlook and says my mail never arrives", None),
        ("they use Thunderbird, I only get the bounce 550 5.7.1", None),
        ("my brother says the mail bounced 550 5.1.1", None),
        ("virus scanner: 554 5.7.1 message contains virus", None),
        ("my brother printer cannot scan to mail", "printer-brother"),
    ],
)
def test_a_program_of_somebody_else_is_not_theirs(text: str, client: str | None) -> None:
    assert reading(text).client == client


@pytest.mark.parametrize(
    "text", ["yahoo defers us with 421 4.7.0 [TSS04]", "hotmail blocks our IP: 550 5.7.1 S3140", "nextcloud mit mail.x.example"]
)
def test_who_refuses_the_mail_or_is_a_word_of_every_day_is_not_the_provider(text: str) -> None:
    assert reading(text).provider is None


def test_my_server_at_a_provider_is_the_providers() -> None:
    assert not reading("what is my smtp server at gmail").own_server
    assert reading("what is my smtp server at gmail").provider == "gmail"
    assert reading("my own mail server refuses the login").own_server
