"""Settings to enter: the steps name today's login, what catches people comes once and the most important first."""

from __future__ import annotations

import datetime
import re

import pytest

from bot.answers.lookup import look_up, lookup_blocks, lookup_json
from bot.answers.minding import MOST_SOURCES, MOST_WARNINGS
from bot.reply import block_text
from knowledge.index import index
from knowledge.terms import Security

TODAY = datetime.date(2026, 11, 25)


def answered(query: str, client: str | None = None) -> dict[str, object]:
    return lookup_json(look_up(query, index(), client), index(), TODAY)


def shown(query: str, client: str | None = None) -> str:
    return "\n".join(block_text(block) for block in lookup_blocks(look_up(query, index(), client), index(), TODAY))


def warnings(query: str, client: str | None = None) -> list[str]:
    found = answered(query, client)["warnings"]
    assert isinstance(found, list)
    return found


def steps(query: str, client: str) -> str:
    found = answered(query, client)["steps"]
    assert isinstance(found, list)
    return "\n".join(step["text"] for step in found)


@pytest.mark.parametrize("provider", sorted(index().knowledge.providers))
def test_what_to_mind_is_a_short_list_without_a_repetition(provider: str) -> None:
    found = warnings(provider)

    assert len(found) <= MOST_WARNINGS
    assert len(set(found)) == len(found)


def test_that_passwords_ended_is_said_once_and_with_its_date() -> None:
    said = [text for text in warnings("outlook.com") if "OAuth2" in text and "modern authentication" in text]

    assert len(said) == 1
    assert "16 September 2024" in said[0]


def test_an_old_name_is_told_first_and_once() -> None:
    found = warnings("smtp.live.com")

    assert "smtp.live.com" in found[0]
    assert sum("smtp.live.com" in text for text in found) == 1


def test_microsoft_365_names_its_ports_and_where_sending_is_switched_on() -> None:
    found = warnings("microsoft365")

    assert any("SMTP AUTH" in text for text in found[:2])
    assert any("Port 25" in text for text in found)


def test_a_provider_with_a_server_for_each_customer_says_where_its_name_is_shown() -> None:
    text = shown("bluehost")

    assert "cPanel, under Email Accounts > Connect Devices" in text
    assert "no outgoing server" not in text
    assert "cPanel" in str(answered("bluehost")["before_you_start"])
    assert "The full address of the mailbox." not in warnings("bluehost")


def test_the_menu_path_to_the_app_password_is_named() -> None:
    before = str(answered("gmail")["before_you_start"])

    assert "Google Account > Security > App passwords" in before
    assert "2-Step Verification" in before


def test_where_an_app_password_is_optional_what_must_be_on_for_it_is_said() -> None:
    before = answered("gmx")["before_you_start"]

    assert isinstance(before, list)
    access, password = before
    assert "POP3/IMAP Abruf" in access
    assert "two-factor authentication" in password


def test_the_steps_at_a_provider_that_takes_oauth2_only_say_so_in_the_programs_words() -> None:
    assert "Authentication method: OAuth2" in steps("outlook.com", "thunderbird")
    assert "Normal password" not in steps("outlook.com", "thunderbird")
    assert "Normal password" in steps("t-online.de", "thunderbird")
    assert "OAuth2" in steps("outlook.com", "outlook-classic")


def test_a_program_that_cannot_sign_in_with_oauth2_is_told_at_once() -> None:
    assert "cannot do that" in warnings("outlook.com", "python-smtplib")[0]


def test_a_program_may_be_given_by_its_name() -> None:
    assert "In Mail on the Mac" in shown("gmail", "Apple Mail")


def test_a_program_that_is_not_known_is_said_to_be_so_with_what_was_probably_meant() -> None:
    text = shown("gmail", "thunderbrd")

    assert "thunderbrd is not known here" in text
    assert "Thunderbird" in text.partition("not known here")[2]
    assert "smtp.gmail.com" in text


def test_each_source_says_what_was_taken_from_it() -> None:
    text = shown("gmail")

    assert re.search(r"7126229 \(servers, checked 2026-\d\d-\d\d\)", text)
    assert re.search(r"185833 \(app passwords[^)]*\)", text)
    assert re.search(r"22839 \(limits, checked", text)


def test_every_warning_that_rests_on_a_source_brings_it() -> None:
    for id, provider in index().knowledge.providers.items():
        sources = answered(id)["sources"]
        assert isinstance(sources, list)
        urls = {source["url"] for source in sources}
        told = warnings(id)
        owed = {trap.source.url for trap in provider.traps if trap.text in told and trap.source is not None}
        assert len(urls) == MOST_SOURCES or owed <= urls, id


def test_a_brand_that_ended_says_so_first_and_what_it_became() -> None:
    assert shown("skiff").startswith("Skiff has ended")
    assert "became Oracle Cloud Email Delivery" in shown("dyn").splitlines()[0]


def test_where_only_plain_text_is_offered_the_answer_warns() -> None:
    plain = [
        id
        for id, one in index().knowledge.providers.items()
        if one.servers and all(server.endpoint.security is Security.NONE for server in one.servers)
    ]

    assert plain
    for id in plain:
        assert "unencrypted" in shown(id), id


def test_what_was_said_already_is_not_said_again() -> None:
    found = look_up("smtp.live.com", index())
    trap = next(text for text in warnings("smtp.live.com") if "smtp.live.com" in text)

    again = "\n".join(block_text(block) for block in lookup_blocks(found, index(), TODAY, said=(trap,)))

    assert trap not in again


def test_a_program_that_can_sign_in_on_the_providers_page_is_told_to_and_needs_no_app_password() -> None:
    text = shown("gmail", "thunderbird")

    assert "Thunderbird can sign in with OAuth2 here" in text
    assert "Authentication method: OAuth2" in text
    assert "apppasswords" not in text.partition("Mind this")[0]


def test_a_program_that_cannot_is_told_to_make_an_app_password() -> None:
    before = answered("gmail", "python-smtplib")["before_you_start"]

    assert "2-Step Verification" in str(before)
    assert "Make the app password" in str(before)


def test_a_program_without_oauth2_is_not_offered_it_among_the_ways_to_log_in() -> None:
    assert "Log in with: app password\n" in shown("gmail", "alertmanager")
    assert "Log in with: OAuth2 or app password" in shown("gmail", "thunderbird")


def test_a_line_of_code_shows_a_user_name_of_the_form_that_the_provider_takes() -> None:
    assert 'EMAIL_HOST_USER = "your-user-name"' in shown("ses", "django")
    assert "SMTP_USERNAME=you\n" in shown("web.de", "vaultwarden")
    assert "SMTP_USERNAME=apikey" in shown("sendgrid", "vaultwarden")
    assert 'EMAIL_HOST_USER = "you@your-domain"' in shown("gmail", "django")


def test_the_password_of_a_sending_service_is_not_called_an_api_key_where_it_is_none() -> None:
    assert "Log in with: a key or SMTP password made in its panel" in shown("mailgun")
    assert any("SMTP password is not the API key" in text for text in warnings("mailgun"))


@pytest.mark.parametrize(
    ("query", "meant"),
    [("gmial.com", "gmail.com"), ("you@hotmial.com", "hotmail.com"), ("smtp.gmial.com", "smtp.gmail.com"), ("yahooo", "Yahoo")],
)
def test_a_misspelt_query_is_answered_with_what_was_probably_meant(query: str, meant: str) -> None:
    found = answered(query)

    assert not found["found"]
    assert meant in str(found["did_you_mean"])
    assert meant in shown(query)


@pytest.mark.parametrize(
    ("query", "provider"),
    [
        ("you@gmail.com", "gmail"),
        ("gmail.com", "gmail"),
        ("smtp.gmail.com", "gmail"),
        ("Google Mail", "gmail"),
        ("email-smtp.eu-west-1.amazonaws.com", "ses"),
        ("w0123456.kasserver.com", "all-inkl"),
        ("hotmail.co.uk", "outlook.com"),
        ("smtp.live.com", "outlook.com"),
    ],
)
def test_an_address_a_domain_a_server_and_a_brand_lead_to_the_provider_and_to_where_its_facts_were_seen(query: str, provider: str) -> None:
    found = answered(query)

    assert found["provider"] == provider
    assert found["sources"]


def test_what_works_as_well_is_named_in_a_word_and_ways_to_log_in_as_people_list_them() -> None:
    assert "port 587 with STARTTLS" in shown("yahoo", "python-smtplib").partition("as well:")[2].splitlines()[0]
    assert "port 465 with SSL" in shown("sendgrid", "wordpress")
    assert "password, app password or OAuth2" in shown("zoho")


def test_who_signs_in_on_the_providers_page_hears_nothing_of_app_passwords() -> None:
    assert not [text for text in warnings("gmail", "thunderbird") if "app password" in text.lower()]
    assert [text for text in warnings("gmail") if "app password" in text.lower()]


def test_where_there_is_no_oauth2_the_steps_do_not_speak_of_it() -> None:
    assert 'Authentication method: "Normal password"' in steps("ovh", "thunderbird")
    assert "OAuth2" not in steps("ovh", "thunderbird")


def test_a_source_that_nobody_confirmed_is_marked() -> None:
    assert "https://support.titan.email/ (servers, app passwords" in shown("titan")
    assert "not confirmed" in shown("titan")
    assert "not confirmed" not in shown("gmail")
