"""Is a wish to be told later understood, and nothing else taken for one?"""

from __future__ import annotations

import pytest

from bot.reading.watching import watched


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("tell me when it works again", "server"),
        ("can you let me know once the server is back up?", "server"),
        ("ping us as soon as mail.our-club.test answers", "server"),
        ("sag bescheid, wenn der server wieder erreichbar ist", "server"),
        ("préviens-moi quand ça marche", "server"),
        ("avísame cuando funcione", "server"),
        ("сообщи, когда заработает", "server"),
        ("keep an eye on it", "server"),
        ("ask me tomorrow", "question"),
        ("please remind me tomorrow morning", "question"),
        ("erinnere mich morgen", "question"),
        ("watch the certificate", "certificate"),
        ("warn me before the certificate expires", "certificate"),
        ("sag mir bescheid, bevor das zertifikat abläuft", "certificate"),
        ("stop watching", "off"),
        ("no more reminders please", "off"),
        ("don't remind me any more", "off"),
    ],
)
def test_a_wish_to_be_told_later(text: str, wish: str) -> None:
    assert watched(text) == wish


@pytest.mark.parametrize(
    "text",
    [
        "tell me what to do when it says 535",
        "let me know if you need more",
        "it works when i use port 465",
        "the certificate expires tomorrow, what now?",
        "can you tell me if 587 is right",
        "outlook says the certificate has expired",
        "i'll try tomorrow",
        "stop",
        "tell me when to use starttls",
        "my monitor shows an error",
        "what happens when the certificate runs out?",
    ],
)
def test_no_wish_to_be_told_later(text: str) -> None:
    assert watched(text) is None
