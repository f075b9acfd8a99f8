"""The short form of the soak: half a minute of what `soak.py` does for half an hour."""

from __future__ import annotations

import os
from pathlib import Path

from tests.soak.soak import shared, soak

SECONDS = float(os.environ.get("SOAK_SECONDS", "25"))


async def test_people_talk_and_processes_die_and_nothing_is_lost_said_twice_or_left_over(tmp_path: Path) -> None:
    async with shared("valkey", tmp_path) as store:
        seen = await soak(store, tmp_path, SECONDS, kill_every=8.0)

    assert seen.wrong == []
    assert seen.kills
