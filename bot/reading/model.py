"""What does a text say? The shape of the answer; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.observations import Observation
from knowledge.terms import Security

Slot = Literal["host", "port", "security", "client", "provider", "address_domain", "error"]
SLOTS: tuple[Slot, ...] = ("host", "port", "security", "client", "provider", "address_domain", "error")

# What a person wants to be told later; "off": nothing any more.
Reaction = Literal["where", "done_before"]
Watched = Literal["server", "certificate", "question", "off"]

Intent = Literal[
    "fix_error",
    "configure",
    "lookup",
    "question",
    "greeting",
    "thanks",
    "human",
    "cancel",
    "restart",
    "correction",
    "off_topic",
]


@dataclass(frozen=True, slots=True)
class HostTypo:
    """A host name as it was written, and the known one it is probably meant to be. Named to the person, never silently mended."""

    said: str
    meant: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A setting that was tried before and is not the present one."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says. A slot that the text does not say is None.

    `provider` and `client` are ids of the knowledge; `client` may be "other" (a named program without an entry).
    `term` is a glossary id that the text asks about. `own_server`: says that the server is their own or their company's.
    `outcome`: "works" or "still_fails" after an earlier answer. `unknown`: says "I don't know". `yes`: answers yes or no.
    `changed`: says that settings were changed since (the probe cache is passed over). `ambiguous_security`: says "TLS" or
    "encryption" without saying which of the two modes.
    `observations` are facts of the user's side (site "user"). `folklore` are ids of outdated advice that the text repeats.
    """

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    client: str | None = None
    provider: str | None = None
    address_domain: str | None = None
    error: str | None = None
    intent: Intent = "off_topic"
    term: str | None = None
    client_version: str | None = None
    own_server: bool = False
    outcome: Literal["works", "still_fails"] | None = None
    unknown: bool = False
    yes: bool | None = None
    changed: bool = False
    ambiguous_security: bool = False
    host_typo: HostTypo | None = None
    tried: tuple[Tried, ...] = ()
    observations: tuple[Observation, ...] = ()
    folklore: tuple[str, ...] = ()
    works_elsewhere: bool = False  # "it works in webmail / on my phone"
    watch: Watched | None = None
    reaction: Reaction | None = None  # to an answer, where there was one
    language: str | None = None
    cut: bool = False  # longer than is read, see `bot.redaction.SafeText`

    def slot(self, name: Slot) -> str | int | None:
        value = getattr(self, name)
        assert value is None or isinstance(value, (str, int))
        return value
