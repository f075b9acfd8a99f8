"""Is a certificate judged as clients judge it?"""

from __future__ import annotations

import ssl

import pytest

from bot.probes.tls import Trust, handshake_fault, name_covers
from bot.probes.visit import utc_now
from tests.servers.papers import Papers


@pytest.mark.parametrize(
    ("pattern", "host", "covers"),
    [
        ("mail.test", "mail.test", True),
        ("MAIL.test", "mail.TEST.", True),
        ("*.hoster.test", "mail.hoster.test", True),
        ("*.hoster.test", "a.mail.hoster.test", False),
        ("*.hoster.test", "hoster.test", False),
        ("*.test", "mail.test", False),
        ("m*.hoster.test", "mail.hoster.test", False),
        ("*", "mail.test", False),
        ("mail.test.evil", "mail.test", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("*.0.2.1", "192.0.2.1", False),
        ("2001:db8::1", "2001:0db8:0::1", True),
        ("", "mail.test", False),
    ],
)
def test_a_name_of_a_certificate_stands_for_itself_or_one_label(pattern: str, host: str, covers: bool) -> None:
    assert name_covers(pattern, host) is covers


@pytest.mark.parametrize(
    ("kind", "distrust"),
    [
        ("good", None),
        ("expired", None),
        ("not_yet_valid", None),
        ("with_intermediate", None),
        ("self_signed", "self_signed"),
        ("unknown_issuer", "unknown_issuer"),
        ("missing_intermediate", "incomplete_chain"),
    ],
)
def test_the_chain_is_judged_apart_from_dates_and_names(kind: str, distrust: str | None, papers: Papers) -> None:
    pem = papers.files(kind)[0].read_text().split("-----END CERTIFICATE-----\n")
    chain = tuple(ssl.PEM_cert_to_DER_cert(part + "-----END CERTIFICATE-----\n") for part in pem if part.strip())

    shown = Trust(papers.ca_file).judge(chain)

    assert shown is not None
    assert shown.distrust == distrust
    assert shown.expired(utc_now()) is (kind == "expired")
    assert shown.not_yet_valid(utc_now()) is (kind == "not_yet_valid")


@pytest.mark.parametrize("chain", [(), (b"",), (b"\x30\x82nonsense",)])
def test_what_is_no_certificate_is_none(chain: tuple[bytes, ...], papers: Papers) -> None:
    assert Trust(papers.ca_file).judge(chain) is None


def test_a_broken_file_of_authorities_is_an_error_of_the_operator(tmp_path: object) -> None:
    with pytest.raises(OSError, match="No such file"):
        Trust("/nowhere/ca.pem")


def test_a_handshake_that_asyncio_ended_for_slowness_was_silent() -> None:
    assert handshake_fault(ConnectionAbortedError()) == ("silent", "")
    assert handshake_fault(ConnectionResetError()) == ("closed", "")
