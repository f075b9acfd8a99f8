"""What a button carries."""

from __future__ import annotations

import pytest

from adapters.discord.custom_ids import CustomId, read, write


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("pm:3:p587", CustomId(3, "p587")),
        ("pm:12:client.outlook-classic:x", CustomId(12, "client.outlook-classic:x")),
        ("pm@123456789012345678:0:!answer", CustomId(0, "!answer", "discord:123456789012345678")),
    ],
)
def test_it_is_read_as_it_was_written(text: str, meant: CustomId) -> None:
    assert read(text) == meant
    assert write(meant.turn, meant.choice, meant.conversation) == text


@pytest.mark.parametrize("text", ["", "pm", "pm:x:y", "pm:1:", "pm:1:a b", "pm:1:ä", "answer:1:2", "pm:1:" + "x" * 66, "pm:1:x\n"])
def test_what_is_not_ours_is_not_read(text: str) -> None:
    assert read(text) is None


def test_a_choice_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="not fit"):
        write(1, "has a space")
