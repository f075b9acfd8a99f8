"""The conversations in the README are what the program says, word for word.

Each stands in a fenced block below a line `<!-- talk: WORLD -->`; a line that begins with "> " is the person's. They are played through
`postmaster chat` in a pipe, against a real Postfix or a server of tests/servers on ports 25, 465 and 587 of a loopback address.
`python -m tests.test_readme` prints them anew.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest

from tests.servers import postfix
from tests.servers.papers import Papers
from tests.servers.resolver import resolving

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"<!-- talk: (?P<world>[a-z-]+) -->\n```text\n(?P<talk>.*?)```", re.S)
HOST = "mail.our-club.test"
ADDRESS = "127.77.1.1"
POSTMASTER = (sys.executable, "-m", "adapters.main", "chat")


@asynccontextmanager
async def world(name: str, folder: Path) -> AsyncIterator[dict[str, str]]:
    """The environment of a `postmaster` that sees the world `name`: "postfix" (a real one), or "nobody" (no server has a name)."""
    papers = Papers(folder, HOST)
    papers.prepare()
    zone = {HOST: {"A": [ADDRESS]}} if name == "postfix" else {}
    with postfix.running(folder / "postfix", papers, ADDRESS) if name == "postfix" else nullcontext():
        async with resolving(zone) as resolver:
            yield {
                "POSTMASTER_RESOLVERS": f"127.0.0.1:{resolver.port}",
                "POSTMASTER_PROBE_ALLOW": "127.0.0.0/8",
                "POSTMASTER_CA_FILE": papers.ca_file,
                "POSTMASTER_STORE": "memory:",
            }


async def played(name: str, lines: list[str], folder: Path) -> str:
    """The talk as it goes today: the person's lines with what the bot says to each."""
    async with world(name, folder) as environment:
        chat = await asyncio.create_subprocess_exec(
            *POSTMASTER,
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        said = (await asyncio.wait_for(chat.communicate("\n".join(lines).encode() + b"\n"), 60))[0].decode()
    return said


def person(talk: str) -> list[str]:
    return [line[2:] for line in talk.splitlines() if line.startswith("> ")]


def words(text: str) -> list[str]:
    """The words of the bot in a talk, without the person's lines, line breaks, and the one line that only a slow machine brings."""
    return " ".join(line for line in text.splitlines() if not line.startswith(("> ", "Still looking: "))).split()


def blocks() -> list[tuple[str, str]]:
    return [(found["world"], found["talk"]) for found in BLOCK.finditer(README.read_text(encoding="utf-8"))]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that Postfix's own user can enter."""
    with tempfile.TemporaryDirectory(prefix="readme-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_readme_shows_three_conversations_one_of_them_with_a_real_postfix() -> None:
    assert len(blocks()) >= 3
    assert "postfix" in [name for name, _ in blocks()]


@pytest.mark.parametrize(("name", "talk"), blocks(), ids=[f"{number}-{name}" for number, (name, _) in enumerate(blocks())])
async def test_the_readme_says_what_the_program_says(name: str, talk: str, open_folder: Path) -> None:
    if name == "postfix" and (reason := postfix.missing()):
        pytest.skip(reason)

    said = await played(name, person(talk), open_folder)

    assert words(talk) == words(said)


if __name__ == "__main__":
    for world_name, talk_text in blocks():
        with tempfile.TemporaryDirectory() as made:
            Path(made).chmod(0o755)
            print(f"<!-- talk: {world_name} -->")
            print(asyncio.run(played(world_name, person(talk_text), Path(made))))
