"""Does the state of a look name the endpoints that are asked, and no others?"""

from __future__ import annotations

from typing import Any

from bot import observations as o
from bot.answers.progress import progress
from bot.observations import Observations
from knowledge.index import index

HOST = "mail.our-club.test"


def at(port: int, host: str = HOST) -> dict[str, Any]:
    return {"site": "here", "host": host, "address": "192.0.2.1", "port": port}


def brief(host: str, *facts: o.Observation, ports: tuple[int, ...] = (), finished: bool = False) -> list[tuple[str, str]]:
    shown = progress("p1", host, ports, Observations(facts), index(), finished=finished)
    return [(task.label, task.state) for task in shown.tasks]


def test_before_anything_is_known_there_is_a_line_for_what_was_entered_only() -> None:
    assert brief(HOST) == []
    assert brief(HOST, ports=(587,)) == [("port 587", "running")]


def test_each_port_that_is_asked_has_a_line_and_no_other() -> None:
    chosen = o.PortsChosen(site="here", host=HOST, ports=(465, 587))

    assert brief(HOST, chosen, o.TcpRefused(**at(465)), ports=(587,)) == [("port 465", "bad"), ("port 587", "running")]
    assert brief(HOST, chosen, o.TcpRefused(**at(465)), finished=True) == [("port 465", "bad"), ("port 587", "unknown")]


def test_what_a_search_leads_to_is_named_with_its_host() -> None:
    one, two = (o.PortsChosen(site="here", host=host, ports=(587,)) for host in ("smtp.our-club.test", "mail.hoster.test"))

    assert brief("our-club.test", one, two, o.TcpTimedOut(**at(587, "mail.hoster.test"))) == [
        ("mail.hoster.test, port 587", "unknown"),
        ("smtp.our-club.test, port 587", "running"),
    ]


def test_a_line_keeps_its_id_while_the_look_goes_on() -> None:
    before = progress("p1", HOST, (587,), Observations(), index())
    after = progress("p1", HOST, (587,), Observations((o.PortsChosen(site="here", host=HOST, ports=(25, 587)),)), index())

    assert {task.id for task in before.tasks} <= {task.id for task in after.tasks}
