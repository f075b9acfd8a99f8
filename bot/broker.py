"""Where does a probe run? In this process (`InlineBroker`), or on workers that share a queue. Knows no conversation and no opinion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.conversation.model import ProbeRequest
from bot.errors import TargetRefused
from bot.observations import NotProbed, Observation, Observations
from bot.probes.model import OnSeen

if TYPE_CHECKING:
    from bot.probes.guard import Network
    from knowledge.index import Index


class Broker(Protocol):
    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        """Asks the server. `on_seen` is called with each observation as it comes; a cancel leaves what was seen until then valid.

        `person` and `workspace` are for limits; what a limit or the guard refuses comes back as `NotProbed`. Raises a
        `PostmasterError` where it could not run at all."""


class InlineBroker:
    """Probes in this process, through `network`, the guard's door. A request without a host begins with its domain's candidates."""

    def __init__(self, network: Network, index: Index) -> None:
        from bot.probes.desk import Desk

        self._network = network
        self._index = index
        self._desk = Desk(network)

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        if request.host is not None:
            return await self._ask(request, person, workspace, on_seen)
        from bot.probes.discovery import discover

        found: list[Observation] = []

        def note(observation: Observation) -> None:
            found.append(observation)
            on_seen(observation)

        candidates = await discover(request.domain or "", self._network, self._index, note)
        if not candidates:
            return Observations(tuple(found))
        probed = await self._ask(replace(request, host=candidates[0].host), person, workspace, on_seen)
        return Observations(tuple(found)) + probed

    async def _ask(self, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        assert request.host is not None
        known = self._index.by_host(request.host)
        if known is None and request.domain:
            known = self._index.by_domain(request.domain)
        try:
            return await self._desk.ask(request, on_seen, known, person=person, workspace=workspace)
        except TargetRefused as refused:
            site = self._network.policy.site
            observation = NotProbed(site=site, host=request.host[:253], reason=refused.reason, port=request.port)
            on_seen(observation)
            return Observations((observation,))
