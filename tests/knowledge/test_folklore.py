"""Is outdated advice recognised in people's own words, and a plain setting left alone?"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

import pytest
import re2

from knowledge.load import knowledge

FOLKLORE = knowledge().folklore

REPEATED = [
    ("microsoft_has_465", "for office365 use smtp.office365.com port 465 with SSL"),
    ("microsoft_has_465", "can I use 465 with outlook.com?"),
    ("microsoft_has_465", "hotmail smtp on port 465 is not answering"),
    ("smtp_live_com", "my guide says smtp.live.com for older accounts"),
    ("smtp_live_com", "hotmail server is smtp.live.com 587, right?"),
    ("app_password_outlook_com", "I made an app password for my hotmail but it still says 535"),
    ("app_password_outlook_com", "where do I create an app password in outlook.com"),
    ("app_password_outlook_com", "do app passwords still work with a microsoft account?"),
    ("microsoft365_ended_smtp_passwords", "didn't Microsoft kill basic auth? I read Microsoft 365 ended SMTP AUTH in spring 2026"),
    ("microsoft365_ended_smtp_passwords", "I heard office 365 retired basic auth for smtp in march"),
    ("microsoft365_ended_smtp_passwords", "smtp auth is dead in exchange online, isn't it"),
    ("microsoft365_ended_smtp_passwords", "Basic authentication was disabled by Microsoft this year, so passwords cannot work"),
    ("outlook_more_settings", "there is no More Settings button in my outlook"),
    ("outlook_more_settings", "File > Account Settings > Change > More Settings is what I clicked"),
    ("outlook_more_settings", "the more settings button is missing"),
    ("code_550_571_alone", "550 5.7.1"),
    ("code_550_571_alone", "what does 550 5.7.1 mean?"),
    ("code_550_571_alone", "550 5.7.1 always means you are on a blacklist"),
    ("gmail_less_secure_apps", "I turned on less secure apps in gmail"),
    ("gmail_less_secure_apps", "where is the less-secure app access switch"),
    ("high_volume_email", "should we use High Volume Email for our newsletter"),
    ("high_volume_email", "switch to HVE?"),
    ("moved_comcast", "comcast moved my mailbox to yahoo"),
    ("moved_comcast", "is smtp.comcast.net still right for xfinity?"),
    ("moved_verizon", "verizon outgoing server is outgoing.verizon.net"),
    ("moved_talktalk", "talktalk email is free I thought"),
    ("app_passwords_gmx_posteo", "with gmx I use my normal password in thunderbird"),
    ("laravel_mail_encryption", "MAIL_ENCRYPTION=tls in my .env on laravel 12"),
    ("django_email_settings", "in django 6.1 I set EMAIL_USE_TLS and it warns"),
    ("mastodon_starttls_auto", "SMTP_ENABLE_STARTTLS_AUTO=true"),
    ("gitea_mailer_host", "IS_TLS_ENABLED = true in app.ini"),
    ("windows_mail_ended", "Windows 10 Mail app does not send any more"),
    ("microsoft_has_465", "someone told me to set smtp.office365.com to 465 with ssl"),
    ("microsoft_has_465", "does microsoft support 465?"),
    ("microsoft_has_465", "is 465 ok for exchange online"),
    ("app_password_outlook_com", "app pw for my live.com mail doesn't work"),
    ("microsoft365_ended_smtp_passwords", "basic auth for smtp is gone since april right? (office 365)"),
    ("microsoft365_ended_smtp_passwords", "I thought M365 no longer allows passwords for SMTP"),
    ("microsoft365_ended_smtp_passwords", "when does microsoft end basic auth for smtp"),
    ("outlook_more_settings", "I can't see 'More Settings' in outlook 365"),
    ("outlook_more_settings", "where did the More Settings button go"),
    ("code_550_571_alone", "I get error 550 5.7.1"),
    ("code_550_571_alone", 'just "550 5.7.1" nothing else'),
    ("high_volume_email", "can HVE send to external customers"),
    ("moved_talktalk", "talktalk wants money for email now"),
    ("app_passwords_gmx_posteo", "gmx doesn't need an app password"),
    ("alertmanager_465", "alertmanager does not support implicit TLS"),
]

PLAIN = [
    "host smtp.gmail.com port 465 ssl, user jo@gmail.com",
    "smtp.office365.com:587 starttls, 535 5.7.139",
    "outlook classic, mail.example.com 465 SSL/TLS times out",
    "smtp-mail.outlook.com 587 STARTTLS",
    "smtp.comcast.net 587, wrong password",
    "SMTP_HOST=smtp.mail.yahoo.com SMTP_PORT=465",
    "MAIL_SCHEME=smtps MAIL_HOST=smtp.hostinger.com",
    "gitlab_rails['smtp_enable_starttls_auto'] = true",
    "550 5.7.1 Unable to relay for sam@example.org",
    "530 5.7.1 Client was not authenticated",
    "I use an app password with gmail and thunderbird",
    "534 5.7.9 Application-specific password required",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
    "gmx.net mail.gmx.net 587",
    "smtp_require_tls: true in alertmanager.yml, smarthost smtp.example.com:465",
    "EMAIL_HOST = 'smtp.example.com' EMAIL_USE_TLS = True",
    "talktalk smtp.talktalk.net 587 535 authentication failed",
    "office 365 printer: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [FR2P281CA0012]",
    "microsoft outlook with gmail, port 465 ssl",
    "the copier uses smtp.office365.com 587, SMTP AUTH was enabled by our admin",
    "550 5.7.1 Message rejected due to content restrictions",
    "outlook says 550 5.7.1 Relaying denied",
    "we moved from gmail to fastmail, port 465",
]


@cache
def patterns() -> dict[str, list[Any]]:
    return {entry.id: [re2.compile(pattern) for pattern in entry.patterns] for entry in FOLKLORE.values()}


def repeated_in(text: str) -> set[str]:
    return {id for id, several in patterns().items() if any(pattern.search(text) for pattern in several)}


@pytest.mark.parametrize(("id", "said"), REPEATED)
def test_outdated_advice_is_recognised_in_a_persons_words(id: str, said: str) -> None:
    assert id in repeated_in(said)


@pytest.mark.parametrize("said", PLAIN)
def test_a_plain_setting_or_error_is_left_alone(said: str) -> None:
    assert repeated_in(said) == set()


def test_every_entry_has_a_text_that_shows_it() -> None:
    assert {id for id, _ in REPEATED} == set(FOLKLORE)


@pytest.mark.parametrize("entry", FOLKLORE.values(), ids=lambda entry: str(entry.id))
def test_the_truth_is_said_with_its_date_and_its_source(entry: Any) -> None:
    assert re.search(r"20\d\d|5\.7\.515", entry.says)
    assert entry.sources
    for source in entry.sources:
        assert source.url.startswith("https://")
        assert (source.checked is None) == source.unverified
        assert source.checked is None or source.checked <= date.today().isoformat()


def test_providers_that_are_named_exist() -> None:
    assert {provider for entry in FOLKLORE.values() for provider in entry.providers} <= set(knowledge().providers)
