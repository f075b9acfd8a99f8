"""Does every JSON object of the command line hold to the contract, field by field, beside real servers?"""

from __future__ import annotations

import asyncio
import datetime
import json
from typing import Any

import pytest

from tests.adapters.terminal import shapes
from tests.adapters.terminal.conftest import HOST, Done, World, beside_postfix, world
from tests.servers import closes_after_greeting, expired, greets_421, implicit_tls, offers_no_starttls, starttls
from tests.servers.papers import Papers

NOWHERE = World({"POSTMASTER_RESOLVERS": "127.0.0.1:9", "POSTMASTER_STORE": "memory:"})  # nobody answers there

ERRORS = (
    "535 5.7.8 Username and Password not accepted",
    "550 5.7.1 Relaying denied",
    "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
    "connect ECONNREFUSED 192.0.2.7:587",
    "the weather is fine",
    "535",
)
TEXTS = (
    "outlook cant send, smtp.office365.com 465 ssl, password is hunter2",
    "hello",
    "what are the settings for gmx?",
    "Ünïcödé 😀 smtp.gmail.com:587",
)


def endpoint_at(found: dict[str, Any], port: int) -> dict[str, Any]:
    return next(endpoint for endpoint in found["endpoints"] if endpoint["port"] == port)


# --- explain, understand -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS)
async def test_explain_has_every_field_and_the_status_says_whether_it_recognised(error: str) -> None:
    done = await NOWHERE.run("explain", "--json", error)

    assert shapes.EXPLAIN(done.json)
    assert done.status == (1 if done.json["recognised"] else 0)
    confidences = [finding["confidence"] for finding in done.json["findings"]]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("text", TEXTS)
async def test_understand_has_every_field(text: str) -> None:
    done = await NOWHERE.run("understand", "--json", text)

    assert done.status == 0
    assert shapes.UNDERSTAND(done.json)
    assert "hunter2" not in done.out


async def test_what_a_text_does_not_say_is_null() -> None:
    done = await NOWHERE.run("understand", "--json", "hello")

    assert set(done.json["slots"].values()) == {None}
    assert done.json["intent"] == "greeting"


async def test_an_error_text_on_standard_input_is_explained_like_an_argument() -> None:
    given, said = await NOWHERE.run("explain", "--json", given=ERRORS[0]), await NOWHERE.run("explain", "--json", ERRORS[0])

    assert given == said


@pytest.mark.parametrize(("command", "shape"), [("explain", shapes.EXPLAIN), ("understand", shapes.UNDERSTAND)])
async def test_lines_come_back_in_order_with_their_own_ids_and_status_0(command: str, shape: shapes.Check) -> None:
    ids = [7, "seven", None, 7, {"a": 1}, 0, "ü"]
    rows = [{"id": id, "text": ERRORS[number % len(ERRORS)]} for number, id in enumerate(ids)]

    done = await NOWHERE.run(command, "--json", "--lines", given="".join(json.dumps(row) + "\n" for row in rows))

    assert done.status == 0
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["id"] for answer in answers] == ids
    assert all(shape(answer) for answer in answers)


async def test_a_line_may_name_client_and_provider() -> None:
    rows = [
        {"id": 1, "text": ERRORS[0], "client": "thunderbird", "provider": "gmail"},
        {"id": 2, "text": ERRORS[0], "client": "nosuch", "provider": 7},
    ]

    done = await NOWHERE.run("explain", "--json", "--lines", given="".join(json.dumps(row) + "\n" for row in rows))

    first, second = [json.loads(line) for line in done.out.splitlines()]
    steps = " ".join(step["text"] for step in first["findings"][0]["steps"])
    assert "app password" in steps
    assert shapes.EXPLAIN(second)


async def test_each_line_is_answered_before_the_next_one_is_given() -> None:
    process = await NOWHERE.start("understand", "--json", "--lines")
    assert process.stdin is not None
    assert process.stdout is not None

    for number in range(3):
        process.stdin.write(json.dumps({"id": number, "text": "hello"}).encode() + b"\n")
        await process.stdin.drain()
        async with asyncio.timeout(20):
            assert json.loads(await process.stdout.readline())["id"] == number

    process.stdin.close()
    assert await process.wait() == 0


# --- check -------------------------------------------------------------------------------------------------------------------


async def test_check_of_servers_that_work_has_every_field_and_status_0(papers: Papers) -> None:
    async with world(papers, starttls=starttls.talk, implicit=implicit_tls.talk) as servers:
        done = await servers.run("check", HOST, "--json")

    assert done.status == 0, done.err
    found = done.json
    assert shapes.CHECK(found)
    assert (found["host"], found["addresses"], found["site"]) == (HOST, ["127.0.0.1"], "test-site")
    clear, implicit = endpoint_at(found, servers["starttls"]), endpoint_at(found, servers["implicit"])
    assert (clear["security"], clear["starttls"], clear["error"], clear["auth"]) == ("starttls", True, None, ["PLAIN", "LOGIN"])
    assert (implicit["security"], implicit["starttls"], implicit["size"]) == ("implicit_tls", None, 1_000_000)
    for endpoint in (clear, implicit):
        assert endpoint["tls"]["trusted"] is True
        assert endpoint["tls"]["hostname_ok"] is True
        assert HOST in endpoint["tls"]["names"]
        assert None not in endpoint["seconds"].values()
    assert found["findings"] == []
    assert found["recommended"]["host"] == HOST


async def test_the_asked_endpoint_fails_though_another_one_works(papers: Papers) -> None:
    async with world(papers, good=starttls.talk, bad=expired.talk) as servers:
        asked = await servers.run("check", f"{HOST}:{servers['bad']}", "--json")
        other = await servers.run("check", f"{HOST}:{servers['good']}", "--json")

    assert (asked.status, other.status) == (1, 0)
    bad = endpoint_at(asked.json, servers["bad"])
    assert (bad["error"], bad["tls"]["hostname_ok"]) == ("tls.expired", True)
    assert bad["tls"]["not_after"] < datetime.datetime.now(datetime.UTC).isoformat()
    assert asked.json["findings"][0]["cause"] == "tls.expired"
    assert asked.json["recommended"]["port"] == servers["good"]
    assert shapes.CHECK(asked.json)


@pytest.mark.parametrize(
    ("name", "security", "error"),
    [("implicit", "starttls", "tls.wrong_mode"), ("starttls", "implicit_tls", "tls.wrong_mode"), ("plain", "starttls", "tls.not_offered")],
)
async def test_the_entered_mode_is_judged(papers: Papers, name: str, security: str, error: str) -> None:
    talk = {"implicit": implicit_tls.talk, "starttls": starttls.talk, "plain": offers_no_starttls.talk}[name]
    async with world(papers, own=talk) as servers:
        done = await servers.run("check", f"{HOST}:{servers['own']}", "--security", security, "--json")

    assert done.status == 1
    assert endpoint_at(done.json, servers["own"])["error"] == error
    assert done.json["findings"][0]["cause"] == error


async def test_a_step_that_was_not_reached_is_null_and_never_no(papers: Papers) -> None:
    async with world(papers, busy=greets_421.talk, closes=closes_after_greeting.talk) as servers:
        done = await servers.run("check", HOST, "--json")

    assert done.status == 1
    assert shapes.CHECK(done.json)
    for name in ("busy", "closes"):
        endpoint = endpoint_at(done.json, servers[name])
        assert endpoint["reachable"] is True
        assert (endpoint["starttls"], endpoint["size"], endpoint["tls"]) == (None, None, None)
        assert endpoint["seconds"]["connect"] is not None
        assert endpoint["seconds"]["tls"] is None
    assert done.json["recommended"] is None


async def test_nobody_listens(papers: Papers) -> None:
    async with world(papers, gone=starttls.talk) as servers:
        pass
    async with world(papers) as empty:
        environment = {**empty.environment, "POSTMASTER_PROBE_PORTS": str(servers["gone"])}
        done = await World(environment).run("check", f"{HOST}:{servers['gone']}", "--json")

    assert done.status == 1
    assert shapes.CHECK(done.json)
    endpoint = done.json["endpoints"][0]
    assert (endpoint["reachable"], endpoint["error"], endpoint["banner"]) == (False, "net.refused", None)


async def test_a_name_that_does_not_exist_is_a_fault_found(papers: Papers) -> None:
    async with world(papers) as empty:
        done = await empty.run("check", "smtp.nowhere.test", "--json")

    assert done.status == 1
    assert shapes.CHECK(done.json)
    assert (done.json["addresses"], done.json["endpoints"], done.json["recommended"]) == ([], [], None)
    assert done.json["findings"]


async def test_an_address_that_may_not_be_asked_beside_one_that_may_is_no_refusal(papers: Papers) -> None:
    zone = {HOST: {"A": ["127.0.0.1"], "AAAA": ["fd00::7"]}}
    async with world(papers, zone, starttls=starttls.talk) as servers:
        done = await servers.run("check", HOST, "--json")

    assert done.status == 0, done.err


@pytest.mark.parametrize(
    ("setup", "status", "error", "cause"),
    [
        ("submission", 0, None, None),
        ("submissions", 0, None, None),
        ("plain_only", 1, "tls.not_offered", "tls.not_offered"),
        ("expired", 1, "tls.expired", "tls.expired"),
        ("other_name", 1, "tls.hostname_mismatch", "tls.hostname_mismatch"),
    ],
)
async def test_check_of_a_real_postfix(
    papers: Papers, postfix_ports: dict[str, int], setup: str, status: int, error: str | None, cause: str | None
) -> None:
    security = "implicit_tls" if setup in ("submissions", "other_name") else "starttls"
    async with beside_postfix(papers, postfix_ports, setup) as servers:
        done = await servers.run("check", f"{HOST}:{servers[setup]}", "--security", security, "--json")

    found = done.json
    assert shapes.CHECK(found)
    assert done.status == status, found
    endpoint = endpoint_at(found, servers[setup])
    assert endpoint["error"] == error
    assert (found["findings"][0]["cause"] if cause else None) == cause
    if status == 0:
        assert endpoint["auth"] == ["PLAIN", "LOGIN"]
        assert endpoint["tls"]["version"].startswith("TLSv1.")
        assert None not in endpoint["seconds"].values()


# --- what ends it ------------------------------------------------------------------------------------------------------------


def one_sentence(done: Done, status: int) -> str:
    assert (done.status, done.out) == (status, ""), (done.status, done.out, done.err)
    assert len(done.err.strip().splitlines()) == 1, done.err
    return done.err


@pytest.mark.parametrize(
    ("server", "says"),
    [
        ("127.0.0.1:1", "not on the public internet"),
        ("smtp.example.com", "placeholder"),
        ("smtp.your-provider.com", "placeholder"),
        ("mail.test:22", "Port 22"),
        ("inside.test", "may not be asked"),
        ("10.0.0.1", "not on the public internet"),
    ],
)
async def test_a_target_that_the_guard_refuses_is_wrong_usage(papers: Papers, server: str, says: str) -> None:
    async with world(papers, {"inside.test": {"A": ["10.1.2.3"]}}) as empty:
        closed = World({**empty.environment, "POSTMASTER_PROBE_ALLOW": ""})
        done = await closed.run("check", server, "--json")

    assert says in one_sentence(done, 2)


async def test_without_a_resolver_that_answers_it_could_not_run() -> None:
    commands = (("check", "smtp.gmail.com", "--json"), ("lookup", "you@unknown-club.test", "--json"))

    for done in await asyncio.gather(*(NOWHERE.run(*command) for command in commands)):
        assert "network" in one_sentence(done, 3)


async def test_a_name_whose_dns_is_broken_is_not_the_networks_fault(papers: Papers) -> None:
    async with world(papers) as empty:
        done = await empty.run("check", "mail.broken", "--json")

    assert done.status == 1
    assert shapes.CHECK(done.json)


async def test_progress_and_everything_else_but_json_goes_to_standard_error(papers: Papers) -> None:
    async with world(papers, starttls=starttls.talk) as servers:
        done = await servers.run("check", HOST, "--json")

    assert len(done.out.splitlines()) == 1
    assert done.err == ""
