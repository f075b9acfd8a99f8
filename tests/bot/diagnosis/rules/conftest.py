"""A good server on 587, to be changed by each test: what a probe sees there, fact by fact."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from bot import observations as o

NOON = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)
HOST = "mail.our-club.test"


def good(port: int = 587, *, implicit: bool = False, auth: str = "AUTH PLAIN LOGIN") -> tuple[o.EndpointObservation, ...]:
    """Everything that a probe sees of an endpoint without a fault."""
    where: dict[str, Any] = {"host": HOST, "address": "192.0.2.1", "port": port, "site": "here", "at": NOON}
    certificate = o.CertificateShown(**where, names=(HOST,), issuer="A CA", not_after=NOON, trusted=True, hostname_ok=True)
    if implicit:
        return (
            o.TcpConnected(**where, seconds=0.05),
            o.TlsEstablished(**where, implicit=True, version="TLSv1.3"),
            certificate,
            o.GreetedUnderTls(**where, text="mx ESMTP"),
            o.EhloAnswered(**where, under_tls=True, keywords=("PIPELINING", auth)),
        )
    return (
        o.TcpConnected(**where, seconds=0.05),
        o.GreetedInClear(**where, text="mx ESMTP"),
        o.EhloAnswered(**where, under_tls=False, keywords=("PIPELINING", "STARTTLS")),
        o.TlsEstablished(**where, implicit=False, version="TLSv1.3"),
        certificate,
        o.EhloAnswered(**where, under_tls=True, keywords=("PIPELINING", auth)),
    )


@pytest.fixture
def good_587() -> o.Observations:
    return o.Observations(good(587))


@pytest.fixture
def good_465() -> o.Observations:
    return o.Observations(good(465, implicit=True))
