"""Where in a text do secrets stand? One file a form they are written in; each gives spans, none changes the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.secrets import asides, calls, commands, exchanges, hexdumps, keys, nearby, sentences, settings
from bot.secrets.span import Span
from bot.secrets.text import Text

Finder = Callable[[Text], Iterator[Span]]

# The order is that of precision: of two spans at one place the earlier finder names the kind.
FINDERS: tuple[Finder, ...] = (
    keys.find,
    exchanges.find,
    hexdumps.find,
    commands.find,
    calls.find,
    settings.find,
    sentences.find,
    asides.find,
    nearby.find,
)

__all__ = ["FINDERS", "Finder", "Span", "Text"]
