"""Is the server itself in trouble? Rules of the family `server`. A refusal that speaks of us (a block list with our address) is not one."""

from __future__ import annotations

from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.survey import at_port, survey
from bot.observations import Observations


def unavailable(seen: Observations, entered: Situation) -> Finding | None:
    """The port that was entered answers "try later" (421, 4xx). It may mean only us, so this is possible and no more."""
    if entered.port is None:
        return None
    view = at_port(survey(seen), entered.port)
    refusal = view.refusal if view is not None else None
    if refusal is None or not 400 <= refusal.code < 500:
        return None
    return Finding("server.unavailable", Certainty.POSSIBLE, (refusal,))


RULES = (unavailable,)
