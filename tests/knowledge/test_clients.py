"""Can every fix be carried out in every program? The rules that each client file keeps; it judges files, not the world."""

from __future__ import annotations

import re
from datetime import date

import pytest

from knowledge.load import knowledge
from knowledge.model import SETTINGS, Client
from knowledge.terms import Security

CLIENTS = knowledge().clients
EACH = pytest.mark.parametrize("client", CLIENTS.values(), ids=lambda client: str(client.id))

# The ids that the product answers with; more may be there, none of these may go.
PROMISED = [
    "outlook-classic", "outlook-new", "outlook-mac", "outlook-mobile", "outlook", "thunderbird", "apple-mail", "ios-mail", "gmail-web",
    "android-gmail", "samsung-email", "em-client", "k9", "evolution", "mutt", "msmtp", "python-smtplib", "django", "nodemailer",
    "phpmailer", "laravel", "symfony", "javamail", "spring", "dotnet-systemnet", "mailkit", "go-smtp", "rails", "powershell",
    "wordpress", "nextcloud", "gitlab", "gitea", "grafana", "alertmanager", "jenkins", "home-assistant", "vaultwarden", "authentik",
    "keycloak", "synology", "proxmox", "truenas", "zabbix", "uptime-kuma", "printer-hp", "printer-canon", "printer-brother",
    "printer-ricoh", "printer-xerox", "printer", "other",
]  # fmt: skip

# Words of ordinary talk about mail: as an alias they would find a program in every second message.
ORDINARY = {
    "mail", "email", "e-mail", "app", "phone", "web", "server", "smtp", "spring", "spark", "ghost", "flask mail server", "gmail",
    "yahoo", "hotmail", "office 365", "o365", "microsoft", "google", "apple", "windows", "mac", "android", "ios", "host", "port",
    "node", "go", "rust", "java", "php", "ruby", "net", "exchange", "scan", "other", "library", "script", "samsung", "hp", "sharp",
    "nail", "bat", "brother", "workforce", "estudio", "sendmail", "postfix", "exim", "exchange server", "notification center",
    "scanner",
}  # fmt: skip

VALUES_TO_ENTER = ("host", "port", "security", "username", "sender")


def test_every_promised_program_is_there() -> None:
    assert set(PROMISED) <= set(CLIENTS)


def test_there_are_sixty_four_programs_or_more() -> None:
    assert len(CLIENTS) >= 64


@EACH
def test_every_setting_has_its_place_or_is_named_as_one_that_cannot_be_changed(client: Client) -> None:
    assert set(client.places).isdisjoint(client.cannot)
    assert {*client.places, *client.cannot} == set(SETTINGS)


@EACH
def test_what_cannot_be_changed_is_explained(client: Client) -> None:
    assert client.notes or not client.cannot


@EACH
def test_a_place_says_where_the_value_goes_and_holds_no_other_placeholder(client: Client) -> None:
    for setting, place in client.places.items():
        assert place.text.count("{value}") == (1 if setting in VALUES_TO_ENTER else 0), (setting, place.text)
        assert "{" not in place.text.replace("{value}", ""), (setting, place.text)


@EACH
def test_what_stands_apart_has_its_whole_way(client: Client) -> None:
    assert all(" > " in place.text and not place.code for place in client.places.values() if place.apart)


@EACH
def test_both_modes_have_the_programs_own_word_unless_there_is_no_choice(client: Client) -> None:
    if "security" in client.places:
        assert {Security.IMPLICIT_TLS, Security.STARTTLS} <= set(client.words)
    assert all(word.strip() for word in client.words.values())


@EACH
def test_no_two_modes_have_the_same_word(client: Client) -> None:
    implicit, starttls = client.words.get(Security.IMPLICIT_TLS), client.words.get(Security.STARTTLS)
    if implicit is not None and starttls is not None:
        assert len(set(client.words.values())) == len(client.words)


@EACH
def test_a_way_in_and_a_way_to_test_are_given(client: Client) -> None:
    assert client.open
    assert all(step.strip() for step in client.open)
    assert client.tests_by


@EACH
def test_aliases_are_lower_case_and_no_ordinary_words(client: Client) -> None:
    assert all(alias == alias.lower().strip() for alias in client.aliases)
    assert ORDINARY.isdisjoint(client.aliases)


def test_no_alias_stands_for_two_programs() -> None:
    owners: dict[str, str] = {}
    for client in CLIENTS.values():
        for alias in client.aliases:
            assert owners.setdefault(alias, client.id) == client.id, alias


@EACH
def test_a_family_that_is_named_exists(client: Client) -> None:
    assert client.family is None or CLIENTS[client.family].kind == "family"


@EACH
def test_sources_are_https_and_either_dated_or_marked_unverified(client: Client) -> None:
    assert client.sources
    for source in client.sources:
        assert source.url.startswith("https://")
        assert (source.checked is None) == source.unverified
        assert source.checked is None or source.checked <= date.today().isoformat()


@EACH
def test_a_library_or_framework_has_a_snippet(client: Client) -> None:
    assert client.snippet or client.kind not in ("library", "framework")


@EACH
def test_a_snippet_can_be_filled_in_and_holds_no_password(client: Client) -> None:
    if client.snippet is None:
        return
    values = {
        "host": "mail.example.com",
        "port": 4465,
        "username": "jo@example.com",
        "sender": "jo@example.com",
        "recipient": "sam@example.org",
    }
    for template in (client.snippet.implicit_tls, client.snippet.starttls):
        code = template.format(**values)
        if "{host}" in template:
            assert "mail.example.com" in code
            assert "4465" in code
        assert not re.search(r"(?i)pass(word|wd)?\s*[:=]+\s*['\"](?!\$)\w", code), code


@EACH
def test_a_snippet_is_run_or_says_why_not(client: Client) -> None:
    if client.snippet is not None:
        assert client.snippet.run != bool(client.snippet.why_not_run)


def test_classic_outlook_has_the_manual_path_and_what_differs_today() -> None:
    said = " ".join(CLIENTS["outlook-classic"].notes)
    path = "File > Account Settings > Account Settings > Email > Change > More Settings > Outgoing Server"
    box = '"My outgoing server (SMTP) requires authentication" > Advanced'

    assert f"{path} > {box}" in said
    assert "Control Panel > Mail (Microsoft Outlook)" in said
    assert "shorter dialog" in said
    assert box.partition(" >")[0] in CLIENTS["outlook-classic"].places["authentication"].text


@pytest.mark.parametrize("id", ["apple-mail", "ios-mail", "outlook-mac"])
def test_programs_with_one_switch_for_both_modes_tell_them_apart_by_the_port(id: str) -> None:
    words = CLIENTS[id].words

    assert "465" in words[Security.IMPLICIT_TLS]
    assert "587" in words[Security.STARTTLS]
