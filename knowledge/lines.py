"""On which line of a TOML text does a key stand? Reads text that tomllib has taken already; never judges it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

Path = tuple[str | int, ...]

# Each alternative is one character class repeated, or a quoted run that ends at the first quote: linear, no backtracking.
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^,\]}\n#]+")


def line_of(text: str, path: Path) -> int:
    """The line (from 1) where `path` is set, or the nearest part of it that is in the text; 1 where none is.

    A path is keys and list positions from the top: ("servers", 1, "port").
    """
    lines = _lines(text)
    while path and path not in lines:
        path = path[:-1]
    return lines[path] if path else 1


@lru_cache(maxsize=8)
def _lines(text: str) -> dict[Path, int]:
    return dict(_places(text))


def _places(text: str) -> Iterator[tuple[Path, int]]:
    scan = _Scan(text)
    table: Path = ()
    counts: dict[Path, int] = {}
    while scan.skip_blank():
        line = scan.line()
        if scan.take("[["):
            keys = scan.keys()
            scan.take("]]")
            parent = _within(keys[:-1], counts)
            array = (*parent, keys[-1])
            counts[array] = counts.get(array, -1) + 1
            table = (*array, counts[array])
            yield array, line
            yield table, line
        elif scan.take("["):
            table = _within(scan.keys(), counts)
            scan.take("]")
            yield table, line
        else:
            yield from scan.pair(table)


def _within(keys: list[str], counts: dict[Path, int]) -> Path:
    """The full path of a table name: where a part is an array of tables, its latest element is meant."""
    path: Path = ()
    for key in keys:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path])
    return path


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def skip_blank(self) -> bool:
        if blank := _BLANK.match(self._text, self._at):
            self._at = blank.end()
        return self._at < len(self._text)

    def take(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.skip_blank()
            found = _STRING.match(self._text, self._at) or _KEY.match(self._text, self._at)
            if found is None:
                self._at = len(self._text)
                return keys or [""]
            self._at = found.end()
            keys.append(found[0].strip("\"'"))
            self.skip_blank()
            if not self.take("."):
                return keys

    def pair(self, table: Path) -> Iterator[tuple[Path, int]]:
        line = self.line()
        path: Path = (*table, *self.keys())
        yield path, line
        self.take("=")
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        self.skip_blank()
        if self.take("["):
            position = 0
            while self.skip_blank() and not self.take("]"):
                yield (*path, position), self.line()
                yield from self._value((*path, position))
                position += 1
                self.skip_blank()
                self.take(",")
        elif self.take("{"):
            while self.skip_blank() and not self.take("}"):
                yield from self.pair(path)
                self.skip_blank()
                self.take(",")
        else:
            found = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
            self._at = found.end() if found else self._at + 1
