"""How does a running probe look in a terminal? One live line an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.terminal.printed import clean
from bot.reply import Progress

if TYPE_CHECKING:
    from rich.console import RenderableType

_SIGNS = {"waiting": ("·", "dim"), "running": ("…", "cyan"), "good": ("✓", "green"), "bad": ("✗", "red"), "unknown": ("?", "yellow")}


def drawn(progress: Progress) -> RenderableType:
    """The title, and a line with a sign for each task."""
    from rich.text import Text

    text = Text(clean(progress.title), style="dim")
    for task in progress.tasks:
        sign, style = _SIGNS[task.state]
        text.append(f"\n  {sign} ", style=style)
        text.append(clean(task.label))
        if task.detail:
            text.append(f"  {clean(task.detail)}", style="dim")
    return text


def plain(progress: Progress) -> str:
    """The same in one line, for a pipe."""
    parts = [f"{task.label}: {task.detail or '…'}" for task in progress.tasks]
    return clean(f"{progress.title}. {'; '.join(parts)}" if parts else progress.title)
