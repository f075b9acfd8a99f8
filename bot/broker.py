"""Where does a probe run? In this process (`InlineBroker`), or on workers that share a queue. Knows no conversation and no opinion."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Protocol

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import NotProbed, Observations
from bot.probes.model import OnSeen

if TYPE_CHECKING:
    from bot.probes.desk import Desk
    from bot.probes.guard import Network
    from knowledge.index import Index


class Broker(Protocol):
    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        """Asks the server. `on_seen` is called with each observation as it comes; a cancel leaves what was seen until then valid.

        `person` and `workspace` are for limits; what a limit or the guard refuses comes back as `NotProbed`. Raises a
        `PostmasterError` where it could not run at all."""


class InlineBroker:
    """Probes in this process, through `network`, the guard's door. A request without a host is counted by its
    domain before anybody is asked; then its candidates are searched, and the best of them are looked at.

    What looks (OpenSSL's and other libraries, 10 MiB) is loaded at the first look, beside everything else that goes on."""

    def __init__(self, network: Network, index: Index) -> None:
        self._network = network
        self._index = index
        self._opened: Desk | None = None

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        known = self._index.by_host(request.host) if request.host is not None else None
        if known is None and request.domain:
            known = self._index.by_domain(request.domain)
        try:
            return await (await self._desk()).ask(request, on_seen, known, index=self._index, person=person, workspace=workspace)
        except TargetRefused as refused:
            site, host = self._network.policy.site, request.host if request.host is not None else request.domain or ""
            observation = NotProbed(site=site, host=host[:253], reason=refused.reason, port=request.port)
            on_seen(observation)
            return Observations((observation,))

    async def _desk(self) -> Desk:
        if self._opened is None:
            await asyncio.to_thread(importlib.import_module, "bot.probes.desk")
            from bot.probes.desk import Desk

            self._opened = self._opened or Desk(self._network)  # one for all, for its limits: two may have waited for it
        return self._opened
