"""What is said of an answer: that its place is not found, that it was done before."""

from __future__ import annotations

import pytest

from bot.reading.reaction import reaction


@pytest.mark.parametrize(
    "text",
    [
        "where exactly is that?",
        "how do i get there",
        "i can't find that option",
        "there is no such menu",
        "which button do i press?",
        "wo finde ich das?",
        "das finde ich nicht",
        "où se trouve ce réglage ?",
        "¿dónde está eso?",
        "onde fica isso?",
        "non lo trovo",
        "waar staat dat?",
        "gdzie to jest?",
        "где это находится?",
        "找不到",
    ],
)
def test_who_does_not_find_the_place_is_understood(text: str) -> None:
    assert reaction(text) == "where"


@pytest.mark.parametrize(
    "text",
    [
        "i already did that",
        "did that ten times",
        "i checked it ten times",
        "that's what i have",
        "it is already set like that",
        "hab ich schon gemacht",
        "steht schon so",
        "c'est déjà fait",
        "ya lo probé",
        "já fiz isso",
        "già fatto",
        "уже пробовал",
    ],
)
def test_who_has_done_it_before_is_understood(text: str) -> None:
    assert reaction(text) == "done_before"


@pytest.mark.parametrize(
    "text", ["still the same", "it works now", "thanks!", "587", "the server is mail.example.com", "535 5.7.8 denied", ""]
)
def test_other_words_are_no_such_reaction(text: str) -> None:
    assert reaction(text) is None


def test_a_long_text_brings_something_of_its_own() -> None:
    assert reaction("where is that? " + "x" * 240) is None
