"""Where do the adapter's own sentences come from? From knowledge/phrases.toml, by id; none is written here."""

from __future__ import annotations

from knowledge.index import index


def words(phrase: str, /, **values: object) -> str:
    """The sentence with this id. Raises KeyError for one that does not exist, or a value that is missing."""
    return index().phrase(f"platform.discord.{phrase}", **values)
