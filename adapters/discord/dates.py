"""How does a day or a month look in a person's language? Pure; a day that nobody named is not invented."""

from __future__ import annotations

import datetime
from collections.abc import Callable

# Languages whose dates stand in knowledge/phrases.toml; a locale (Discord's "es-419") is looked up whole first, then by its language.
_LANGUAGES = frozenset({"de", "en", "en-GB", "es", "fr", "it", "nl", "pt"})


def shown(date: str, locale: str | None, words: Callable[..., str]) -> str:
    """`date` (YYYY-MM or YYYY-MM-DD) as people write it who have `locale`; unchanged for others, and where it is no date."""
    language = _language(locale)
    if language is None:
        return date
    try:
        day = datetime.date.fromisoformat(f"{date}-01" if len(date) == 7 else date)
    except ValueError:
        return date
    name = words(f"dates.{language}.names").split()[day.month - 1]
    return words(f"dates.{language}.{'month' if len(date) == 7 else 'day'}", day=day.day, name=name, year=day.year)


def _language(locale: str | None) -> str | None:
    for candidate in (locale or "", (locale or "").split("-")[0]):
        if candidate in _LANGUAGES:
            return candidate
    return None
