"""What becomes of an event, from its first delivery to the commit that handles it?

One suite for all stores; nothing here knows which one it is.
"""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import replace

import pytest

from bot.conversation.model import Said, Wake
from bot.store import open_store
from bot.store.port import Store
from tests.bot.store.talks import CHANNELS, LEASE, begun, claim, ids, now, post, probe_done, said, talk

SOON = datetime.timedelta(seconds=1)


async def test_an_event_is_taken_once_whichever_of_its_keys_comes_again(store: Store) -> None:
    assert await store.receive(said(1), ["event-1", "message-1"])

    assert not await store.receive(said(2), ["event-2", "message-1"])
    assert not await store.receive(said(3), ["event-1"])
    assert await store.receive(said(4), ["event-4", "message-4"])
    assert [event.id for event in (await store.load("talk")).events] == ["talk/1", "talk/4"]


async def test_a_refused_duplicate_claims_none_of_its_other_keys(store: Store) -> None:
    await store.receive(said(1), ["a", "b"])
    assert not await store.receive(said(2), ["b", "c"])

    assert await store.receive(said(3), ["c"])


async def test_of_many_deliveries_at_once_one_is_taken(store: Store) -> None:
    taken = await asyncio.gather(*(store.receive(said(number), [f"event-{number}", "message"]) for number in range(20)))

    assert sum(taken) == 1


async def test_events_come_in_the_platforms_order_then_by_arrival(store: Store) -> None:
    for number, order in ((1, "0003"), (2, "0001"), (3, "0002"), (4, "0001")):
        await store.receive(said(number, order=order), [str(number)])

    assert [event.id for event in (await store.load("talk")).events] == ["talk/2", "talk/4", "talk/3", "talk/1"]


async def test_an_event_of_our_own_comes_after_those_that_wait(store: Store) -> None:
    await store.receive(said(5), ["5"])
    await store.receive(probe_done(1), ["probe:talk:1"])
    await store.receive(said(9), ["9"])
    await store.receive(said(2), ["2"])

    assert [event.id for event in (await store.load("talk")).events] == ["talk/2", "talk/5", "probe:talk:1", "talk/9"]


async def test_an_event_comes_back_as_it_was(store: Store) -> None:
    event = replace(said(1, text="naïve \U0001f600 \x00 text"), called=False, locale="de")
    await store.receive(event, ["1"])

    assert (await store.load("talk")).events == (event,)


async def test_waiting_names_each_conversation_of_the_channels_once_oldest_first(store: Store) -> None:
    for number, key in ((1, "b"), (2, "a"), (3, "b")):
        await store.receive(said(number, key), [str(number)])
    await store.receive(replace(said(4, "c"), channel="other"), ["4"])

    assert list(await store.waiting(CHANNELS)) == ["b", "a"]
    assert list(await store.waiting(("other", "test"))) == ["b", "a", "c"]
    assert list(await store.waiting(CHANNELS, now() - SOON)) == []
    assert list(await store.waiting(CHANNELS, now() + SOON)) == ["b", "a"]


# --- the commit -----------------------------------------------------------------------------------------------------------


async def test_a_conversation_comes_back_as_it_was_under_the_next_version(store: Store) -> None:
    await begun(store)

    loaded = await store.load("talk")

    assert (loaded.conversation, loaded.version, loaded.events) == (talk(), 1, ())


async def test_of_two_steps_from_one_version_the_first_wins_and_the_other_leaves_nothing(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await begun(store)

    lost = await store.commit(replace(talk(), turn=7), 0, [post("0.0")], ["talk/1"])

    loaded = await store.load("talk")
    assert lost is None
    assert loaded.conversation == talk()
    assert [event.id for event in loaded.events] == ["talk/1"]
    assert await claim(store) == []


async def test_a_handled_event_is_gone_and_its_keys_stay_claimed(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await store.receive(said(2), ["2"])

    await store.commit(talk(), 0, (), ["talk/1"])

    assert [event.id for event in (await store.load("talk")).events] == ["talk/2"]
    assert not await store.receive(said(1), ["1"])


async def test_an_effects_id_is_taken_once(store: Store) -> None:
    await begun(store, [post("0.0")])

    with pytest.raises(ValueError, match=r"0\.0|contradicts"):
        await store.commit(talk(), 1, [post("0.0")], ())
    with pytest.raises(ValueError, match=r"1\.0|contradicts"):
        await store.commit(talk(), 1, [post("1.0"), post("1.0")], ())
    assert (await store.load("talk")).version == 1


async def test_a_parked_event_is_put_aside(store: Store) -> None:
    await store.receive(said(1), ["1"])

    await store.commit(talk(), 0, [post("0.0")], (), parked={"talk/1": "ValueError"})

    assert (await store.load("talk")).events == ()
    assert await store.waiting(CHANNELS) == []
    assert await store.next_due(CHANNELS) is not None  # the sentence about it


async def test_the_last_question_is_remembered(store: Store) -> None:
    await begun(store, [post("0.0", asks="port"), post("0.1")])
    assert (await store.load("talk")).last_question == "0.0"

    await store.commit(talk(), 1, [post("1.0")], ())
    assert (await store.load("talk")).last_question == "0.0"


async def test_a_discarded_event_is_gone(store: Store) -> None:
    await store.receive(probe_done(1), ["1"])

    await store.discard(probe_done(1))

    assert (await store.load("talk")).events == ()


async def test_a_discarded_event_of_a_talk_that_is_gone_leaves_nothing_by_which_it_would_be_found(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await store.receive(said(2, "other"), ["2"])

    await store.discard(said(1))

    assert await store.forget_person("ann") == 1
    assert not await store.receive(said(1), ["1"])


async def test_owes_until_events_are_handled_and_effects_done(store: Store) -> None:
    assert not await store.owes("talk")
    await store.receive(said(1), ["1"])
    assert await store.owes("talk")

    claimed = await store.commit(
        talk(), 0, [post("0.0"), Wake(id="0.1", wake="w", at=now() + LEASE)], ["talk/1"], owner="me", lease_until=now() + LEASE
    )
    assert claimed is not None
    assert await store.owes("talk")

    await store.done(claimed[0], "M1")
    assert not await store.owes("talk")


# --- more than one process ------------------------------------------------------------------------------------------------


async def test_what_was_written_is_there_after_it_was_opened_again(lasting_address: str) -> None:
    first = open_store(lasting_address)
    await first.open()
    await first.receive(said(1), ["1"])
    await begun(first, [post("0.0")])
    await first.close()

    second = open_store(lasting_address)
    await second.open()

    loaded = await second.load("talk")
    assert (loaded.conversation, [type(event) for event in loaded.events]) == (talk(), [Said])
    assert ids(await claim(second)) == ["0.0"]
    await second.close()


async def test_two_processes_see_what_the_other_wrote(lasting_address: str) -> None:
    one, other = open_store(lasting_address), open_store(lasting_address)
    await one.open()
    await other.open()
    await other.changed_elsewhere()

    await one.receive(said(1), ["1"])

    assert await other.changed_elsewhere()
    assert not await other.receive(said(1), ["1"])
    assert len((await other.load("talk")).events) == 1
    await one.close()
    await other.close()
