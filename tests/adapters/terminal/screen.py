"""What does a person see? A small screen (rows, cursor, erasing) fed with a terminal's output, and the real command on a pseudo-terminal.

It knows the control sequences that prompt-toolkit and rich send to an xterm; an unknown one is left out of the text.
"""

from __future__ import annotations

import asyncio
import codecs
import fcntl
import os
import re
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

ROWS, COLUMNS = 300, 110  # so many rows that nothing scrolls away
CTRL_C, CTRL_D, ENTER, UP = "\x03", "\x04", "\r", "\x1b[A"
_CONTROL = re.compile(r"\x1b\[([?>]?)([0-9;]*)([A-Za-z])|\x1b[()][A-Z0-9]|\x1b[=>78]|\x1b\][^\x07]*\x07")
_BEGUN = re.compile(r"\x1b(\[[?>]?[0-9;]*|\][^\x07]*)?\Z")


class Screen:
    """`text` is what stands there now; `all` everything that was ever sent."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = [[]]
        self._row = self._column = 0
        self._rest = ""
        self.all = ""

    @property
    def text(self) -> str:
        return "\n".join("".join(row).rstrip() for row in self._rows).rstrip()

    def feed(self, data: str) -> None:
        self.all += data
        data = self._rest + data
        begun = _BEGUN.search(data)
        self._rest = begun.group() if begun else ""
        data = data[: len(data) - len(self._rest)]
        position = 0
        while position < len(data):
            found = _CONTROL.match(data, position)
            if found is not None:
                if found[3] and not found[1]:
                    self._move(found[3], found[2])
                position = found.end()
            else:
                self._put(data[position])
                position += 1

    def _put(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._go(self._row + 1, self._column)
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character >= " ":
            if self._column >= COLUMNS:
                self._go(self._row + 1, 0)
            row = self._rows[self._row]
            row.extend(" " * (self._column + 1 - len(row)))
            row[self._column] = character
            self._column += 1

    def _go(self, row: int, column: int) -> None:
        self._row, self._column = max(0, row), max(0, column)
        while len(self._rows) <= self._row:
            self._rows.append([])

    def _move(self, letter: str, numbers: str) -> None:
        count = int(numbers.split(";")[0] or 0)
        match letter:
            case "A":
                self._go(self._row - (count or 1), self._column)
            case "B":
                self._go(self._row + (count or 1), self._column)
            case "C":
                self._column += count or 1
            case "D":
                self._column = max(0, self._column - (count or 1))
            case "G":
                self._column = (count or 1) - 1
            case "K":
                row = self._rows[self._row]
                if count == 2:
                    row.clear()
                elif count == 0:
                    del row[self._column :]
            case "J":
                del self._rows[self._row][self._column :]
                del self._rows[self._row + 1 :]


class Terminal:
    """A running command and its screen."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self.screen = Screen()
        self.process = process
        self._master = master
        self._closed = False
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the command has ended
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
            self._closed = True
        self.screen.feed(self._decode(data))
        self._news.set()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def paste(self, text: str) -> None:
        """As a terminal pastes: all at once, between the marks of a paste."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    async def shows(self, text: str, times: int = 1, seconds: float = 15.0) -> None:
        """Waits until `text` stands on the screen."""
        await self._until(lambda screen: " ".join(screen.text.split()).count(text) >= times, text, seconds)

    async def waits(self, end: str, seconds: float = 15.0) -> None:
        """Waits until the screen ends with `end`, such as the prompt."""
        await self._until(lambda screen: screen.text.endswith(end), end, seconds)

    async def read_out(self) -> None:
        """Once the command has ended: reads what it still had written."""
        while not self._closed:
            self._news.clear()
            await self._news.wait()

    async def sent(self, text: str, seconds: float = 15.0) -> None:
        """Waits until `text` was sent, whether it still stands there or not."""
        await self._until(lambda screen: text in screen.all, text, seconds)

    async def _until(self, true: Callable[[Screen], bool], what: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not true(self.screen):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{what!r} never came; the screen:\n{self.screen.text}") from None

    async def ends(self, seconds: float = 20.0) -> int:
        """The exit status, once it has ended and all output is read."""
        async with asyncio.timeout(seconds):
            return await self.process.wait()


@asynccontextmanager
async def on_a_terminal(environment: Mapping[str, str], *arguments: str) -> AsyncIterator[Terminal]:
    """`postmaster` with these arguments as the one command of a new pseudo-terminal; killed at the end where it still runs."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def take_over() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches it as a signal

    variables = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **environment}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "adapters.main", *arguments),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={name: value for name, value in variables.items() if name != "NO_COLOR" or "NO_COLOR" in environment},
        start_new_session=True,
        preexec_fn=take_over,
    )
    os.close(slave)
    terminal = Terminal(process, master)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)
