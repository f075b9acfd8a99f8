"""Does a store keep its promises in every order of calls? A model of a few dictionaries beside the real one, driven by hypothesis.

The model knows one conversation: what was received, which version stands, which effects are owed and under which fence somebody has
them. Time is the test's own: leases end when the clock is moved.
"""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.store import open_store
from bot.store.port import ClaimedEffect, Marked
from tests.bot.store.talks import CHANNELS, post, said, talk

LEASE = datetime.timedelta(seconds=30)
OWNERS = st.sampled_from(("a", "b"))
KEY = "talk"


@dataclass
class Owed:
    """One effect as the model sees it: its fence, who has it ("" nobody) and until when."""

    fence: int
    owner: str
    ready: datetime.datetime


class StoreModel(RuleBasedStateMachine):
    address = "memory:"

    def __init__(self) -> None:
        super().__init__()
        if self.address != "memory:":
            with redis.Redis.from_url(self.address) as client:
                client.flushall()
        self.runner = asyncio.Runner()
        self.store = open_store(self.address)
        self.run(self.store.open())
        self.now = datetime.datetime.now(datetime.UTC)
        self.waiting: dict[str, str] = {}  # event id -> its order
        self.claimed_keys: set[str] = set()
        self.version = 0
        self.owed: dict[str, Owed] = {}  # in order
        self.done_under: dict[str, int] = {}  # effect id -> the fence under which it was marked
        self.given: list[ClaimedEffect] = []
        self.key_of: dict[str, str] = {}

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()

    def note(self, effect: ClaimedEffect) -> None:
        """An effect's key is the same for ever."""
        assert self.key_of.setdefault(effect.effect.id, effect.key) == effect.key
        self.given.append(effect)

    @rule(number=st.integers(1, 12))
    def receive(self, number: int) -> None:
        event = said(number, KEY)
        new = self.run(self.store.receive(event, (event.id,)))

        assert new == (event.id not in self.claimed_keys)
        if new:
            self.claimed_keys.add(event.id)
            self.waiting[event.id] = event.order

    @rule(effects=st.integers(0, 3), owner=OWNERS, behind=st.integers(0, 1), handle=st.booleans())
    def commit(self, effects: int, owner: str, behind: int, handle: bool) -> None:
        read = self.version - behind
        if read < 0:
            return
        made = [post(f"{self.version}.{number}") for number in range(effects)]
        handled = sorted(self.waiting, key=lambda one: self.waiting[one])[:1] if handle else []
        until = datetime.datetime.now(datetime.UTC) + LEASE
        claimed = self.run(self.store.commit(talk(KEY), read, made, handled, owner=owner, lease_until=until))

        if behind:
            assert claimed is None
            return
        assert claimed is not None
        for event in handled:
            del self.waiting[event]
        self.version += 1
        got = {one.effect.id for one in claimed}
        foreign = any(one.owner != owner for one in self.owed.values())
        if foreign:
            assert not got
        for effect in made:
            ours = effect.id in got
            self.owed[effect.id] = Owed(int(ours), owner if ours else "", until if ours else self.now)
        for one in claimed:
            self.note(one)

    @rule(owner=OWNERS, later=st.sampled_from((0, 31)))
    def claim(self, owner: str, later: int) -> None:
        """`later`: by then every lease has ended."""
        at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=later)
        claimed = self.run(self.store.claim_effects(CHANNELS, owner, LEASE, at))

        first = next(iter(self.owed), None)
        if first is None or (self.owed[first].owner and not later):
            assert claimed == []
            return
        if claimed == [] and self.owed[first].owner and self.owed[first].ready > at:
            return  # leased until later than that
        assert [one.effect.id for one in claimed] == [first]
        assert claimed[0].fence > self.owed[first].fence
        assert claimed[0].earlier_attempt == (claimed[0].attempts > 1)
        self.owed[first] = Owed(claimed[0].fence, owner, at + LEASE)
        self.note(claimed[0])

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def done(self, data: st.DataObject) -> None:
        effect = data.draw(st.sampled_from(self.given))
        marked = self.run(self.store.done(effect, f"message of {effect.effect.id}"))

        stands = self.owed.get(effect.effect.id)
        if stands is None or stands.fence != effect.fence:
            again = self.done_under.get(effect.effect.id) == effect.fence  # the answer to the first mark may have been lost
            assert (marked is Marked.LOST) == (not again)
            return
        assert marked is not Marked.LOST
        del self.owed[effect.effect.id]
        self.done_under[effect.effect.id] = effect.fence
        assert self.run(self.store.posted(KEY, effect.effect.id)) == f"message of {effect.effect.id}"

    @precondition(lambda self: self.given)
    @rule(data=st.data(), owner=OWNERS)
    def renew(self, data: st.DataObject, owner: str) -> None:
        effect = data.draw(st.sampled_from(self.given))
        until = datetime.datetime.now(datetime.UTC) + LEASE
        kept = self.run(self.store.renew(effect, owner, until))

        stands = self.owed.get(effect.effect.id)
        assert kept == (stands is not None and stands.fence == effect.fence and stands.owner == owner)
        if kept and stands is not None:
            stands.ready = until

    @rule(owner=OWNERS)
    def release(self, owner: str) -> None:
        released = self.run(self.store.release(owner))

        mine = [one for one in self.owed.values() if one.owner == owner]
        assert released == len(mine)
        for one in mine:
            one.owner = ""

    @invariant()
    def what_waits_and_what_is_owed_is_there_and_nothing_else(self) -> None:
        loaded = self.run(self.store.load(KEY))

        assert loaded.version == self.version
        assert [event.id for event in loaded.events] == sorted(self.waiting, key=lambda one: self.waiting[one])
        assert self.run(self.store.owes(KEY)) == bool(self.waiting or self.owed)


@pytest.mark.parametrize("kind", ["memory", "valkey"])
def test_in_every_order_of_calls_the_store_does_what_its_model_does(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.redis_looks.HINT_SECONDS", 0.0)  # looks at once

    class OnThis(StoreModel):
        address = "memory:" if kind == "memory" else request.getfixturevalue("valkey")

    run_state_machine_as_test(OnThis, settings=settings(max_examples=10, stateful_step_count=20, deadline=None))
