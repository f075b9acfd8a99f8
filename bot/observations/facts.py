"""What can be seen of a mail server, by whom and when? Typed facts in the past tense; no opinions (those are in `diagnosis`), no I/O.

A fact that the user's own side has seen (a pasted transcript) has `site="user"`; what a probe saw has the probe's site. A new kind of
fact is one more class here.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """`at` is None where the moment is not known (a pasted transcript)."""

    site: str = "here"
    at: datetime.datetime | None = None


# --- names ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class NameResolved(Observation):
    host: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NameDidNotResolve(Observation):
    """`reason`: the name does not exist, it has no address, or the resolver did not answer (then nothing is known)."""

    host: str
    reason: Literal["nxdomain", "no_address", "no_answer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotProbed(Observation):
    """The guard or a limit refused (`reason` is an id: "placeholder", "private", "port", "masked", "rate", "rate_person",
    "rate_workspace"); says nothing about the server."""

    host: str
    reason: str
    port: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PortsChosen(Observation):
    """Which ports of `host` a look asks; told before the first of them is."""

    host: str
    ports: tuple[int, ...]


# --- one endpoint ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointObservation(Observation):
    """`host` is the name that was asked for (used for SNI and certificate names), `address` the address connected to ("" if unknown)."""

    host: str = ""
    address: str = ""
    port: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TcpConnected(EndpointObservation):
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TcpRefused(EndpointObservation):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class TcpTimedOut(EndpointObservation):
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TcpUnreachable(EndpointObservation):
    """No route to the host or network."""


Stage = Literal["greeting", "ehlo", "starttls", "tls", "ehlo_tls", "auth", "mail", "rcpt", "data"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionClosed(EndpointObservation):
    """The peer hung up (or reset: `reset`) while `stage` was awaited. The answer to that stage stays unknown."""

    stage: Stage
    reset: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StayedSilent(EndpointObservation):
    """Connected, but nothing came within `seconds` while `stage` was awaited. The answer stays unknown."""

    stage: Stage
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class GreetedInClear(EndpointObservation):
    """An SMTP greeting before any TLS. `text` is the banner, `code` 220 unless the greeting refuses (554, 421)."""

    text: str = ""
    code: int = 220
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GreetedUnderTls(EndpointObservation):
    text: str = ""
    code: int = 220
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeOtherProtocol(EndpointObservation):
    protocol: Literal["http", "ssh", "imap", "pop3", "ftp", "lmtp", "unknown"]
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EhloAnswered(EndpointObservation):
    """The EHLO keywords, each a line without its code ("AUTH PLAIN LOGIN"), upper case keyword first."""

    under_tls: bool
    keywords: tuple[str, ...]
    seconds: float | None = None

    def keyword(self, name: str) -> str | None:
        """The parameters of an EHLO keyword ("PLAIN LOGIN" for AUTH), "" if it has none, None if it is not offered."""
        for line in self.keywords:
            word, _, rest = line.partition(" ")
            if word.upper() == name:
                return rest.strip()
            if name == "AUTH" and word.upper().startswith("AUTH="):  # an old Microsoft form
                return (word[5:] + " " + rest).strip()
        return None

    @property
    def starttls(self) -> bool:
        return self.keyword("STARTTLS") is not None

    @property
    def auth(self) -> tuple[str, ...]:
        return tuple((self.keyword("AUTH") or "").upper().split())

    @property
    def size(self) -> int | None:
        value = self.keyword("SIZE")
        return int(value) if value and value.isdigit() and len(value) < 16 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replied(EndpointObservation):
    """A reply of the server that was not a success: what was sent (`stage`), the codes and the literal text."""

    stage: Stage
    code: int
    enhanced: str | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MalformedReplySeen(EndpointObservation):
    """The peer broke the protocol: endless, mixed codes, bare LF, bytes after STARTTLS ("injected")."""

    stage: Stage
    reason: Literal["too_long", "mixed_codes", "bare_lf", "not_smtp", "injected", "nul"]


# --- TLS ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsEstablished(EndpointObservation):
    """A handshake completed (with or without a certificate that passes: see the Certificate… facts). `implicit`: from the first byte."""

    implicit: bool
    version: str
    cipher: str = ""
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsFailed(EndpointObservation):
    """The handshake broke. "not_tls": the peer answered the hello with something that is no TLS record."""

    implicit: bool
    reason: Literal["not_tls", "protocol_too_old", "no_shared_cipher", "client_certificate_demanded", "closed", "silent", "other"]
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateShown(EndpointObservation):
    """The leaf certificate. Dates are aware UTC. `trusted`/`hostname_ok` None: not judged (a pasted excerpt)."""

    names: tuple[str, ...]
    issuer: str = ""
    not_before: datetime.datetime | None = None
    not_after: datetime.datetime | None = None
    trusted: bool | None = None
    hostname_ok: bool | None = None
    key: str = ""
    chain: tuple[str, ...] = ()  # whose certificates were sent behind the leaf, in that order


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateExpired(EndpointObservation):
    not_after: datetime.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateNotYetValid(EndpointObservation):
    not_before: datetime.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateUntrusted(EndpointObservation):
    reason: Literal["self_signed", "unknown_issuer", "incomplete_chain", "other"]
    issuer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateNameMismatch(EndpointObservation):
    """`passing` are those of its names that resolve to the same address, so that entering one of them would pass."""

    names: tuple[str, ...]
    passing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class IntermediateMissing(EndpointObservation):
    """The certificate of `issuer` was not sent along, and it is none that programs know. `url`: where the leaf says it is to be had."""

    issuer: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OldTlsAccepted(EndpointObservation):
    """A TLS version below 1.2 was accepted when nothing newer was offered; `version` is the oldest one ("TLSv1", "TLSv1.1")."""

    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsVersionAccepted(EndpointObservation):
    """TLS 1.2 ("TLSv1.2") was accepted when nothing newer was offered."""

    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StarttlsAcceptedUnlisted(EndpointObservation):
    """The EHLO answer in clear did not list STARTTLS, and yet the command led to TLS: the server has it, somebody takes it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredAsAnother(EndpointObservation):
    """Where the knowledge documents a provider's server, the certificate is for none of that provider's names. `greeted_as`: the name
    in the greeting, "" where there was none."""

    names: tuple[str, ...]
    greeted_as: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OldTlsOnly(EndpointObservation):
    """Only versions below TLS 1.2 were accepted; `version` is the newest of them."""

    version: str


# --- discovery and the world around --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class MailExchangersFound(Observation):
    domain: str
    hosts: tuple[str, ...]


How = Literal["knowledge", "srv", "autoconfig", "autodiscover", "ispdb", "mx", "ns", "name"]
# How far each is to be trusted, the most first: checked by us; published by the domain for this very purpose; collected by others;
# concluded from who hosts the domain; guessed.
TRUST: tuple[How, ...] = ("knowledge", "srv", "autoconfig", "ispdb", "autodiscover", "mx", "ns", "name")


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateFound(Observation):
    """A submission endpoint somebody publishes for a domain, not yet connected to. `how` says who: "srv", "mx" … ("knowledge": we do).

    `username` is the form that an autoconfig file gives, such as "%EMAILADDRESS%"."""

    domain: str
    host: str
    port: int
    security: Literal["implicit_tls", "starttls", "none"]
    how: How
    username: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlAnswered(EndpointObservation):
    """The control endpoint was reached (`reached`), so this site's own network lets that port out."""

    reached: bool


# --- the sender's domain ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class SpfChecked(Observation):
    """`record` None: the domain publishes none. `lookups` counts what RFC 7208 section 4.6.4 counts, None where it could not be counted.

    `allows` is what the record says of `address`, the outgoing server's; None where no address is known or the record is broken.
    """

    domain: str
    record: str | None
    lookups: int | None = None
    problem: Literal["several", "syntax", "too_many_lookups", "void_lookups", "loop", "broken_include"] | None = None
    address: str | None = None
    allows: Literal["pass", "fail", "softfail", "neutral"] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DkimKeyChecked(Observation):
    """The key at SELECTOR._domainkey.DOMAIN. `bits` None: not an RSA key, or none at all; "revoked": an empty key."""

    domain: str
    selector: str
    problem: Literal["missing", "revoked", "broken", "too_short"] | None = None
    bits: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DmarcChecked(Observation):
    """`found_at` is the domain that publishes the record (the sender's or the one above it). `spf_strict`, `dkim_strict`: the alignment
    asked for ("s" instead of "r")."""

    domain: str
    record: str | None
    found_at: str | None = None
    policy: Literal["none", "quarantine", "reject"] | None = None
    spf_strict: bool = False
    dkim_strict: bool = False
    problem: Literal["several", "syntax"] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MtaStsChecked(Observation):
    """`mode` None: the policy file could not be had or read. `uncovered` are mail exchangers that the policy does not name."""

    domain: str
    published: bool
    mode: Literal["enforce", "testing", "none"] | None = None
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsaChecked(Observation):
    """DANE at a mail exchanger: TLSA records as text ("3 1 1 …", shortened); () where there are none. Whether DNSSEC vouches for them
    is `signed` as the resolver says."""

    host: str
    records: tuple[str, ...]
    signed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsReportingChecked(Observation):
    """`problem`: the record cannot be read, or there are several, so that nobody reports."""

    domain: str
    record: str | None
    problem: Literal["syntax"] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReverseNameChecked(Observation):
    """`names` are those that the address's PTR records give, `confirmed` those of them that lead back to the address (RFC 8601: iprev).

    `greeted_as` is the name the server gives itself in its greeting, "" where it was not heard; its own HELO mostly says the same.
    """

    address: str
    names: tuple[str, ...]
    confirmed: tuple[str, ...] = ()
    greeted_as: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlocklistAnswered(Observation):
    """What a list said about `item` (an address or a domain). `listed` None: it gave an error instead of an answer (`code` such as
    127.255.255.254: the question came through a public resolver), or none at all; then nothing is known."""

    zone: str
    item: str
    listed: bool | None
    code: str = ""
    text: str = ""
