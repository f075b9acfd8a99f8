"""Is anything lost or said twice when the process dies? A real process is killed at random moments and at every exact point of a post.

What is owed is known from outside: each message that was acknowledged is answered, in the order of its conversation, exactly once
(the platform of `killed.py` recognises a key). After a kill the platform delivers again what was not acknowledged, as platforms do.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

KILLS = int(os.environ.get("KILLS", "24"))  # for each store; more where there is time: KILLS=200 pytest tests/bot/store/test_kill.py
A_START = 120  # messages a start: more than it gets through before it is killed
ROOT = Path(__file__).parents[3]


class Installation:
    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.platform = folder / "platform"
        self.next = 1

    def start(self, count: int, fault: str = "") -> subprocess.Popen[str]:
        arguments = [self.address, str(self.platform), str(self.next), str(count), fault]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.store.killed", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        return process

    def heard_until_the_end(self, process: subprocess.Popen[str]) -> bool:
        """Notes what was acknowledged; whether the process came to the end of its work."""
        output, errors = process.communicate(timeout=60)
        lines = output.splitlines()
        for line in lines:
            if line.startswith("took "):
                self.next = int(line.split()[1]) + 1
        assert process.returncode in (0, -9), errors
        return "quiet" in lines

    def check(self) -> None:
        """Lost 0, twice 0, in order."""
        lines = [line.split("\t") for line in self.platform.read_text().splitlines()]
        assert max(Counter(key for key, _, _ in lines).values()) == 1
        for talk in range(4):
            said = [text for _, room, text in lines if room == f"talk{talk}"]
            mine = [number for number in range(1, self.next) if number % 4 == talk]
            assert [text for text in said if not text.startswith("saw")] == [
                "looking" if number % 7 == 0 else f"heard {number}" for number in mine
            ]
            assert said.count("saw 1 None") <= said.count("looking")
            if said.count("looking"):
                assert "saw 1 None" in said


@pytest.fixture
def installation(lasting_address: str, tmp_path: Path) -> Installation:
    return Installation(lasting_address, tmp_path)


def test_killed_at_random_moments_nothing_acknowledged_is_lost_and_nothing_is_said_twice(installation: Installation) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(KILLS):
        process = installation.start(A_START)
        time.sleep(chance.uniform(0.0, 0.08))
        process.kill()
        installation.heard_until_the_end(process)

    assert installation.heard_until_the_end(installation.start(4)), f"seed {seed}"
    installation.check()


@pytest.mark.parametrize("fault", ["before-post:1", "after-post:1", "before-post:5", "after-post:5"])
def test_killed_between_the_platforms_call_and_the_mark_nothing_is_said_twice(installation: Installation, fault: str) -> None:
    assert not installation.heard_until_the_end(installation.start(20, fault))

    assert installation.heard_until_the_end(installation.start(4))
    installation.check()
