"""What was seen at a server: what is told of a port that turns away, of a certificate, and how wide the table is."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from bot import observations as o
from bot.answers.check import check_blocks
from bot.answers.check_ports import endpoint_error, in_plain_words, port_sentence, tables
from bot.answers.evidence import evidence_text
from bot.diagnosis.model import Situation
from bot.diagnosis.survey import survey
from bot.observations import Observations
from bot.reply import Table, block_text
from knowledge.index import index

NOW = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
HOST = "mail.our-club.test"


def greeting(code: int, text: str) -> o.GreetedInClear:
    return o.GreetedInClear(site="here", at=NOW, host=HOST, address="192.0.2.1", port=587, code=code, text=text, seconds=0.1)


def test_a_greeting_of_554_names_no_cause_and_shows_the_servers_words() -> None:
    seen, asked = Observations((greeting(554, "5.7.1 client host blocked"),)), Situation(host=HOST)
    view = survey(seen)[0]

    assert endpoint_error(view, asked) is None
    assert port_sentence(view, asked, index()) == "turns us away"
    assert "client host blocked" in "\n".join(block_text(block) for block in check_blocks(seen, asked, index(), NOW.date()))


def test_a_greeting_of_421_is_a_server_that_is_busy() -> None:
    view = survey(Observations((greeting(421, "too many connections"),)))[0]

    assert endpoint_error(view, Situation(host=HOST)) == "server.unavailable"


def test_that_nobody_listens_is_said_of_this_side_only() -> None:
    here = o.TcpRefused(site="here", at=NOW, host=HOST, address="192.0.2.1", port=587)
    there = o.TcpRefused(site=o.USER, at=NOW, host=HOST, address="192.0.2.1", port=587)

    assert "nobody listens" in evidence_text(here, index())
    assert "nobody listens" not in evidence_text(there, index())


def test_a_certificate_for_other_names_changes_no_port_where_none_was_asked_for() -> None:
    where: dict[str, Any] = {"site": "here", "at": NOW, "host": HOST, "address": "192.0.2.1", "port": 465}
    seen = Observations(
        (
            o.TlsEstablished(**where, implicit=True, version="TLSv1.3"),
            o.CertificateShown(**where, names=("mx1.hoster.test",), trusted=True, hostname_ok=False),
            o.CertificateNameMismatch(**where, names=("mx1.hoster.test",)),
            o.EhloAnswered(**where, under_tls=True, keywords=("AUTH PLAIN LOGIN",)),
        )
    )

    shown = "\n".join(block_text(block) for block in check_blocks(seen, Situation(host=HOST), index(), NOW.date()))

    assert "mx1.hoster.test" in shown
    assert "certificate for other names" in shown
    assert "Change only these" not in shown
    assert "Set port" not in shown
    assert "Set encryption" not in shown


def working(port: int, *, implicit: bool, address: str = "192.0.2.1", auth: str = "AUTH PLAIN LOGIN") -> tuple[o.Observation, ...]:
    where: dict[str, Any] = {"site": "here", "at": NOW, "host": HOST, "address": address, "port": port}
    clear = () if implicit else (o.GreetedInClear(**where, text="hello"), o.EhloAnswered(**where, under_tls=False, keywords=("STARTTLS",)))
    return (
        *clear,
        o.TlsEstablished(**where, implicit=implicit, version="TLSv1.3"),
        o.CertificateShown(**where, names=(HOST,), not_after=NOW, trusted=True, hostname_ok=True),
        o.EhloAnswered(**where, under_tls=True, keywords=(auth,) if auth else ()),
    )


def refused(port: int, address: str = "192.0.2.1") -> o.TcpRefused:
    return o.TcpRefused(site="here", at=NOW, host=HOST, address=address, port=port)


def words(*facts: o.Observation) -> str:
    return in_plain_words(survey(Observations(facts)), Situation(host=HOST), index())


def test_each_port_is_told_once_in_plain_words() -> None:
    said = words(*working(587, implicit=False), refused(465), refused(2525), *working(25, implicit=False, auth=""))

    assert said == (
        "587 answers, encrypts with STARTTLS and takes PLAIN and LOGIN; "
        "25 takes no login, which is as it should be: it is for mail between servers; 465 and 2525 refuse."
    )


def test_ports_that_do_the_same_are_told_together_and_many_logins_are_counted() -> None:
    many = "AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER CRAM-MD5 NTLM"

    assert words(*working(465, implicit=True), *working(8465, implicit=True)) == (
        "465 and 8465 answer, encrypt from the first byte (SSL/TLS) and take PLAIN and LOGIN."
    )
    assert words(*working(465, implicit=True, auth=many)).endswith("takes PLAIN, LOGIN, XOAUTH2 and 3 more.")


def test_ipv4_and_ipv6_are_told_apart_where_they_differ() -> None:
    facts = (*working(587, implicit=False), refused(587, "2001:db8::1"))
    shown = check_blocks(Observations(facts), Situation(host=HOST), index(), NOW.date())

    assert words(*facts).endswith("; at 2001:db8::1, 587 refuses.")
    assert [block_text(block).splitlines()[0] for block in shown if isinstance(block, Table)] == ["At 192.0.2.1:", "At 2001:db8::1:"]


def test_sites_that_see_a_port_differently_are_told_by_name() -> None:
    at_oslo = dataclasses.replace(refused(587), site="oslo")
    facts = (*working(587, implicit=False), at_oslo)
    shown = [block_text(block) for block in check_blocks(Observations(facts), Situation(host=HOST), index(), NOW.date())]

    assert words(*facts).endswith("takes PLAIN and LOGIN; seen from oslo, 587 refuses.")
    assert any(text.startswith("At 192.0.2.1, seen from oslo:") for text in shown)
    assert any(text.startswith("At 192.0.2.1, seen from here:") for text in shown)


def test_the_table_tells_the_oldest_version_of_tls_that_is_taken() -> None:
    where: dict[str, Any] = {"site": "here", "at": NOW, "host": HOST, "address": "192.0.2.1", "port": 587}
    newer, older = o.TlsVersionAccepted(**where, version="TLSv1.2"), o.OldTlsAccepted(**where, version="TLSv1")

    def column(*facts: o.Observation) -> str:
        table = tables(survey(Observations((*working(587, implicit=False), *facts))), Situation(host=HOST), index())[0]
        return table.rows[0][table.head.index("TLS")]

    assert [column(), column(newer), column(newer, older)] == ["1.3", "1.2-1.3", "1.0-1.3"]


def test_a_port_whose_greeting_comes_late_works_all_the_same() -> None:
    """A hello that was tried beside the wait met the greeting: that says nothing of the server's TLS."""
    where: dict[str, Any] = {"site": "here", "at": NOW, "host": HOST, "address": "192.0.2.1", "port": 587}
    late = o.TlsFailed(**where, implicit=True, reason="not_tls")
    view = survey(Observations((*working(587, implicit=False), late)))[0]

    assert view.works
    assert endpoint_error(view, Situation(host=HOST)) is None


def test_the_table_fits_a_hundred_columns_however_many_logins_a_server_takes() -> None:
    methods = "AUTH " + " ".join(
        ("PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER", "GSSAPI", "NTLM")
    )
    facts: list[o.Observation] = []
    for port in (25, 465, 587, 2525):
        where: dict[str, Any] = {"site": "here", "at": NOW, "host": HOST, "address": "192.0.2.1", "port": port}
        facts += [
            o.TlsEstablished(**where, implicit=True, version="TLSv1.3"),
            o.CertificateShown(**where, names=(HOST,), not_after=NOW, trusted=True, hostname_ok=True),
            o.EhloAnswered(**where, under_tls=True, keywords=(methods,)),
        ]

    table = next(b for b in check_blocks(Observations(tuple(facts)), Situation(host=HOST), index(), NOW.date()) if isinstance(b, Table))

    assert len(table.rows) == 4
    assert max(map(len, block_text(table).splitlines())) <= 100
