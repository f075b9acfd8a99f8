"""Which of some named groups of signs does a text hold, and where? One RE2 set; knows no meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any


class Signs:
    """Groups of signs (RE2), looked for in one pass. Compiled on first need."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._signs = [(group, sign) for group, signs in groups.items() for sign in signs]
        self._groups = [group for group, _ in self._signs]

    def groups_in(self, text: str) -> frozenset[str]:
        return frozenset(map(self._groups.__getitem__, self._set.Match(text) or ()))

    def last_in(self, text: str) -> str | None:
        """The group whose sign stands last in `text`."""
        import re2

        found: list[int] = self._set.Match(text) or []
        if not found:
            return None
        if len(found) == 1 or len({self._groups[number] for number in found}) == 1:
            return self._groups[found[0]]
        last = {number: max((match.start() for match in re2.finditer(self._signs[number][1], text)), default=-1) for number in found}
        return self._groups[max(last, key=lambda number: last[number])]

    @cached_property
    def _set(self) -> Any:
        import re2

        options = re2.Options()
        options.max_mem = 64 << 20
        signs = re2.Set.SearchSet(options)
        for _, sign in self._signs:
            signs.Add(sign)
        signs.Compile()
        return signs
