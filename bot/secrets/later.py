"""How can a pattern cost nothing until a text needs it? An RE2 pattern that is compiled when it is first used."""

from __future__ import annotations

from typing import Any

import re2


class _Later:
    __slots__ = ("_made", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        """Every method of the compiled pattern."""
        if self._made is None:
            self._made = re2.compile(self._source)
        return getattr(self._made, name)


def later(source: str) -> Any:
    """Like `re2.compile(source)`, compiled at the first use. A broken pattern is found by the tests, which use each one."""
    return _Later(source)
