"""What must whoever asks at other places be able to do? The port between the delivery and `asking.py`; imports no queue."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from bot.conversation.model import ProbeDone, ProbeRequest
from bot.observations import Observations
from bot.probes.model import OnSeen


@runtime_checkable
class FarBroker(Protocol):
    """Asks at other places. The result may get into the inbox by another hand than the asking side's, so it is told what it becomes."""

    async def run_for(
        self, key: str, answer: ProbeDone, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen
    ) -> Observations:
        """As `Broker.run`. `key` is the same for every attempt at this probe; `answer` is the event, still without observations."""
