"""Does every shape come back from JSON as it went in? Over all kinds of events, effects, observations and blocks."""

from __future__ import annotations

import datetime
import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import reply
from bot.conversation.model import AnyEffect, AnyEvent, Conversation, FormSent, Post, Said
from bot.observations import Observation
from bot.reading.model import Reading
from bot.redaction import SafeText
from bot.reply import Paragraph, Reply
from bot.store import codec

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MOMENTS = st.datetimes(timezones=st.just(datetime.UTC))
KINDS = [kind for kind in codec.observation_kinds() if kind is not Observation]

st.register_type_strategy(datetime.datetime, MOMENTS)
st.register_type_strategy(float, st.floats(0, 1e6))  # seconds, as a clock measures them
st.register_type_strategy(Observation, st.one_of([st.builds(kind) for kind in KINDS]))
st.register_type_strategy(
    Reply,
    st.builds(
        Reply,
        findings=st.lists(st.dictionaries(st.text(max_size=3), JSON, max_size=2), max_size=2).map(tuple),
        settings=st.none() | st.dictionaries(st.text(max_size=3), JSON, max_size=2),
    ),
)
st.register_type_strategy(Reading, st.just(Reading()))


@pytest.mark.parametrize("kind", get_args(AnyEvent))
def test_every_event_comes_back_as_it_was(kind: type) -> None:
    @settings(max_examples=30, deadline=None)
    @given(st.builds(kind) if kind not in (Said, FormSent) else _without_reading(kind))
    def check(event: AnyEvent) -> None:
        assert codec.decode_event(codec.encode_event(event)) == event

    check()


def _without_reading(kind: type) -> st.SearchStrategy[AnyEvent]:
    return st.builds(kind, reading=st.none()) if kind is Said else st.builds(kind, readings=st.just({}))


@pytest.mark.parametrize("kind", get_args(AnyEffect))
def test_every_effect_comes_back_as_it_was(kind: type) -> None:
    @settings(max_examples=30, deadline=None)
    @given(st.builds(kind))
    def check(effect: AnyEffect) -> None:
        assert codec.decode_effect(codec.encode_effect(effect)) == effect

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_every_observation_comes_back_as_it_was(kind: type[Observation]) -> None:
    @settings(max_examples=20, deadline=None)
    @given(st.builds(kind))
    def check(seen: Observation) -> None:
        assert codec.decode_observations(codec.encode_observations((seen,))) == (seen,)

    check()


@pytest.mark.parametrize("kind", [*get_args(reply.Block), *get_args(reply.Span)])
def test_every_block_and_span_comes_back_as_it_was(kind: type) -> None:
    @settings(max_examples=20, deadline=None)
    @given(st.builds(kind))
    def check(part: reply.Block | reply.Span) -> None:
        block = part if isinstance(part, reply.Block) else Paragraph((part,))
        effect = Post(reply=Reply((block,)))
        assert codec.decode_effect(codec.encode_effect(effect)) == effect

    check()


@settings(max_examples=60, deadline=None)
@given(st.builds(Conversation))
def test_a_whole_conversation_comes_back_as_it_was(conversation: Conversation) -> None:
    assert codec.decode_conversation(codec.encode_conversation(conversation)) == conversation


@settings(max_examples=60, deadline=None)
@given(st.builds(Conversation))
def test_an_outline_is_who_and_where_and_no_more(whole: Conversation) -> None:
    outline = Conversation(whole.key, channel=whole.channel, place=whole.place, workspace=whole.workspace, asker=whole.asker)

    assert codec.decode_outline(codec.encode_conversation(whole)) == outline


def test_a_reading_is_never_stored() -> None:
    event = Said(
        id="1", conversation="c", at=datetime.datetime.now(datetime.UTC), order="1", text=SafeText("hi"), reading=Reading(host="h")
    )

    assert b"reading" not in codec.encode_event(event)


def test_fields_that_a_newer_process_wrote_are_passed_over() -> None:
    data = json.loads(codec.encode_conversation(Conversation("c", turn=3)))
    data["invented_later"] = {"x": 1}

    assert codec.decode_conversation(json.dumps(data).encode()) == Conversation("c", turn=3)


def test_a_word_that_a_newer_process_wrote_is_taken_as_it_is() -> None:
    data = b'[{"_":"NameDidNotResolve","host":"h","reason":"invented later"}]'

    assert codec.encode_observations(codec.decode_observations(data)) == data


def test_a_lone_surrogate_does_not_stop_the_writing() -> None:
    conversation = Conversation("c", place={"room": "\ud800"})

    assert codec.decode_conversation(codec.encode_conversation(conversation)) == conversation
