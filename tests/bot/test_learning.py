"""Is what talks teach stripped of what is somebody's, and does it show what is missing?"""

from __future__ import annotations

import datetime

import pytest

from bot.conversation.model import Lesson
from bot.learning import gaps, outcomes, stripped
from bot.store.lessons import Counted

DAY = datetime.date(2026, 11, 25)


def counted(lesson: Lesson, count: int = 1) -> Counted:
    return Counted(lesson, count, DAY, DAY)


@pytest.mark.parametrize(
    "own",
    [
        "anna.schmidt@our-club.test",
        "mail.our-club.test",
        "203.0.113.77",
        "2001:db8:4:7:1:2:3:4",
        "https://our-club.test/secret/page",
        "4bQ2xZ1c7Dz9KfL",
        "/home/anna/mail.cfg",
        "C:\\Users\\anna\\mail.cfg",
        '"Anna Schmidt"',
        "49170123456789",
    ],
)
def test_what_is_somebodys_own_is_not_kept(own: str) -> None:
    kept = stripped(Lesson("unrecognised", text=f"554 the flux capacitor of user {own} refused the message")).text

    assert own.strip('"') not in kept
    assert "anna" not in kept.lower()
    assert "flux capacitor" in kept
    assert "554" in kept


def test_like_texts_make_one_gap_and_the_most_frequent_comes_first() -> None:
    texts = [
        counted(Lesson("unrecognised", text="the flux capacitor refused your parcel because of gravity")),
        counted(Lesson("unrecognised", text="quota daemon says zork")),
        counted(Lesson("unrecognised", text="the flux capacitor refused your parcel because of gravity again"), 4),
    ]

    found = gaps(texts)

    assert [(gap.count, len(gap.texts)) for gap in found] == [(5, 2), (1, 1)]


def test_what_is_recognised_by_now_is_no_gap() -> None:
    assert gaps([counted(Lesson("unrecognised", text="535 5.7.8 Error: authentication failed"))]) == ()


def test_the_least_helpful_answer_comes_first() -> None:
    rows = outcomes(
        [
            counted(Lesson("helped", "net.refused"), 3),
            counted(Lesson("unhelped", "auth.bad_credentials", "gmx", "thunderbird"), 2),
            counted(Lesson("helped", "auth.bad_credentials", "gmx", "thunderbird"), 1),
        ]
    )

    assert [(row.cause, row.helped, row.unhelped) for row in rows] == [("auth.bad_credentials", 1, 2), ("net.refused", 3, 0)]
