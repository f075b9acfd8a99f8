"""May this host and port be asked, and what is its address? The only door to the network: names are resolved here, addresses
judged, connections opened. Says nothing on them: what is sent and what it means, the other modules know.

A name is resolved once; each of its addresses is judged; the connection goes to that very address. A second resolution, which
could give another answer (DNS rebinding), does not happen between the two. `connect` takes addresses only and judges them again,
so no way in (SRV, MX, autoconfig, redirects, a bug of ours) passes the judgement by.
"""

from __future__ import annotations

import asyncio
import copy
import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.nameserver
import dns.rdata
import dns.resolver

from bot.errors import CannotRun
from bot.probes import addresses, targets
from knowledge.terms import MAIL_PORTS

ReadySocket = socket.socket  # connected, non-blocking

MAX_CONNECTIONS = 8  # inside one check of one address
MAX_TLS = 300  # open at once in this process; each costs some 300 KiB
MAX_CHECKS = 75  # at once; further ones wait before their clock starts, so that none waits for a TLS place
MAX_ADDRESSES = 8  # of one name; a real server has fewer
MAX_RECORDS = 32  # of one DNS answer
HTTPS = 443
RESOLVE_SECONDS = 5.0
# How much longer an IPv6 answer is waited for where an IPv4 one is there, and the other way round. RFC 8305 section 3 asks for less;
# here the second family is evidence and worth the wait.
OTHER_FAMILY_SECONDS = 1.0
FAREWELL_SECONDS = 2.0

# How a resolver says that there is no such record, and that it has no answer: for what stands in its place (records.Answers).
NothingThere, NobodyAnswered = dns.resolver.NoAnswer, dns.resolver.NoNameservers

Failure = Literal["nxdomain", "no_address", "no_answer"]


@dataclass(frozen=True)
class Policy:
    """What may be asked, from the configuration. `resolvers` "address[:port]" (empty: the system's), `allow` CIDR of networks that may
    be asked although they are not public, `ports` of mail servers, `control` "host:port" or None, `ispdb` the base address of a mirror,
    `blocklists` the zones that may be asked. `known_ports`: further ports of a host (lower case) that the knowledge names, allowed at that
    host only."""

    resolvers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    ports: tuple[int, ...] = MAIL_PORTS
    site: str = "here"
    control: str | None = None
    ca_file: str | None = None
    ispdb: str | None = None
    blocklists: tuple[str, ...] = ()
    known_ports: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the resolver says about a name. `addresses` may be asked; `refused` are those that may not, each with what it is ("private").

    `failure` says why there is no address at all; None where there is one, allowed or refused.
    """

    host: str
    addresses: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    failure: Failure | None = None


class Errand:
    """What one check may still do: so many connections, to these ports. Made by `Network.errand`."""

    def __init__(self, ports: frozenset[int], connections: int = MAX_CONNECTIONS) -> None:
        self.ports = ports
        self.left = connections


class Line:
    """One open connection, as the door counts it. Whoever holds it calls `ended` when it is over; `abort` ends it at once."""

    def __init__(self, sock: ReadySocket, network: Network) -> None:
        self.sock = sock
        self.abort: Callable[[], None] = self.close
        self._network = network
        self._over = asyncio.Event()
        self.holds_tls = False
        network.lines.add(self)

    async def hold_tls(self) -> None:
        """Wait until this process may open one more TLS connection; the place is given back when the line has ended."""
        if not self.holds_tls:
            await self._network.tls_slots.acquire()
            self.holds_tls = True
            if self._over.is_set():
                self._give_back()

    def ended(self) -> None:
        self._over.set()
        self._network.lines.discard(self)
        self._give_back()

    def close(self) -> None:
        self.sock.close()
        self.ended()

    def acknowledge(self) -> None:
        acknowledge_at_once(self.sock)

    async def wait_ended(self) -> None:
        await self._over.wait()

    def _give_back(self) -> None:
        if self.holds_tls:
            self.holds_tls = False
            self._network.tls_slots.release()


class Network:
    """The only door. One for the process; `aclose` (or `async with`) waits for the last goodbyes. Raises ValueError for a broken policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._allow = addresses.networks(policy.allow)
        self._known = frozenset(policy.known_ports)
        self._nameservers = tuple(_host_port(text, 53) for text in policy.resolvers)
        self._control = _host_port(policy.control, 25) if policy.control else None
        self._resolver: dns.asyncresolver.Resolver | None = None
        self.tls_slots = asyncio.Semaphore(MAX_TLS)
        self.check_slots = asyncio.Semaphore(MAX_CHECKS)
        self.lines: set[Line] = set()

    def public(self) -> Network:
        """The same door with the same limits, to public addresses only."""
        door = copy.copy(self)
        door._allow = ()
        return door

    # --- may it be asked? ---------------------------------------------------------------------------------------------

    def read_host(self, host: str) -> str:
        """`host` as the name to ask for (see `targets.read_host`). Raises TargetRefused."""
        return targets.read_host(host, self._known)

    def check_target(self, host: str, port: int | None = None) -> None:
        """Raises TargetRefused (with its sentence and reason) for a host or port that is refused before any resolver is asked."""
        name = self.read_host(host)
        if port is not None and port not in self.ports(name):
            raise targets.refusal("port", name, port, self.ports(name))
        with suppress(ValueError):
            if addresses.why_not(addresses.plain(name), self._allow):
                raise targets.refusal("private", name)
        if targets.is_local_name(name) and not self._allow:
            raise targets.refusal("private", name)

    def ports(self, host: str) -> tuple[int, ...]:
        """The ports that may be asked at `host`, those of the policy first."""
        return self.policy.ports + tuple(p for p in self.policy.known_ports.get(host, ()) if p not in self.policy.ports)

    def errand(self, host: str, *, https: bool = False, connections: int = MAX_CONNECTIONS) -> Errand:
        """The budget of one check of `host`. `https`: port 443 instead of the mail ports (discovery)."""
        return Errand(frozenset((HTTPS,) if https else self.ports(host)), connections)

    # --- names --------------------------------------------------------------------------------------------------------

    async def resolve(self, host: str, seconds: float = RESOLVE_SECONDS) -> Resolved:
        """Resolve `host` (a name or an address as people write it) once and judge each address. Raises TargetRefused as `check_target`."""
        self.check_target(host)
        name = self.read_host(host)
        with suppress(ValueError):
            return self._judge(name, (str(addresses.plain(name)),))
        if name == "localhost" or name.endswith(".localhost"):  # RFC 6761 section 6.3: never asked of a resolver
            return self._judge(name, ("127.0.0.1", "::1"))
        four = asyncio.ensure_future(self._ask_addresses(name, "A", seconds))
        six = asyncio.ensure_future(self._ask_addresses(name, "AAAA", seconds))
        try:
            done, pending = await asyncio.wait((four, six), return_when=asyncio.FIRST_COMPLETED)
            if pending and isinstance(next(iter(done)).result(), tuple):
                await asyncio.wait(pending, timeout=OTHER_FAMILY_SECONDS)
            elif pending:
                await asyncio.wait(pending)
        finally:
            four.cancel()
            six.cancel()
        answers = [task.result() if task.done() and not task.cancelled() else "no_answer" for task in (four, six)]
        found = tuple(text for answer in answers if isinstance(answer, tuple) for text in answer)
        if found:
            return self._judge(name, found)
        order: tuple[Failure, ...] = ("nxdomain", "no_answer", "no_address")
        return Resolved(name, failure=next(kind for kind in order if kind in answers))

    async def lookup(self, name: str, kind: str, seconds: float = RESOLVE_SECONDS) -> tuple[dns.rdata.Rdata, ...] | None:
        """The records of `kind` ("MX", "SRV", "TXT" …) at `name`: () where there are none, None where the resolver gave no answer."""
        answer = await self._ask(name, kind, seconds)
        if isinstance(answer, tuple):
            return answer[:MAX_RECORDS]
        return None if answer == "no_answer" else ()

    async def lookup_signed(
        self, name: str, kind: str, seconds: float = RESOLVE_SECONDS
    ) -> tuple[tuple[dns.rdata.Rdata, ...], bool] | None:
        """As `lookup`, with whether the resolver vouches for the records by DNSSEC (its AD bit, RFC 6840 section 5.7)."""
        answer = await self._answer(name, kind, seconds)
        if isinstance(answer, str):
            return None if answer == "no_answer" else ((), False)
        records = tuple(answer.rrset)[:MAX_RECORDS] if answer.rrset is not None else ()
        return records, bool(answer.response.flags & dns.flags.AD)

    def _judge(self, name: str, texts: tuple[str, ...]) -> Resolved:
        good: list[str] = []
        refused: list[tuple[str, str]] = []
        for text in dict.fromkeys(texts[: 2 * MAX_ADDRESSES]):
            address = addresses.plain(text)
            kind = addresses.why_not(address, self._allow)
            if kind is not None:
                refused.append((text, kind))
            elif len(good) < MAX_ADDRESSES:
                good.append(str(address))
        return Resolved(name, tuple(dict.fromkeys(good)), tuple(refused))

    async def _ask_addresses(self, name: str, kind: Literal["A", "AAAA"], seconds: float) -> tuple[str, ...] | Failure:
        answer = await self._ask(name, kind, seconds)
        if not isinstance(answer, tuple):
            return answer
        return tuple(record.to_text() for record in answer[:MAX_ADDRESSES]) or "no_address"

    async def _ask(self, name: str, kind: str, seconds: float) -> tuple[dns.rdata.Rdata, ...] | Failure:
        answer = await self._answer(name, kind, seconds)
        if isinstance(answer, str):
            return answer
        return tuple(answer.rrset) if answer.rrset is not None else ()

    async def _answer(self, name: str, kind: str, seconds: float) -> dns.resolver.Answer | Failure:
        try:
            resolver = self._resolver = self._resolver or self._make_resolver()
            async with asyncio.timeout(seconds):
                return await resolver.resolve(name.rstrip(".") + ".", kind, search=False, raise_on_no_answer=False, lifetime=seconds)
        except dns.resolver.NXDOMAIN:
            return "nxdomain"
        except (dns.exception.DNSException, OSError, TimeoutError, UnicodeError, EOFError):
            return "no_answer"  # SERVFAIL, refused, garbage, silence: nothing is known

    def _make_resolver(self) -> dns.asyncresolver.Resolver:
        if not self._nameservers:
            return _asking_for_proof(dns.asyncresolver.Resolver())
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in self._nameservers]
        resolver.timeout = 2.0
        return _asking_for_proof(resolver)

    # --- connections --------------------------------------------------------------------------------------------------

    async def connect(self, address: str, port: int, errand: Errand, seconds: float) -> Line:
        """A connection to `address` (an address, never a name).

        Raises TargetRefused (address, port or number of connections), TimeoutError after `seconds`, OSError as the system says it.
        """
        target = addresses.plain(address)
        if addresses.why_not(target, self._allow):
            raise targets.refusal("private", address)
        if port not in errand.ports:
            raise targets.refusal("port", address, port, tuple(sorted(errand.ports)))
        if errand.left < 1:
            raise targets.refusal("connections", address)
        errand.left -= 1
        return Line(await _connect(str(target), port, target.version, seconds), self)

    async def streams(
        self, address: str, port: int, errand: Errand, seconds: float, context: ssl.SSLContext, name: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, Line]:
        """A TLS connection to `address` as streams, checked against `context` and `name`. Raises as `connect`, and ssl.SSLError.

        Who is done with them calls `abort` and `ended` of the line.
        """
        async with asyncio.timeout(seconds):
            line = await self.connect(address, port, errand, seconds)
            try:
                await line.hold_tls()
                reader, writer = await asyncio.open_connection(
                    sock=line.sock, ssl=context, server_hostname=name, limit=65536, ssl_handshake_timeout=seconds
                )
            except BaseException:
                line.close()
                raise
        line.abort = writer.transport.abort
        return reader, writer, line

    def has_route(self, address: str) -> bool:
        """Whether this machine has any way to the address's network. Asks the routing table only; nothing is sent."""
        version = addresses.plain(address).version
        with socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((address, 9))
            except OSError as error:
                return error.errno not in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
        return True

    async def control(self, seconds: float) -> tuple[str, str, int, bool] | None:
        """Ask the control endpoint: (host, address, port, whether it could be reached), or None where there is none that may be asked."""
        if self._control is None:
            return None
        host, port = self._control
        resolved = await self.resolve(host, seconds)
        if resolved.refused and not resolved.addresses:
            return None
        errand = Errand(frozenset((port,)), connections=2)
        for address in resolved.addresses[:2]:
            with suppress(OSError, TimeoutError):
                (await self.connect(address, port, errand, seconds)).close()
                return host, address, port, True
        return host, next(iter(resolved.addresses), ""), port, False

    # --- goodbyes -----------------------------------------------------------------------------------------------------

    @property
    def open_tls(self) -> int:
        """How many TLS connections are open now."""
        return sum(line.holds_tls for line in self.lines)

    async def aclose(self) -> None:
        """Wait for goodbyes on the way, at most FAREWELL_SECONDS, then end what is still open."""
        await self._wait_for_lines(FAREWELL_SECONDS)
        for line in tuple(self.lines):
            line.abort()
        await self._wait_for_lines(1.0)

    async def _wait_for_lines(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for line in tuple(self.lines):
                    await line.wait_ended()

    async def __aenter__(self) -> Network:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _asking_for_proof(resolver: dns.asyncresolver.Resolver) -> dns.asyncresolver.Resolver:
    """With AD set in questions, a validating resolver says in its answer whether DNSSEC vouches for it."""
    resolver.flags = dns.flags.RD | dns.flags.AD
    return resolver


def acknowledge_at_once(sock: object) -> None:
    """Send what TCP acknowledgements are due now, and the next ones without delay.

    A server that writes its TLS tickets and then its greeting waits for our acknowledgement between the two (Nagle), and ours is
    delayed by up to 40 ms unless asked for. Linux forgets the wish after some packets, so it is renewed. Elsewhere: nothing.
    """
    set_option = getattr(sock, "setsockopt", None)
    if set_option is not None and hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):
            set_option(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


async def _connect(address: str, port: int, version: int, seconds: float) -> ReadySocket:
    sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    acknowledge_at_once(sock)
    return sock


def _host_port(text: str, default: int) -> tuple[str, int]:
    """ "192.0.2.1", "192.0.2.1:53", "[2001:db8::1]:53", "2001:db8::1" or "name:25". Raises CannotRun where it is none of these."""
    text = text.strip()
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        number = rest.removeprefix(":")
    elif text.count(":") > 1:
        host, number = text, ""
    else:
        host, _, number = text.partition(":")
    if not host or (number and not (number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65536)):
        raise CannotRun(f"{text[:80]!r} is not an address with a port, such as 192.0.2.1:53.")
    return host, int(number or default)
