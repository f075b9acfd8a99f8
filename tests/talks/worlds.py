"""What may a look at a server find? Words of the talk scripts -> observations, as a probe would report them."""

from __future__ import annotations

import datetime
from typing import Any

from bot import observations as o

NOON = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)


def facts(word: str, host: str) -> tuple[o.Observation, ...]:
    """The observations of one word, such as "good-587", "refused-465" or "nxdomain"."""
    kind, _, number = word.rpartition("-") if word[-1].isdigit() else (word, "", "0")
    where: dict[str, Any] = {"host": host, "address": "192.0.2.1", "port": int(number)}
    match kind:
        case "nxdomain":
            return (o.NameDidNotResolve(host=host, reason="nxdomain"),)
        case "good":
            return (o.NameResolved(host=host, addresses=("192.0.2.1",)), *(_implicit(where) if number == "465" else _starttls(where)))
        case "implicit":
            return _implicit(where)
        case "refused":
            return (o.TcpRefused(**where),)
        case "timeout":
            return (o.TcpTimedOut(**where, seconds=10.0),)
        case "clear":
            return (
                o.TcpConnected(**where),
                o.GreetedInClear(**where, text="mx ESMTP"),
                o.EhloAnswered(**where, under_tls=False, keywords=("AUTH PLAIN LOGIN",)),
            )
        case "relay":
            return (
                o.TcpConnected(**where),
                o.GreetedInClear(**where, text="mx ESMTP"),
                o.EhloAnswered(**where, under_tls=False, keywords=("PIPELINING", "STARTTLS")),
            )
        case "expired":
            return (*_starttls(where, trusted=False), o.CertificateExpired(**where, not_after=NOON - datetime.timedelta(days=9)))
        case "other-name":
            return (
                *_starttls(where, hostname_ok=False),
                o.CertificateNameMismatch(**where, names=("mail.hosting.test",), passing=("mail.hosting.test",)),
            )
        case "self-signed":
            return (*_starttls(where, trusted=False), o.CertificateUntrusted(**where, reason="self_signed"))
        case "http":
            return (o.TcpConnected(**where), o.SpokeOtherProtocol(**where, protocol="http", text="HTTP/1.1 400 Bad Request"))
        case "busy":
            return (o.TcpConnected(**where), o.GreetedInClear(**where, text="too busy", code=421))
    raise ValueError(f"no such world: {word}")


def _certificate(where: dict[str, Any], *, trusted: bool, hostname_ok: bool) -> o.CertificateShown:
    until = NOON + datetime.timedelta(days=60)
    return o.CertificateShown(**where, names=(where["host"],), issuer="A CA", not_after=until, trusted=trusted, hostname_ok=hostname_ok)


def _starttls(where: dict[str, Any], *, trusted: bool = True, hostname_ok: bool = True) -> tuple[o.Observation, ...]:
    return (
        o.TcpConnected(**where),
        o.GreetedInClear(**where, text="mx ESMTP"),
        o.EhloAnswered(**where, under_tls=False, keywords=("PIPELINING", "STARTTLS")),
        o.TlsEstablished(**where, implicit=False, version="TLSv1.3"),
        _certificate(where, trusted=trusted, hostname_ok=hostname_ok),
        o.EhloAnswered(**where, under_tls=True, keywords=("PIPELINING", "AUTH PLAIN LOGIN")),
    )


def _implicit(where: dict[str, Any]) -> tuple[o.Observation, ...]:
    return (
        o.TcpConnected(**where),
        o.TlsEstablished(**where, implicit=True, version="TLSv1.3"),
        _certificate(where, trusted=True, hostname_ok=True),
        o.GreetedUnderTls(**where, text="mx ESMTP"),
        o.EhloAnswered(**where, under_tls=True, keywords=("PIPELINING", "AUTH PLAIN LOGIN")),
    )
