"""How do settings and tables stand in a code block so that no line of it wraps on a phone? Pure; makes the text, not the block."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from adapters.discord.markdown import clean

# What a phone shows in one line of a code block inside a frame.
_COLUMNS = 34


def aligned(rows: Sequence[tuple[str, str]]) -> str:
    """Settings in two columns; a value that a phone would wrap goes on in its own column, or stands under its name where it is one word."""
    cells = [(" ".join(clean(name).split()), " ".join(clean(value).split())) for name, value in rows]
    width = max((len(name) for name, _ in cells), default=0)
    return "\n".join(_row(name, value, width) for name, value in cells)


def _row(name: str, value: str, width: int) -> str:
    line = f"{name:<{width}}  {value}".rstrip()
    if len(line) <= _COLUMNS:
        return line
    first, *others = _wrapped(value, max(1, _COLUMNS - width - 2)) or [""]
    if width + 2 + max(map(len, (first, *others))) <= _COLUMNS:
        return "\n".join((f"{name:<{width}}  {first}", *(" " * (width + 2) + line for line in others)))
    return "\n".join((name, *(f"  {line}" for line in _wrapped(value, _COLUMNS - 2))))


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in aligned columns; where a phone would wrap it, each row becomes a few lines of "head: cell"."""
    table = [[" ".join(clean(cell).split()) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    if sum(widths) + 2 * (len(widths) - 1) <= _COLUMNS:
        return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table)
    lines = [[f"{name}: {cell}" for name, cell in zip(table[0], row, strict=True)] for row in table[1:]]
    return "\n\n".join("\n".join("\n  ".join(_wrapped(line, _COLUMNS - 2)) for line in row) for row in lines)


def _wrapped(line: str, columns: int) -> list[str]:
    """At spaces only: a host name stays whole, so that it can be copied."""
    return textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False)
