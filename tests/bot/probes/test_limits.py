"""Does a flood from one hurt the others, and do ten who ask the same make one check?"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import NameResolved, NotProbed, Observation, Observations
from bot.probes.desk import Desk
from bot.probes.guard import Network, Policy
from bot.probes.limits import Answers, Limits
from bot.probes.model import OnSeen
from knowledge.terms import Security
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import Peer, standing
from tests.servers.resolver import resolving

REQUEST = ProbeRequest(host="mail.test", port=587, security=Security.STARTTLS)
FACT = NameResolved(host="mail.test", addresses=("192.0.43.8",))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def ask(limits: Limits, host: str, person: str = "", workspace: str = "") -> None:
    async with limits.admit(host, person, workspace):
        pass


async def test_a_host_is_asked_six_times_a_minute_whoever_asks() -> None:
    clock = Clock()
    limits = Limits(clock)
    for number in range(6):
        await ask(limits, "mail.test", f"person {number}", f"workspace {number}")

    with pytest.raises(TargetRefused, match="is being asked too often") as refused:
        await ask(limits, "mail.test", "person 7")
    await ask(limits, "other.test", "person 7")
    clock.now = 60.1
    await ask(limits, "mail.test", "person 7")

    assert refused.value.reason == "rate"


async def test_a_person_has_ten_checks_in_ten_minutes_and_a_workspace_sixty() -> None:
    limits = Limits(Clock())
    for number in range(10):
        await ask(limits, f"a{number}.test", "ann", "acme")
    with pytest.raises(TargetRefused, match="You have asked"):
        await ask(limits, "b.test", "ann", "acme")
    for number in range(50):
        await ask(limits, f"c{number}.test", f"p{number}", "acme")

    with pytest.raises(TargetRefused, match="Your workspace"):
        await ask(limits, "d.test", "zoe", "acme")
    await ask(limits, "d.test", "zoe", "other")


async def test_what_was_refused_is_not_counted() -> None:
    clock = Clock()
    limits = Limits(clock)
    for _ in range(6):
        await ask(limits, "mail.test")
    for _ in range(20):
        with pytest.raises(TargetRefused):
            await ask(limits, "mail.test", "ann")

    for number in range(10):
        await ask(limits, f"{number}.test", "ann")


async def test_two_checks_of_one_host_follow_each_other() -> None:
    limits = Limits(Clock())
    order: list[str] = []

    async def check(name: str) -> None:
        async with limits.admit("mail.test"):
            order.append(name + " in")
            await asyncio.sleep(0)
            order.append(name + " out")

    await asyncio.gather(check("one"), check("two"))

    assert order == ["one in", "one out", "two in", "two out"]


async def test_ten_who_ask_the_same_make_one_check_and_each_is_told_everything() -> None:
    answers = Answers(Clock())
    runs = 0
    go = asyncio.Event()

    async def run(take: OnSeen) -> Observations:
        nonlocal runs
        runs += 1
        take(FACT)
        await go.wait()
        take(FACT)
        return Observations((FACT, FACT))

    told: list[list[Observation]] = [[] for _ in range(10)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(answers.get(REQUEST, listener.append, run)) for listener in told]
        await asyncio.sleep(0.01)
        go.set()

    assert runs == 1
    assert all(len(listener) == 2 for listener in told)
    assert all(len(task.result()) == 2 for task in tasks)


async def test_an_answer_is_kept_for_a_minute_and_passed_over_after_a_change() -> None:
    clock = Clock()
    answers = Answers(clock)
    runs = 0

    async def run(take: OnSeen) -> Observations:
        nonlocal runs
        runs += 1
        take(FACT)
        return Observations((FACT,))

    async def get(*, fresh: bool = False) -> int:
        await answers.get(ProbeRequest("mail.test", 587, Security.STARTTLS, fresh=fresh), lambda item: None, run)
        return runs

    assert [await get(), await get(), await get(fresh=True), await get()] == [1, 1, 2, 2]
    clock.now = 61
    assert await get() == 3


async def test_who_joined_makes_their_own_check_where_the_first_one_goes_away() -> None:
    answers = Answers(Clock())
    started = asyncio.Event()
    runs = 0

    async def run(take: OnSeen) -> Observations:
        nonlocal runs
        runs += 1
        started.set()
        if runs == 1:
            await asyncio.sleep(3600)
        take(FACT)
        return Observations((FACT,))

    async with asyncio.TaskGroup() as group:
        first = group.create_task(answers.get(REQUEST, lambda item: None, run))
        await started.wait()
        second = group.create_task(answers.get(REQUEST, lambda item: None, run))
        await asyncio.sleep(0)
        first.cancel()

    assert len(second.result()) == 1
    assert runs == 2


async def test_a_failure_reaches_everybody_who_waited() -> None:
    answers = Answers(Clock())

    async def run(take: OnSeen) -> Observations:
        await asyncio.sleep(0)
        raise TargetRefused("no", "rate")

    results = await asyncio.gather(*(answers.get(REQUEST, lambda item: None, run) for _ in range(3)), return_exceptions=True)

    assert all(isinstance(result, TargetRefused) for result in results)


async def test_the_desk_counts_checks_and_not_kept_answers(papers: Papers) -> None:
    met = 0

    async def talk(peer: Peer) -> None:
        nonlocal met
        met += 1
        await starttls.talk(peer)

    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(standing(talk, papers))
        resolver = await stack.enter_async_context(resolving({"mail.test": {"A": ["127.0.0.1"]}}))
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
        desk = Desk(await stack.enter_async_context(Network(policy)))
        request = ProbeRequest(host="mail.test", port=port, security=Security.STARTTLS)
        for _ in range(20):
            await desk.ask(request, person="ann", workspace="acme")
        with pytest.raises(TargetRefused, match="placeholder"):
            await desk.ask(ProbeRequest(host="smtp.example.com", port=port))

    assert met == 4  # the talk, and one question each for TLS 1.0, 1.1 and 1.2


async def test_for_people_from_outside_the_operators_own_network_is_not_there(papers: Papers) -> None:

    async with standing(starttls.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        policy = Policy(
            (f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), ports=(port,), ca_file=papers.ca_file, control=f"mail.test:{port}"
        )
        async with Network(policy) as network:
            inside = await Desk(network).ask(ProbeRequest("mail.test", port, Security.STARTTLS))
            outside = await Desk(network).ask(ProbeRequest("mail.test", port, Security.STARTTLS, public_only=True))
            with pytest.raises(TargetRefused):
                await Desk(network).ask(ProbeRequest("127.0.0.1", port, public_only=True))

    assert inside.first(NameResolved)
    assert [(type(fact), getattr(fact, "host", "")) for fact in outside] == [(NotProbed, "mail.test")]
    assert "127.0.0.1" not in repr(outside)
