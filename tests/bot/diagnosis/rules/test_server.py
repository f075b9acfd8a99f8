"""Is the server itself in trouble, and is "try later" never more than that?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.rules import server
from bot.observations import Observations

HERE: dict[str, Any] = {"host": "mail.our-club.test", "address": "192.0.2.1", "port": 587}
ENTERED = Situation(host="mail.our-club.test", port=587)
FAILS = replace(ENTERED, error="Connection unexpectedly closed")


def test_try_later_may_mean_only_us_and_is_likely_where_it_fails_there_too() -> None:
    busy = o.GreetedInClear(**HERE, code=421, text="too many connections")

    assert server.unavailable(Observations((busy,)), ENTERED) == Finding("server.unavailable", Certainty.POSSIBLE, (busy,))
    assert server.unavailable(Observations((busy,)), FAILS) == Finding("server.unavailable", Certainty.LIKELY, (busy,))


def test_a_refusal_for_good_is_no_trouble_of_the_server() -> None:
    refused = o.GreetedInClear(**HERE, code=554, text="client host blocked")

    assert server.unavailable(Observations((refused,)), FAILS) is None


def test_starttls_that_is_offered_and_has_no_certificate_is_the_servers_fault() -> None:
    offered = o.EhloAnswered(**HERE, under_tls=False, keywords=("STARTTLS",))
    refused = o.Replied(**HERE, stage="starttls", code=454, text="TLS currently unavailable")

    finding = server.misconfigured(Observations((offered, refused)), ENTERED)

    assert finding == Finding("server.misconfigured", Certainty.LIKELY, (refused,))
    assert server.unavailable(Observations((offered, refused)), FAILS) is None


def test_a_greeting_that_is_long_in_coming_explains_who_gave_up_before() -> None:
    late = o.GreetedInClear(**HERE, text="slow", seconds=9.0)
    soon = replace(late, seconds=0.2)

    assert server.slow_greeting(Observations((late,)), FAILS) == Finding("server.unavailable", Certainty.SEEN, (late,))
    assert server.slow_greeting(Observations((soon,)), FAILS) is None
    assert server.slow_greeting(Observations((late,)), ENTERED) is None
