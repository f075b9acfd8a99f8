"""What each refusal of Discord comes to, seen from outside: what stands in the channels afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord import handles, places
from adapters.discord.custom_ids import KEY
from adapters.discord.posted import Posted
from bot.channel import TryLater, Undeliverable
from bot.conversation.model import Conversation, Known, Slots
from bot.reply import Literal, Paragraph, Reply, Text
from tests.adapters.discord.local import ANNA, GENERAL, GUILD, HELPERS_ROLE, Fault
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, reply, running, words
from tests.adapters.discord.seen import buttons, words_of

THREADS = rf"/channels/{GENERAL}/messages/\d+/threads"
ANYWHERE = r"/channels/\d+/messages"


def refusing(peer: Peer, method: str, path: str, status: int, code: int = 0, **more: Any) -> None:
    peer.faults.append(Fault(method, path, status, code, **more))


async def test_a_thread_that_exists_already_is_gone_on_in(peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", THREADS, 400, 160004)
    async with running(peer, service):
        asked = await peer.mention("I cannot send")
        await peer.until(lambda: peer.ours(asked["id"]))

    assert peer.ours(GENERAL) == []


@pytest.mark.parametrize("code", [50001, 50013, 50024, 160006])
async def test_where_no_thread_may_be_opened_answers_are_replies_from_then_on(code: int, peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", THREADS, 403, code, times=99)
    async with running(peer, service):
        first = await peer.mention("I cannot send")
        await peer.until(lambda: len(peer.ours(GENERAL)) == 1)
        second = await peer.mention("me neither")
        await peer.until(lambda: len(peer.ours(GENERAL)) == 2)
        await peer.press(peer.ours(GENERAL)[0], buttons(peer.ours(GENERAL)[0])["587"])
        await peer.until(lambda: len(peer.ours(GENERAL)) == 3)

    assert len(peer.calls("POST", THREADS)) == 1
    answers = [message["message_reference"]["message_id"] for message in peer.ours(GENERAL)]
    assert answers == [first["id"], second["id"], first["id"]]


@pytest.mark.parametrize("code", [50001, 50013])
async def test_a_channel_that_is_forbidden_is_not_asked_again(code: int, peer: Peer, service: Scripted) -> None:
    thread = peer.snowflake()
    peer._open_thread({"name": "theirs"}, GENERAL, thread)
    refusing(peer, "POST", f"/channels/{thread}/messages", 403, code, times=99)
    async with running(peer, service):
        await peer.mention("I cannot send", channel=thread)
        await peer.until(lambda: service.problems)
        await peer.mention("hello?", channel=thread)
        await peer.until(lambda: len(service.problems) == 2)

    assert len(peer.calls("POST", f"/channels/{thread}/messages")) == 1
    assert service.problems == [str(code), "forbidden before"]


@pytest.mark.parametrize(("status", "code"), [(400, 50083), (400, 160005), (404, 10003)])
async def test_a_locked_or_vanished_thread_ends_the_effect_silently(status: int, code: int, peer: Peer, service: Scripted) -> None:
    thread = peer.snowflake()
    peer._open_thread({"name": "theirs"}, GENERAL, thread)
    refusing(peer, "POST", f"/channels/{thread}/messages", status, code)
    async with running(peer, service):
        await peer.mention("I cannot send", channel=thread)
        await peer.until(lambda: service.problems)

    assert service.problems == [str(code)]
    assert peer.ours(GENERAL) == peer.ours(thread) == []
    assert service.forgotten == ([f"discord:{thread}"] if code == 10003 else [])


async def test_a_message_whose_root_is_gone_gets_no_thread_and_no_answer(peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", THREADS, 404, 10008)
    async with running(peer, service):
        await peer.mention("I cannot send")
        await peer.until(lambda: service.problems)

    assert service.problems == ["10008"]


async def test_refused_components_become_plain_text(peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", ANYWHERE, 400, 50035)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        shown = (await peer.until(lambda: peer.ours(thread)))[0]

    assert "You said: I cannot send" in shown["content"]
    assert shown["flags"] == 4
    assert "587" in buttons(shown)


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "0.2"}), (503, {}), (520, {})])
async def test_a_ban_without_via_or_an_outage_is_tried_later(status: int, headers: dict[str, str], peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", ANYWHERE, status, headers=headers)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert service.problems == ["later shut out" if status == 429 else f"later status {status}"]
    assert len(peer.ours(thread)) == 1


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015), (404, 10062), (404, 10008), (401, 0)])
async def test_an_interaction_whose_token_died_goes_on_in_a_fresh_message(status: int, code: int, peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: []
    async with running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: service.received)
        refusing(peer, "PATCH", r"/webhooks/.*", status, code, times=99)
        assert service.channel is not None
        await service.channel.post(service.received[0].place, reply("Did it work?", ("works", "It works"), turn=1), "k1")
        fresh = peer.ours(peer.dms[ANNA])[0]
        await peer.press(fresh, buttons(fresh)["It works"], guild=None, channel_type=1)
        await peer.until(lambda: len(service.received) == 2)

    assert len(peer.calls("PATCH", r"/webhooks/.*")) == 1
    assert service.received[1].conversation == KEY + called["id"]


async def test_after_fifteen_minutes_the_dead_token_is_not_even_tried(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.says = lambda incoming, talk: []
    monkeypatch.setattr(handles, "_SECONDS", 0.0)
    async with running(peer, service):
        await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: service.received)
        assert service.channel is not None
        await service.channel.post(service.received[0].place, reply("The answer."), "k1")

    assert [words_of(one).split("\n")[0] for one in peer.ours(peer.dms[ANNA])] == ["The answer."]
    assert peer.calls("PATCH", r"/webhooks/.*") == []


async def test_a_dead_token_and_closed_direct_messages_end_the_effect(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: []
    refusing(peer, "POST", "/users/@me/channels", 403, 50007)
    async with running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: service.received)
        peer.expire(called)
        assert service.channel is not None
        with pytest.raises(Undeliverable, match="ended"):
            await service.channel.post(service.received[0].place, reply("The answer."), "k1")


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_an_outage_that_passes_is_waited_out_by_the_library(status: int, peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", ANYWHERE, status)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert service.problems == []
    assert len(peer.ours(thread)) == 1


@pytest.mark.parametrize("via", [True, False])
async def test_a_rate_limit_on_an_edit_leaves_the_newest_state_in_the_end(via: bool, peer: Peer, service: Scripted) -> None:
    headers = {"Via": "1.1 google"} if via else {"Retry-After": "1"}
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        refusing(peer, "PATCH", ANYWHERE + r"/\d+", 429, headers=headers, body={"retry_after": 0.1, "global": False})
        assert service.channel is not None
        place, message = service.received[0].place, service.posted[0]
        if not via:
            with pytest.raises(TryLater, match="shut out"):
                await service.channel.edit(place, message, reply("Corrected."), "k1")
        await service.channel.edit(place, message, reply("Corrected."), "k1")

    assert [words_of(one) for one in peer.ours(thread)] == ["Corrected."]


@pytest.mark.parametrize("everywhere", [False, True], ids=["of a channel", "of the whole bot"])
async def test_a_short_rate_limit_is_waited_for(everywhere: bool, peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", ANYWHERE, 429, headers={"Via": "1.1 google"}, body={"retry_after": 0.2, "global": everywhere})
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert service.problems == []


async def test_a_long_rate_limit_is_tried_later(peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", ANYWHERE, 429, headers={"Via": "1.1 google"}, body={"retry_after": 90.0, "global": False})
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert service.problems == ["later rate limit"]


async def test_a_channels_bucket_is_kept_and_nothing_is_lost_in_a_burst(peer: Peer, service: Scripted) -> None:
    peer.bucket = (5, 0.5)
    service.says = lambda incoming, talk: [reply(f"number {number}") for number in range(12)]
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: len(peer.ours(thread)) == 12)

    assert [words_of(message) for message in peer.ours(thread)] == [f"number {number}" for number in range(12)]
    assert peer.refused_by_bucket == 0


async def test_a_post_whose_answer_was_lost_is_not_said_twice(peer: Peer, service: Scripted) -> None:
    refusing(peer, "POST", ANYWHERE, 503, after=True)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)

    assert len(peer.ours(thread)) == 1
    assert len(peer.calls("POST", f"/channels/{thread}/messages")) == 2


async def test_what_an_earlier_run_posted_is_found_again_by_its_mark(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        assert service.channel is not None
        place = service.received[0].place

        found = await service.channel.find(place, "effect1")
        nothing = await service.channel.find(place, "effect99")

    assert found == service.posted[0]
    assert found == f"{thread}/{peer.ours(thread)[0]['id']}"
    assert nothing is None


async def test_an_edit_replaces_and_goes_on_in_further_messages_or_takes_them_back(peer: Peer, service: Scripted) -> None:
    long = Reply((Paragraph((Literal("word " * 2_000),)),))
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        channel, place = service.channel, service.received[0].place
        assert channel is not None

        now = await channel.edit(place, service.posted[0], long, "e1")
        many = len(peer.ours(thread))
        back = await channel.edit(place, now, reply("short"), "e2")

    assert many == len(Posted.read(now).messages) == 3
    assert [words_of(message) for message in peer.ours(thread)] == ["short"]
    assert back == service.posted[0]


async def test_an_edit_of_a_message_that_is_gone_is_posted_anew_only_if_it_says_something(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        channel, place = service.channel, service.received[0].place
        assert channel is not None
        peer.messages[thread].clear()

        await channel.edit(place, service.posted[0], reply("The answer.", final=True), "e1")
        with pytest.raises(Undeliverable, match="10008"):
            await channel.edit(place, service.posted[0], reply("settled"), "e2")

    assert [words_of(message) for message in peer.ours(thread)] == ["The answer."]


async def test_a_private_word_goes_to_the_person_and_not_into_the_thread(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("You pasted a password.", private=True), reply("Which port?", asks="port")]
    async with running(peer, service):
        thread = (await peer.mention("my password is hunter2"))["id"]
        await peer.until(lambda: len(service.posted) == 2)

    assert [words_of(message) for message in peer.ours(thread)] == ["Which port?"]
    assert [words_of(message) for message in peer.ours(peer.dms[ANNA])] == ["You pasted a password."]


async def test_a_private_word_stands_in_the_thread_where_direct_messages_are_closed(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("You pasted a password.", private=True)]
    refusing(peer, "POST", r"/users/@me/channels", 403, 50007)
    async with running(peer, service):
        thread = (await peer.mention("my password is hunter2"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert [words_of(message) for message in peer.ours(thread)] == ["You pasted a password."]


async def test_a_private_word_after_a_click_is_shown_to_the_clicker_only(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        service.says = lambda incoming, talk: [reply("Only for you.", private=True)]
        pressed = await peer.press(question, buttons(question)["587"])
        await peer.until(lambda: peer.private[pressed["token"]])

    assert words_of(peer.private[pressed["token"]][0]) == "Only for you."
    assert peer.private[pressed["token"]][0]["flags"] & 64


async def test_helpers_are_called_with_the_summary_and_a_link(peer: Peer, service: Scripted) -> None:
    summary = Reply((Paragraph((Text("I have passed this on."),)), Paragraph((Text("Problem: "), Literal("550 @everyone")))), handoff=True)
    service.says = lambda incoming, talk: [summary]
    async with running(peer, service):
        thread = (await peer.mention("a person please"))["id"]
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    call, shown = peer.ours(thread)
    assert f"<@&{HELPERS_ROLE}>" in words_of(call)
    assert f"https://discord.com/channels/{GUILD}/{thread}" in words_of(call)
    assert call["allowed_mentions"] == {"parse": [], "roles": [HELPERS_ROLE]}
    assert "Problem" in words_of(shown)
    assert shown["allowed_mentions"] == {"parse": []}


async def test_a_private_talk_calls_helpers_without_showing_what_was_said(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("Problem: 550", handoff=True)]
    async with running(peer, service):
        await peer.slash("diagnose", options={"text": "I need a person"})
        call = (await peer.until(lambda: peer.ours(GENERAL)))[0]
        await peer.slash("diagnose", options={"text": "me too"}, guild=None)
        await peer.until(lambda: service.problems)

    assert words_of(call).split("\n") == [words("call_helper", role=f"<@&{HELPERS_ROLE}>"), words("asked_in_private", person=f"<@{ANNA}>")]
    assert call["allowed_mentions"] == {"parse": [], "roles": [HELPERS_ROLE]}
    assert len(peer.ours(GENERAL)) == 1


async def test_a_banner_that_calls_everyone_calls_nobody(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("it says @everyone <@&1> <!channel>"))["id"]
        shown = (await peer.until(lambda: peer.ours(thread)))[0]

    assert "@everyone" not in words_of(shown)
    assert "<@&1>" not in words_of(shown)
    assert shown["allowed_mentions"] == {"parse": []}


async def test_a_thread_is_named_after_program_and_numbers_and_never_after_the_text(peer: Peer, service: Scripted) -> None:
    def known(name: str) -> Known:
        return Known(name, "m", "p", "o")

    async with running(peer, service):
        slots = Slots(client=known("thunderbird"), error=known("550 5.7.1 <anna@example.com>: relay denied"))
        id = peer.snowflake()
        place = places.start(GENERAL, id, GUILD, ANNA)
        service.talks[KEY + id] = Conversation(KEY + id, place=place, slots=slots)
        await peer.mention("Thunderbird, anna@example.com: 550 5.7.1", id=id)
        await peer.until(lambda: peer.threads)

    assert peer.threads[id]["name"] == "Thunderbird · 550 5.7.1"


async def test_all_pages_of_a_long_answer_are_found_again(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [Reply((Paragraph((Literal("word " * 2_000),)),))]
    async with running(peer, service):
        await peer.mention("I cannot send")
        await peer.until(lambda: service.posted)
        assert service.channel is not None
        found = await service.channel.find(service.received[0].place, "effect1")

    assert found == service.posted[0]
    assert len(Posted.read(found).messages) == 3
