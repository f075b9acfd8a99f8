"""Does a store keep what the port promises? One suite for all stores; nothing here knows which one it is."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import replace

import pytest

from bot.conversation.model import Edit, HandOff, Said, Wake
from bot.store import open_store
from bot.store.port import Loaded, Marked, Store
from tests.bot.store.talks import CHANNELS, LEASE, begun, claim, deleted, ids, now, post, probe, probe_done, reply, said, talk

SOON = datetime.timedelta(seconds=1)


# --- the inbox -----------------------------------------------------------------------------------------------------------


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


# --- the commit ----------------------------------------------------------------------------------------------------------


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


# --- the outbox ------------------------------------------------------------------------------------------------------------


async def test_a_commit_hands_over_what_it_saved(store: Store) -> None:
    claimed = await begun(store, [post("0.0"), probe("0.1"), post("0.2")], owner="me")

    assert ids(claimed) == ["0.0", "0.1", "0.2"]
    assert {one.earlier_attempt for one in claimed} == {False}
    assert (claimed[0].channel, dict(claimed[0].place), claimed[0].person, claimed[0].workspace) == (
        "test",
        {"room": "talk"},
        "ann",
        "acme",
    )
    assert len({one.key for one in claimed}) == 3
    assert all(one.key.isascii() and len(one.key) <= 25 for one in claimed)
    assert await claim(store, "other") == []


async def test_what_people_see_is_claimed_in_order_and_probes_beside_it(store: Store) -> None:
    await begun(store, [post("0.0"), probe("0.1"), Edit(id="0.2", of="0.0", reply=reply("x")), HandOff(id="0.3", summary=reply("y"))])

    first = await claim(store)
    assert ids(first) == ["0.0", "0.1"]
    assert await claim(store) == []

    assert await store.done(first[0], "M1") is Marked.MORE
    second = await claim(store)
    assert ids(second) == ["0.2"]
    assert dict(second[0].posted) == {"0.0": "M1"}

    assert await store.done(second[0], "M1") is Marked.MORE
    third = await claim(store)
    assert ids(third) == ["0.3"]
    assert await store.done(third[0]) is Marked.DONE
    assert await store.done(first[1]) is Marked.DONE


async def test_an_effect_of_an_unserved_channel_is_left_alone(store: Store) -> None:
    await begun(store, [post("0.0")])

    assert await store.claim_effects(("other",), "me", LEASE, now()) == []
    assert await store.next_due(("other",)) is None


async def test_effects_behind_somebody_elses_are_not_handed_over(store: Store) -> None:
    (first,) = await begun(store, [post("0.0")], owner="other")

    claimed = await store.commit(talk(), 1, [post("1.0"), probe("1.1")], (), owner="me", lease_until=now() + LEASE)

    assert claimed is not None
    assert ids(claimed) == ["1.1"]
    assert await store.done(first, "M1") is Marked.MORE
    assert ids(await claim(store)) == ["1.0"]


async def test_effects_behind_ones_own_are_handed_over(store: Store) -> None:
    await begun(store, [post("0.0")], owner="me")

    claimed = await store.commit(talk(), 1, [post("1.0")], (), owner="me", lease_until=now() + LEASE)

    assert claimed is not None
    assert ids(claimed) == ["1.0"]


async def test_effects_behind_one_whose_claim_never_reached_its_owner_are_not_handed_over(store: Store) -> None:
    """The answer to a commit may be lost on the way; whoever asks again has lost the race against itself, and has nothing in hand."""
    first, second = await begun(store, [post("0.0"), post("0.1")], owner="me")

    behind = await store.commit(talk(), 1, [post("1.0")], (), owner="me", lease_until=now() + LEASE, in_hand=("0.0",))
    beside = await store.commit(talk(), 2, [post("2.0"), probe("2.1")], (), owner="me", lease_until=now() + LEASE, in_hand=("0.0", "0.1"))

    assert behind == []
    assert beside is not None
    assert ids(beside) == ["2.1"]
    assert await store.done(first, "M1") is Marked.MORE
    assert await store.done(second, "M2") is Marked.MORE
    assert ids(await claim(store)) == ["1.0"]


async def test_when_a_lease_ends_another_gets_the_effect_under_the_same_key_and_the_first_ones_mark_is_refused(store: Store) -> None:
    (mine,) = await begun(store, [post("0.0")], owner="me")
    later = now() + LEASE + SOON

    (theirs,) = await claim(store, "other", later)

    assert theirs.key == mine.key
    assert theirs.earlier_attempt
    assert theirs.fence > mine.fence
    assert await store.done(mine, "M1") is Marked.LOST
    assert not await store.failed(mine, "x", None)
    assert not await store.renew(mine, "me", later + LEASE)
    assert await store.done(theirs, "M2") is Marked.DONE
    assert await store.posted("talk", "0.0") == "M2"


async def test_a_renewed_lease_holds(store: Store) -> None:
    (mine,) = await begun(store, [post("0.0")], owner="me")
    later = now() + LEASE + SOON

    assert await store.renew(mine, "me", later + LEASE)

    assert await claim(store, "other", later) == []
    due = await store.next_due(CHANNELS)
    assert due is not None
    assert due > later


async def test_what_failed_is_claimed_again_when_it_is_time_with_what_waits_behind_it(store: Store) -> None:
    first, _, third = await begun(store, [post("0.0"), post("0.1"), probe("0.2")], owner="me")
    retry = now() + datetime.timedelta(seconds=5)

    assert await store.failed(first, "rate limited", retry)

    assert await claim(store) == []
    due = await store.next_due(CHANNELS)
    assert due is not None
    assert abs(due - retry) < datetime.timedelta(seconds=0.01)
    (again,) = await claim(store, at=retry + SOON)
    assert (again.effect.id, again.attempts, again.earlier_attempt) == ("0.0", 2, True)
    assert await store.done(again, "M1") is Marked.MORE
    (behind,) = await claim(store, at=retry + SOON)
    assert (behind.effect.id, behind.attempts, behind.earlier_attempt) == ("0.1", 1, False)
    assert await store.done(third) is Marked.DONE


async def test_a_failure_that_is_marked_again_because_the_answer_was_lost_changes_nothing(store: Store) -> None:
    first, _ = await begun(store, [post("0.0"), post("0.1")], owner="me")
    retry = now() + SOON
    assert await store.failed(first, "no answer", retry)

    assert await store.failed(first, "no answer", retry)

    (again,) = await claim(store, at=retry + SOON)
    assert (again.effect.id, again.attempts, again.earlier_attempt) == ("0.0", 2, True)
    await store.done(again, "M1")
    (behind,) = await claim(store, at=retry + SOON)
    assert (behind.attempts, behind.earlier_attempt) == (1, False)


async def test_what_ended_lets_the_next_one_go(store: Store) -> None:
    await begun(store, [post("0.0"), post("0.1")])
    (first,) = await claim(store)

    assert await store.failed(first, "channel_not_found", None)

    assert ids(await claim(store)) == ["0.1"]
    assert await store.posted("talk", "0.0") is None


async def test_release_gives_back_what_an_owner_has(store: Store) -> None:
    await begun(store, [post("0.0"), Wake(id="0.1", wake="w", at=now() - SOON)], owner="me")
    await store.claim_wakes(CHANNELS, "me", LEASE, now())
    assert await claim(store, "other") == []

    assert await store.release("me") == 2

    (theirs,) = await claim(store, "other", now() + SOON)
    assert theirs.earlier_attempt
    assert [wake.wake for wake in await store.claim_wakes(CHANNELS, "other", LEASE, now())] == ["w"]


async def test_an_edit_may_move_the_message(store: Store) -> None:
    first, edit = await begun(store, [post("0.0"), Edit(id="0.1", of="0.0", reply=reply("x"))], owner="me")

    await store.done(first, "M1")
    await store.done(edit, "M2")

    assert await store.posted("talk", "0.0") == "M2"


async def test_an_effect_that_comes_back_is_as_it_was(store: Store) -> None:
    effect = Edit(id="0.0", of="x", reply=reply("naïve \U0001f600 \x00"))
    await begun(store, [effect])

    assert [one.effect for one in await claim(store)] == [effect]


async def test_only_so_many_are_claimed_at_once_and_of_one_conversation_where_it_is_named(store: Store) -> None:
    for number in range(5):
        await begun(store, [post("0.0")], f"talk{number}")

    assert [one.conversation for one in await store.claim_effects(CHANNELS, "me", LEASE, now(), conversation="talk3")] == ["talk3"]
    assert len(await store.claim_effects(CHANNELS, "me", LEASE, now(), limit=3)) == 3
    assert len(await claim(store)) == 1


# --- wakes -----------------------------------------------------------------------------------------------------------------


async def test_a_wake_is_due_at_its_time_for_one_owner(store: Store) -> None:
    at = now() + datetime.timedelta(seconds=60)
    await begun(store, [Wake(id="0.0", wake="did it work", at=at)])

    assert await store.claim_wakes(CHANNELS, "me", LEASE, now()) == []
    due = await store.next_due(CHANNELS)
    assert due is not None
    assert abs(due - at) < datetime.timedelta(seconds=0.01)
    (wake,) = await store.claim_wakes(CHANNELS, "me", LEASE, at)
    assert (wake.conversation, wake.wake, wake.channel) == ("talk", "did it work", "test")
    assert await store.claim_wakes(CHANNELS, "other", LEASE, at) == []
    assert len(await store.claim_wakes(CHANNELS, "other", LEASE, at + LEASE)) == 1

    await store.wake_done(wake)
    assert await store.claim_wakes(CHANNELS, "me", LEASE, at + 3 * LEASE) == []


async def test_a_wake_that_was_set_anew_is_not_done_with_the_old_one(store: Store) -> None:
    at = now() - SOON
    await begun(store, [Wake(id="0.0", wake="w", at=at)])
    (old,) = await store.claim_wakes(CHANNELS, "me", LEASE, now())

    await store.commit(talk(), 1, [Wake(id="1.0", wake="w", at=at + LEASE)], ())
    await store.wake_done(old)

    assert len(await store.claim_wakes(CHANNELS, "me", LEASE, now() + LEASE)) == 1


async def test_an_event_left_behind_is_due_after_the_grace(store: Store) -> None:
    await store.receive(said(1), ["1"])

    due = await store.next_due(CHANNELS, datetime.timedelta(seconds=5))

    assert due is not None
    assert SOON < due - now() <= datetime.timedelta(seconds=5.1)


# --- forgetting ------------------------------------------------------------------------------------------------------------


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
