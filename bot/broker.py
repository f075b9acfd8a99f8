"""Where does a probe run? In this process (`InlineBroker`), or on workers that share a queue. Knows no conversation and no opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.conversation.model import ProbeRequest
from bot.observations import Observations
from bot.probes.model import OnSeen

if TYPE_CHECKING:
    from bot.probes.guard import Network
    from knowledge.index import Index


class Broker(Protocol):
    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        """Asks the server. `on_seen` is called with each observation as it comes; a cancel leaves what was seen until then valid.

        `person` and `workspace` are for limits. Raises a `PostmasterError` where it could not run at all."""


class InlineBroker:
    """Probes in this process, through `network`, the guard's door, which also limits how many run at once."""

    def __init__(self, network: Network, index: Index) -> None:
        self._network = network
        self._index = index

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        from bot.probes.runner import probe

        known = self._index.by_host(request.host) if request.host else None
        if known is None and request.domain:
            known = self._index.by_domain(request.domain)
        return await probe(request, self._network, on_seen, known)
