"""What does a diagnosis look like? Findings with their certainty and evidence; plain data."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from knowledge.terms import Endpoint, Security

if TYPE_CHECKING:
    from bot.observations import Observation


class Certainty(StrEnum):
    """How a rule knows. The numbers stand in `certainty.py`, the one table where rules and the recogniser meet."""

    SEEN = "seen"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Quote:
    """The part of the person's error text that decided."""

    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Settings that were seen to work, or that are published; None leaves what the person has."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause, how sure, and by what. `proposal`: what the evidence itself says to set instead. `confidence` None: from the certainty."""

    cause: str
    certainty: Certainty
    evidence: tuple[Observation | Quote, ...] = ()
    proposal: Proposal | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the recogniser made of an error text: (cause, confidence 0…1, the words that decided), best first; and the decisive codes.

    `vendor` is who spoke ("microsoft", "google", "postfix" …; ids in knowledge/causes/README.md). `about_mail` False: the text is about
    something else (other software, receiving mail), which is worth an honest sentence. `ours`: see there.
    """

    ranked: tuple[tuple[str, float, str], ...] = ()
    reply_code: int | None = None
    enhanced_code: str | None = None
    vendor: str | None = None
    about_mail: bool = True


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address as people write it, is the machine itself that asks for it."""
    name = host.rstrip(".").strip("[]").lower()
    if name in ("localhost", "localhost.localdomain") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the person's settings when a diagnosis is made; None where not said."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    client: str | None = None
    provider: str | None = None
    address_domain: str | None = None
    error: str | None = None
    own_server: bool = False
    works_elsewhere: bool = False

    @property
    def on_itself(self) -> bool:
        """Whether the server entered is the very machine (or container) that the person's program runs on, which nobody else can see."""
        return self.host is not None and is_loopback(self.host)

    @property
    def endpoint(self) -> Endpoint | None:
        if self.host is None or self.port is None or self.security is None:
            return None
        return Endpoint(self.host, self.port, self.security)
