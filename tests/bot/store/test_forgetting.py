"""What is gone when a message, a person, a workspace or a talk is forgotten, or grows old, and what stays?

One suite for all stores; nothing here knows which one it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.conversation.model import Wake
from bot.store.port import Loaded, Marked, Store
from tests.bot.store.talks import CHANNELS, LEASE, begun, claim, deleted, now, post, probe_done, said, talk


async def test_a_persons_talks_are_listed_newest_first(store: Store) -> None:
    for number, key in ((1, "old"), (2, "new"), (3, "elsewhere")):
        person = "bob" if key == "elsewhere" else "ann"
        await store.receive(said(number, key, person=person), [str(number)])
        await store.commit(talk(key), 0, (), [f"{key}/{number}"])

    assert [one.key for one in await store.conversations_of("ann")] == ["new", "old"]
    assert [one.key for one in await store.conversations_of("ann", limit=1)] == ["new"]


async def test_a_forgotten_message_leaves_no_slot_observation_line_or_event(store: Store) -> None:
    for number in (1, 2):
        await store.receive(said(number), [str(number)])
    await store.receive(deleted(1), ["d1"])
    await begun(store)

    await store.forget_message("talk/m1")

    loaded = await store.load("talk")
    assert loaded.conversation is not None
    assert (loaded.conversation.slots.port, loaded.conversation.seen) == (None, ())
    assert [line.text for line in loaded.conversation.transcript] == ["hello"]
    assert [event.id for event in loaded.events] == ["talk/d1", "talk/2"]  # that it was deleted is still to be heard
    assert await store.commit(talk(), 1, (), ()) is None  # a step that still had it in hand is made again


async def test_a_forgotten_person_leaves_nothing(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await store.receive(probe_done(1), ["probe:talk:1"])
    await begun(store, [post("0.0"), Wake(id="0.1", wake="w", at=now())])
    await store.receive(said(2, "bobs", person="bob"), ["2"])
    await store.receive(said(3, "bobs", person="ann", text="me too"), ["3"])
    await store.commit(talk("bobs", asker="bob", said_by="ann"), 0, (), ["bobs/2"])

    assert await store.forget_person("ann") == 2

    assert await store.load("talk") == Loaded(None, 0, ())
    assert await store.next_due(CHANNELS) is None
    assert await store.conversations_of("ann") == []
    bobs = await store.load("bobs")
    assert bobs.events == ()
    assert bobs.conversation is not None
    assert (bobs.conversation.slots.port, bobs.conversation.seen, len(bobs.conversation.transcript)) == (None, (), 1)
    assert await store.forget_person("ann") == 0


async def test_a_talk_begun_again_after_it_was_forgotten_has_other_keys_and_hears_its_own_events(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await store.receive(probe_done(1), ["probe:talk:1"])
    (before,) = await begun(store, [post("0.0")], owner="me")
    await store.forget_person("ann")

    (after,) = await begun(store, [post("0.0")], owner="me")

    assert after.key != before.key
    assert await store.receive(probe_done(1), ["probe:talk:1"])
    assert not await store.receive(said(1), ["1"])  # the platform may still deliver that one again


async def test_the_outcome_of_a_forgotten_effect_is_refused(store: Store) -> None:
    await store.receive(said(1), ["1"])
    (mine,) = await begun(store, [post("0.0")], owner="me")

    await store.forget_person("ann")

    assert not await store.renew(mine, "me", now() + LEASE)
    assert await store.done(mine, "M1") is Marked.LOST
    assert not await store.failed(mine, "x", now())


async def test_a_workspace_is_forgotten_as_a_whole(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await begun(store)
    await store.receive(said(2, "waits"), ["2"])
    await store.commit(replace(talk("other"), workspace="umbrella"), 0, (), ())

    assert await store.forget_workspace("acme") == 2

    assert (await store.load("talk")).version == 0
    assert (await store.load("waits")).events == ()
    assert (await store.load("other")).conversation is not None


async def test_a_talk_whose_place_is_gone_is_forgotten_with_all_that_it_owes(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await begun(store, [post("0.0")])
    await store.receive(said(2), ["2"])
    await store.receive(said(3, "waits"), ["3"])
    await begun(store, key="other")

    assert await store.forget_conversation("talk")
    assert await store.forget_conversation("waits")
    assert not await store.forget_conversation("talk")
    assert not await store.forget_conversation("never")

    assert (await store.load("talk")).version == 0
    assert (await store.load("talk")).events == (await store.load("waits")).events == ()
    assert await claim(store) == []
    assert (await store.load("other")).conversation is not None


async def test_only_what_was_not_touched_for_long_is_purged(store: Store) -> None:
    await begun(store, [post("0.0")], "old")
    await asyncio.sleep(0.05)
    middle = now()
    await asyncio.sleep(0.05)
    await begun(store, key="new")

    assert await store.purge(middle) == 1

    assert (await store.load("old")).conversation is None
    assert (await store.load("new")).conversation is not None
    assert await claim(store) == []


async def test_a_talk_in_which_something_has_just_been_said_is_not_purged_however_old_it_is(store: Store) -> None:
    await begun(store)
    await asyncio.sleep(0.05)
    middle = now()
    await asyncio.sleep(0.05)
    await store.receive(said(1), ["1"])

    assert await store.purge(middle) == 0

    loaded = await store.load("talk")
    assert (loaded.conversation, len(loaded.events)) == (talk(), 1)


async def test_what_nobody_ever_took_up_is_purged_too_and_found_nowhere(store: Store) -> None:
    await store.receive(said(1), ["1"])
    await asyncio.sleep(0.05)

    await store.purge(now())

    assert (await store.load("talk")).events == ()
    assert await store.waiting(CHANNELS) == []
    assert await store.forget_person("ann") == 0


async def test_a_fresh_claim_outlives_a_purge(store: Store) -> None:
    await store.receive(said(1), ["1"])

    await store.purge(now() + LEASE)

    assert not await store.receive(said(1), ["1"])
