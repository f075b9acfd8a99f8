"""Does `check` on a terminal show the endpoints as they come in, and end with a table that an administrator can act on?"""

from __future__ import annotations

from tests.adapters.terminal.conftest import HOST, world
from tests.adapters.terminal.screen import on_a_terminal
from tests.servers import expired, greets_after_29_seconds, takes_tls_1_0_too
from tests.servers.papers import Papers


async def test_the_endpoints_come_in_one_after_the_other_and_a_table_stands_at_the_end(papers: Papers) -> None:
    async with (
        world(papers, good=takes_tls_1_0_too.talk, bad=expired.talk, late=greets_after_29_seconds.talk) as servers,
        on_a_terminal({**servers.environment, "NO_COLOR": "1"}, "check", HOST) as terminal,
    ):
        await terminal.shows(f"✓ port {servers['good']} works")
        await terminal.shows(f"✗ port {servers['bad']} certificate out of date")
        assert f"… port {servers['late']}" in " ".join(terminal.screen.text.split())

        status = await terminal.ends()
        await terminal.read_out()

    rows = {words[0]: " ".join(words[1:]) for line in terminal.screen.text.splitlines() if (words := line.split())}
    assert status == 1
    assert rows["Port"] == "State Encryption TLS Login Certificate"
    assert rows[str(servers["good"])].startswith("works STARTTLS 1.")
    assert rows[str(servers["bad"])].startswith("certificate out of date STARTTLS")
    assert rows[str(servers["late"])].startswith("works STARTTLS")
    assert "✓" not in terminal.screen.text  # the live lines have given way to the table
