"""How replies look: the usual ones as snapshots, and the limits over random ones."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import custom_ids, modals, render
from adapters.discord.columns import aligned
from adapters.discord.markdown import clean, units
from adapters.discord.render import Dress
from bot.reply import (
    Bullets,
    Choice,
    Code,
    Emphasis,
    Evidence,
    Form,
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
from tests.adapters.discord import phone
from tests.adapters.discord.replies import ANSWER, FORM, PROGRESS, QUESTION, USUAL
from tests.adapters.discord.scripted import words
from tests.adapters.discord.seen import problem_with, words_of

SNAPSHOTS = Path(__file__).with_name("snapshots")
BLIND = Dress(answers=True, hint=True, solved=True, conversation="discord:1234567890123456789")


# --- snapshots: `UPDATE_SNAPSHOTS=1 pytest tests/adapters/discord/test_render.py` writes them anew, to be read like code ------------


def matches(name: str, shown: Any) -> None:
    path = SNAPSHOTS / f"{name}.json"
    text = json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("name", sorted(USUAL))
def test_a_usual_message_looks_as_in_its_snapshot(name: str) -> None:
    matches(name, render.pages(USUAL[name], words))


def test_progress_looks_as_in_its_snapshot() -> None:
    matches("progress", render.progress_page(PROGRESS, words))


def test_a_form_and_a_field_for_free_words_look_as_in_their_snapshot() -> None:
    matches("forms", [modals.form("pm:0:!start", FORM), modals.free_text("pm:1:!answer", words)])


def test_without_reading_rights_a_question_says_how_to_answer_it() -> None:
    matches("question_unread", render.pages(QUESTION, words, Dress(answers=True, hint=True)))


def test_a_final_answer_as_plain_text_looks_as_in_its_snapshot() -> None:
    matches("answer_plain", render.plain_pages(ANSWER, words))


def test_on_a_phone_the_usual_messages_read_as_in_their_snapshot() -> None:
    path = SNAPSHOTS / "phone.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(phone.album(), "utf-8")

    assert phone.album() == path.read_text("utf-8")


# --- what a reader sees ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", USUAL.values(), ids=USUAL)
def test_the_first_text_is_the_answers_own_sentence(reply: Reply) -> None:
    first = render.pages(reply, words)[0]["components"][0]

    assert first["type"] == 10
    assert not first["content"].startswith(("#", "-", "```"))


@pytest.mark.parametrize("reply", USUAL.values(), ids=USUAL)
def test_no_line_of_a_settings_block_wraps_on_a_phone(reply: Reply) -> None:
    for block in re.findall(r"```\n(.*?)\n```", "\n".join(words_of(page) for page in render.pages(reply, words)), re.DOTALL):
        assert max(len(line) for line in block.split("\n")) <= 34


def test_a_value_too_long_for_a_phone_goes_on_in_its_own_column_and_a_long_name_stays_whole() -> None:
    host = "a-long-name.mail.protection.outlook.com"

    shown = aligned((("Server", "smtp.gmail.com"), ("Log in with", "OAuth2 or app password"), ("Host", host), ("Note", "")))

    assert shown.split("\n") == [
        "Server       smtp.gmail.com",
        "Log in with  OAuth2 or app",
        "             password",
        "Host",
        f"  {host}",
        "Note",
    ]


def test_sources_looked_at_on_one_day_share_a_line_and_further_pages_of_a_host_are_numbers() -> None:
    sources = Sources(
        (
            SourceLine("https://support.google.com/1", "2026-05-21"),
            SourceLine("https://www.rfc-editor.org/rfc/rfc8314", None),
            SourceLine("https://support.google.com/2", "2026-05-21"),
            SourceLine("https://support.google.com/3", "2026-05-21", "app passwords"),
        )
    )

    (text,) = [one["content"] for one in render.pages(Reply((sources,)), words)[0]["components"]]

    first, second, third = (f"<https://support.google.com/{number}>" for number in (1, 2, 3))
    assert text.split("\n") == [
        f"-# [support.google.com]({first}), [2]({second}), [support.google.com]({third}) (app passwords) (checked 2026-05-21)",
        "-# [www.rfc-editor.org](<https://www.rfc-editor.org/rfc/rfc8314>)",
    ]


@pytest.mark.parametrize("reply", USUAL.values(), ids=USUAL)
def test_a_phone_shows_every_buttons_whole_label(reply: Reply) -> None:
    shown = [*render.pages(reply, words, Dress(answers=True, solved=True)), render.progress_page(PROGRESS, words)]
    labels = [label for page in shown for label in re.findall(r'"label": "([^"]*)", "custom_id"', json.dumps(page, ensure_ascii=False))]

    assert labels
    assert max(map(len, labels)) <= 34


def test_more_than_five_choices_are_a_menu_and_long_labels_too() -> None:
    few = render.pages(QUESTION, words)[0]["components"][-1]["components"]
    many = render.pages(USUAL["menu"], words)[0]["components"][-1]["components"]
    long = render.pages(USUAL["long_labels"], words)[0]["components"][-1]["components"]

    assert [one["type"] for one in few] == [2, 2, 2, 2]
    assert [one["type"] for one in many] == [3]
    assert [one["type"] for one in long] == [3]


def test_a_click_shuts_every_button_and_marks_the_pressed_one() -> None:
    page = render.pages(QUESTION, words)[0]

    shut = render.settled([{**component, "id": 7} for component in page["components"]], "pm:1:p465")

    row = shut[-1]["components"]
    assert all(button["disabled"] for button in row)
    assert [button["style"] for button in row] == [1, 3, 2, 2]
    assert all(component["id"] == 7 for component in shut)


# --- limits --------------------------------------------------------------------------------------------------------------------------

nasty = st.sampled_from(
    [
        "<@123>",
        "@everyone",
        "@here",
        "<#9>",
        "<t:1:R>",
        "```",
        "`",
        "**",
        "__",
        "||",
        "# ",
        "- ",
        "1. ",
        "> ",
        "https://x.example",
        "[a](b)",
    ]
)
texts = st.one_of(st.text(max_size=80), nasty, st.lists(st.one_of(nasty, st.text(max_size=20)), max_size=8).map(" ".join))
long_texts = st.one_of(texts, st.integers(1, 60).flatmap(lambda n: texts.map(lambda text: f"{text} " * n * 20)), st.just("x" * 9_000))
urls = st.sampled_from(
    ["https://example.com/a(b)c", "https://example.com/?q=ä b", "http://plain.example", "https://x.example/" + "y" * 1500]
)
spans = st.lists(
    st.one_of(long_texts.map(Text), texts.map(Emphasis), long_texts.map(Literal), long_texts.map(Code), st.builds(Link, texts, urls)),
    max_size=4,
).map(tuple)
pairs = st.tuples(texts, long_texts)
blocks = st.one_of(
    spans.map(Paragraph),
    spans.map(Heading),
    st.builds(Steps, st.lists(st.builds(Step, spans, st.none() | urls), max_size=4).map(tuple), spans),
    st.builds(Bullets, st.lists(spans, max_size=4).map(tuple), spans),
    st.lists(spans, max_size=4).map(tuple).map(Evidence),
    st.builds(SettingsTable, st.lists(pairs, max_size=6).map(tuple), spans),
    st.lists(st.tuples(texts, texts, texts), max_size=6).map(lambda rows: Table(("a", "b", "c"), tuple(rows))),
    st.builds(Preformatted, long_texts, st.sampled_from(["", "python", "not a language!"])),
    st.lists(st.builds(SourceLine, urls, st.none() | st.just("2026-11")), max_size=3).map(tuple).map(Sources),
)
ids = st.integers(0, 10_000).map(lambda n: f"choice.{n}")
choices = st.lists(st.builds(Choice, ids, texts), max_size=60).map(tuple)
replies = st.builds(
    Reply,
    st.lists(blocks, max_size=30).map(tuple),
    asks=st.sampled_from([None, "port"]),
    choices=choices,
    form=st.none() | st.just(Form("settings", "Your settings", (), "Send")),
    findings=st.sampled_from([(), ({"confidence": 0.9},), ({"confidence": 0.6},), ({},)]),
    settings=st.sampled_from([None, {"host": "x"}]),
    turn=st.integers(0, 99_999),
    final=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(replies, st.sampled_from([render.PLAIN_DRESS, BLIND]))
def test_every_message_is_within_discords_limits(reply: Reply, dress: Dress) -> None:
    for page in render.pages(reply, words, dress):
        assert problem_with(page) is None
        assert page["flags"] == 1 << 15
        assert page["allowed_mentions"] == {"parse": []}
        assert sum(units(text) for text in _contents(page["components"])) <= 4_000
    for page in render.plain_pages(reply, words, dress):
        assert problem_with(page) is None


@settings(max_examples=40, deadline=None)
@given(replies)
def test_every_choice_stands_under_the_messages_once(reply: Reply) -> None:
    wanted = {choice.id for choice in reply.choices}
    for pages in (render.pages(reply, words), render.plain_pages(reply, words)):
        shown = [id for page in pages for id in _choices(page.get("components") or [])]

        assert sorted(shown) == sorted(wanted)


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks, min_size=1, max_size=12).map(lambda several: Reply(tuple(several))))
def test_nobody_is_mentioned_and_no_fence_or_link_is_broken_into(reply: Reply) -> None:
    for page in render.pages(reply, words):
        for text in _contents(page["components"]):
            outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            outside = re.sub(r"`[^`\n]*`", "", re.sub(r"\\[^0-9A-Za-z\s]", "", outside))
            assert not re.search(r"<[@#]|<t:|@everyone|@here", outside)
            assert text.count("```") % 2 == 0
            assert not re.search(r"(?<![\\(<\w])https?://(?!\S*>)", re.sub(r"\(<https://[^>]*>\)|<https://[^>]*>", "", outside)) or _ours(
                reply
            )


def _ours(reply: Reply) -> bool:
    """Our own words may name an address; only other people's may not become a link."""
    return "https://x.example" in repr([block for block in reply.blocks if "Text(" in repr(block) or "Emphasis(" in repr(block)])


@settings(max_examples=60, deadline=None)
@given(long_texts)
def test_a_long_literal_goes_on_in_the_next_message_and_loses_nothing(text: str) -> None:
    shown = "".join(
        content for page in render.pages(Reply((Paragraph((Literal(text),)),)), words) for content in _contents(page["components"])
    )

    assert _bare(re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown)) == _bare(clean(text))


@settings(max_examples=40, deadline=None)
@given(long_texts)
def test_a_long_snippet_goes_on_in_the_next_message_and_loses_nothing(text: str) -> None:
    shown = "".join(content for page in render.pages(Reply((Preformatted(text),)), words) for content in _contents(page["components"]))

    assert _bare(re.sub(r"```\n|\n```", "", shown)) == _bare(clean(text))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.builds(Task, texts, long_texts, st.sampled_from(["waiting", "good", "bad"]), texts), max_size=60), texts)
def test_progress_is_always_one_message_within_the_limits(tasks: list[Task], title: str) -> None:
    assert problem_with(render.progress_page(Progress("p", title, tuple(tasks)), words)) is None


def _bare(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def _contents(components: list[dict[str, Any]]) -> list[str]:
    return [text for one in components for text in ([one["content"]] if one["type"] == 10 else _contents(one.get("components") or []))]


def _choices(components: list[dict[str, Any]]) -> list[str]:
    found = []
    for one in components:
        found += _choices(one.get("components") or [])
        found += [option["value"] for option in one.get("options") or []]
        if one["type"] == 2 and (id := custom_ids.read(one["custom_id"])) and not id.choice.startswith("!"):
            found.append(id.choice)
    return found
