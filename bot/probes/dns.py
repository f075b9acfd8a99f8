"""Which addresses does a name have, and which of a certificate's names lead to the same address? Through the guard's resolver."""

from __future__ import annotations

import asyncio

from bot.errors import TargetRefused
from bot.observations import NameDidNotResolve, NameResolved, NotProbed
from bot.probes.guard import Network, Resolved
from bot.probes.tls import name_covers
from bot.probes.visit import Notebook

MAX_TRIED = 8  # names of a certificate that are resolved; a shared host's certificate may hold a hundred


async def resolve(host: str, network: Network, book: Notebook) -> Resolved | None:
    """Resolve `host` and note what came of it; None where it may not be asked or leads nowhere."""
    try:
        resolved = await network.resolve(host)
    except TargetRefused as refused:
        book.see(NotProbed, host=host, reason=refused.reason)
        return None
    if resolved.failure is not None:
        book.see(NameDidNotResolve, host=resolved.host, reason=resolved.failure)
        return None
    if resolved.addresses:
        book.see(NameResolved, host=resolved.host, addresses=resolved.addresses)
        return resolved
    book.see(NotProbed, host=resolved.host, reason="private")
    return None


async def passing_names(names: tuple[str, ...], said: str, address: str, network: Network) -> tuple[str, ...]:
    """Those of a certificate's `names` that resolve to `address`, so that a client that enters one of them is content.

    A wildcard stands for no name by itself; the name the server gives itself in its greeting (`said`) does where it covers it.
    """
    candidates = [name for name in names if "*" not in name]
    if any(name_covers(name, said) for name in names if name.startswith("*.")):
        candidates.insert(0, said)
    tried = tuple(dict.fromkeys(candidates))[:MAX_TRIED]
    answers = await asyncio.gather(*(_leads_to(name, address, network) for name in tried))
    return tuple(name for name, leads in zip(tried, answers, strict=True) if leads)


async def _leads_to(name: str, address: str, network: Network) -> bool:
    try:
        return address in (await network.resolve(name, 3.0)).addresses
    except TargetRefused:
        return False
