"""The client ids that scripts rely on."""

from __future__ import annotations

import pytest

from bot.answers.published import CLIENTS, published_client
from knowledge.index import index


@pytest.mark.parametrize(
    ("entry", "published"),
    [("thunderbird", "thunderbird"), ("n8n", "other"), ("printer-kyocera", "printer"), ("postfix", None), ("swaks", None), (None, None)],
)
def test_an_entry_beyond_the_list_is_its_family_or_other(entry: str | None, published: str | None) -> None:
    assert published_client(entry, index()) == published


def test_every_published_id_has_an_entry() -> None:
    assert not CLIENTS - index().knowledge.clients.keys()
