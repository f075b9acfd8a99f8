"""Are lessons counted, bounded, and nobody's? The same for each store."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

import pytest

from bot.conversation.model import Lesson
from bot.store import lessons
from bot.store.port import Store
from tests.bot.service_kit import opened

MONDAY = datetime.date(2026, 11, 23)
LESSON = Lesson("unrecognised", provider="gmx", client="thunderbird", text="534 the flux is <id>")


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    async with opened(address) as made:
        yield made


async def test_the_same_lesson_is_counted_with_its_first_and_last_day(store: Store) -> None:
    for days in (0, 1, 3):
        await store.lessons.note(LESSON, MONDAY + datetime.timedelta(days=days))
    await store.lessons.note(Lesson("helped", "auth.bad_credentials"), MONDAY)

    assert [(one.lesson.kind, one.count, (one.last - one.first).days) for one in await store.lessons.all()] == [
        ("unrecognised", 3, 3),
        ("helped", 1, 0),
    ]


async def test_there_is_an_end_to_different_lessons_and_none_to_counting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "MAX_LESSONS", 2)
    for text in ("a", "b", "c", "a"):
        await store.lessons.note(Lesson("unrecognised", text=text), MONDAY)

    assert [(one.lesson.text, one.count) for one in await store.lessons.all()] == [("a", 2), ("b", 1)]
