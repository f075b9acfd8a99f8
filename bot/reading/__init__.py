"""What does a text say? Pure: a safe text and the knowledge in, a `Reading` out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reading.model import Reading

if TYPE_CHECKING:
    from bot.redaction import SafeText
    from knowledge.index import Index

__all__ = ["Reading", "read"]


def read(text: SafeText, index: Index, asked: str | None = None) -> Reading:
    """What `text` says; `asked` is the slot of the open question ("port", "client", "error" …, "other"), None where nothing is open.

    The reader and its patterns are loaded with the first call: who needs only the shape (`Reading`) does not pay for them.
    """
    from bot.reading.reader import read as read_now

    return read_now(text, index, asked)
