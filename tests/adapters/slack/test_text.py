from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.text import clean, escaped, mentions, said, speaks_to, split, weight, without_leading_mention


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("<http://smtp.gmail.com|smtp.gmail.com>", "smtp.gmail.com"),
        ("<http://smtp.gmail.com:587|smtp.gmail.com:587>", "smtp.gmail.com:587"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("<tel:+4912345|+49 12345>", "+49 12345"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<@U2|ann> and <#C1|help> <!date^1392734382^{date}|Feb 18>", "@ann and #help Feb 18"),
        ("a &lt;postmaster@x&gt; &amp;amp; b", "a <postmaster@x> &amp; b"),
        ("```\n550 5.7.1 no\n```", "550 5.7.1 no"),
        ("port\xa0587\u200b", "port 587"),
        ("&lt;!channel&gt;", "<!channel>"),
    ],
)
def test_what_slack_made_of_a_text_is_undone(raw: str, meant: str) -> None:
    assert said(raw) == meant


def test_only_our_own_mention_in_front_is_taken_off() -> None:
    assert without_leading_mention("<@UBOT> <@UBOT|pm>: hi <@UBOT>", "UBOT") == "hi <@UBOT>"
    assert without_leading_mention("<@UBOTTLE> hi", "UBOT") == "<@UBOTTLE> hi"
    assert speaks_to(" <@U2|b> hi") == "U2"
    assert speaks_to("hi <@U2>") is None
    assert mentions("ask <@UBOT|x>", "UBOT")
    assert not mentions("ask <@UBOTTLE>", "UBOT")


@settings(deadline=None)
@given(st.text(), st.integers(5, 40))
def test_a_split_text_is_whole_again_and_each_part_fits(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert "".join(parts) == text
    assert all(weight(part) <= limit for part in parts)


@settings(deadline=None)
@given(st.text())
def test_an_escaped_text_holds_no_bracket_and_comes_back_unharmed(text: str) -> None:
    assert "<" not in escaped(text)
    assert ">" not in escaped(text)
    assert said(escaped(text.replace("`", ""))) == clean(text.replace("`", "").replace("\xa0", " ")).strip()


@settings(deadline=None)
@given(st.text())
def test_a_clean_text_can_be_sent_and_turns_nothing_around(text: str) -> None:
    shown = clean(text + "\u202e\ud800")

    assert "\u202e" not in shown
    shown.encode("utf-8")
