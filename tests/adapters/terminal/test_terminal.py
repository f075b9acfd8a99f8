"""What does a person see who talks in a terminal? The real command on a pseudo-terminal, beside servers and a resolver on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.terminal.conftest import HOST, ZONE, World, world
from tests.adapters.terminal.screen import CTRL_C, CTRL_D, ENTER, UP, Terminal, on_a_terminal
from tests.servers import never_greets, starttls
from tests.servers.papers import Papers

QUESTION = "What does it say when it fails?"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the store of the talk stands."""
    return tmp_path / "talk.sqlite"


@pytest.fixture
async def slow(papers: Papers, kept: Path) -> AsyncIterator[World]:
    """A host with one port that works and one that never greets."""
    async with world(papers, ZONE, f"sqlite:{kept}", good=starttls.talk, slow=never_greets.talk) as servers:
        yield servers


async def greeted(terminal: Terminal) -> None:
    await terminal.shows("Hello.")
    await prompted(terminal)


async def prompted(terminal: Terminal) -> None:
    """Waits for the prompt: what is typed before it waits as well."""
    await terminal.waits("\n>")


async def says(terminal: Terminal, text: str) -> None:
    await prompted(terminal)
    terminal.type(text + ENTER)


async def leaves(terminal: Terminal) -> None:
    await prompted(terminal)
    terminal.type(CTRL_D)
    assert await terminal.ends() == 0


async def test_a_choice_is_answered_by_its_number_or_by_typing_it(slow: World) -> None:
    async with on_a_terminal({**slow.environment, "POSTMASTER_STORE": "memory:"}, "chat") as terminal:
        await greeted(terminal)
        for times, answer in enumerate(("1", "it works now", "IT WORKS NOW"), 1):
            await says(terminal, "thunderbird, gmail, 535 5.7.8 Username and Password not accepted")
            await terminal.shows("1) It works now", times)

            await says(terminal, answer)

            await terminal.shows("This one is closed", times)
        await leaves(terminal)


async def test_an_answer_in_words_is_taken_where_choices_stand(slow: World) -> None:
    async with on_a_terminal({**slow.environment, "POSTMASTER_STORE": "memory:"}, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, "thunderbird cannot send")
        await terminal.shows(QUESTION)

        await says(terminal, "550 5.7.1 Unable to relay")

        await terminal.shows("The server does not relay for you")


async def test_one_live_line_for_each_endpoint_and_ctrl_c_stops_the_probe_and_not_the_talk(slow: World) -> None:
    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, f"thunderbird: {HOST} port {slow['slow']} STARTTLS, connection timed out")
        await terminal.shows(f"✓ port {slow['good']} works")
        await terminal.shows(f"… port {slow['slow']}")
        assert terminal.screen.text.count(f"port {slow['good']}") == 1

        terminal.type(CTRL_C)

        await terminal.shows(f"Stopped looking at {HOST}.")
        await terminal.shows("Did it work?")
        assert "^C" not in terminal.screen.text
        assert "Traceback" not in terminal.screen.text
        await says(terminal, "what is starttls?")
        await terminal.shows("STARTTLS is")
        await leaves(terminal)


async def test_ctrl_c_at_the_prompt_clears_the_line(slow: World) -> None:
    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        terminal.type("half a sent")
        await terminal.shows("half a sent")

        terminal.type(CTRL_C)
        await says(terminal, "what is starttls?")

        await terminal.shows("STARTTLS is")
        assert "half a sent" not in terminal.screen.text
        await leaves(terminal)


async def test_a_pasted_password_stands_neither_on_the_screen_nor_in_the_history_nor_in_the_store(slow: World, kept: Path) -> None:
    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        terminal.paste("MAIL_HOST=smtp.our-club.test\nMAIL_PASSWORD=tr0ub4dor-and-3\nMAIL_PORT=587")
        terminal.type(ENTER)
        await terminal.shows("There was a password")
        await prompted(terminal)
        assert "[password removed]" in terminal.screen.text
        assert "tr0ub4dor" not in terminal.screen.text

        terminal.type(UP)
        await terminal.shows("[password removed]", times=2)

        assert "tr0ub4dor" not in terminal.screen.text
        terminal.type(CTRL_C)
        await leaves(terminal)

    files = list(kept.parent.glob(f"{kept.name}*"))
    assert files
    assert not [file for file in files if b"tr0ub4dor" in file.read_bytes()]


async def test_what_is_typed_while_the_bot_works_is_not_shown_by_the_terminal_itself(slow: World) -> None:
    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, f"thunderbird: {HOST} port {slow['slow']} STARTTLS, connection timed out")
        await terminal.shows(f"✓ port {slow['good']} works")

        terminal.type("my password is tr0ub4dor-and-3" + ENTER)
        await asyncio.sleep(0.5)
        terminal.type(CTRL_C)
        await terminal.shows("Did it work?")
        await prompted(terminal)

        assert "tr0ub4dor" not in terminal.screen.all


async def test_what_was_typed_before_comes_back_with_the_arrow_and_is_gone_with_the_process(slow: World) -> None:
    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, "what is starttls?")
        await terminal.shows("STARTTLS is")
        await prompted(terminal)
        terminal.type(UP)
        await terminal.shows("what is starttls?", times=2)
        terminal.type(CTRL_C)
        await leaves(terminal)

    async with on_a_terminal({**slow.environment, "POSTMASTER_STORE": "memory:"}, "chat") as terminal:
        await greeted(terminal)
        terminal.type(UP + "x")
        await terminal.waits("\n> x")

        assert "starttls" not in terminal.screen.text


async def left_with_an_open_question(servers: World) -> None:
    async with on_a_terminal(servers.environment, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, "thunderbird cannot send")
        await terminal.shows(QUESTION)
        await leaves(terminal)


async def test_the_next_start_goes_on_with_the_open_question_and_its_choices(slow: World) -> None:
    await left_with_an_open_question(slow)

    async with on_a_terminal(slow.environment, "chat") as terminal:
        await terminal.shows("There is an open talk")
        await terminal.shows("thunderbird cannot send")
        await says(terminal, "1")
        await terminal.shows(QUESTION)
        await terminal.shows("1) I don't know")
        await says(terminal, "1")

        await terminal.shows("Which outgoing server")
        assert "already answered" not in terminal.screen.text
        await leaves(terminal)


async def test_the_next_start_asks_whether_the_advice_helped(slow: World) -> None:
    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, "thunderbird, gmail, 535 5.7.8 Username and Password not accepted")
        await terminal.shows("Did it work?")
        await leaves(terminal)

    async with on_a_terminal(slow.environment, "chat") as terminal:
        await says(terminal, "go on")
        await terminal.shows("Thunderbird, Gmail")
        await terminal.shows("Did it work?")
        await says(terminal, "1")

        await terminal.shows("This one is closed")
        await leaves(terminal)

    async with on_a_terminal(slow.environment, "chat") as terminal:
        await greeted(terminal)
        assert "open talk" not in terminal.screen.text


async def test_the_next_start_may_begin_anew(slow: World) -> None:
    await left_with_an_open_question(slow)

    async with on_a_terminal(slow.environment, "chat") as terminal:
        await terminal.shows("2) Something new")
        await says(terminal, "2")
        await greeted(terminal)
        await says(terminal, "lookup gmx")

        await terminal.shows("mail.gmx.net")
        assert "thunderbird" not in terminal.screen.text.split("Hello.")[1].lower()


# --- colour --------------------------------------------------------------------------------------------------------------------


def coloured(text: str) -> bool:
    return "\x1b[" in text and any(f"\x1b[{code}" in text for code in ("1;3", "3", "4;3", "9"))


@pytest.mark.parametrize("arguments", [("lookup", "gmail", "--offline"), ("explain", "535 5.7.8 Authentication failed")])
async def test_colour_on_a_terminal_and_none_with_no_color(slow: World, arguments: tuple[str, ...]) -> None:
    async with on_a_terminal(slow.environment, *arguments) as terminal:
        await terminal.ends()
        await terminal.read_out()
        assert coloured(terminal.screen.all)
    async with on_a_terminal({**slow.environment, "NO_COLOR": "1"}, *arguments) as terminal:
        await terminal.ends()
        await terminal.read_out()
        assert terminal.screen.text
        assert not coloured(terminal.screen.all)


async def test_the_talk_has_no_colour_with_no_color(slow: World) -> None:
    async with on_a_terminal({**slow.environment, "NO_COLOR": "1"}, "chat") as terminal:
        await greeted(terminal)
        await says(terminal, f"thunderbird: {HOST} port {slow['good']} STARTTLS, connection timed out")
        await terminal.shows(f"✓ port {slow['good']} works")
        terminal.type(CTRL_C)
        await leaves(terminal)

        assert not coloured(terminal.screen.all)


@pytest.mark.parametrize("arguments", [("lookup", "gmail", "--offline"), ("check", HOST), ("chat",)])
async def test_no_control_sequence_in_a_pipe(papers: Papers, arguments: tuple[str, ...]) -> None:
    async with world(papers, good=starttls.talk) as servers:
        done = await servers.run(*arguments, given=f"thunderbird: {HOST} port {servers['good']}, connection timed out\n")

    assert done.out
    assert "\x1b" not in done.out + done.err


# --- Ctrl-C in the middle ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("check", HOST), ("lookup", "you@our-club.test")])
async def test_ctrl_c_in_the_middle_of_a_look_ends_with_130(papers: Papers, arguments: tuple[str, ...]) -> None:
    zone: dict[str, dict[str, list[str]]] = {
        HOST: {"A": ["127.0.0.1"]},
        "our-club.test": {"A": ["127.0.0.1"]},
        "_submission._tcp.our-club.test": {"SRV": [f"0 1 587 {HOST}."]},
    }
    async with world(papers, zone, slow=never_greets.talk) as servers:
        zone["_submission._tcp.our-club.test"]["SRV"] = [f"0 1 {servers['slow']} {HOST}."]
        async with on_a_terminal(servers.environment, *arguments) as terminal:
            await terminal.sent("Looking at")

            terminal.type(CTRL_C)

            assert await terminal.ends() == 130
            await terminal.read_out()
            assert "Traceback" not in terminal.screen.all
            assert "Error" not in terminal.screen.all
