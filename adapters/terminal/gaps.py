"""knowledge gaps on the command line: what people brought that nothing was known for, as drafts; and which answers did not help."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence

from adapters.terminal import streams
from adapters.terminal.printed import clean, show
from bot.config import Settings
from bot.learning import Gap, Outcome, gaps, outcomes
from bot.reply import Table
from bot.store import open_store
from bot.store.lessons import Counted

MOST_ROWS = 40


def show_gaps(settings: Settings, *, as_json: bool) -> int:
    """Of the store that the bot uses. 0 also where there is nothing: that is good news, or POSTMASTER_LEARN is off, and then it says so."""
    counted = asyncio.run(_kept(settings))
    found, turned_out = gaps(counted), outcomes(counted)
    if as_json:
        streams.write_json(
            {"schema": 1, "learning": settings.learn, "gaps": [_gap_json(gap) for gap in found], "answers": _rows(turned_out)}
        )
        return 0
    for line in _told(found, settings):
        streams.write_line(line)
    if turned_out:
        streams.write_line("")
        cells = tuple(
            (row.cause, row.provider or "-", row.client or "-", str(row.helped), str(row.unhelped)) for row in turned_out[:MOST_ROWS]
        )
        show((Table(("Answer", "Provider", "Program", "It works", "Still fails"), cells),))
    return 0


async def _kept(settings: Settings) -> Sequence[Counted]:
    store = open_store(settings.store)
    await store.open()
    try:
        return await store.lessons.all()
    finally:
        await store.close()


def _told(found: Sequence[Gap], settings: Settings) -> Iterator[str]:
    if not found and not settings.learn:
        yield "Nothing is kept: POSTMASTER_LEARN is off."
        yield "Switched on, texts that are not recognised are kept, without secrets, names and addresses."
        return
    if not found:
        yield "No gaps: all that was brought was recognised, or is by now."
        return
    yield f"Gaps: {len(found)}. Each is a draft: put its lines under `examples` of the cause it belongs to (knowledge/causes/README.md)."
    for gap in found:
        days = [day for text in gap.texts for day in (text.first, text.last)]
        nearest = ", ".join(f"{cause} {confidence:.2f}" for cause, confidence in gap.nearest) or "nothing"
        yield ""
        yield f"# {gap.count} times, {min(days).isoformat()} to {max(days).isoformat()}; nearest: {nearest}"
        for text in gap.texts:
            yield f"    {{ text = {json.dumps(clean(text.lesson.text), ensure_ascii=False)} }},"


def _gap_json(gap: Gap) -> dict[str, object]:
    texts = [
        {"text": one.lesson.text, "count": one.count, "first": one.first.isoformat(), "last": one.last.isoformat()} for one in gap.texts
    ]
    return {"count": gap.count, "texts": texts, "nearest": [{"cause": cause, "confidence": sure} for cause, sure in gap.nearest]}


def _rows(turned_out: Sequence[Outcome]) -> list[dict[str, object]]:
    return [
        {"cause": row.cause, "provider": row.provider or None, "client": row.client or None, "helped": row.helped, "unhelped": row.unhelped}
        for row in turned_out
    ]
