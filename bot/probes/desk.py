"""Who may ask, and who answers? The one call for who wants a server looked at: limits and kept answers come before the probe."""

from __future__ import annotations

from bot.conversation.model import ProbeRequest
from bot.observations import Observations
from bot.probes.guard import Network
from bot.probes.limits import Answers, Limits
from bot.probes.model import OnSeen
from bot.probes.runner import nobody, probe
from knowledge.index import Index
from knowledge.model import Provider


class Desk:
    """One for the process, beside its `Network`."""

    def __init__(self, network: Network, limits: Limits | None = None, answers: Answers | None = None) -> None:
        self.network = network
        self._limits = limits or Limits()
        self._answers = answers or Answers()

    async def ask(
        self,
        request: ProbeRequest,
        on_seen: OnSeen = nobody,
        known: Provider | None = None,
        *,
        index: Index | None = None,
        person: str = "",
        workspace: str = "",
    ) -> Observations:
        """As `runner.probe`. `person` and `workspace` are ids that limits are counted by ("" for the command line).

        A domain counts as a host, and each host that a search of it leads to counts beside it, before it is looked at.
        Raises TargetRefused where the guard or a limit will not have it, with the sentence that a person reads. A port that is not
        asked here keeps nobody from the host's other ones.
        """
        network = self.network.public() if request.public_only else self.network
        target = request.host if request.host is not None else request.domain or ""
        network.check_target(target)
        name = network.read_host(target)

        async def run(take: OnSeen) -> Observations:
            searched = request.host is None
            async with self._limits.admit(f"@{name}" if searched else name, person, workspace):
                return await probe(request, network, take, known, index=index, spend=self._limits.spend)

        return await self._answers.get(request, on_seen, run)
