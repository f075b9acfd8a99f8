"""How does text get in and out of this process? Bounded reading, whole lines out, and a closed pipe that is no error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from bot.errors import UsageError

# Longer texts are cut: no error message or log excerpt that helps is longer (the issue tracker's largest is a tenth of it).
MAX_TEXT_BYTES = 256 * 1024
# A JSON line may escape every character sixfold.
MAX_LINE_BYTES = 8 * 1024 * 1024


def say(text: str) -> None:
    """A line for people beside the output: progress, warnings, faults."""
    print(text, file=sys.stderr, flush=True)


def write_json(value: Mapping[str, Any]) -> None:
    """One JSON object on a line of standard output, flushed. Raises `BrokenPipeError` where nobody reads any more."""
    write_line(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))


def write_line(line: str) -> None:
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def close_quietly() -> None:
    """After a closed pipe: nothing more can be written, and the interpreter's own last flush must not complain."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stdout.fileno())


def decode(data: bytes) -> tuple[str, bool]:
    """(text, whether it was UTF-8). What is not UTF-8 is taken for Windows-1252, which is what old mail programs' logs are in."""
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), False


def text_from(arguments: tuple[str, ...], what: str) -> str:
    """The text to work on: the arguments, else standard input. Raises `UsageError` where there is none."""
    text = " ".join(arguments) if arguments else _all_of_standard_input(what)
    if not text.strip():
        raise UsageError(f"There is no text to {what}: give it as an argument or on standard input.")
    if len(text) > MAX_TEXT_BYTES:
        say(f"The text is very long; only its first {MAX_TEXT_BYTES // 1024} KiB are read.")
        text = text[:MAX_TEXT_BYTES]
    return text


def _all_of_standard_input(what: str) -> str:
    if sys.stdin.isatty():
        say(f"Paste the text to {what}, then press Ctrl-D on a line of its own.")
    data = sys.stdin.buffer.read(MAX_TEXT_BYTES * 4 + 1)
    text, utf8 = decode(data)
    if not utf8:
        say("The text is not UTF-8; it is read as Windows-1252.")
    return text


class StandardInput:
    """Lines of standard input, read without Python's buffer: its lock, held by a thread that waits, would abort the interpreter's end."""

    def __init__(self) -> None:
        self._rest = b""

    def readline(self, limit: int) -> bytes:
        """One line with its end, or `limit` bytes of it; b"" at the end of the input."""
        parts = [self._rest]
        size = len(self._rest)
        while b"\n" not in parts[-1] and size < limit:
            piece = os.read(0, 65536)
            if not piece:
                break
            parts.append(piece)
            size += len(piece)
        whole = b"".join(parts)
        cut = whole.find(b"\n") + 1 or min(limit, len(whole))
        cut = min(cut, limit)
        self._rest = whole[cut:]
        return whole[:cut]


def lines_in(source: BinaryIO | StandardInput) -> Iterator[tuple[int, bytes | None]]:
    """(line number, line without its end) of a stream; None in place of a line that is too long."""
    number = 0
    while line := source.readline(MAX_LINE_BYTES):
        number += 1
        if not line.endswith(b"\n") and len(line) >= MAX_LINE_BYTES:
            while (rest := source.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line.rstrip(b"\r\n")


def json_lines(source: BinaryIO | StandardInput) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """(line number, JSON object) for each line that is not empty; a sentence instead of the object where it is none."""
    for number, line in lines_in(source):
        if line is None:
            yield number, f"Line {number} is longer than {MAX_LINE_BYTES // (1024 * 1024)} MiB."
            continue
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode("utf-8", "strict"))
        except (UnicodeDecodeError, ValueError, RecursionError):
            yield number, f"Line {number} is not JSON in UTF-8."
            continue
        yield number, value if isinstance(value, dict) else f"Line {number} is not a JSON object."
