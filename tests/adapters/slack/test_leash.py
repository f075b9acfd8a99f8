"""How much may be said in a talk with nobody saying anything in between?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.leash import REPLIES, SECONDS, Leash


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_after_so_many_replies_in_a_minute_it_is_silent_until_a_person_speaks() -> None:
    clock = Clock()
    leash = Leash(clock)

    assert all(leash.allows("talk", f"k{number}") for number in range(REPLIES))
    assert not leash.allows("talk", "one more")
    assert leash.allows("other talk", "k1")
    leash.heard("talk")
    assert leash.allows("talk", "one more")


def test_a_minute_later_it_may_speak_again() -> None:
    clock = Clock()
    leash = Leash(clock, replies=1)

    assert leash.allows("talk", "k1")
    assert not leash.allows("talk", "k2")
    clock.now += SECONDS
    assert leash.allows("talk", "k2")


def test_a_reply_that_is_tried_again_counts_once() -> None:
    leash = Leash(Clock(), replies=2)

    assert all(leash.allows("talk", "k1") for _ in range(20))
    assert leash.allows("talk", "k2")


@given(st.lists(st.tuples(st.sampled_from(["say", "hear", "wait"]), st.integers(0, 50)), max_size=200))
def test_whatever_happens_no_minute_without_a_person_holds_more(happened: list[tuple[str, int]]) -> None:
    clock = Clock()
    leash = Leash(clock, replies=3)
    since: dict[str, float] = {}
    for deed, number in happened:
        if deed == "hear":
            leash.heard("talk")
            since = {}
        elif deed == "wait":
            clock.now += number
        elif leash.allows("talk", f"k{number}"):
            since.setdefault(f"k{number}", clock.now)
        assert sum(clock.now - at < SECONDS for at in since.values()) <= 3
