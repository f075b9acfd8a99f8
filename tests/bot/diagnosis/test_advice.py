"""Is the change that is told the smallest one that helps?"""

from __future__ import annotations

import datetime

import pytest

from bot.diagnosis.advice import Advice, advise
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.observations import Observations
from knowledge.index import index
from knowledge.terms import Endpoint, Security
from tests.talks.worlds import facts

TODAY = datetime.date(2026, 11, 25)
AT_MICROSOFT = "smtp.office365.com"


def advice(cause: str, situation: Situation) -> Advice:
    return advise(Finding(cause, Certainty.LIKELY), situation, Observations(), index(), TODAY)


def endpoint_changes(cause: str, situation: Situation) -> dict[str, str]:
    return {change.setting: change.value for change in advice(cause, situation).changes if change.setting in ("host", "port", "security")}


def test_a_refused_login_without_encryption_is_no_matter_of_the_password_alone() -> None:
    entered = Situation(host=AT_MICROSOFT, port=25, security=Security.NONE, provider="microsoft365")

    told = advice("auth.bad_credentials", entered)

    assert told.target == Endpoint(AT_MICROSOFT, 587, Security.STARTTLS)
    assert {"port", "security", "password"} <= {change.setting for change in told.changes}


@pytest.mark.parametrize(
    ("port", "security"),
    [(587, Security.STARTTLS), (587, Security.IMPLICIT_TLS), (587, None), (25, Security.STARTTLS), (None, None)],
)
def test_settings_with_which_the_login_can_have_been_reached_are_left_alone(port: int | None, security: Security | None) -> None:
    entered = Situation(host=AT_MICROSOFT, port=port, security=security, provider="microsoft365")

    assert endpoint_changes("auth.bad_credentials", entered) == {}


def test_a_port_that_the_provider_does_not_have_is_changed_with_a_refused_login() -> None:
    entered = Situation(host="smtp.gmail.com", port=2525, security=Security.STARTTLS, provider="gmail")

    assert "port" in endpoint_changes("auth.bad_credentials", entered)


def test_another_server_than_the_providers_is_not_judged_by_its_ports() -> None:
    entered = Situation(host="relay.our-club.test", port=2525, security=Security.NONE, provider="gmail")

    assert endpoint_changes("auth.bad_credentials", entered) == {}


def test_at_ones_own_server_a_login_in_clear_goes_to_starttls_where_it_was_seen_to_be_offered() -> None:
    entered = Situation(host="mail.our-club.test", port=587, security=Security.NONE, own_server=True)
    seen = Observations(facts("good-587", "mail.our-club.test"))

    told = advise(Finding("auth.bad_credentials", Certainty.LIKELY), entered, seen, index(), TODAY)

    assert told.target == Endpoint("mail.our-club.test", 587, Security.STARTTLS)
    assert "security" in {change.setting for change in told.changes}


def test_a_device_without_oauth2_is_not_told_to_use_it() -> None:
    printer = advice("auth.basic_disabled", Situation(provider="microsoft365", client="printer-ricoh"))
    program = advice("auth.basic_disabled", Situation(provider="microsoft365", client="thunderbird"))

    assert [change.setting for change in printer.changes] == []
    assert "cannot sign in" in printer.steps[0].text
    assert [change.setting for change in program.changes] == ["authentication"]


@pytest.mark.parametrize(
    ("old", "port", "security", "new"),
    [
        ("smtp.gmx.net", 587, Security.STARTTLS, {"host": "mail.gmx.net"}),
        ("smtp.gmx.net", 465, Security.IMPLICIT_TLS, {"host": "mail.gmx.net"}),
        ("smtp.gmx.com", 587, Security.STARTTLS, {"host": "mail.gmx.com"}),
        ("smtp.live.com", 465, Security.IMPLICIT_TLS, {"host": "smtp-mail.outlook.com", "port": "587", "security": "STARTTLS"}),
        ("mail.gmx.net", 587, Security.STARTTLS, {}),
        ("smtp.googlemail.com", 587, Security.STARTTLS, {}),
    ],
)
@pytest.mark.parametrize("cause", ["auth.bad_credentials", "auth.required"])
def test_a_login_refused_at_an_old_name_is_to_be_tried_at_todays_server(
    old: str, port: int, security: Security, new: dict[str, str], cause: str
) -> None:
    entered = Situation(host=old, port=port, security=security)

    assert endpoint_changes(cause, entered) == new


@pytest.mark.parametrize("cause", ["net.dns", "net.timeout", "net.refused", "net.closed", "tls.hostname_mismatch", "tls.expired"])
def test_of_a_server_that_fails_by_an_old_name_only_the_name_is_changed(cause: str) -> None:
    entered = Situation(host="smtp.gmx.net", port=587, security=Security.STARTTLS)

    assert endpoint_changes(cause, entered) == {"host": "mail.gmx.net"}


@pytest.mark.parametrize("client", ["thunderbird", "kmail", "ios-mail"])
def test_what_stands_apart_from_the_server_settings_is_gone_to_straight(client: str) -> None:
    told = advice("sender.not_allowed", Situation(host="smtp.ionos.de", port=587, client=client))

    assert [change.setting for change in told.changes] == ["sender"]
    assert all(way != told.steps[0].text for way in index().knowledge.clients[client].open)
    assert " > " in told.steps[0].text


@pytest.mark.parametrize("host", [AT_MICROSOFT, "smtp-mail.outlook.com", "smtp.mail.me.com"])
@pytest.mark.parametrize("client", ["thunderbird", "wordpress", None])
@pytest.mark.parametrize("cause", ["net.refused", "net.timeout", "net.closed", "tls.not_offered", "tls.handshake_failed"])
def test_nobody_is_sent_to_a_port_that_the_provider_does_not_have(host: str, client: str | None, cause: str) -> None:
    entered = Situation(host=host, port=587, security=Security.STARTTLS, client=client)
    told = advice(cause, entered)

    assert endpoint_changes(cause, entered) == {}
    assert told.steps


@pytest.mark.parametrize("cause", ["tls.wrong_mode", "tls.required", "auth.needs_tls_first"])
@pytest.mark.parametrize(("port", "security"), [(465, Security.STARTTLS), (465, Security.NONE), (25, Security.NONE)])
def test_a_mode_that_is_put_right_leaves_nobody_at_a_port_that_the_provider_does_not_have(
    port: int, security: Security, cause: str
) -> None:
    told = advice(cause, Situation(host="smtp-mail.outlook.com", port=port, security=security, provider="outlook.com"))

    assert told.target == Endpoint("smtp-mail.outlook.com", 587, Security.STARTTLS)


def test_a_website_whose_connections_are_refused_hears_that_its_host_may_do_it() -> None:
    entered = Situation(host="smtp.gmail.com", port=587, security=Security.STARTTLS, client="wordpress")

    assert any("GoDaddy" in step.text and "web host" in step.text for step in advice("net.refused", entered).steps)


def test_who_has_a_relay_without_encryption_is_told_the_line_that_switches_it_off() -> None:
    entered = Situation(host="10.0.0.5", port=25, security=Security.STARTTLS, client="alertmanager", own_server=True)

    assert "without (smtp_require_tls: false)" in advice("tls.not_offered", entered).steps[-1].text


def test_a_log_of_ones_own_is_named_only_where_the_provider_is_not_known() -> None:
    known = advice("auth.bad_credentials", Situation(host="posteo.de", port=465, security=Security.IMPLICIT_TLS))
    own = advice("auth.bad_credentials", Situation(host="mail.our-club.test", port=465, security=Security.IMPLICIT_TLS, own_server=True))

    assert not any("its log" in step.text for step in known.steps)
    assert any("its log" in step.text for step in own.steps)
