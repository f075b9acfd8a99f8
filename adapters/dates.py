"""How does a day or a month look in a person's language? A day that nobody named is not invented. Knows no platform."""

from __future__ import annotations

import datetime
from dataclasses import replace

from bot.reply import Block, Sources
from knowledge.index import index

# Those of [platform.dates] in knowledge/phrases.toml; a locale ("es-419") is looked up whole first, then by its language.
LANGUAGES = frozenset({"de", "en", "en-GB", "es", "fr", "it", "nl", "pt"})


def shown(date: str, locale: str | None) -> str:
    """`date` (YYYY-MM or YYYY-MM-DD) as people write it who have `locale`; unchanged for others, and where it is no date."""
    language = _language(locale)
    if language is None:
        return date
    try:
        day = datetime.date.fromisoformat(f"{date}-01" if len(date) == 7 else date)
    except ValueError:
        return date
    name = index().phrase(f"platform.dates.{language}.names").split()[day.month - 1]
    form = "month" if len(date) == 7 else "day"
    return index().phrase(f"platform.dates.{language}.{form}", day=day.day, name=name, year=day.year)


def in_language(blocks: tuple[Block, ...], locale: str | None) -> tuple[Block, ...]:
    """The blocks with the days of their sources as `shown`."""
    if _language(locale) is None:
        return blocks
    return tuple(_dated(block, locale) if isinstance(block, Sources) else block for block in blocks)


def _dated(sources: Sources, locale: str | None) -> Sources:
    return Sources(tuple(replace(item, checked=shown(item.checked, locale) if item.checked else None) for item in sources.items))


def _language(locale: str | None) -> str | None:
    for candidate in (locale or "", (locale or "").split("-")[0]):
        if candidate in LANGUAGES:
            return candidate
    return None
