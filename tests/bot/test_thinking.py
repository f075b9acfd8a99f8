"""Does the warm-up leave nothing for the first message to load?"""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import datetime, sys
from bot.conversation.model import Said
from bot.events import begun
from bot.redaction import redact
from bot.thinking import Thinking
from knowledge.index import index

def now():
    return datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)

thinking = Thinking(index(), now)
if sys.argv[1] == "warm":
    thinking.warm_up()
before = set(sys.modules)
text = redact("outlook cannot send, smtp.club.test 465 SSL/TLS, 550 5.7.1 Unable to relay")
said = Said(id="1", conversation="c", at=now(), order="", channel="", text=text, reading=thinking.read(text, None))
step = thinking.step(begun(said), said)
assert step.effects
print(*sorted(set(sys.modules) - before))
"""


def loaded_by_the_first_message(after: str) -> list[str]:
    """In a process of its own, where nothing else has loaded anything."""
    done = subprocess.run([sys.executable, "-c", _SCRIPT, after], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_after_the_warm_up_nothing_is_left_to_load_for_the_first_message() -> None:
    assert "bot.reading.reader" in loaded_by_the_first_message("cold")
    assert loaded_by_the_first_message("warm") == []
