"""How much is known, how much do others know, and on what does each fact rest? Counts and lists; judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from knowledge.model import Cause, Knowledge, Provider
from knowledge.terms import Source


def counts(known: Knowledge) -> dict[str, int]:
    """How much is known, of each kind."""
    providers, causes = known.providers.values(), known.causes.values()
    return {
        "providers": len(known.providers),
        "domains": sum(len(p.domains) for p in providers),
        "domain_patterns": sum(len(p.domain_patterns) for p in providers),
        "endpoints": sum(len(p.servers) for p in providers),
        "app_password_and_oauth2_rules": sum(p.app_password is not None or p.oauth2 is not None for p in providers),
        "mx_suffixes": sum(len(p.mx) for p in providers),
        "causes": len(known.causes),
        "fixes": sum(len(c.fixes) for c in causes),
        "patterns": sum(len(c.patterns) for c in causes),
        "examples": sum(len(c.examples) for c in causes),
        "near_misses": sum(len(c.near_misses) for c in causes),
        "clients": len(known.clients),
        "snippets": sum(c.snippet is not None for c in known.clients.values()),
        "snippets_run_in_tests": sum(c.snippet is not None and c.snippet.run for c in known.clients.values()),
        "terms": len(known.terms),
        "folklore": len(known.folklore),
        "phrases": len(known.phrases),
    }


class Comparison(NamedTuple):
    """One count of another collection beside ours. `at_least`: theirs is only partly counted."""

    name: str
    what: str
    theirs: int
    ours: int
    at_least: bool
    source: Source


def comparisons(known: Knowledge) -> Iterator[Comparison]:
    """Each count that another public collection shares with ours, in the order of its file."""
    ours = counts(known)
    for other in known.collections.values():
        for what, theirs in other.counts.items():
            yield Comparison(other.name, what, theirs, ours[what], other.at_least, other.source)


def sources(known: Knowledge) -> Iterator[tuple[str, Source]]:
    """(entry, source) for every source that anything rests on: "providers/gmail", "causes/tls.expired", "terms/spf" …"""
    for provider in known.providers.values():
        yield from ((f"providers/{provider.id}", source) for source in _of_provider(provider))
    for cause in known.causes.values():
        yield from ((f"causes/{cause.id}", source) for source in _of_cause(cause))
    for kind, entries in (("clients", known.clients), ("terms", known.terms), ("folklore", known.folklore)):
        for id, entry in entries.items():
            yield from ((f"{kind}/{id}", source) for source in entry.sources)
    for other in known.collections.values():
        yield f"collections/{other.id}", other.source


def _of_provider(provider: Provider) -> Iterator[Source]:
    yield from provider.sources
    for part in (provider.app_password, provider.limits, *provider.traps):
        if part is not None and part.source is not None:
            yield part.source


def _of_cause(cause: Cause) -> Iterator[Source]:
    yield from cause.sources
    yield from (fix.source for fix in cause.fixes)
