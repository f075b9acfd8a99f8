"""How does a message look on a phone? An approximation in plain text, to read the usual messages as their reader does.

`python -m tests.adapters.discord.phone` prints them all; `snapshots/phone.txt` keeps what was last looked at.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.discord import render
from adapters.discord.render import Dress
from tests.adapters.discord.replies import PROGRESS, QUESTION, USUAL
from tests.adapters.discord.scripted import words

# A narrow phone: so many letters of running text in a line, and so many of a code block or of a button.
PROSE, CODE, LABEL = 44, 34, 34

_CODE_BLOCK = re.compile(r"```(?:[a-z]+)?\n(.*?)\n```", re.DOTALL)
_ITEM = re.compile(r"(-#|-|\d+\.|###) ")


def screen(pages: Sequence[Mapping[str, Any]]) -> str:
    """All messages of a reply, one below the other."""
    return "\n\n".join("\n".join(_lines(page["components"])) for page in pages)


def _lines(components: Sequence[Mapping[str, Any]], margin: str = "") -> Iterator[str]:
    for one in components:
        match one["type"]:
            case 10:
                yield from (f"{margin}{line}" for line in _text(one["content"]))
            case 17:
                yield from _lines(one["components"], "| ")
            case 1:
                yield from _row(one["components"])


def _row(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    labels = [f"[{one['label'][:LABEL]}]" for one in components if one["type"] == 2]
    if labels:
        yield from _flow(labels)
    for menu in (one for one in components if one["type"] == 3):
        yield f"[{menu['placeholder']} v]"
        yield from (f"    {option['label']}" for option in menu["options"])


def _flow(labels: Sequence[str]) -> Iterator[str]:
    line = ""
    for label in labels:
        if line and len(line) + 1 + len(label) > PROSE:
            yield line
            line = ""
        line = f"{line} {label}" if line else label
    yield line


def _text(markdown: str) -> Iterator[str]:
    place = 0
    for block in _CODE_BLOCK.finditer(markdown):
        yield from _prose(markdown[place : block.start()])
        for line in block[1].split("\n"):
            yield from (f"    {part}" for part in (textwrap.wrap(line, CODE, break_on_hyphens=False) if len(line) > CODE else [line]))
        place = block.end()
    yield from _prose(markdown[place:])


def _prose(markdown: str) -> Iterator[str]:
    shown = re.sub(r"\[((?:[^\]\\]|\\.)*)\]\(<[^>]*>\)", r"\1", markdown)
    shown = re.sub(r"\\(.)", r"\1", shown.replace("**", "").replace("`", ""))
    for line in filter(None, shown.split("\n")):
        item = _ITEM.match(line)
        indent = " " * (len(item[0]) if item is not None and item[1] not in ("-#", "###") else 0)
        line = line.removeprefix("-# ").removeprefix("### ")
        yield from textwrap.wrap(line, PROSE, subsequent_indent=indent, break_on_hyphens=False)


def album() -> str:
    """The usual messages, each under its name."""
    shown = {
        **{name: render.pages(reply, words) for name, reply in USUAL.items()},
        "progress": [render.progress_page(PROGRESS, words)],
        "question_unread": render.pages(QUESTION, words, Dress(answers=True, hint=True)),
    }
    return "\n\n".join(f"=== {name}\n\n{screen(pages)}" for name, pages in sorted(shown.items())) + "\n"


if __name__ == "__main__":
    print(album(), end="")
