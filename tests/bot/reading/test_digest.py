"""What stays of a long paste: its ends, and in between the lines that tell something."""

from __future__ import annotations

import random

import pytest

from bot.reading.digest import WHOLE_CHARS, digest

_SHOWN = "subject=O = ACME, OU = Mail #cOb9mABqbK6wlmf7\nissuer=O = ACME, OU = CA #yLxNbTYcnioPpPc6"


def test_a_text_that_is_not_long_is_read_whole() -> None:
    assert digest("x\n" * 100) == "x\n" * 100


@pytest.mark.parametrize("seed", range(20))
def test_who_a_certificate_is_for_and_from_is_never_left_out_between_keys_and_dumps(seed: int) -> None:
    """A key in Base64 and a dumped session ticket hold every word by chance: they may not push the certificate's own lines out."""
    chance = random.Random(seed)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    head = "\n".join(f"depth={n} O = ACME" for n in range(20))
    key = "\n".join("".join(chance.choices(letters, k=64)) for _ in range(30))
    dump = "\n".join(f"    {n:03x}0 - " + " ".join(f"{chance.randrange(256):02x}" for _ in range(16)) for n in range(40))
    text = f"{head}\n{key}\n{_SHOWN}\n{dump}\n" + "read R BLOCK\n" * 20
    assert len(text) > WHOLE_CHARS

    assert _SHOWN in digest(text)
