"""Is an outage noticed when several people meet it, and nothing else taken for one?"""

from __future__ import annotations

from bot import observations as o
from bot.outages import MAX_HOSTS, PEOPLE, WINDOW_SECONDS, Outages
from tests.talks.worlds import facts

HOST = "mail.our-club.test"
DOWN, UP = facts("refused-587", HOST), facts("good-587", HOST)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_several_people_within_minutes_make_an_outage_and_one_alone_does_not() -> None:
    outages = Outages(Clock())

    assert [outages.note(person, DOWN) for person in ("anna", "anna", "ben", "anna", "carla", "dora")] == [0, 0, 0, 0, 3, 4]


def test_who_met_it_long_ago_does_not_count() -> None:
    outages = Outages(clock := Clock())
    for person in range(PEOPLE - 1):
        outages.note(str(person), DOWN)
    clock.now = WINDOW_SECONDS + 1

    assert outages.note("anna", DOWN) == 0


def test_a_look_that_works_ends_it() -> None:
    outages = Outages(Clock())
    for person in range(PEOPLE):
        outages.note(str(person), DOWN)

    assert outages.note("anna", UP) == 0
    assert outages.note("ben", DOWN) == 0


def test_where_our_own_network_lets_nothing_out_nothing_is_said() -> None:
    blocked = o.ControlAnswered(port=587, host="control.example.net", reached=False)
    outages = Outages(Clock())

    assert [outages.note(str(person), (*DOWN, blocked)) for person in range(PEOPLE + 2)] == [0] * (PEOPLE + 2)


def test_a_look_that_saw_no_port_says_nothing() -> None:
    assert Outages(Clock()).note("anna", ()) == 0


def test_it_keeps_no_names_and_has_an_end() -> None:
    outages = Outages(Clock())
    for number in range(MAX_HOSTS + 50):
        outages.note("anna", facts("refused-587", f"mail{number}.our-club.test"))

    assert len(outages._met) == MAX_HOSTS
    assert "anna" not in repr(outages._met)
