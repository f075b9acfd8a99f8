"""The whole adapter against the local Discord: what people see when they mention it, go on, and press buttons."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord import desk, interactions
from adapters.discord.custom_ids import KEY
from bot.channel import Deleted, Incoming, Pressed, Wrote
from bot.conversation.model import Conversation
from bot.errors import StoreUnreachable
from tests.adapters.discord.local import ANNA, BEN, BOT, BOT_ROLE, GENERAL, GUILD, ROBOT, VOICE
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, running
from tests.adapters.discord.seen import buttons, words_of


async def test_a_mention_opens_a_thread_and_the_asker_goes_on_there_without_one(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        asked = await peer.mention("I cannot send")
        thread = asked["id"]
        first = await peer.until(lambda: peer.ours(thread))
        await peer.say("port 465", channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert thread in peer.threads
    assert "You said: I cannot send" in words_of(first[0])
    assert "You said: port 465" in words_of(peer.ours(thread)[1])
    assert peer.ours(GENERAL) == []
    assert {incoming.conversation for incoming in service.received} == {KEY + thread}


async def test_a_button_answers_and_is_shut(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        await peer.press(question, buttons(question)["587"])
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        await peer.until(lambda: question["edits"])

    assert "You chose p587" in words_of(peer.ours(thread)[1])
    assert buttons(question) == {}


async def test_a_button_works_after_a_restart(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
    async with running(peer, service):
        await peer.press(question, buttons(question)["587"])
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert "You chose p587" in words_of(peer.ours(thread)[1])


async def test_a_click_is_acknowledged_in_time_while_the_store_is_slow(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "_PATIENCE_SECONDS", 0.05)
    written, receive = asyncio.Event(), service.receive

    async def slow(incoming: Incoming) -> bool:
        if isinstance(incoming.what, Pressed):
            await written.wait()
        return await receive(incoming)

    monkeypatch.setattr(service, "receive", slow)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        pressed = await peer.press(question, buttons(question)["587"])
        await peer.until(lambda: peer.acknowledged.get(pressed["id"]))
        assert len(service.received) == 1
        written.set()
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert peer.acknowledged[pressed["id"]]["type"] == 6


async def test_what_is_said_and_deleted_while_the_store_is_away_is_taken_afterwards_in_order(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_STORE_PAUSES_SECONDS", (0.02,) * 500)
    away, knows = False, service.knows

    async def known(conversation: str) -> Conversation | None:
        if away:
            raise StoreUnreachable("away")
        return await knows(conversation)

    monkeypatch.setattr(service, "knows", known)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        away = True
        await peer.say("port 465", channel=thread)
        wrong = await peer.say("sorry, 587", channel=thread)
        await peer.dispatch("MESSAGE_DELETE", {"id": wrong["id"], "channel_id": thread, "guild_id": GUILD})
        await asyncio.sleep(0.1)
        assert len(service.received) == 1
        away = False
        await peer.until(lambda: len(service.received) == 4)

    assert [one.what for one in service.received[1:]] == [Wrote("port 465"), Wrote("sorry, 587"), Deleted()]


async def test_a_word_that_takes_long_is_not_overtaken_in_its_talk_and_holds_up_no_other(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = service.receive

    async def slowly(incoming: Incoming) -> bool:
        if incoming.what == Wrote("port 465"):
            await peer.until(lambda: any(one.what == Wrote("something else") for one in service.received))
            await asyncio.sleep(0.1)
        return await receive(incoming)

    monkeypatch.setattr(service, "receive", slowly)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        await peer.say("port 465", channel=thread)
        await peer.say("sorry, 587", channel=thread)
        await peer.mention("something else")
        await peer.until(lambda: len(service.received) == 4)

    said = [one.what.text for one in service.received[1:] if isinstance(one.what, Wrote)]
    assert said == ["something else", "port 465", "sorry, 587"]


async def test_the_same_events_twice_are_answered_once(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        asked = await peer.mention("I cannot send")
        await peer.dispatch("MESSAGE_CREATE", asked)
        thread = asked["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        pressed = await peer.press(question, buttons(question)["587"])
        await peer.dispatch("INTERACTION_CREATE", pressed)
        await peer.say("and now?", channel=thread)
        await peer.until(lambda: any("and now?" in words_of(message) for message in peer.ours(thread)))

    assert len(peer.ours(thread)) == 3


async def test_two_overlapping_processes_answer_once(peer: Peer, service: Scripted) -> None:
    async with running(peer, service), running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        await peer.press(question, buttons(question)["465"])
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert len(peer.ours(thread)) == 2
    assert len(peer.calls("POST", rf"/channels/{GENERAL}/messages/\d+/threads")) == 1


async def test_a_late_click_is_told_that_the_question_is_closed(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        custom_id = buttons(question)["587"]
        await peer.say("it is 465", channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        pressed = await peer.press(question, custom_id)
        await peer.until(lambda: peer.private[pressed["token"]])

    answer = peer.private[pressed["token"]][0]
    assert "closed" in words_of(answer)
    assert answer["flags"] & 64
    assert len(service.received) == 2


async def test_a_strangers_click_is_told_so_and_a_helpers_counts(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        pressed = await peer.press(question, buttons(question)["587"], author=BEN)
        await peer.until(lambda: peer.private[pressed["token"]])
        assert "Only the person who asked" in words_of(peer.private[pressed["token"]][0])
        await peer.press(question, buttons(question)["587"], author=BEN, roles=["200000000000000002"])
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert "You chose p587" in words_of(peer.ours(thread)[1])


async def test_a_button_of_an_unknown_version_or_talk_gets_an_answer(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        old = {"id": peer.snowflake(), "channel_id": GENERAL}
        for custom_id in ("answer-1-yes", "pm:3:p587"):
            pressed = await peer.press(old, custom_id)
            answers = peer.private[pressed["token"]]
            await peer.until(answers.copy)
            assert "closed" in words_of(answers[0])

    assert service.received == []


async def test_bots_webhooks_notices_and_calls_to_everyone_are_not_heard(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        await peer.mention("hello", author=ROBOT)
        await peer.mention("hello", webhook_id="1")
        await peer.mention("hello", type=7)
        await peer.mention("hello", author=BOT)
        await peer.say("@everyone hello", mention_everyone=True)
        await peer.say("hello there")
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert len(service.received) == 1


async def test_our_role_counts_as_our_name(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.say(f"<@&{BOT_ROLE}> I cannot send", mention_roles=[BOT_ROLE]))["id"]
        await peer.until(lambda: peer.ours(thread))


async def test_two_people_in_a_thread_of_their_own_are_not_interrupted_until_they_call(peer: Peer, service: Scripted) -> None:
    thread = peer.snowflake()
    async with running(peer, service):
        root = await peer.say("let us talk")
        peer._open_thread({"name": "theirs"}, GENERAL, root["id"])
        thread = root["id"]
        peer.threads[thread]["owner_id"] = BEN
        await peer.dispatch("THREAD_CREATE", peer.threads[thread])
        await peer.say("what do you think?", channel=thread)
        await peer.say("no idea", channel=thread, author=BEN)
        await peer.mention("can you help?", channel=thread)
        await peer.until(lambda: peer.ours(thread))
        await peer.say("it says 550", channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert [incoming.called for incoming in service.received] == [True, False]


async def test_others_in_a_talks_thread_are_heard_only_when_they_call(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        await peer.say("try another port, Anna", channel=thread, author=BEN)
        await peer.say("I will", channel=thread)
        await peer.mention("it was 465 at my place", channel=thread, author=BEN)
        await peer.until(lambda: len(peer.ours(thread)) == 3)

    assert [getattr(incoming.what, "text", "") for incoming in service.received] == ["I cannot send", "I will", "it was 465 at my place"]


async def test_a_deleted_thread_is_forgotten(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        gone = {"id": thread, "guild_id": GUILD, "parent_id": GENERAL, "type": 11}
        await peer.dispatch("THREAD_DELETE", {**gone, "id": peer.snowflake()})
        await peer.dispatch("THREAD_DELETE", gone)
        await peer.until(lambda: KEY + thread in service.forgotten)

    assert service.forgotten[-1] == KEY + thread
    assert service.talks == {}


async def test_a_deleted_channel_takes_its_threads_along(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        await peer.dispatch("CHANNEL_DELETE", {"id": GENERAL, "guild_id": GUILD, "type": 0, "name": "general"})
        await peer.until(lambda: service.forgotten)

    assert service.forgotten == [KEY + thread]


async def test_messages_deleted_together_are_forgotten_and_a_late_word_among_replies_too(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        asked = await peer.mention("I cannot send", channel=VOICE)
        first = (await peer.until(lambda: peer.ours(VOICE)))[0]
        later = await peer.say("port 465", channel=VOICE, type=19, referenced_message=first)
        await peer.until(lambda: len(service.received) == 2)
        ids = [asked["id"], later["id"]]
        await peer.dispatch("MESSAGE_DELETE_BULK", {"ids": ids, "channel_id": VOICE, "guild_id": GUILD})
        await peer.until(lambda: len(service.received) == 3 and service.forgotten)

    assert (service.received[2].message, service.received[2].what) == (KEY + asked["id"], Deleted())
    assert service.forgotten == [KEY + later["id"]]


async def test_an_interaction_that_is_too_old_is_left(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        old = peer.interaction(2, {"id": "1", "name": "postmaster", "type": 1, "options": [{"name": "help", "type": 1}]})
        peer.expire(old)
        await peer.dispatch("INTERACTION_CREATE", old)
        await peer.press(question, buttons(question)["587"])
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert len(peer.calls("POST", f"/interactions/{old['id']}/.*")) == 1
    assert peer.private[old["token"]] == []


async def test_in_a_channel_without_threads_answers_and_follow_ups_are_replies(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        asked = await peer.mention("I cannot send", channel=VOICE)
        first = (await peer.until(lambda: peer.ours(VOICE)))[0]
        assert first["message_reference"]["message_id"] == asked["id"]
        await peer.say("port 465", channel=VOICE, type=19, referenced_message=first)
        await peer.until(lambda: len(peer.ours(VOICE)) == 2)
        await peer.press(peer.ours(VOICE)[1], buttons(peer.ours(VOICE)[1])["465"], channel_type=2)
        await peer.until(lambda: len(peer.ours(VOICE)) == 3)

    assert {incoming.conversation for incoming in service.received} == {KEY + asked["id"]}
    assert peer.threads == {}


async def test_a_mention_under_somebodys_message_takes_that_message_along(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        error = peer.said("550 5.7.1 relay denied", author=BEN)
        thread = (await peer.mention("what is this?", type=19, referenced_message=error))["id"]
        shown = (await peer.until(lambda: peer.ours(thread)))[0]

    assert "what is this?" in words_of(shown)
    assert "550 5.7.1 relay denied" in words_of(shown)


async def test_a_mention_without_a_word_takes_what_the_thread_began_with(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        root = await peer.say("it says 550 5.7.1", author=BEN)
        peer._open_thread({"name": "theirs"}, GENERAL, root["id"])
        peer.threads[root["id"]]["owner_id"] = BEN
        await peer.dispatch("THREAD_CREATE", peer.threads[root["id"]])
        await peer.mention("", channel=root["id"])
        await peer.until(lambda: peer.ours(root["id"]))
        await peer.mention("", channel=root["id"])
        await peer.until(lambda: len(peer.ours(root["id"])) == 2)

    assert [getattr(incoming.what, "text", "") for incoming in service.received] == ["it says 550 5.7.1", "Hello"]


async def test_a_word_that_discord_does_not_let_us_read_is_left(service: Scripted) -> None:
    peer = Peer(content=False)
    await peer.start()
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        await peer.say("it is port 465", channel=thread)
        await peer.say("it is port 587", channel=thread, type=19, referenced_message=question)
        await peer.until(lambda: len(peer.ours(thread)) == 2)
    await peer.stop()

    assert [getattr(incoming.what, "text", "") for incoming in service.received] == ["I cannot send", "it is port 587"]


async def test_a_mention_without_a_word_and_a_root_that_is_gone_are_greeted(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention(""))["id"]
        await peer.until(lambda: peer.ours(thread))
        rootless = peer.snowflake()
        peer._open_thread({"name": "theirs"}, GENERAL, rootless)
        await peer.dispatch("THREAD_CREATE", {**peer.threads[rootless], "owner_id": BEN})
        await peer.mention("", channel=rootless)
        await peer.until(lambda: peer.ours(rootless))
        await peer.say("", channel=rootless, sticker_items=[{"id": "1", "name": "wave", "format_type": 1}])
        await peer.say("and then?", channel=rootless)
        await peer.until(lambda: len(peer.ours(rootless)) == 2)

    assert [getattr(incoming.what, "text", "") for incoming in service.received] == ["Hello", "Hello", "and then?"]


async def test_a_direct_message_is_answered_there(peer: Peer, service: Scripted) -> None:
    channel = peer.snowflake()
    async with running(peer, service):
        await peer.say("I cannot send", channel=channel, guild_id=None, member=None)
        await peer.until(lambda: peer.ours(channel))

    assert service.received[0].person == f"{KEY}user:{ANNA}"
    assert service.received[0].called


async def test_an_edit_is_read_again_and_a_deleted_message_is_forgotten(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        asked = await peer.mention("port 465")
        thread = asked["id"]
        await peer.until(lambda: peer.ours(thread))
        changed = {**asked, "content": f"<@{BOT}> port 587", "edited_timestamp": "2026-11-25T10:00:00+00:00"}
        await peer.dispatch("MESSAGE_UPDATE", {**asked, "embeds": []})
        await peer.dispatch("MESSAGE_UPDATE", changed)
        await peer.dispatch("MESSAGE_UPDATE", changed)
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        await peer.dispatch("MESSAGE_DELETE", {"id": thread, "channel_id": GENERAL, "guild_id": asked["guild_id"]})
        await peer.until(lambda: len(service.received) == 3)

    assert [type(incoming.what).__name__ for incoming in service.received] == ["Wrote", "Wrote", "Deleted"]
    first, second = service.received[:2]
    assert second.order > first.order or (isinstance(second.what, Wrote) and second.what.edited)
    assert service.received[2].message == KEY + thread
