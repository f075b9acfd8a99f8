"""Which names lead to which entry? Look-up tables over the whole knowledge, as plain JSON that the user's cache can keep.

Making them builds every provider, which takes longer than all that one question needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from knowledge.model import Knowledge, Provider
from knowledge.names import name_table
from knowledge.terms import MAIL_PORTS


def made(known: Knowledge) -> dict[str, Any]:
    """Each kind of name -> id: "domains", "hosts", "mx", "ns"; "old_hosts" is a list; the rest are tables of `knowledge.names`.

    "ports": host -> the ports beside the usual ones that an entry names for it, in order.

    "domain_patterns" and "host_patterns" are (id, RE2) in the order in which they are to be tried.
    """
    providers = known.providers.values()
    domains = {domain: one.id for one in providers for domain in one.domains}
    return {
        "domains": domains,
        "hosts": _hosts(known),
        "old_hosts": sorted({name for one in providers for name in one.old_hosts}),
        "mx": {suffix: one.id for one in providers for suffix in one.mx},
        "ns": {suffix: one.id for one in providers for suffix in one.ns},
        "ports": _ports(known),
        "domain_patterns": [(one.id, pattern) for one in providers for pattern in one.domain_patterns],
        "host_patterns": [(one.id, pattern) for one in providers for pattern in one.host_patterns],
        "provider_names": name_table({id: (one.name, *one.aliases) for id, one in known.providers.items()}),
        "client_names": name_table({id: (one.name, *one.aliases) for id, one in known.clients.items()}),
        "term_names": name_table({id: (one.name, *one.aliases, id.replace("_", " ")) for id, one in known.terms.items()}),
    }


def _hosts(known: Knowledge) -> dict[str, str]:
    # Some recommend another's server; it belongs to who lists it in `hosts`, then to who recommends it.
    owners: dict[str, str] = {}
    ranks: tuple[Callable[[Provider], Iterable[str]], ...] = (
        lambda provider: provider.hosts,
        lambda provider: (server.endpoint.host for server in provider.servers),
        lambda provider: provider.old_hosts,
    )
    for names in ranks:
        for provider in known.providers.values():
            for name in names(provider):
                owners.setdefault(name, provider.id)
    return owners


def _ports(known: Knowledge) -> dict[str, list[int]]:
    ports: dict[str, set[int]] = {}
    for provider in known.providers.values():
        for server in provider.servers:
            if server.endpoint.port not in MAIL_PORTS:
                ports.setdefault(server.endpoint.host, set()).add(server.endpoint.port)
    return {host: sorted(found) for host, found in ports.items()}
