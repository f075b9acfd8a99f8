"""By what a message of ours is known again."""

from __future__ import annotations

from adapters.discord.posted import nonce


def test_a_nonce_fits_and_differs_by_page() -> None:
    key = "k" * 25

    assert nonce(key) == key
    assert len({nonce(key), nonce(key, 1), nonce(key, 2)}) == 3
    assert all(len(nonce(key, page)) <= 25 for page in range(30))
    assert len(nonce("a very long key that does not fit in it")) <= 25
