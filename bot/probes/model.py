"""What does the outside see of a probe? One function, one callback, the limits. No sockets here.

    await probe(request, network, on_seen) -> Observations

`network` is the guard (`guard.Network`): it resolves, judges and connects. `on_seen` is called with each observation as it comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.observations import Observation

OnSeen = Callable[[Observation], None]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. Source: DESIGN.md; a greeting may take long behind postscreen or a tarpit."""

    connect: float = 10.0
    greeting: float = 30.0
    reply: float = 10.0
    check: float = 40.0
    silence: float = 3.0  # without a greeting: then a TLS hello is tried beside the wait, for the port may expect one
    silence_beside_tls: float = 1.0  # without a greeting, where a TLS hello was answered: no port speaks both
    settle: float = 3.0  # what the other ports still get once the person's own port has had its look
    # Where another port of the address answers: a system asks at 0, 1 and 3 s (RFC 6298), and each time in vain.
    connect_beside: float = 3.4
