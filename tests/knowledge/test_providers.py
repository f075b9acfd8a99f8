"""What the provider files say: complete, without contradiction, and right where people ask first."""

from __future__ import annotations

import re

import pytest

from knowledge.index import Index
from knowledge.load import load_files
from knowledge.model import Provider, Trap
from knowledge.terms import Security

KNOWN = Index(load_files())
PROVIDERS = list(KNOWN.knowledge.providers.values())

# fmt: off
IDS_PEOPLE_AND_SCRIPTS_USE = (
    "microsoft365", "outlook.com", "gmail", "google-workspace", "yahoo", "yahoo-japan", "aol", "att", "icloud",
    "zoho", "proton", "fastmail", "gmx", "web.de", "mail.com", "t-online", "ionos", "strato", "ovh", "gandi",
    "infomaniak", "posteo", "mailbox.org", "tuta", "hey", "mail.ru", "yandex", "qq", "netease", "naver", "daum",
    "comcast", "cox", "spectrum", "bt", "sky", "virgin-media", "talktalk", "plusnet", "orange", "free", "sfr",
    "laposte", "libero", "aruba", "tim", "ziggo", "kpn", "telstra", "optus", "godaddy", "namecheap", "hostinger",
    "titan", "bluehost", "dreamhost", "hetzner", "migadu", "purelymail", "rackspace", "freenet", "vodafone-de",
    "riseup", "uol", "ocn", "sapo", "ukr.net", "seznam", "wp.pl", "onet", "ses", "sendgrid", "mailgun", "postmark",
    "brevo", "mailjet", "sparkpost", "resend", "smtp2go", "mailtrap", "elastic-email", "mailersend", "mandrill",
    "azure-communication",
)
# fmt: on


def provider(id: str) -> Provider:
    found = KNOWN.provider(id)
    assert found is not None
    return found


def endpoints(id: str) -> list[tuple[str, int, str]]:
    return [(server.endpoint.host, server.endpoint.port, server.endpoint.security.value) for server in provider(id).servers]


def traps_on(day: str, id: str) -> list[Trap]:
    return [trap for trap in provider(id).traps if (trap.since or "") <= day and (trap.until is None or day < trap.until)]


def says(id: str, *words: str, day: str = "2026-11-25") -> bool:
    return any(all(word in trap.text for word in words) for trap in traps_on(day, id))


def test_every_id_of_the_product_has_a_file() -> None:
    assert [id for id in IDS_PEOPLE_AND_SCRIPTS_USE if KNOWN.provider(id) is None] == []


def test_there_are_as_many_providers_domains_and_rules_as_promised() -> None:
    assert len(PROVIDERS) >= 330
    assert sum(len(one.domains) + len(one.domain_patterns) for one in PROVIDERS) >= 1500
    assert sum(1 for one in PROVIDERS if one.app_password is not None or one.oauth2 is not None) >= 80


def test_every_provider_has_a_source_and_every_source_is_a_link() -> None:
    assert [one.id for one in PROVIDERS if not one.sources] == []
    assert [source.url for one in PROVIDERS for source in one.sources if not source.url.startswith("https://")] == []


def test_who_has_no_server_says_why() -> None:
    assert [one.id for one in PROVIDERS if not one.servers and not one.traps] == []


def test_who_gives_each_customer_a_server_says_where_its_name_is_shown() -> None:
    silent = [one.id for one in PROVIDERS if not one.servers and one.host_patterns and not one.own_server]

    assert silent == []
    assert KNOWN.by_host("w0123456.kasserver.com") is provider("all-inkl")
    assert provider("all-inkl").own_server


def test_the_endpoint_to_recommend_is_encrypted_wherever_there_is_an_encrypted_one() -> None:
    def in_clear_first(one: Provider) -> bool:
        securities = [server.endpoint.security for server in one.servers if not server.domains]
        return securities[:1] == [Security.NONE] and set(securities) != {Security.NONE}

    assert [one.id for one in PROVIDERS if in_clear_first(one)] == []


def test_an_endpoint_in_clear_has_a_warning() -> None:
    in_clear = [(one.id, server) for one in PROVIDERS for server in one.servers if server.endpoint.security is Security.NONE]

    assert in_clear
    assert [id for id, server in in_clear if not server.note] == []


def test_the_endpoint_to_recommend_is_not_for_some_domains_only() -> None:
    assert [one.id for one in PROVIDERS if one.servers and one.servers[0].domains] == []


def test_servers_for_some_domains_name_domains_of_the_provider_only() -> None:
    named = {(one.id, domain) for one in PROVIDERS for server in one.servers for domain in server.domains if domain not in one.domains}

    # Enterprise mail of NetEase: domains of customers, not of addresses at the brand.
    assert named == {("netease", "ym.163.com")}


def test_no_endpoint_stands_twice_at_one_provider() -> None:
    assert [one.id for one in PROVIDERS if len({server.endpoint for server in one.servers}) != len(one.servers)] == []


def test_a_server_to_recommend_is_no_old_one() -> None:
    old = {name for one in PROVIDERS for name in one.old_hosts}

    assert sorted(old & {server.endpoint.host for one in PROVIDERS for server in one.servers}) == []


def test_a_note_on_the_user_name_that_is_shown_by_itself_says_what_it_is_about() -> None:
    alone = [one for one in PROVIDERS if one.username_note and (one.username != "other" or one.username_value)]

    assert alone
    assert [one.id for one in alone if not re.search("user name|login|password", one.username_note)] == []


def test_nothing_that_is_shown_is_longer_than_a_person_reads() -> None:
    assert [one.id for one in PROVIDERS for trap in one.traps if len(trap.text) > 420] == []


def test_what_nobody_confirmed_is_not_stated_as_certain() -> None:
    hedges = ("may", "probably", "if ", "ask ", "try ", "check")
    doubtful = [trap.text for one in PROVIDERS for trap in one.traps if trap.source is not None and trap.source.unverified]

    assert doubtful
    assert [text for text in doubtful if not any(hedge in text.lower() for hedge in hedges)] == []


def test_a_program_that_is_named_for_oauth2_can_do_it() -> None:
    clients = KNOWN.knowledge.clients
    named = {(one.id, program) for one in PROVIDERS if one.oauth2 for program in one.oauth2.programs}

    assert [pair for pair in sorted(named) if clients[pair[1]].oauth2 is False] == []


# --- what people ask first ---


def test_microsoft_365_is_587_with_starttls_and_has_no_465() -> None:
    assert endpoints("microsoft365")[0] == ("smtp.office365.com", 587, "starttls")
    assert all(port != 465 for id in ("microsoft365", "outlook.com") for _, port, _ in endpoints(id))
    assert provider("microsoft365").username == "full_address"
    assert says("microsoft365", "no port 465", "587")
    assert says("microsoft365", "Port 25", "Home connections")


def test_smtp_live_com_and_hotmail_are_answered_with_todays_server_and_oauth2() -> None:
    for found in (KNOWN.by_host("smtp.live.com"), KNOWN.by_domain("hotmail.com"), KNOWN.by_name("hotmail")):
        assert found is provider("outlook.com")
    assert endpoints("outlook.com") == [("smtp-mail.outlook.com", 587, "starttls")]
    assert provider("outlook.com").servers[0].auth == ("oauth2",)
    assert says("outlook.com", "16 September 2024", "OAuth2")
    assert says("outlook.com", "smtp.live.com is gone")


def test_an_app_password_does_not_help_at_outlook_com() -> None:
    rule = provider("outlook.com").app_password

    assert rule is not None
    assert rule.need == "none"
    assert says("outlook.com", "App passwords do not help")


def test_microsofts_dates_are_right_before_and_after_the_day() -> None:
    before, after = traps_on("2026-12-31", "microsoft365"), traps_on("2027-01-01", "microsoft365")

    assert any("until the end of December 2026" in trap.text for trap in before)
    assert not any("Since the end of December 2026" in trap.text for trap in before)
    assert any("off by default" in trap.text and "Since the end of December 2026" in trap.text for trap in after)
    assert not any("until the end of December 2026" in trap.text for trap in after)
    assert says("microsoft365", "withdrawn on 27 January 2026")
    assert says("microsoft365", "High Volume Email", "internal recipients only", "September 2028")


def test_gmail_wants_an_app_password_with_2_step_verification_on_first() -> None:
    rule = provider("gmail").app_password

    assert rule is not None
    assert rule.need == "required"
    assert rule.url == "https://myaccount.google.com/apppasswords"
    assert "2-Step Verification" in rule.enable_first
    assert says("gmail", "less secure apps", "1 May 2025")


@pytest.mark.parametrize(
    "id", ["gmail", "yahoo", "icloud", "aol", "t-online", "mail.ru", "yandex", "qq", "netease", "fastmail", "infomaniak"]
)
def test_where_an_app_password_is_required_a_link_and_a_trap_say_so(id: str) -> None:
    rule = provider(id).app_password

    assert rule is not None
    assert rule.need == "required"
    assert rule.url is not None
    assert any("auth.bad_credentials" in trap.concerns for trap in provider(id).traps)


def test_the_code_of_qq_and_netease_is_called_by_its_own_name() -> None:
    names = [rule.name for rule in (provider(id).app_password for id in ("qq", "netease")) if rule is not None]

    assert all(name.startswith("authorization code") for name in names)
    assert len(names) == 2


@pytest.mark.parametrize("id", ["tuta", "hey"])
def test_who_has_no_smtp_says_so(id: str) -> None:
    assert endpoints(id) == []
    assert says(id, "no SMTP")


def test_what_moved_says_so() -> None:
    assert KNOWN.by_domain("verizon.net") is provider("aol")
    assert says("aol", "verizon.net", "AOL")
    assert says("comcast", "Yahoo", "phases")
    assert says("talktalk", "31 October 2025")
    assert says("posteo", "app password")
    assert says("gmx", "further cases")
    assert provider("cox").successor == "yahoo"


def test_charter_speaks_tls_at_once_on_587() -> None:
    assert endpoints("spectrum")[0] == ("mobile.charter.net", 587, "implicit_tls")


def test_amazon_ses_is_one_provider_with_a_server_a_region() -> None:
    assert KNOWN.by_host("email-smtp.ap-southeast-3.amazonaws.com") is provider("ses")
    assert {port for _, port, _ in endpoints("ses")} == {25, 465, 587, 2465, 2587}
