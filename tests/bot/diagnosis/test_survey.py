"""All observations of a port taken together."""

from __future__ import annotations

from bot import observations as o
from bot.diagnosis.survey import at_port, best, survey

HOST = "mail.our-club.test"


def test_what_the_person_saw_is_not_mixed_with_what_was_seen_here() -> None:
    seen = (o.TcpRefused(site=o.USER, host=HOST, port=587), o.TcpConnected(host=HOST, address="192.0.2.1", port=587))

    assert [view.site for view in survey(seen)] == ["here"]
    assert [view.site for view in survey(seen, site=o.USER)] == [o.USER]


def test_a_timeout_is_neither_yes_nor_no() -> None:
    (view,) = survey((o.TcpTimedOut(host=HOST, address="192.0.2.1", port=587),))

    assert view.connected is None
    assert view.speaks is None


def test_a_port_with_a_certificate_fault_is_never_recommended() -> None:
    seen = (
        o.GreetedInClear(host=HOST, address="192.0.2.1", port=587, text="mx"),
        o.EhloAnswered(host=HOST, address="192.0.2.1", port=587, under_tls=False, keywords=("STARTTLS",)),
        o.TlsEstablished(host=HOST, address="192.0.2.1", port=587, implicit=False, version="TLSv1.3"),
        o.CertificateExpired(host=HOST, address="192.0.2.1", port=587),
        o.EhloAnswered(host=HOST, address="192.0.2.1", port=587, under_tls=True, keywords=("AUTH PLAIN",)),
    )

    assert best(survey(seen)) is None


def test_of_two_addresses_the_one_that_says_more_stands_for_the_port() -> None:
    seen = (
        o.TcpUnreachable(host=HOST, address="2001:db8::1", port=587),
        o.TcpConnected(host=HOST, address="192.0.2.1", port=587),
    )

    view = at_port(survey(seen), 587)

    assert view is not None
    assert view.address == "192.0.2.1"
