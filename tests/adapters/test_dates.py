"""Days and months as people write them, and where a terminal's answer shows them."""

from __future__ import annotations

import pytest

from adapters import dates
from bot.reply import Paragraph, SourceLine, Sources, Text
from knowledge.index import index


@pytest.mark.parametrize(
    ("locale", "month", "day"),
    [
        ("de", "November 2026", "3. November 2026"),
        ("fr", "novembre 2026", "3 novembre 2026"),
        ("es-419", "noviembre de 2026", "3 de noviembre de 2026"),
        ("en-US", "November 2026", "November 3, 2026"),
        ("en-GB", "November 2026", "3 November 2026"),
        ("pt-BR", "novembro de 2026", "3 de novembro de 2026"),
        ("ja", "2026-11", "2026-11-03"),
        (None, "2026-11", "2026-11-03"),
    ],
)
def test_a_month_or_a_day_is_written_as_in_the_persons_language(locale: str | None, month: str, day: str) -> None:
    assert dates.shown("2026-11", locale) == month
    assert dates.shown("2026-11-03", locale) == day


@pytest.mark.parametrize("odd", ["last year", "2026", "2026-13", "2026-02-30", ""])
def test_what_is_no_date_stays_as_it_is(odd: str) -> None:
    assert dates.shown(odd, "de") == odd


@pytest.mark.parametrize("language", sorted(dates.LANGUAGES))
def test_every_language_names_twelve_months(language: str) -> None:
    assert len(index().phrase(f"platform.dates.{language}.names").split()) == 12


def test_only_the_days_of_sources_change() -> None:
    said = Paragraph((Text("Looked at on 2026-11-03."),))
    sources = Sources((SourceLine("https://example.com/a", "2026-11-03", "servers"), SourceLine("https://example.com/b", None)))

    assert dates.in_language((said, sources), "de-AT") == (
        said,
        Sources((SourceLine("https://example.com/a", "3. November 2026", "servers"), SourceLine("https://example.com/b", None))),
    )
    assert dates.in_language((said, sources), None) == (said, sources)
