"""Is anything lost, said twice or out of order in any interleaving of two instances, dying, standing still or hearing nothing at any call?

All are tried. More interventions where there is time: INTERVENTIONS=3 pytest tests/bot/test_interleavings.py
"""

from __future__ import annotations

import os

import pytest

from bot.channel import Stopped
from tests.bot.service_kit import said
from tests.bot.simulation import Run, every, run

INTERVENTIONS = int(os.environ.get("INTERVENTIONS", "2"))
TALKS = {
    "two messages at two instances": [("a", said("1", 1)), ("b", said("2", 2))],
    "the same message at both": [("a", said("1", 1)), ("b", said("1", 1)), ("b", said("2", 2))],
    "a probe and a message": [("a", said("probe", 1)), ("b", said("2", 2))],
    "a probe and its stop": [("a", said("probe", 1)), ("b", said("", 2, what=Stopped()))],
}


def right(done: Run) -> bool:
    """Each reply that was committed was posted once, in the order of the commits."""
    return done.posted == done.committed


@pytest.mark.parametrize("name", TALKS)
def test_whoever_goes_first_nothing_is_lost_and_nothing_is_said_twice(name: str) -> None:
    runs = 0
    for done in every(TALKS[name], INTERVENTIONS):
        runs += 1
        assert right(done), done.schedule

    assert runs > 10


@pytest.mark.parametrize("fault", ["die", "pause", "lose"])
@pytest.mark.parametrize("name", TALKS)
def test_at_whichever_call_one_dies_stands_still_or_hears_nothing_none_is_lost_or_said_twice(name: str, fault: str) -> None:
    faulty = 0
    # Answers that are lost make runs long: two in one run are tried in one talk.
    interventions = INTERVENTIONS - (fault == "lose" and name != "two messages at two instances")
    for done in every(TALKS[name], interventions, (fault,), "dropped" if fault == "pause" else "found"):
        faulty += any(action.what == fault for action in done.schedule)
        assert right(done), done.schedule

    assert faulty > 10


def test_a_platform_that_forgets_keys_is_told_twice_in_the_one_gap_that_is_named() -> None:
    """And so the check sees what it must: an instance that dies between the platform's answer and the mark."""
    wrong = [done for done in every(TALKS["two messages at two instances"], 1, ("die",), "forgotten") if not right(done)]

    assert wrong
    assert all(sorted(set(done.posted)) == sorted(set(done.committed)) for done in wrong)


def test_a_schedule_leads_to_the_same_run_each_time() -> None:
    one = run(TALKS["a probe and a message"], [0, 1, 0, 1])

    assert run(TALKS["a probe and a message"], [0, 1, 0, 1]) == one
