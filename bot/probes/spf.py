"""May this address send for this domain, says the domain's own SPF record, and does the record itself hold? Asks the resolver only.

Source: RFC 7208. Macros name things that are not known here (the sender, the HELO name): a term with one counts as a look-up and answers
for nobody, and the verdict stays unknown where it would have decided.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Literal, cast

from bot.errors import TargetRefused
from bot.probes.guard import Network
from bot.probes.smtp import clean

MAX_LOOKUPS = 10  # RFC 7208 section 4.6.4
MAX_ASKED = 30  # past the limit the count goes on so far, so that a person learns by how much a record is too long
MAX_TERMS = 60
_COUNTED = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_KNOWN = _COUNTED | {"all", "ip4", "ip6", "exp"}

Verdict = Literal["pass", "fail", "softfail", "neutral"]
Problem = Literal["several", "syntax", "too_many_lookups", "loop", "broken_include"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_VERDICTS: dict[str, Verdict] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier: "~all" is Term("softfail", "all", "")."""

    verdict: Verdict
    name: str
    value: str


def parse(record: str) -> tuple[Term, ...] | None:
    """The terms of a record that begins "v=spf1", in order; None where one is not known to RFC 7208 section 12."""
    terms = []
    for word in record.split()[1 : MAX_TERMS + 1]:
        sign = word[0] if word[0] in _VERDICTS else "+"
        body = word.removeprefix(sign) if word[0] in _VERDICTS else word
        ends = [at for at in (body.find(c) for c in ":=/") if at >= 0]
        end = min(ends, default=len(body))
        name = body[:end].lower()
        is_modifier = body[end : end + 1] == "="
        if name not in _KNOWN and not is_modifier:
            return None
        value = body[end:] if body[end : end + 1] == "/" else body[end + 1 :]
        if name in ("ip4", "ip6") and _network(value) is None:
            return None
        terms.append(Term(_VERDICTS[sign], name, value))
    return tuple(terms)


def _network(text: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def records_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 "))


async def texts_at(name: str, network: Network) -> tuple[str, ...] | None:
    """The TXT records at `name`, each in one piece; None where the resolver gave no answer."""
    found = await network.lookup(name, "TXT")
    if found is None:
        return None
    return tuple(b"".join(cast(Any, record).strings).decode("utf-8", "replace")[:4000] for record in found)


async def check(domain: str, address: str | None, network: Network, fields: dict[str, Any]) -> dict[str, Any] | None:
    """The fields of `SpfChecked` for `domain`, added to `fields`; None where the resolver gave no answer."""
    texts = await texts_at(domain, network)
    if texts is None:
        return None
    records = records_of(texts)
    if len(records) != 1:
        return {**fields, "record": clean(records[0]) if records else None, "problem": "several" if records else None}
    walk = _Walk(network, ipaddress.ip_address(address) if address else None)
    allows = await walk.evaluate(domain, records[0], ())
    problem: Problem | None = walk.problem or ("too_many_lookups" if walk.lookups > MAX_LOOKUPS else None)
    known = address is not None and problem is None and not walk.unsure
    return {
        **fields,
        "record": clean(records[0]),
        "lookups": walk.lookups,
        "problem": problem,
        "allows": (allows or "neutral") if known else None,
    }


class _Walk:
    """Through a record and all that it includes. The count takes every term, also those behind the one that decides."""

    def __init__(self, network: Network, address: Address | None) -> None:
        self.network = network
        self.address = address
        self.lookups = 0
        self.problem: Problem | None = None
        self.unsure = False

    async def evaluate(self, domain: str, record: str, within: tuple[str, ...]) -> Verdict | None:
        terms = parse(record)
        if terms is None:
            self.problem = self.problem or "syntax"
            return None
        decided: Verdict | None = None
        has_all = any(term.name == "all" for term in terms)
        redirect = next((term for term in terms if term.name == "redirect"), None) if not has_all else None
        for term in terms:
            if term.name in ("redirect", "exp") or term.name not in _KNOWN:
                continue
            matches = await self._matches(term, domain, (*within, domain))
            if decided is None and matches:
                decided = term.verdict
            if term.name == "all":
                break
        if redirect is not None:
            self.lookups += 1
            below = await self._below(redirect.value, (*within, domain))
            decided = decided or below
        return decided

    async def _matches(self, term: Term, domain: str, within: tuple[str, ...]) -> bool:
        if term.name == "all":
            return True
        if term.name in ("ip4", "ip6"):
            return self.address is not None and self.address in _network(term.value)
        self.lookups += 1
        if "%" in term.value or term.name in ("ptr", "exists"):
            self.unsure = True
            return False
        if term.name == "include":
            return await self._below(term.value, within) == "pass"
        return await self._leads_here(term, domain)

    async def _below(self, domain: str, within: tuple[str, ...]) -> Verdict | None:
        domain = domain.lower().rstrip(".")
        if domain in within:
            self.problem = self.problem or "loop"
            return None
        if self.lookups > MAX_ASKED:
            return None
        texts = await texts_at(domain, self.network)
        if texts is None:
            self.unsure = True
            return None
        records = records_of(texts)
        if len(records) != 1:
            self.problem = self.problem or "broken_include"
            return None
        return await self.evaluate(domain, records[0], within)

    async def _leads_here(self, term: Term, domain: str) -> bool:
        """Whether an "a" or "mx" term names the address. Its length of prefix counts ("a:mail.example/24")."""
        if self.address is None or self.lookups > MAX_ASKED:
            return False
        host, _, prefix = term.value.partition("/")
        hosts = [host or domain]
        if term.name == "mx":
            found = await self.network.lookup(hosts[0], "MX") or ()
            hosts = [cast(Any, record).exchange.to_text().rstrip(".") for record in found[:MAX_LOOKUPS]]
        length = prefix.lstrip("/").split("/")[0]
        for name in hosts:
            try:
                resolved = await self.network.resolve(name)
            except TargetRefused:
                self.unsure = True
                continue
            for text in resolved.addresses:
                around = _network(f"{text}/{length}") if length else _network(text)
                if around is not None and around.version == self.address.version and self.address in around:
                    return True
        return False
