"""Is an error known when a program says it in another language? `said.tsv`: who says what in 23 languages, and how that is known."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bot.reading import read
from bot.redaction import redact
from knowledge.index import index

LEAST_A_LANGUAGE = 10
WITHOUT_SPACES = frozenset({"zh", "zh-hant", "ja"})
with (Path(__file__).parent / "said.tsv").open(encoding="utf-8", newline="") as file:
    SAID = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def pieces(text: str, language: str) -> set[str]:
    return set(text) if language in WITHOUT_SPACES else set(text.split())


@pytest.mark.parametrize("before", ["", "mail.x.example 587: "], ids=["alone", "behind the settings"])
@pytest.mark.parametrize("one", SAID, ids=lambda one: f"{one['language']} {one['program']} {one['said'][:24]}")
def test_what_a_program_says_is_the_error(one: dict[str, str], before: str) -> None:
    reading = read(redact(before + one["said"]), index())

    wanted = pieces(one["said"], one["language"])
    assert len(wanted & pieces(reading.error or "", one["language"])) >= 0.6 * len(wanted)
    assert reading.intent == "fix_error"


def test_each_language_has_ten_phrases_and_each_phrase_says_where_it_is_known_from() -> None:
    assert min(Counter(one["language"] for one in SAID).values()) >= LEAST_A_LANGUAGE
    assert all(one["source"] == "unverified" or "seen" in one["source"] for one in SAID)
