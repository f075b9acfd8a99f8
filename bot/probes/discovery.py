"""Where could mail of this domain be submitted? Candidates from everyone who may know, each with its source; connects to none of them.

All are asked at once: what we know ourselves, the domain's SRV records (RFC 6186, RFC 8314), its autoconfig file (https only, and only the
domain is ever sent), an ISPDB mirror where one is configured, autodiscover's plain answers, its MX and its name servers (both point to a
hoster), and the usual names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from bot.errors import TargetRefused
from bot.observations import TRUST, CandidateFound, How, MailExchangersFound, NotProbed
from bot.probes import autoconfig, autodiscover, web
from bot.probes.guard import Network
from bot.probes.model import OnSeen
from bot.probes.visit import Notebook
from knowledge.index import Index
from knowledge.model import Provider
from knowledge.terms import SUBMISSION, SUBMISSIONS

ONE_SECONDS = 5.0
WHOLE_SECONDS = 10.0
MICROSOFT_AUTODISCOVER, MICROSOFT_ID = "autodiscover.outlook.com", "microsoft365"
MAX_HOSTS = 4  # of one domain's SRV or MX records
_USUAL = ("smtp.", "mail.", "", "smtps.")


async def discover(domain: str, network: Network, index: Index, on_seen: OnSeen) -> tuple[CandidateFound, ...]:
    """The candidates for `domain` (of an address), the most trusted first, no endpoint twice; () where nobody knows.

    Each is told to `on_seen` as it comes, with the MX records. Takes WHOLE_SECONDS at most; raises nothing for what a network does.
    """
    book = Notebook(network.policy.site, on_seen)
    try:
        name = network.read_host(domain)
        network.check_target(domain)
    except TargetRefused as refused:
        book.see(NotProbed, host=domain[:253], reason=refused.reason)
        return ()
    search = _Search(name, network, index, book)
    search.found_at(index.by_domain(name), "knowledge")
    sources: tuple[Callable[[], Awaitable[None]], ...] = (
        search.srv,
        search.autoconfig,
        search.ispdb,
        search.autodiscover,
        search.mx,
        search.ns,
        search.usual_names,
    )
    try:
        async with asyncio.timeout(WHOLE_SECONDS), asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(_within(ONE_SECONDS, source))
    except TimeoutError:
        pass  # what was found until now counts
    found = book.observations().all(CandidateFound)
    ranked = sorted(found, key=lambda candidate: TRUST.index(candidate.how))
    best: dict[tuple[str, int, str], CandidateFound] = {}
    for candidate in ranked:
        best.setdefault((candidate.host, candidate.port, candidate.security), candidate)
    return tuple(best.values())


async def _within(seconds: float, source: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await source()
    except TimeoutError:
        return


class _Search:
    def __init__(self, domain: str, network: Network, index: Index, book: Notebook) -> None:
        self.domain = domain
        self.network = network
        self.index = index
        self.book = book

    def found(self, host: str, port: int, security: str, how: How, username: str | None = None) -> None:
        self.book.see(CandidateFound, domain=self.domain, host=host, port=port, security=security, how=how, username=username)

    def found_at(self, provider: Provider | None, how: How) -> None:
        """What the provider that runs this domain tells its customers to enter."""
        if provider is None:
            return
        for server in self.index.servers_for(provider, self.domain):
            self.found(server.endpoint.host, server.endpoint.port, server.endpoint.security.value, how)

    async def srv(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._srv("_submissions._tcp", "implicit_tls"))
            group.create_task(self._srv("_submission._tcp", "starttls"))

    async def _srv(self, service: str, security: str) -> None:
        records: Iterable[Any] = await self.network.lookup(f"{service}.{self.domain}", "SRV", ONE_SECONDS) or ()
        for record in sorted(records, key=lambda record: (record.priority, -record.weight))[:MAX_HOSTS]:
            host = self._name(record.target.to_text())
            if host is not None and 0 < record.port < 65536:
                # 465 under _submission: written by people who know one record only; the port says what it speaks (RFC 8314 section 7.3)
                self.found(host, record.port, "implicit_tls" if record.port == SUBMISSIONS else security, "srv")

    async def autoconfig(self) -> None:
        urls = (
            f"https://autoconfig.{self.domain}/mail/config-v1.1.xml",
            f"https://{self.domain}/.well-known/autoconfig/mail/config-v1.1.xml",
        )
        await asyncio.gather(*(self._read(url, "autoconfig") for url in urls))

    async def ispdb(self) -> None:
        if self.network.policy.ispdb:
            await self._read(self.network.policy.ispdb.rstrip("/") + "/" + self.domain, "ispdb")

    async def _read(self, url: str, how: How) -> None:
        body = await web.get(url, self.network, ONE_SECONDS)
        for server in autoconfig.outgoing_servers(body or b"", self.domain):
            self.found(server.host, server.port, server.security, how, server.username)

    async def autodiscover(self) -> None:
        """What Exchange and Outlook ask: a DNS name that leads to Microsoft 365, or a file in the old plain XML (MS-OXDSCLI).

        The file is asked for by an address; postmaster@ exists at every domain (RFC 5321 section 4.5.1) and is nobody's in particular.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._autodiscover_in_dns())
            for host in (f"autodiscover.{self.domain}", self.domain):
                group.create_task(self._read_autodiscover(host))

    async def _autodiscover_in_dns(self) -> None:
        alias, service = await asyncio.gather(
            self.network.lookup(f"autodiscover.{self.domain}", "CNAME", ONE_SECONDS),
            self.network.lookup(f"_autodiscover._tcp.{self.domain}", "SRV", ONE_SECONDS),
        )
        records: Iterable[Any] = (*(alias or ()), *(service or ()))
        hosts = dict.fromkeys(host for record in records if (host := self._name(record.target.to_text())))
        for host in hosts:
            if host == MICROSOFT_AUTODISCOVER:
                self.found_at(self.index.provider(MICROSOFT_ID), "autodiscover")
        of_srv = [host for host in hosts if host != MICROSOFT_AUTODISCOVER and not host.startswith("autodiscover.")]
        await asyncio.gather(*(self._read_autodiscover(host) for host in of_srv[:1]))

    async def _read_autodiscover(self, host: str) -> None:
        url = f"https://{host}/autodiscover/autodiscover.xml"
        body = await web.get(url, self.network, ONE_SECONDS, post=autodiscover.question(self.domain))
        for server in autodiscover.outgoing_servers(body or b""):
            self.found(server.host, server.port, server.security, "autodiscover")

    async def mx(self) -> None:
        records: Iterable[Any] = await self.network.lookup(self.domain, "MX", ONE_SECONDS) or ()
        ranked = sorted(records, key=lambda record: record.preference)[:MAX_HOSTS]
        hosts = tuple(host for record in ranked if (host := self._name(record.exchange.to_text())))
        if not hosts:
            return  # none, or the null MX of RFC 7505
        self.book.see(MailExchangersFound, domain=self.domain, hosts=hosts)
        provider = next((provider for host in hosts if (provider := self.index.by_mx(host))), None)
        if provider is not None:
            self.found_at(provider, "mx")
        else:
            await self._if_it_resolves(hosts[0])

    async def ns(self) -> None:
        records: Iterable[Any] = await self.network.lookup(self.domain, "NS", ONE_SECONDS) or ()
        hosts = [host for record in records if (host := self._name(record.target.to_text()))]
        self.found_at(next((provider for host in hosts if (provider := self.index.by_ns(host))), None), "ns")

    async def usual_names(self) -> None:
        await asyncio.gather(*(self._if_it_resolves(prefix + self.domain) for prefix in _USUAL))

    async def _if_it_resolves(self, host: str) -> None:
        try:
            resolved = await self.network.resolve(host, ONE_SECONDS)
        except TargetRefused:
            return
        if resolved.addresses:
            self.found(host, SUBMISSIONS, "implicit_tls", "name")
            self.found(host, SUBMISSION, "starttls", "name")

    def _name(self, text: str) -> str | None:
        try:
            return self.network.read_host(text)
        except TargetRefused:  # "." says: there is none
            return None
