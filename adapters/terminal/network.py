"""check and lookup on the command line, where they ask the network: through the same guard and runner as the talk."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from adapters.terminal import streams
from adapters.terminal.answers import ids_of, today
from bot.errors import CannotRun, UsageError
from knowledge.index import Index, index
from knowledge.terms import Security

if TYPE_CHECKING:
    from rich.live import Live

    from bot.observations import Observation, Observations
    from bot.probes.guard import Network


def target(text: str) -> tuple[str, int | None]:
    """HOST, HOST:PORT, [IPv6] or [IPv6]:PORT. Raises `UsageError` with a sentence."""
    rest = text.strip()
    if "://" in rest:
        rest = rest.split("://", 1)[1].split("/", 1)[0].rsplit("@", 1)[-1]
    host, separator, port = rest, "", ""
    if rest.startswith("["):
        host, _, after = rest[1:].partition("]")
        separator, port = after[:1], after[1:]
    elif rest.count(":") == 1:
        host, separator, port = rest.partition(":")
    if not host or any(c.isspace() for c in host) or "@" in host or separator not in ("", ":"):
        raise UsageError(f"{text!r} is no server: give HOST or HOST:PORT, such as smtp.your-provider.com:587.")
    if separator and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise UsageError(f"{port!r} is no port: a port is a number from 1 to 65535, such as 587.")
    return host, int(port) if port else None


def check(server: str, security: str | None, *, as_json: bool) -> int:
    """Asks the server: endpoints, certificate, findings. 1 where a fault is found."""
    from bot.answers.check import check_blocks, check_json, faulty
    from bot.diagnosis.model import Situation
    from bot.observations import EndpointObservation, NotProbed

    host, port = target(server)
    known = index()
    mode = Security(security) if security else None
    began = time.monotonic()
    seen = asyncio.run(_probe(host, port, mode, known))
    seconds = time.monotonic() - began
    refused = seen.first(NotProbed)
    if refused is not None and not seen.all(EndpointObservation):
        raise UsageError(_refusal(refused.reason, host, port, known))
    asked = Situation(host=host, port=port, security=mode)
    if as_json:
        streams.write_json(check_json(seen, asked, known, _site(), seconds, today()))
    else:
        from adapters.terminal.printed import show

        show(check_blocks(seen, asked, known, today()))
    return 1 if faulty(seen, asked, known) else 0


def lookup(query: str, client: str | None, *, offline: bool, as_json: bool) -> int:
    """An address, domain, host or name -> settings to enter. 1 where nothing was found."""
    from bot.answers.lookup import look_up, lookup_blocks, lookup_json
    from bot.redaction import redact

    if not query.strip():
        raise UsageError("There is nothing to look up: give an address, a domain, a server or the name of a provider.")
    known = index()
    client, _ = ids_of(known, client, None)
    text = redact(query[:1000]).text
    found = look_up(text, known, client)
    domain = text.rsplit("@", 1)[-1].strip(" <>.").lower()
    if not found.found and not offline and "." in domain and " " not in domain:
        found = look_up(text, known, client, asyncio.run(_discover(domain, known)))
    if as_json:
        streams.write_json(lookup_json(found, known, today()))
    else:
        from adapters.terminal.printed import show

        show(lookup_blocks(found, known, today()))
    return 0 if found.found else 1


def open_network(known: Index) -> Network:
    """The guard with what is configured. Raises `UsageError` or `CannotRun`."""
    from bot.config import load_settings
    from bot.probes.guard import Network, Policy

    settings = load_settings()
    try:
        return Network(Policy(**settings.policy(), known_ports=known.known_ports))
    except (OSError, ValueError) as error:
        raise CannotRun(f"The probes cannot start: {error}") from error


async def _probe(host: str, port: int | None, mode: Security | None, known: Index) -> Observations:
    from bot.conversation.model import ProbeRequest
    from bot.probes.runner import probe

    async with open_network(known) as network:
        network.check_target(host, port)
        with live(host, port, known) as display:
            seen = await probe(ProbeRequest(host, port, mode), network, display.add, known.by_host(host), index=known)
        await _need_resolver(seen, network)
        return seen


async def _discover(domain: str, known: Index) -> Observations:
    from bot.conversation.model import ProbeRequest
    from bot.probes.runner import probe

    async with open_network(known) as network:
        network.check_target(domain)
        with live(domain, None, known) as display:
            seen = await probe(ProbeRequest(None, domain=domain), network, display.add, index=known)
        await _need_resolver(seen, network)
        return seen


async def _need_resolver(seen: Observations, network: Network) -> None:
    """Raises `CannotRun` where no resolver answers at all: then nothing was seen, and a name is not to blame."""
    from bot.observations import CandidateFound, NameResolved

    if not seen.all(NameResolved) and not seen.all(CandidateFound) and await network.lookup(".", "NS", 3.0) is None:
        asked = ", ".join(network.policy.resolvers) or "the system's resolver"
        raise CannotRun(f"No name could be looked up: {asked} gives no answer. Is this machine on the network? (POSTMASTER_RESOLVERS)")


class live:
    """Shows what a probe has seen so far: live on a terminal, on standard error, and not at all in a pipe."""

    def __init__(self, host: str, port: int | None, known: Index) -> None:
        self._host, self._known = host, known
        self._ports = () if port is None else (port,)
        self._seen: list[Observation] = []
        self._display: Live | None = None

    def __enter__(self) -> live:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._display = Live(console=Console(stderr=True, highlight=False, markup=False), transient=True, refresh_per_second=8)
            self._display.start()
            self._update()
        return self

    def __exit__(self, *_: object) -> None:
        if self._display is not None:
            self._display.stop()

    def add(self, fact: Observation) -> None:
        self._seen.append(fact)
        if self._display is not None:
            self._update()

    def _update(self) -> None:
        from adapters.terminal.live import drawn
        from bot.answers.progress import progress
        from bot.observations import Observations

        state = progress("", self._host, self._ports, Observations(tuple(self._seen)), self._known)
        if self._display is not None:
            self._display.update(drawn(state))


def _refusal(reason: str, host: str, port: int | None, known: Index) -> str:
    return known.phrase("answers.check.refused", host=host if port is None else f"{host}:{port}", reason=reason.replace("_", " "))


def _site() -> str:
    from bot.config import load_settings

    return load_settings().site
