"""What others wrote is printed as text and does nothing to the terminal: in a pipe, with colour, and while a look goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from adapters.terminal.live import drawn, plain
from adapters.terminal.printed import clean, rendered, show, show_choices
from bot.reply import (
    Block,
    Bullets,
    Choice,
    Code,
    Emphasis,
    Evidence,
    Heading,
    Link,
    Literal,
    Paragraph,
    Preformatted,
    Progress,
    Reply,
    SettingsTable,
    SourceLine,
    Sources,
    Step,
    Steps,
    Table,
    Task,
    Text,
)

BANNER = "220 \x1b]0;owned\x07\x1b[2Jmx\x9b31m \u202etxet\r250 ok\x00"
HARMFUL = "\x1b\x07\x9b\u202e\r\x00"
SHOWN = "220 \ufffd]0;owned\ufffd\ufffd[2Jmx\ufffd31m \ufffdtxet\ufffd250 ok\ufffd"
SPANS = (Text(BANNER), Literal(BANNER), Code(BANNER), Emphasis(BANNER), Link(BANNER, f"https://example.com/{BANNER}"))
BLOCKS: tuple[Block, ...] = (
    Paragraph(SPANS),
    Heading(SPANS),
    Steps((Step(SPANS),), SPANS),
    Bullets((SPANS,), SPANS),
    Evidence((SPANS,)),
    SettingsTable(((BANNER, BANNER),), SPANS),
    Table((BANNER,), ((BANNER,),), SPANS),
    Preformatted(BANNER),
    Preformatted(BANNER, "toml"),
    Sources((SourceLine("https://example.com/a", BANNER, BANNER),)),
)


def test_what_moves_a_cursor_sets_a_title_or_turns_the_writing_is_replaced_and_all_else_stays() -> None:
    assert clean(BANNER) == SHOWN
    assert clean("naïve — 日本 👩\u200d💻\tüber\n\xa0") == "naïve — 日本 👩\u200d💻\tüber\n\xa0"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_a_banner_does_nothing_in_any_block(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    show((block,))
    piped = capsys.readouterr().out
    screen = io.StringIO()
    Console(file=screen, width=1000, no_color=True).print(rendered(block))  # no terminal: rich adds no sequence of its own

    for shown in (piped, screen.getvalue()):
        assert "owned" in shown
        assert not set(shown) & set(HARMFUL)


def test_a_banner_in_a_choice_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    show_choices(Reply((), choices=(Choice("host", BANNER),)))

    assert capsys.readouterr().out == f"  1) {SHOWN}\n"


def test_a_banner_does_nothing_while_a_look_goes_on() -> None:
    state = Progress("p1", BANNER, (Task("587", BANNER, "good", BANNER),))
    screen = io.StringIO()
    Console(file=screen, width=1000, no_color=True).print(drawn(state))

    for shown in (plain(state), screen.getvalue()):
        assert "owned" in shown
        assert not set(shown) & set(HARMFUL)
