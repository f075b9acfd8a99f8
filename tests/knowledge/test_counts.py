"""How much is known beside other public collections, and on what it rests."""

from __future__ import annotations

import re

from knowledge.counts import comparisons, counts, sources
from knowledge.load import FOLDER, knowledge


def test_as_much_is_known_as_was_promised() -> None:
    found = counts(knowledge())

    assert found["providers"] >= 330
    assert found["domains"] + found["domain_patterns"] >= 1_500
    assert found["app_password_and_oauth2_rules"] >= 80
    assert found["causes"] >= 46
    assert found["patterns"] + found["examples"] >= 1_500
    assert found["clients"] >= 64
    assert found["snippets_run_in_tests"] >= 12
    assert found["terms"] >= 60


def test_more_is_known_than_in_any_other_collection() -> None:
    found = list(comparisons(knowledge()))

    assert {one.what for one in found} == {"providers", "domains", "causes", "patterns"}
    assert all(one.ours > one.theirs for one in found), [one for one in found if one.ours <= one.theirs]


def test_every_count_of_another_collection_says_what_was_counted_where_and_when() -> None:
    for other in knowledge().collections.values():
        assert other.how
        assert other.source.url.startswith("https://")
        assert other.source.checked


def test_every_link_with_a_day_in_the_files_stands_among_the_sources() -> None:
    written = {
        url
        for path in FOLDER.rglob("*.toml")
        for url in re.findall(r'^(?:url|source) = "(https://[^"]+)"\nchecked', path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert written - {source.url for _, source in sources(knowledge())} == set()
