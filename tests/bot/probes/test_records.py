"""Are records read by checkdmarc's parsers, and by nothing of its own that reaches out? Hostile records, a way out that is shut, time."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.probes import records, spf
from bot.probes.guard import Network, Policy
from bot.probes.records import Answers
from tests.servers.resolver import resolving

ADDRESS = ipaddress.ip_address("8.8.4.4")
WORDS = st.sampled_from(
    [
        "v=spf1",
        "a",
        "mx",
        "all",
        "-all",
        "include:",
        "include:i.test",
        "redirect=i.test",
        "exp=w.test",
        "exists:%{i}.x",
        "ptr",
        "ip4:1.2.3.4/33",
    ]
    + [
        "ip6:::1",
        "%",
        "%{",
        "a//129",
        "mx/24//64",
        "+",
        '"',
        "\\",
        "ra=x",
        "rp=101",
        "\n",
        "ä",
        "\x00",
        "a:" + "x." * 90,
        "ip4:",
        "/",
        "=",
        ":",
    ]
)
RECORDS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS, max_size=30).map("".join))


def test_the_parsers_are_loaded_at_first_use_only() -> None:
    program = "import sys, bot.probes.runner, bot.probes.policy; sys.exit('checkdmarc' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_no_connection_but_the_guards_is_made_whatever_a_record_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own resolver would be asked for what stands behind exp=, for the places that reports go to, and for an alias beside a record."""
    zone: dict[str, Any] = {
        "shop.test": {"TXT": ['"v=spf1 exp=why.test include:i.test a mx ptr exists:x.test -all"'], "A": ["8.8.8.8"], "MX": ["1 m.test."]},
        "i.test": {"TXT": ['"v=spf1 exp=why.i.test redirect=j.test"']},
        "j.test": {"TXT": ['"v=spf1 ip4:8.8.4.4 -all"']},
        "m.test": {"A": ["8.8.8.9"]},
    }
    await records.load()
    async with resolving(zone) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        reached: list[object] = []
        real = socket.socket.connect

        def connect(sock: socket.socket, to: Any) -> None:
            reached.append(to)
            real(sock, to)

        def send(sock: socket.socket, data: bytes, to: Any) -> int:
            reached.append(to)
            return len(data)

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket.socket, "sendto", send)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: reached.append(asked))
        answers = Answers()
        records.spf("v=spf1 exp=why.test include:i.test a mx ptr exists:x.test -all", "shop.test", answers)
        tags = records.dmarc("v=DMARC1; p=reject; rua=mailto:a@b.test; ruf=mailto:c@d.test", "shop.test")
        monkeypatch.undo()
        found = await spf.check("shop.test", "8.8.4.4", network, {})

    assert reached == []
    assert tags is not None
    assert "rua" not in tags
    assert found is not None
    assert (found["allows"], found["problem"], found["lookups"]) == ("pass", None, 6)
    assert not any("why" in question or "CNAME" in question for question in resolver.asked), resolver.asked


async def test_answers_of_one_look_are_not_kept_for_the_next() -> None:
    zone: dict[str, Any] = {"shop.test": {"TXT": ['"v=spf1 include:i.test -all"']}, "i.test": {"TXT": ['"v=spf1 ip4:8.8.4.4 -all"']}}
    async with resolving(zone) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        before = await spf.check("shop.test", "8.8.4.4", network, {})
        zone["i.test"] = {"TXT": ['"v=spf1 -all"']}
        after = await spf.check("shop.test", "8.8.4.4", network, {})

    assert before is not None
    assert after is not None
    assert (before["allows"], after["allows"]) == ("pass", "fail")


async def test_a_record_that_leads_to_ever_more_names_is_given_up() -> None:
    """Each name includes four others."""
    names = [f"n{number}.test" for number in range(400)]
    zone: dict[str, Any] = {
        name: {"TXT": ['"v=spf1 ' + " ".join(f"include:{names[(4 * at + k) % 400]}" for k in range(1, 5)) + ' -all"']}
        for at, name in enumerate(names)
    }
    async with resolving(zone) as resolver, Network(Policy((f"127.0.0.1:{resolver.port}",))) as network:
        found = await spf.check("n0.test", "8.8.4.4", network, {})

    assert found is not None
    assert found["problem"] == "too_many_lookups"
    assert found["lookups"] > 10
    assert len(resolver.asked) <= spf.MAX_QUESTIONS + 1


@settings(max_examples=150, deadline=None)
@given(RECORDS)
def test_no_record_raises(text: str) -> None:
    for record in (text, f"v=spf1 {text}", f"v=DMARC1; {text}", f"v=STSv1; {text}", f"v=TLSRPTv1; {text}"):
        answers = Answers()
        _, problem = records.spf(record, "shop.test", answers)
        if problem is None and record.split():
            spf.verdict(record, "shop.test", ADDRESS, answers)
        records.dmarc(record, "shop.test")
        records.announces_sts(record)
        records.asks_for_tls_reports(record)
        records.sts_policy(record.encode("utf-8", "surrogatepass"))


LONG = spf.MAX_RECORD
HOSTILE = {
    "white space": "v=spf1 all" + " \t" * (LONG // 2),
    "lines": "v=spf1 all" + "\n" * LONG,
    "quotes": '"v=spf1 ' + "\\1" * (LONG // 2) + '"',
    "macros": "v=spf1 include:" + "%{i}" * (LONG // 4),
    "labels": "v=spf1 include:a." + "a-" * (LONG // 2),
    "modifiers": "v=spf1 " + "x=y " * (LONG // 4),
    "addresses": "v=spf1 " + "ip4:1.2.3.4 " * (LONG // 12) + "-all",
    "tags": "v=DMARC1;" + "a=b;" * (LONG // 4),
    "reports": "v=TLSRPTv1; rua=mailto:" + "a." * (LONG // 2) + "@",
    "report's white space": "v=TLSRPTv1;rua=a" + " \t" * (LONG // 2) + "x",
}


@pytest.mark.parametrize("record", HOSTILE.values(), ids=HOSTILE.keys())
async def test_the_longest_record_is_read_in_no_time_to_speak_of(record: str) -> None:
    """Two tenths of a second of the processor at most; one that a pattern takes exponentially long for would never end."""
    await records.load()
    started = time.process_time()

    records.spf(record, "shop.test", Answers())
    records.dmarc(record, "shop.test")
    records.announces_sts(record)
    records.asks_for_tls_reports(record)

    assert time.process_time() - started < 10
