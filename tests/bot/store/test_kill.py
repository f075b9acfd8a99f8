"""Is anything lost or said twice when the process dies? A real process is killed at random moments and at every exact point of a post.

What is owed is known from outside: each message that was acknowledged is answered, in the order of its conversation, exactly once
(the platform of `killed.py` recognises a key). After a kill the platform delivers again what was not acknowledged, as platforms do.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

KILLS = int(os.environ.get("KILLS", "24"))  # for each store; more where there is time: KILLS=200 pytest tests/bot/store/test_kill.py
ENDING_SECONDS = 3.0  # of an interpreter on a busy machine; not a part of the ten
A_START = 120  # messages a start: more than it gets through before it is killed
ROOT = Path(__file__).parents[3]


class Installation:
    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.platform = folder / "platform"
        self.next = 1
        self.environment: dict[str, str] = {}

    def start(self, count: int, fault: str = "") -> subprocess.Popen[bytes]:
        arguments = [self.address, str(self.platform), str(self.next), str(count), fault]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.store.killed", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # what a buffer had read behind the first line, `communicate` would not see
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", process.communicate()[1].decode()
        return process

    def heard_until_the_end(self, process: subprocess.Popen[bytes]) -> bool:
        """Notes what was acknowledged; whether the process came to the end of its work."""
        output, errors = (stream.decode() for stream in process.communicate(timeout=60))
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


PAUSES = int(os.environ.get("PAUSES", "2"))


def test_paused_at_random_moments_while_another_instance_takes_over_nothing_is_lost_or_said_twice(installation: Installation) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(PAUSES):
        paused = installation.start(40)
        time.sleep(chance.uniform(0.0, 0.05))
        paused.send_signal(signal.SIGSTOP)
        # Paused inside a commit, it holds SQLite's only write lock, and the other one waits for it; on Valkey it holds nothing.
        goes_on = threading.Timer(2.0, paused.send_signal, (signal.SIGCONT,))
        if installation.address.startswith("sqlite:"):
            goes_on.start()
        try:
            other = installation.start(0)
            assert b"quiet" in other.communicate(timeout=60)[0], f"seed {seed}"
        finally:
            goes_on.cancel()
            paused.send_signal(signal.SIGCONT)
        assert installation.heard_until_the_end(paused), f"seed {seed}"

    installation.check()


def test_an_instance_that_dies_with_work_in_hand_is_taken_over_within_ten_seconds(installation: Installation) -> None:
    installation.environment["REAL_LEASES"] = "1"
    assert not installation.heard_until_the_end(installation.start(8, "before-post:3"))
    died = time.monotonic()

    other = installation.start(4)  # with what was not acknowledged, as platforms deliver it again
    starting = time.monotonic() - died
    assert installation.heard_until_the_end(other)

    assert time.monotonic() - died < 10.0 + starting + ENDING_SECONDS
    installation.check()


def test_three_instances_on_one_store_of_which_one_is_killed_lose_nothing_and_say_nothing_twice(installation: Installation) -> None:
    busy = installation.start(60)
    others = [installation.start(0) for _ in range(2)]
    time.sleep(0.05)
    others[0].kill()
    others[0].communicate()

    assert installation.heard_until_the_end(busy)
    others[1].communicate(timeout=60)
    assert installation.heard_until_the_end(installation.start(0))
    installation.check()
