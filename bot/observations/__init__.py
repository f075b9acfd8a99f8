"""What was seen? All observations of a talk together; the kinds of facts stand in `facts.py` and are names of this package too.

They are loaded when one of them is first named: who only explains an error text has seen nothing and needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from bot.observations.facts import *

USER = "user"

_O = TypeVar("_O", bound="Observation")


@dataclass(frozen=True, slots=True)
class Observations:
    """All that was seen, in the order it came. Iterates; `first` and `all` pick by type and field values."""

    items: tuple[Observation, ...] = ()

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, more: Observations | tuple[Observation, ...]) -> Observations:
        return Observations(self.items + tuple(more))

    def all(self, kind: type[_O], **fields_: Any) -> tuple[_O, ...]:
        """Every observation of `kind` whose fields equal the given ones. A field name that the kind lacks is a TypeError."""
        known = {f.name for f in fields(kind)}
        if unknown := fields_.keys() - known:
            raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
        return tuple(
            item for item in self.items if isinstance(item, kind) and all(getattr(item, name) == value for name, value in fields_.items())
        )

    def first(self, kind: type[_O], **fields_: Any) -> _O | None:
        found = self.all(kind, **fields_)
        return found[0] if found else None

    def at(self, site: str) -> Observations:
        return Observations(tuple(item for item in self.items if item.site == site))

    def without(self, site: str) -> Observations:
        return Observations(tuple(item for item in self.items if item.site != site))


def __getattr__(name: str) -> Any:
    facts = import_module("bot.observations.facts")  # not `from … import`, which would ask here again
    try:
        return getattr(facts, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
