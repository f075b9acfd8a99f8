"""Do two terminals over one store leave each other's talks alone?"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from adapters.terminal.talk import Line
from bot.channel import Wrote
from bot.events import event_of
from bot.store import open_store


async def test_what_one_terminal_has_not_answered_yet_is_not_taken_up_by_another(tmp_path: Path) -> None:
    address = f"sqlite:{tmp_path}/talks.sqlite"
    first = Line("terminal:first").incoming(Wrote("thunderbird says 550 5.7.1"))
    store = open_store(address)
    await store.open()
    await store.receive(event_of(first), first.keys)

    second = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "adapters.main", "chat", "--json"],
        input=json.dumps({"user": "what is a smarthost?"}) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "POSTMASTER_STORE": address},
    )

    replies = [json.loads(line)["reply"]["text"] for line in second.stdout.splitlines() if "reply" in json.loads(line)]
    assert [("smarthost" in text.lower(), "550" in text) for text in replies] == [(True, False)]
    assert len((await store.load("terminal:first")).events) == 1
    await store.close()
