"""What stays literal, and how."""

from __future__ import annotations

import pytest

from adapters.discord.markdown import address, clean, fenced, inline, linked, literal
from bot.reply import Code, Emphasis, Link, Literal, Text


@pytest.mark.parametrize(
    ("theirs", "shown"),
    [
        ("hello <@123> and <@&9>", "hello \\<\u200b@123> and \\<\u200b@&9>"),
        ("<#9> <t:1:R> <id:guide>", "\\<\u200b#9> \\<\u200bt:1:R> \\<\u200bid:guide>"),
        ("@everyone @here a@here.example", "@\u200beveryone @\u200bhere a@\u200bhere.example"),
        ("*a* _b_ ~~c~~ ||d|| `e`", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`"),
        ("[click](https://evil.example)", "\\[click\\](https\\://evil.example)"),
        ("# heading", "\\# heading"),
        ("- item\n1. item\n> quote\n-# small", "\\- item\n1\\. item\n\\> quote\n\\-# small"),
        ("smtp.office365.com:587 says 5.7.1 - no", "smtp.office365.com:587 says 5.7.1 - no"),
        ("220 \u202eevil\u202c\x1b[31m\r\nok", "220 evil\\[31m\nok"),
    ],
)
def test_other_peoples_words_are_literal(theirs: str, shown: str) -> None:
    assert literal(theirs) == shown


def test_a_value_to_enter_stands_in_code_and_one_with_a_backtick_stays_literal() -> None:
    assert inline((Code("smtp.example.com"),)) == "`smtp.example.com`"
    assert inline((Code("a`b <@1>"),)) == "a\\`b \\<\u200b@1>"
    assert inline((Code(""),)) == ""


def test_stress_does_not_swallow_the_spaces_round_it() -> None:
    assert inline((Text("Open"), Emphasis(" File > Settings "), Text("now"))) == "Open **File > Settings** now"


def test_links_come_from_knowledge_only_and_nothing_in_them_ends_them_early() -> None:
    assert inline((Link("the [guide]", "https://example.com/a(b)c"),)) == "[the \\[guide\\]](<https://example.com/a%28b%29c>)"
    assert inline((Link("", "https://example.com/"),)) == "<https://example.com/>"
    assert inline((Link("plain", "http://example.com/"),)) == "plain (http\\://example.com/)"
    assert inline((Literal("see https://example.com"),)) == "see https\\://example.com"
    assert linked("https://support.google.com/a/b?c=d") == "[support.google.com](<https://support.google.com/a/b?c=d>)"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://example.com", "ftp://x", "https://x/" + "y" * 2000])
def test_what_is_not_https_is_no_link(url: str) -> None:
    assert address(url) is None


def test_a_fence_inside_a_snippet_is_broken() -> None:
    assert fenced("a ``` b", 1_900, "python") == ["```python\na `\u200b`\u200b` b\n```"]
    assert fenced("x", 1_900, "py thon\n```") == ["```\nx\n```"]


def test_control_characters_and_lone_surrogates_do_not_get_through() -> None:
    assert clean("a\x00b\ud800c\u2066d\te\r\nf") == "ab?cd   e\nf"
