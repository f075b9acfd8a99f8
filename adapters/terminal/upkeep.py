"""config and knowledge on the command line: what is configured, what is known, how old it is."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.terminal import streams
from adapters.terminal.printed import show
from bot.reply import Table
from knowledge.counts import comparisons, counts
from knowledge.counts import sources as sources_of
from knowledge.index import index

if TYPE_CHECKING:
    from bot.config import Settings

FOLDER = Path(__file__).resolve().parents[2] / "knowledge"


def config(settings: Settings, links: Mapping[str, str], lacking: Sequence[str] = (), *, as_json: bool) -> int:
    """What is configured, what is missing, each with its remedy; `links` that bring the bot somewhere, each with what it is for;
    `lacking`: what the bot lacks where, one sentence each.

    0 also where a platform is not configured: that is a choice.
    """
    from bot.inventory import describe

    rows = describe(settings)
    if as_json:
        streams.write_json({"schema": 1, "keys": [dataclasses.asdict(row) for row in rows], "links": dict(links), "lacking": list(lacking)})
    else:
        cells = tuple((row.key, row.value or "-", row.state, row.remedy or "-") for row in rows)
        show((Table(("Key", "Value", "State", "What to do"), cells),))
        for purpose, link in links.items():  # by itself on a line, for a terminal to make it a link
            streams.write_line(f"{purpose}:\n{link}")
        for sentence in lacking:
            streams.write_line(sentence)
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


def stats(*, as_json: bool, listed: str | None) -> int:
    """Counts of everything that is known, beside those of other public collections; `listed` names a kind whose ids to list instead."""
    known = index().knowledge
    if listed is not None:
        entries = {"providers": known.providers, "causes": known.causes, "clients": known.clients, "terms": known.terms}[listed]
        for id in sorted(entries):
            streams.write_line(id)
        return 0
    found, others = counts(known), tuple(comparisons(known))
    if as_json:
        rows = [{**one._asdict(), "source": {"url": one.source.url, "checked": one.source.checked}} for one in others]
        streams.write_json({"schema": 1, **found, "others": rows})
        return 0
    show((Table(("What", "Count"), tuple((name.replace("_", " "), str(count)) for name, count in found.items())),))
    cells = tuple((one.name, one.what, f"{one.theirs}{'+' if one.at_least else ''}", str(one.ours)) for one in others)
    streams.write_line("")
    show((Table(("Other public collections", "What", "Theirs", "Here"), cells),))
    streams.write_line("")
    for one in dict.fromkeys((other.source.url, other.source.checked) for other in others):
        streams.write_line(f"counted {one[1]}: {one[0]}")
    return 0


def sources(*, as_json: bool) -> int:
    """How old each fact is: the oldest first, undated ones at the end."""
    known = index().knowledge
    today = datetime.datetime.now(datetime.UTC).date()
    rows = sorted(set(sources_of(known)), key=lambda row: (row[1].checked is None, row[1].checked or "", row[0]))
    if as_json:
        for where, source in rows:
            streams.write_json({"schema": 1, "of": where, "url": source.url, "checked": source.checked, "unverified": source.unverified})
        return 0
    years = Counter(source.checked[:4] if source.checked else "undated" for _, source in rows)
    for where, source in rows:
        streams.write_line(f"{source.checked or 'undated':<11}{where:<44}{source.url}{'  (unverified)' if source.unverified else ''}")
    line = ", ".join(f"{year}: {count}" for year, count in sorted(years.items()))
    streams.write_line(f"{len(rows)} sources on {today.isoformat()}: {line}")
    return 0
