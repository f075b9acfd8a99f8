"""What does the DNS say of the sender's domain and of the server that its mail leaves from? Facts only, through the guard's resolver.

Asked: MX, SPF, DKIM (where a selector is known), DMARC, MTA-STS (its file by https), TLSA and TLS-RPT, reverse name and greeting of the
outgoing address, and those block lists that the operator has named. The domain is all that anybody learns. What the records say by
their RFCs, checkdmarc's parsers know (`records.py`).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import (
    BlocklistAnswered,
    DkimKeyChecked,
    DmarcChecked,
    MailExchangersFound,
    MtaStsChecked,
    NotProbed,
    ReverseNameChecked,
    SpfChecked,
    TlsaChecked,
    TlsReportingChecked,
)
from bot.probes import records, smtp, spf, web
from bot.probes.guard import Errand
from bot.probes.smtp import clean
from bot.probes.visit import Check
from knowledge.terms import RELAY

WHOLE_SECONDS = 15.0
GREETING_SECONDS = 5.0
MAX_EXCHANGERS = 4
MAX_LISTS = 12
MAX_PTR = 8
SHORT_KEY = 1024  # bits; RFC 8301 section 3.2: signers must use 1024 at least
# Which selectors the large hosters sign with, by the end of a mail exchanger's name.
SELECTORS: Mapping[str, tuple[str, ...]] = {
    ".google.com": ("google",),
    ".googlemail.com": ("google",),
    ".protection.outlook.com": ("selector1", "selector2"),
}
# Lists of domains (not of addresses) are known by a label of their zone.
_DOMAIN_LISTS = frozenset({"dbl", "uribl", "surbl", "rhsbl"})


async def look(check: Check, request: ProbeRequest) -> None:
    """Note what there is to know of `request.domain` and `request.outgoing`; raises nothing for what a network or server does."""
    network, book = check.network, check.book
    try:
        domain = network.read_host(request.domain or "")
        network.check_target(domain)
    except TargetRefused as refused:
        book.see(NotProbed, host=(request.domain or "")[:253], reason=refused.reason)
        return
    look = _Policy(check, domain, _public(check, request.outgoing), request.selector)
    try:
        async with asyncio.timeout(check.left(WHOLE_SECONDS)), asyncio.TaskGroup() as group:
            for ask in (look.spf, look.dmarc, look.exchangers, look.tls_reporting, look.reverse, look.blocklists):
                group.create_task(ask())
    except TimeoutError:
        pass  # what was found until now counts


def _public(check: Check, address: str | None) -> str | None:
    """The address, where it is one that may be asked about."""
    if address is None:
        return None
    try:
        plain = ipaddress.ip_address(address)
        check.network.check_target(str(plain))
    except (ValueError, TargetRefused):
        return None
    return str(plain)


class _Policy:
    def __init__(self, check: Check, domain: str, address: str | None, selector: str | None) -> None:
        self.network = check.network
        self.book = check.book
        self.left = check.left
        self.domain = domain
        self.address = address
        self.selector = selector

    async def spf(self) -> None:
        fields = await spf.check(self.domain, self.address, self.network, {"domain": self.domain, "address": self.address})
        if fields is not None:
            self.book.see(SpfChecked, **fields)

    async def exchangers(self) -> None:
        found = await self.network.lookup(self.domain, "MX")
        hosts = tuple(_name(cast(Any, record).exchange) for record in found or ())[:MAX_EXCHANGERS]
        if hosts:
            self.book.see(MailExchangersFound, domain=self.domain, hosts=hosts)
        known = (self.selector,) if self.selector else _selectors(hosts)
        await asyncio.gather(self._mta_sts(hosts), *(self._dkim(selector) for selector in known), *(self._tlsa(host) for host in hosts))

    async def _dkim(self, selector: str) -> None:
        texts = await spf.texts_at(f"{selector}._domainkey.{self.domain}", self.network)
        if texts is not None:
            problem, bits = judge_key(texts)
            self.book.see(DkimKeyChecked, domain=self.domain, selector=selector, problem=problem, bits=bits)

    async def dmarc(self) -> None:
        """At the domain itself, else at the nearest one above it that has a record (RFC 9989 section 4.10; never a single label)."""
        labels = self.domain.split(".")
        for start in range(len(labels) - 1):
            name = ".".join(labels[start:])
            texts = await spf.texts_at(f"_dmarc.{name}", self.network)
            if texts is None:
                return
            published = [text for text in texts if text.lower().replace(" ", "").startswith("v=dmarc1")]
            if published:
                await records.load()
                self.book.see(DmarcChecked, domain=self.domain, found_at=name, **judge_dmarc(published, self.domain, below=start > 0))
                return
        self.book.see(DmarcChecked, domain=self.domain, record=None)

    async def _mta_sts(self, exchangers: tuple[str, ...]) -> None:
        texts = await spf.texts_at(f"_mta-sts.{self.domain}", self.network)
        if texts is None:
            return
        announcing = [text for text in texts if text.lower().startswith("v=stsv1")]
        if not announcing:
            self.book.see(MtaStsChecked, domain=self.domain, published=False)
            return
        await records.load()
        if len(announcing) > 1 or not records.announces_sts(announcing[0]):
            self.book.see(MtaStsChecked, domain=self.domain, published=True)
            return
        # RFC 8461 section 3.3: the file is at this very place; a redirect must not be followed.
        body = await web.get(f"https://mta-sts.{self.domain}/.well-known/mta-sts.txt", self.network, self.left(5.0), redirects=0)
        mode, patterns = records.sts_policy(body or b"") or (None, ())
        uncovered = tuple(host for host in exchangers if not records.is_in_sts(host, patterns)) if mode else ()
        self.book.see(MtaStsChecked, domain=self.domain, published=True, mode=mode, uncovered=uncovered)

    async def _tlsa(self, host: str) -> None:
        answer = await self.network.lookup_signed(f"_25._tcp.{host}", "TLSA")
        if answer is not None:
            found, signed = answer
            self.book.see(TlsaChecked, host=host, records=tuple(clean(record.to_text(), 40) for record in found), signed=signed)

    async def tls_reporting(self) -> None:
        texts = await spf.texts_at(f"_smtp._tls.{self.domain}", self.network)
        if texts is not None:
            published = [text for text in texts if text.lower().startswith("v=tlsrptv1")]
            await records.load()
            holds = len(published) == 1 and records.asks_for_tls_reports(published[0])
            record = clean(published[0]) if published else None
            self.book.see(TlsReportingChecked, domain=self.domain, record=record, problem="syntax" if published and not holds else None)

    async def reverse(self) -> None:
        if self.address is None:
            return
        pointer = ipaddress.ip_address(self.address).reverse_pointer
        records, greeted_as = await asyncio.gather(self.network.lookup(pointer, "PTR"), self._greeting_of(self.address))
        if records is None:
            return
        names = tuple(_name(cast(Any, record).target) for record in records)[:MAX_PTR]
        confirmed = [name for name in names if await self._leads_back(name)]
        self.book.see(ReverseNameChecked, address=self.address, names=names, confirmed=tuple(confirmed), greeted_as=greeted_as)

    async def _leads_back(self, name: str) -> bool:
        try:
            return self.address in (await self.network.resolve(name)).addresses
        except TargetRefused:
            return False

    async def _greeting_of(self, address: str) -> str:
        """The name in the greeting at port 25, "" where there is none: many that send take no mail."""
        if RELAY not in self.network.policy.ports:
            return ""
        try:
            line = await self.network.connect(address, RELAY, Errand(frozenset((RELAY,)), 1), self.left(GREETING_SECONDS))
        except (OSError, TargetRefused):
            return ""
        said = (await smtp.answer_to(line, b"", self.left(GREETING_SECONDS))).decode("utf-8", "replace")
        word = said[4:].split(" ")[0].strip() if said.startswith("220") else ""
        return clean(word.lower(), 253) if "." in word else ""

    async def blocklists(self) -> None:
        zones = self.network.policy.blocklists[:MAX_LISTS]
        await asyncio.gather(*(self._blocklist(zone.strip(". ").lower()) for zone in zones))

    async def _blocklist(self, zone: str) -> None:
        if _DOMAIN_LISTS & set(zone.split(".")):
            item, asked = self.domain, f"{self.domain}.{zone}"
        elif self.address is not None:
            item, asked = self.address, f"{_reversed(self.address)}.{zone}"
        else:
            return
        found = await self.network.lookup(asked, "A")
        codes = [record.to_text() for record in found or ()]
        listed = None if found is None else any(map(is_listing, codes)) or (None if codes else False)
        text = ""
        if listed:
            text = clean(" ".join(await spf.texts_at(asked, self.network) or ()))
        self.book.see(BlocklistAnswered, zone=zone, item=item, listed=listed, code=codes[0] if codes else "", text=text)


def is_listing(code: str) -> bool:
    """Whether a list's answer means "listed". 127.255.255.0/24 says that the question was refused or wrong, 127.0.0.1 the same at URIBL,
    and what lies outside 127.0.0.0/8 comes from somebody who answers every name. Source: RFC 5782 section 2.1, Spamhaus' return codes."""
    address = ipaddress.ip_address(code)
    if not isinstance(address, ipaddress.IPv4Address) or not address.is_loopback:
        return False
    return address not in ipaddress.IPv4Network("127.255.255.0/24") and code != "127.0.0.1"


def judge_key(texts: tuple[str, ...]) -> tuple[str | None, int | None]:
    """(problem, bits) of a DKIM key record. Source: RFC 6376 section 3.6.1."""
    keys = [tags for text in texts if "p" in (tags := _tags_of(text))]
    if not keys:
        return "missing", None
    data = keys[0]["p"].replace(" ", "")
    if not data:
        return "revoked", None
    if keys[0].get("k", "rsa").lower() == "ed25519":
        return None, None
    try:
        key = load_der_public_key(base64.b64decode(data, validate=True))
    except (ValueError, binascii.Error):
        return "broken", None
    if not isinstance(key, rsa.RSAPublicKey):
        return "broken", None
    return ("too_short" if key.key_size < SHORT_KEY else None), key.key_size


def judge_dmarc(published: list[str], domain: str, *, below: bool) -> dict[str, Any]:
    """The fields of `DmarcChecked` that its record decides. `below`: the record stands above `domain`, so "sp" comes before "p"."""
    tags = records.dmarc(published[0], domain)
    return {
        "record": clean(published[0]),
        "policy": tags["sp" if below else "p"] if tags is not None else None,
        "spf_strict": tags is not None and tags["aspf"] == "s",
        "dkim_strict": tags is not None and tags["adkim"] == "s",
        "problem": "several" if len(published) > 1 else "syntax" if tags is None else None,
    }


def _tags_of(text: str) -> dict[str, str]:
    """ "a=b; c=d" as a dict, names in lower case."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def _selectors(exchangers: tuple[str, ...]) -> tuple[str, ...]:
    return next((names for end, names in SELECTORS.items() if any(host.endswith(end) for host in exchangers)), ())


def _reversed(address: str) -> str:
    """The address as lists want it: last part first. Source: RFC 5782 sections 2.1 and 2.4."""
    return ipaddress.ip_address(address).reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")


def _name(name: Any) -> str:
    return clean(name.to_text().rstrip(".").lower(), 253)
