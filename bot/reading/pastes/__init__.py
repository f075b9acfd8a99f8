"""What does a pasted configuration, call, command, transcript or log say? One file a kind; see README.md here for how to add one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from bot.observations import Observation
from bot.reading.pastes import calls, configuration, urls
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where
from knowledge.terms import Security

ReadTranscript = Callable[[str, Where], Pasted | None]
# Of two readers that know a text, the one that stands here first says its error; those that do not stand here come last.
_ORDER = (
    "openssl", "swaks", "curl", "telnet", "testnetconnection", "nmap", "lookups", "bounces", "maillogs", "exim", "opensmtpd", "sessionlogs",
    "scanners", "debuglogs", "tracebacks", "failures",
)  # fmt: skip


def _transcripts() -> tuple[ReadTranscript, ...]:
    """The `read(text, hint)` of every file here that has one."""
    names = sorted((one.name for one in pkgutil.iter_modules(__path__)), key=lambda name: (*_ORDER, name).index(name))
    readers = (getattr(importlib.import_module(f"{__name__}.{name}"), "read", None) for name in names)
    return tuple(read for read in readers if read is not None and read.__code__.co_varnames[:2] == ("text", "hint"))


# Transcripts and logs: each reader gets the text and the endpoint that the rest of the text names. Whether it knows the text (no None) does
# not depend on the endpoint.
TRANSCRIPTS: tuple[ReadTranscript, ...] = _transcripts()


def read_all(text: str, own: str, tls_word: Security | None) -> tuple[Pasted, tuple[ReadTranscript, ...]]:
    """What all kinds together say: of settings the heaviest paste's, of observations all; and the readers that know a transcript in it.

    `own`: the text without what only machines say.
    """
    found = [one for one in (configuration.read(own, tls_word), urls.read(own), calls.read(own)) if one is not None]
    found.sort(key=lambda one: -one.weight)
    hint = Where(next((one.host for one in found if one.host), ""), "", next((one.port for one in found if one.port), None))
    transcripts = [(read, one) for read in TRANSCRIPTS if (one := read(text, hint)) is not None]
    return _together(found + [one for _, one in transcripts]), tuple(read for read, _ in transcripts)


def observations(text: str, readers: tuple[ReadTranscript, ...], hint: Where) -> tuple[Observation, ...]:
    """The facts that the transcripts of `readers` show, read again with the endpoint that sentences around them name."""
    return tuple(dict.fromkeys(fact for read in readers if (one := read(text, hint)) is not None for fact in one.observations))


def _together(found: list[Pasted]) -> Pasted:
    host = next((one.host for one in found if one.host is not None), None)
    not_hosts: frozenset[str] = frozenset().union(*(one.not_hosts for one in found))
    host = None if host in not_hosts else host
    return Pasted(
        weight=max((one.weight for one in found), default=0),
        host=host,
        port=next((one.port for one in found if one.port is not None), None),
        security=next((one.security for one in found if one.security is not None), None),
        client=next((one.client for one in found if one.client is not None), None),
        provider=next((one.provider for one in found if one.provider is not None), None),
        addresses=tuple(address for one in found for address in one.addresses),
        error=next((one.error for one in found if one.error is not None), None),
        not_hosts=not_hosts,
        observations=tuple(observation for one in found for observation in one.observations),
    )
