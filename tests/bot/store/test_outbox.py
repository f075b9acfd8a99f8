"""Who may do what is owed, in which order, how long, and what if it fails; and when do wakes come?

One suite for all stores; nothing here knows which one it is.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from bot.conversation.model import Edit, HandOff, Wake
from bot.store.port import Marked, Store
from tests.bot.store.talks import CHANNELS, LEASE, begun, claim, ids, now, post, probe, reply, said, talk

SOON = datetime.timedelta(seconds=1)


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


async def test_a_post_that_is_marked_again_because_the_answer_was_lost_is_not_lost(store: Store) -> None:
    first, second = await begun(store, [post("0.0"), post("0.1")], owner="me")
    assert await store.done(first, "M1") is Marked.DONE

    assert await store.done(first, "M1") is Marked.DONE

    await store.failed(second, "no answer", now() - SOON)
    assert await store.done(first, "M1") is Marked.MORE
    assert await store.done(replace(first, fence=first.fence + 1), "M2") is Marked.LOST
    assert await store.posted("talk", "0.0") == "M1"


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
    await store.done(first, "M1")  # once more: the answer was lost

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


# --- wakes ----------------------------------------------------------------------------------------------------------------


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
