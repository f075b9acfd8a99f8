"""Which words does the field use for a submission endpoint? Holds plain values; asks nobody and knows no provider."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SUBMISSION = 587
SUBMISSIONS = 465
RELAY = 25
ALTERNATE = 2525
MAIL_PORTS = (RELAY, SUBMISSIONS, SUBMISSION, ALTERNATE)
# Where mail is fetched: IMAP and POP3.
FETCHING = frozenset({110, 143, 993, 995})


class Security(StrEnum):
    """How a connection is encrypted. Source: RFC 8314 section 3, RFC 3207."""

    IMPLICIT_TLS = "implicit_tls"
    STARTTLS = "starttls"
    NONE = "none"


# What RFC 8314 and the registry of port numbers expect; a server may differ, a probe tells.
CUSTOMARY_SECURITY = {SUBMISSIONS: Security.IMPLICIT_TLS, SUBMISSION: Security.STARTTLS}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a client submits mail: host name or address literal, port, and mode of encryption."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was seen. `checked` is "YYYY-MM-DD" or "YYYY-MM", or None where nobody noted the day."""

    url: str
    checked: str | None = None
    unverified: bool = False
