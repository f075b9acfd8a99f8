"""Whoever repeats advice that is out of date is told what is true today, once, with its date."""

from __future__ import annotations

import pytest

from bot.reply import plain_text
from knowledge.index import index
from tests.knowledge.test_folklore import REPEATED
from tests.talks.test_talks import Stage
from tests.talks.worlds import NOON


def said_to(*lines: str) -> str:
    stage = Stage()
    texts = []
    for line in lines:
        stage.says(line)
        texts += [plain_text(effect.reply) for effect in stage.owed if hasattr(effect, "reply")]
        stage.owed = []
    return "\n".join(texts)


@pytest.mark.parametrize(("id", "line"), REPEATED)
def test_outdated_advice_is_put_right_with_todays_words(id: str, line: str) -> None:
    entry = index().knowledge.folklore[id]
    named = f" ({entry.providers[0]})" if entry.providers else ""

    assert entry.says_on(NOON.date().isoformat()) in said_to(line + named)


def test_it_is_put_right_once() -> None:
    says = index().knowledge.folklore["smtp_live_com"].says
    line = "which settings for hotmail? somebody said smtp.live.com"

    assert said_to(line, "but smtp.live.com is what my friend uses").count(says) == 1


@pytest.mark.parametrize("line", ["is it true that microsoft killed smtp passwords?", "can I use an app password for hotmail?"])
def test_a_word_in_what_is_put_right_is_not_explained_besides(line: str) -> None:
    told = said_to(line)

    assert not any(term.text in told for term in index().knowledge.terms.values())
