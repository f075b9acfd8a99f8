"""How does a command that runs an event loop end? With its exit status or with one error, however deep task groups put that."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.errors import PostmasterError


def run_alone(work: Coroutine[Any, Any, int]) -> int:
    """Runs it to its end. What went wrong inside its task groups comes out as the one error it is."""
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        raise the_fault(group) from None


def the_fault(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error of a group that says most: one that has a sentence for people, else the first."""
    spoken = group.subgroup(PostmasterError)
    first = (spoken or group).exceptions[0]
    return the_fault(first) if isinstance(first, BaseExceptionGroup) else first
