"""Is the server itself in trouble? Rules of the family `server`. A refusal that speaks of us (a block list with our address) is not one."""

from __future__ import annotations

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.rules.net import elsewhere
from bot.diagnosis.survey import at_port, survey
from bot.observations import Observations

_TLS_NOT_AVAILABLE = 454


def unavailable(seen: Observations, entered: Situation) -> Finding | None:
    """The port that was entered answers "try later" (421, 4xx). It may mean only us, so it is likely only where it fails there too."""
    if entered.port is None:
        return None
    view = at_port(survey(seen), entered.port)
    refusal = view.refusal if view is not None else None
    if refusal is None or not 400 <= refusal.code < 500 or cannot_start_tls(refusal):
        return None
    return Finding("server.unavailable", Certainty.LIKELY if entered.error else Certainty.POSSIBLE, (refusal,))


def slow_greeting(seen: Observations, entered: Situation) -> Finding | None:
    """The port that was entered greets, but so late that a program with a short limit has given up. Source: RFC 5321 section 4.5.3.2.1
    (a client waits five minutes for it)."""
    view = at_port(survey(seen), entered.port) if entered.port is not None else None
    late = view.late_greeting if view is not None else None
    if late is None or not entered.error:
        return None
    return Finding("server.unavailable", Certainty.SEEN, (late,), elsewhere(survey(seen), entered))


def cannot_start_tls(refusal: o.Observation) -> bool:
    """Whether the server offers STARTTLS and then answers that it has none just now. Source: RFC 3207 section 4 (454)."""
    return isinstance(refusal, o.Replied) and refusal.stage == "starttls" and refusal.code == _TLS_NOT_AVAILABLE


def misconfigured(seen: Observations, entered: Situation) -> Finding | None:
    """STARTTLS is offered and then refused with 454: mostly the server cannot read its own certificate or key."""
    for view in survey(seen):
        if entered.port in (None, view.port) and view.refusal is not None and cannot_start_tls(view.refusal):
            return Finding("server.misconfigured", Certainty.LIKELY, (view.refusal,), elsewhere(survey(seen), entered))
    return None


RULES = (unavailable, slow_greeting, misconfigured)
