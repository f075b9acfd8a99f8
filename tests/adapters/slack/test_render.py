"""Replies as Block Kit: snapshots of the usual ones, and what holds for every reply there can be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.render import MAX_TEXT, Message, messages, progress_message
from adapters.slack.text import clean, escaped
from bot import reply as r
from tests.adapters.slack.limits import faults, size, words
from tests.adapters.slack.usual import BANNER, ORIGIN, PROGRESS, REPLIES

SNAPSHOTS = Path(__file__).parent / "snapshots"


def as_json(rendered: list[Message]) -> str:
    return json.dumps([{"text": m.text, "blocks": list(m.blocks)} for m in rendered], indent=2, ensure_ascii=False) + "\n"


def same_as_snapshot(name: str, rendered: str) -> None:
    """POSTMASTER_SNAPSHOTS=write writes them anew, to be read in review."""
    path = SNAPSHOTS / f"{name}.json"
    if os.environ.get("POSTMASTER_SNAPSHOTS") == "write":
        path.write_text(rendered)
    assert rendered == path.read_text()


@pytest.mark.parametrize("name", REPLIES)
def test_the_usual_replies_look_as_reviewed(name: str) -> None:
    same_as_snapshot(name, as_json(messages(REPLIES[name], ORIGIN)))


def test_progress_looks_as_reviewed() -> None:
    same_as_snapshot("progress", as_json([progress_message(PROGRESS)]))


def test_a_banner_calls_nobody_in_any_of_the_three_places_for_text() -> None:
    for rendered in (messages(REPLIES["answer"], ORIGIN)[0], progress_message(PROGRESS)):
        assert "<!channel>" not in rendered.text
        assert "<https://evil" not in rendered.text
        assert "&lt;!channel&gt;" in rendered.text
        for text in mrkdwn(rendered.blocks):
            assert "<!channel>" not in text
        assert clean(BANNER)[:60] in words(rendered.blocks)


def test_a_day_is_written_by_each_readers_client_and_a_month_as_it_stands() -> None:
    def source(date: str) -> Message:
        return messages(r.Reply((r.Sources((r.SourceLine("https://example.com/a", date),)),)))[0]

    (shown,) = mrkdwn(source("2026-11-24").blocks)
    assert shown == "Source: <https://example.com/a|example.com/a> (checked <!date^1795521600^{date_short}|2026-11-24>)"
    assert source("2026-11-24").text == "Source: https://example.com/a (checked 2026-11-24)"
    assert "!date" not in str(source("2026-11").blocks)


@pytest.mark.parametrize(
    ("blocks", "at_least"),
    [
        ((r.Paragraph((r.Literal("x" * 4001),)),), 1),
        (tuple(r.Heading((r.Text(f"Cause {number}"),)) for number in range(51)), 2),
        ((r.Bullets(tuple((r.Text("y" * 300),) for _ in range(60))),), 4),
    ],
)
def test_what_is_too_long_goes_on_in_the_next_block_or_message(blocks: tuple[r.Block, ...], at_least: int) -> None:
    rendered = messages(r.Reply(blocks), ORIGIN)

    assert len(rendered) >= at_least
    assert all(faults(message.text, message.blocks, max_blocks=50) == [] for message in rendered)
    told = "".join(message.text for message in rendered)
    assert (told.count("x"), told.count("Cause"), told.count("y" * 300)) in ((4001, 0, 0), (0, 51, 0), (0, 0, 60))


def mrkdwn(node: Any) -> list[str]:
    """All texts that Slack would parse."""
    if isinstance(node, dict):
        own = [str(node["text"])] if node.get("type") == "mrkdwn" else []
        return own + [text for value in node.values() for text in mrkdwn(value)]
    if isinstance(node, list | tuple):
        return [text for value in node for text in mrkdwn(value)]
    return []


# --- every reply there can be --------------------------------------------------------------------------------------------

short = st.text(max_size=80)
long = st.one_of(short, st.builds(lambda part, times: part * times, st.text(min_size=1, max_size=12), st.integers(1, 900)))
spans = st.lists(
    st.one_of(
        st.builds(r.Text, long),
        st.builds(r.Emphasis, short),
        st.builds(r.Literal, long),
        st.builds(r.Code, short),
        st.builds(
            r.Link, short, st.sampled_from(["https://example.com/a", "https://example.com/" + "x" * 1600, "http://bad|", "https://a<b"])
        ),
    ),
    max_size=6,
).map(tuple)
tables = st.integers(1, 22).flatmap(
    lambda width: st.builds(
        r.Table,
        st.lists(short, min_size=width, max_size=width).map(tuple),
        st.lists(st.lists(short, min_size=width, max_size=width).map(tuple), max_size=120).map(tuple),
        spans,
    )
)
blocks = st.one_of(
    st.builds(r.Paragraph, spans),
    st.builds(r.Heading, spans),
    st.builds(r.Steps, st.lists(st.builds(r.Step, spans, st.sampled_from([None, "https://example.com/b"])), max_size=60).map(tuple), spans),
    st.builds(r.Bullets, st.lists(spans, max_size=60).map(tuple), spans),
    st.builds(r.Evidence, st.lists(spans, max_size=9).map(tuple)),
    st.builds(r.SettingsTable, st.lists(st.tuples(short, long), max_size=12).map(tuple), spans),
    tables,
    st.builds(r.Preformatted, long),
    st.builds(
        r.Sources,
        st.lists(
            st.builds(
                r.SourceLine, st.sampled_from(["https://example.com/s", "ftp://x"]), st.sampled_from([None, "2026-11", "2026-11-24"])
            ),
            max_size=14,
        ).map(tuple),
    ),
)
choices = st.lists(st.builds(r.Choice, st.from_regex(r"[a-z_]{1,12}(:[a-z0-9]{1,20})?", fullmatch=True), long), max_size=130).map(tuple)
replies = st.builds(r.Reply, st.lists(blocks, max_size=8).map(tuple), choices=choices, turn=st.integers(0, 10_000), final=st.booleans())
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@often
@given(replies)
def test_every_message_of_every_reply_keeps_within_slacks_limits(reply: r.Reply) -> None:
    rendered = messages(reply, ORIGIN)

    assert rendered
    for message in rendered:
        assert faults(message.text, message.blocks, max_blocks=50) == []
        assert size(message.text) <= MAX_TEXT + 100


@often
@given(replies)
def test_slacks_own_library_takes_every_block_as_it_is(reply: r.Reply) -> None:
    for message in messages(reply, ORIGIN):
        for block in message.blocks:
            parsed = Block.parse(dict(block))
            assert parsed is not None
            assert parsed.to_dict() == block  # `to_dict` raises where one of the library's own limits is passed


@often
@given(replies)
def test_nothing_is_cut_off(reply: r.Reply) -> None:
    rendered = messages(reply, ORIGIN)
    shown = _squeezed("".join(words(message.blocks) for message in rendered))
    told = _squeezed("".join(message.text for message in rendered))

    for text in _texts(reply):
        assert _squeezed(clean(text)) in shown
        assert _squeezed(escaped(clean(text))) in told


@often
@given(replies)
def test_what_others_wrote_is_never_parsed(reply: r.Reply) -> None:
    for message in messages(reply, ORIGIN):
        assert "<" not in message.text
        for text in mrkdwn(message.blocks):
            for ours in text.split("<")[1:]:
                assert ours.startswith(("https://example.com/s|", "!date^1795521600^{date_short}|2026-11-24>"))


@often
@given(replies)
def test_every_choice_can_be_pressed_and_brings_back_its_id(reply: r.Reply) -> None:
    blocks = [block for message in messages(reply, ORIGIN) for block in message.blocks if block["type"] == "actions"]
    values = [
        option["value"]
        for block in blocks
        for element in block["elements"]
        for option in (element["options"] if element["type"] == "static_select" else [element])
    ]

    assert values == [f"{reply.turn}:{choice.id}" for choice in reply.choices]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _texts(reply: r.Reply) -> list[str]:
    """Every text of the reply that must be seen, span by span."""
    found: list[str] = []

    def spans_of(some: r.Spans) -> None:
        found.extend(span.text for span in some if not isinstance(span, r.Link))

    for block in reply.blocks:
        match block:
            case r.Paragraph(some) | r.Heading(some):
                spans_of(some)
            case r.Steps(items, heading):
                spans_of(heading)
                for step in items:
                    spans_of(step.spans)
            case r.Bullets(lines, heading):
                spans_of(heading)
                for line in lines:
                    spans_of(line)
            case r.Evidence(lines):
                for line in lines:
                    spans_of(line)
            case r.SettingsTable(rows, heading):
                spans_of(heading)
                found.extend(cell for row in rows for cell in row)
            case r.Table(head, grid, heading):
                spans_of(heading)
                found.extend(cell for row in (head, *grid) for cell in row)
            case r.Preformatted(text, _):
                found.append(text)
            case r.Sources(sources):
                found.extend(source.url for source in sources if source.url.startswith("ftp"))
    return found
