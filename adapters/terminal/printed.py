"""How does a reply look in a terminal? Blocks as coloured text for people, plain text in a pipe. Literal text stays literal."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from bot.reply import (
    Block,
    Bullets,
    Code,
    Emphasis,
    Evidence,
    Heading,
    Link,
    Paragraph,
    Preformatted,
    Reply,
    SettingsTable,
    Sources,
    Spans,
    Steps,
    Table,
    block_text,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text as RichText


def coloured() -> bool:
    """Whether a person reads along: standard output is a terminal."""
    return sys.stdout.isatty()


@cache
def console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def show(blocks: tuple[Block, ...]) -> None:
    """Prints blocks: with colour on a terminal, else plain, each set off by an empty line."""
    if coloured():
        for number, block in enumerate(blocks):
            if number:
                console().print()
            console().print(rendered(block))
        return
    from adapters.terminal.streams import write_line

    text = "\n\n".join(filter(None, (clean(block_text(block)) for block in blocks)))
    write_line(text)


def show_choices(reply: Reply) -> None:
    """The choices, numbered for an answer by number."""
    if not reply.choices:
        return
    lines = [f"  {number}) {clean(choice.label)}" for number, choice in enumerate(reply.choices, 1)]
    if coloured():
        console().print("\n".join(lines), style="cyan")
    else:
        from adapters.terminal.streams import write_line

        write_line("\n".join(lines))


# Overrides, embeddings and isolates of the writing direction: with them a text shows other words than it holds.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Without control characters: a banner must not move the cursor, set a title or turn what follows around."""
    return "".join(c if _harmless(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _harmless(c: str) -> bool:
    return c in "\n\t" or c.isprintable() or (ord(c) > 0x9F and c not in _TURNING)


def rich_spans(spans: Spans) -> RichText:
    from rich.text import Text as RichText

    text = RichText()
    for span in spans:
        if isinstance(span, Link):
            text.append(clean(span.label or span.url))
            text.append(f" ({clean(span.url)})" if span.label and span.label != span.url else "", style="blue underline")
        elif isinstance(span, Code):
            text.append(clean(span.text), style="bold green")
        elif isinstance(span, Emphasis):
            text.append(clean(span.text), style="bold")
        else:
            text.append(clean(span.text))
    return text


def rendered(block: Block) -> RenderableType:
    """One block as something rich can print."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text as RichText

    match block:
        case Paragraph(spans):
            return rich_spans(spans)
        case Heading(spans):
            text = rich_spans(spans)
            text.stylize("bold underline")
            return text
        case Steps(items, heading):
            lines: list[RenderableType] = [rich_spans(heading)] if heading else []
            for number, step in enumerate(items, 1):
                line = RichText(f"{number}. ", style="bold cyan")
                line.append_text(rich_spans(step.spans))
                if step.url:
                    line.append(f"  {clean(step.url)}", style="blue underline")
                lines.append(Padding(line, (0, 0, 0, 2)))
            return Group(*lines)
        case Bullets(items, heading):
            rows: list[RenderableType] = [rich_spans(heading)] if heading else []
            rows.extend(Padding(RichText("• ").append_text(rich_spans(item)), (0, 0, 0, 2)) for item in items)
            return Group(*rows)
        case Evidence(items):
            return Group(*(Padding(RichText("› ").append_text(rich_spans(item)), (0, 0, 0, 2), style="dim") for item in items))
        case SettingsTable() | Table():
            return _table(block)
        case Preformatted(text, language):
            return _preformatted(text, language)
        case Sources():
            return RichText(clean(block_text(block)), style="dim")


def _table(block: SettingsTable | Table) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table as RichTable
    from rich.text import Text as RichText

    if isinstance(block, SettingsTable):
        table = RichTable(box=None, show_header=False, padding=(0, 2))
        for name, value in block.rows:
            table.add_row(RichText(clean(name)), RichText(clean(value), style="bold green"))
    else:
        table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
        for name in block.head:
            table.add_column(RichText(clean(name)))
        for row in block.rows:
            table.add_row(*(RichText(clean(cell)) for cell in row))
    return Group(rich_spans(block.heading), table) if block.heading else table


def _preformatted(text: str, language: str) -> RenderableType:
    from rich.panel import Panel
    from rich.syntax import Syntax
    from rich.text import Text as RichText

    if language:
        return Syntax(clean(text), language, theme="ansi_dark", background_color="default", word_wrap=True)
    return Panel(RichText(clean(text)), expand=False, border_style="dim")
