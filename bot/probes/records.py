"""What do the records of a sender's domain say by their RFCs? checkdmarc's parsers, over answers that were had elsewhere; asks nobody.

checkdmarc can ask the DNS itself. Here it cannot: `Answers` stands in its resolver's place, and `nameservers=()` leaves it nobody to ask
where it passes the resolver by (the explanation behind "exp="). What it keeps of answers, for half an hour and for all who ask, is thrown
away each time. Its report addresses are cut out before it reads, since it would look each of them up. It is loaded at first use, for that
takes most of a second and 20 MiB: `load` does it in a thread.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import dns.rdata
from dns.rdataclass import IN

from bot.probes.guard import NobodyAnswered, NothingThere

Records = tuple[dns.rdata.Rdata, ...]
Question = tuple[str, str]  # a name, in lower case and without the root's dot, and the kind of its records
SpfProblem = Literal["syntax", "too_many_lookups", "void_lookups", "loop", "broken_include"]
StsMode = Literal["enforce", "testing", "none"]

MAX_LOOKUPS = 10  # RFC 7208 section 4.6.4
_STAND_IN = "stand-in.invalid"
# What stands for an answer that is still to be had, so that one reading shows all that is lacking and not the first of it only.
_STAND_INS = {
    "TXT": (dns.rdata.from_text(IN, "TXT", '"v=spf1 ?all"'),),
    "A": (dns.rdata.from_text(IN, "A", "192.0.2.1"),),
    "AAAA": (),
    "MX": (dns.rdata.from_text(IN, "MX", f"1 {_STAND_IN}."),),
}


async def load() -> None:
    """Have the parsers at hand: before any other function here."""
    await asyncio.to_thread(_parsers)


@cache
def _parsers() -> Mapping[str, Any]:
    return {name: importlib.import_module(f"checkdmarc.{name}") for name in ("spf", "dmarc", "mta_sts", "smtp_tls_reporting", "utils")}


class Answers:
    """Answers in a resolver's place. `given` are those that were had, None where nobody answered; `lacking` the questions without one."""

    lifetime = 1.0  # seconds; the parsers read it and wait for nothing

    def __init__(self) -> None:
        self.given: dict[Question, Records | None] = {}
        self.lacking: set[Question] = set()

    def records(self, name: str, kind: str) -> Records | None:
        """The records, () for none, None where nobody answered; a stand-in where the question is still to be asked."""
        question = (name.rstrip(".").lower(), kind)
        if question in self.given:
            return self.given[question]
        if question[0] != _STAND_IN:
            self.lacking.add(question)
        return _STAND_INS[kind]

    def resolve(self, name: str, kind: str, **_: object) -> Records:
        """As dnspython's resolvers. Other kinds than those above are said to be empty: the parsers ask for the old type SPF, and for an
        alias beside the record, to warn of them only."""
        found = self.records(name, kind) if kind in _STAND_INS else ()
        if found is None:
            raise NobodyAnswered
        if not found:
            raise NothingThere
        return found


def spf(record: str, domain: str, answers: Answers) -> tuple[int | None, SpfProblem | None]:
    """(number of look-ups, what makes the record count as broken) of the record that `domain` publishes; None for a number that the
    fault keeps from being counted. Void until nothing is lacking in `answers`. Source: RFC 7208 sections 4.6.4, 5.2 and 12."""
    read = _parsers()["spf"]
    try:
        return _spf(record, domain, answers)["dns_lookups"], None
    except (read.SPFTooManyDNSLookups, read.SPFTooManyVoidDNSLookups) as error:
        lookups = max(error.data.get("dns_lookups", 0), _count_on(record, domain, answers))
        return lookups or None, "too_many_lookups" if lookups > MAX_LOOKUPS else "void_lookups"
    except (read.SPFIncludeLoop, read.SPFRedirectLoop):
        return None, "loop"
    except (read.SPFRecordNotFound, read.MultipleSPFRTXTRecords):
        return None, "broken_include"
    except (read.SPFError, ValueError):
        return None, "syntax"


def _count_on(record: str, domain: str, answers: Answers) -> int:
    """The look-ups past the limit too, so that a person learns by how much a record is too long; 0 where they cannot be counted."""
    try:
        return int(_spf(record, domain, answers, ignore_too_many_lookups=True)["dns_lookups"])
    except (_parsers()["spf"].SPFError, ValueError):
        return 0


def _spf(record: str, domain: str, answers: Answers, **how: bool) -> Any:
    _parsers()["utils"].DNS_CACHE.clear()
    return _parsers()["spf"].parse_spf_record(record, domain, resolver=answers, nameservers=(), **how)


def dmarc(record: str, domain: str) -> dict[str, str] | None:
    """The tags with their values, in lower case and the defaults filled in, without those of reports; None for a record that does not
    hold. Source: RFC 9989 sections 4.7 and 4.8."""
    read = _parsers()["dmarc"]
    parts = [part for part in record.split(";") if part.partition("=")[0].strip().lower() not in ("rua", "ruf")]
    try:
        tags = read.parse_dmarc_record(";".join(parts), domain, resolver=Answers(), nameservers=())["tags"]
    except (read.DMARCError, ValueError):
        return None
    return {name: str(tag["value"]) for name, tag in tags.items()}


def announces_sts(record: str) -> bool:
    """Whether the record says that there is a policy. Source: RFC 8461 section 3.1."""
    read = _parsers()["mta_sts"]
    try:
        read.parse_mta_sts_record(record)
    except (read.MTASTSError, ValueError):
        return False
    return True


def sts_policy(body: bytes) -> tuple[StsMode, tuple[str, ...]] | None:
    """(mode, patterns of mail exchangers) of a policy file, None for what is none. Source: RFC 8461 section 3.2."""
    read = _parsers()["mta_sts"]
    try:
        policy = read.parse_mta_sts_policy(body.decode("utf-8", "replace"))["policy"]
    except (read.MTASTSError, ValueError):
        return None
    return policy["mode"], tuple(policy["mx"])


def is_in_sts(host: str, patterns: tuple[str, ...]) -> bool:
    """Whether a policy's patterns name this mail exchanger. Source: RFC 8461 section 4.1."""
    return bool(_parsers()["mta_sts"].mx_in_mta_sts_patterns(host, list(patterns)))


def asks_for_tls_reports(record: str) -> bool:
    """Whether the record holds. Source: RFC 8460 section 3."""
    read = _parsers()["smtp_tls_reporting"]
    try:
        read.parse_smtp_tls_reporting_record(record)
    except (read.SMTPTLSReportingError, ValueError):
        return False
    return True
