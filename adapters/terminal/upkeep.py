"""config and knowledge on the command line: what is configured, what is known, how old it is."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.terminal import streams
from adapters.terminal.printed import show
from bot.reply import Table
from knowledge.index import index
from knowledge.model import Knowledge
from knowledge.terms import Source

if TYPE_CHECKING:
    from bot.config import Settings

FOLDER = Path(__file__).resolve().parents[2] / "knowledge"


def config(settings: Settings, links: Mapping[str, str], *, as_json: bool) -> int:
    """What is configured, what is missing, each with its remedy; `links` that bring the bot somewhere, each with what it is for.

    0 also where a platform is not configured: that is a choice.
    """
    from bot.config import describe

    rows = describe(settings)
    if as_json:
        streams.write_json({"schema": 1, "keys": [dataclasses.asdict(row) for row in rows], "links": dict(links)})
    else:
        cells = tuple((row.key, row.value or "-", row.state, row.remedy or "-") for row in rows)
        show((Table(("Key", "Value", "State", "What to do"), cells),))
        for purpose, link in links.items():  # by itself on a line, for a terminal to make it a link
            streams.write_line(f"{purpose}:\n{link}")
    return 0


def check() -> int:
    """Validates the files; each fault with file:line and remedy, then each fact that is older than a year. 1 where there is a fault."""
    from bot.diagnosis.check import aged
    from bot.diagnosis.check import check as problems_in

    problems = problems_in(FOLDER)
    for problem in (*problems, *(aged(FOLDER) if not problems else ())):
        streams.write_line(problem)
    if not problems:
        known = index().knowledge
        streams.write_line(f"{len(known.providers)} providers, {len(known.causes)} causes, {len(known.clients)} clients: no fault found.")
    return 1 if problems else 0


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


def stats(*, as_json: bool, listed: str | None) -> int:
    """Counts of everything that is known; `listed` names a kind whose ids are to be listed instead."""
    known = index().knowledge
    if listed is not None:
        entries = {"providers": known.providers, "causes": known.causes, "clients": known.clients, "terms": known.terms}[listed]
        for id in sorted(entries):
            streams.write_line(id)
        return 0
    found = counts(known)
    if as_json:
        streams.write_json({"schema": 1, **found})
    else:
        show((Table(("What", "Count"), tuple((name.replace("_", " "), str(count)) for name, count in found.items())),))
    return 0


def _sources(known: Knowledge) -> Iterator[tuple[str, Source]]:
    for provider in known.providers.values():
        rule = provider.app_password
        extra = (rule.source,) if rule is not None and rule.source is not None else ()
        for source in (*provider.sources, *extra, *(trap.source for trap in provider.traps if trap.source is not None)):
            yield f"providers/{provider.id}", source
    for cause in known.causes.values():
        for source in (*cause.sources, *(fix.source for fix in cause.fixes)):
            yield f"causes/{cause.id}", source
    for client in known.clients.values():
        for source in client.sources:
            yield f"clients/{client.id}", source


def sources(*, as_json: bool) -> int:
    """How old each fact is: the oldest first, undated ones at the end."""
    known = index().knowledge
    today = datetime.datetime.now(datetime.UTC).date()
    rows = sorted(set(_sources(known)), key=lambda row: (row[1].checked is None, row[1].checked or "", row[0]))
    if as_json:
        for where, source in rows:
            streams.write_json({"schema": 1, "of": where, "url": source.url, "checked": source.checked, "unverified": source.unverified})
        return 0
    years = Counter((source.checked or "undated")[:4] for _, source in rows)
    for where, source in rows:
        streams.write_line(f"{source.checked or 'undated':<11}{where:<44}{source.url}{'  (unverified)' if source.unverified else ''}")
    line = ", ".join(f"{year}: {count}" for year, count in sorted(years.items()))
    streams.write_line(f"{len(rows)} sources on {today.isoformat()}: {line}")
    return 0
