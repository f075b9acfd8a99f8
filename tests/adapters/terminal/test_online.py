"""Does lookup recommend only what answers, and does the talk for scripts keep to its shapes, beside a resolver and servers on loopback?"""

from __future__ import annotations

import json
import re

from tests.adapters.terminal import shapes
from tests.adapters.terminal.conftest import HOST, Done, world
from tests.servers import closes_at_connect, starttls
from tests.servers.papers import Papers
from tests.servers.peer import Talk

DOMAIN = "our-club.test"


async def looked_up(papers: Papers, published: Talk) -> tuple[Done, int]:
    zone: dict[str, dict[str, list[str]]] = {HOST: {"A": ["127.0.0.1"]}, f"_submission._tcp.{DOMAIN}": {}}
    async with world(papers, zone, own=published) as servers:
        zone[f"_submission._tcp.{DOMAIN}"]["SRV"] = [f"0 1 {servers['own']} {HOST}."]
        return await servers.run("lookup", f"you@{DOMAIN}", "--json"), servers["own"]


async def test_a_published_server_that_answers_is_recommended(papers: Papers) -> None:
    done, port = await looked_up(papers, starttls.talk)

    assert done.status == 0
    assert shapes.LOOKUP(done.json)
    assert done.json["how"] == "srv"
    setting = done.json["settings"][0]
    assert (setting["host"], setting["port"], setting["security"]) == (HOST, port, "starttls")


async def test_a_published_server_that_does_not_answer_is_not_recommended(papers: Papers) -> None:
    done, _ = await looked_up(papers, closes_at_connect.talk)

    assert done.status == 1
    assert shapes.LOOKUP(done.json)
    assert (done.json["found"], done.json["settings"]) == (False, [])


async def test_the_talk_for_scripts_writes_days_as_in_the_persons_language(papers: Papers) -> None:
    said = json.dumps({"user": "lookup gmail"}) + "\n"
    async with world(papers) as servers:
        plain, german = [await servers.run("chat", "--json", *more, given=said) for more in ((), ("--locale", "de_DE.UTF-8"))]

    days = re.findall(r"checked (2026-\d\d(?:-\d\d)?)\)", plain.out)
    assert days
    assert len(re.findall(r"checked (?:\d{1,2}\. )?[A-ZÄ][a-zä]+ 2026\)", german.out)) == len(days)


async def test_every_line_of_the_talk_for_scripts_has_its_shape(papers: Papers) -> None:
    said = [{"user": "thunderbird cannot send"}, {"choose": "dont_know"}, {"user": "gmail, 535 5.7.8 Username and Password not accepted"}]
    async with world(papers, own=starttls.talk) as servers:
        done = await servers.run("chat", "--json", given="".join(json.dumps(line) + "\n" for line in said))

    lines = [json.loads(line) for line in done.out.splitlines()]
    assert done.status == 0
    assert all(shapes.IDLE_LINE(line) if "idle" in line else shapes.REPLY_LINE(line) for line in lines)
    assert sum("idle" in line for line in lines) == len(said)
    assert any(line["reply"]["final"] for line in lines if "reply" in line)
