"""What does a pasted configuration, call, command, transcript or log say? One file a kind; see README.md here for how to add one."""

from __future__ import annotations

from bot.reading.pastes import calls, configuration, urls
from bot.reading.pastes.pasted import Pasted
from knowledge.terms import Security


def read_all(text: str, tls_word: Security | None) -> Pasted:
    """What all kinds together say: of settings the heaviest paste's, of observations all."""
    found = [one for one in (configuration.read(text, tls_word), urls.read(text), calls.read(text)) if one is not None]
    found.sort(key=lambda one: -one.weight)
    host = next((one.host for one in found if one.host is not None), None)
    return Pasted(
        weight=max((one.weight for one in found), default=0),
        host=host,
        port=next((one.port for one in found if one.port is not None), None),
        security=next((one.security for one in found if one.security is not None), None),
        client=next((one.client for one in found if one.client is not None), None),
        provider=next((one.provider for one in found if one.provider is not None), None),
        addresses=tuple(address for one in found for address in one.addresses),
        error=next((one.error for one in found if one.error is not None), None),
        not_hosts=frozenset().union(*(one.not_hosts for one in found)),
        observations=tuple(observation for one in found for observation in one.observations),
    )
