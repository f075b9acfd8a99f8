"""Where and how does the server take a login? Rules of the family `auth`. (Whether a login is right, no probe ever tries.)"""

from __future__ import annotations

from bot.diagnosis.model import Certainty, Finding, Proposal, Situation
from bot.diagnosis.survey import at_port, best, survey
from bot.observations import Observations
from knowledge.terms import RELAY, Security


def needs_tls_first(seen: Observations, entered: Situation) -> Finding | None:
    """No encryption was entered; AUTH is missing in clear and offered once TLS is on. Source: RFC 4954 section 4."""
    if entered.port is None or entered.security is not Security.NONE:
        return None
    view = at_port(survey(seen), entered.port)
    if view is None:
        return None
    clear, encrypted = view.ehlo(under_tls=False), view.ehlo(under_tls=True)
    if clear is None or encrypted is None or clear.auth or not encrypted.auth:
        return None
    return Finding("auth.needs_tls_first", Certainty.SEEN, (clear, encrypted), Proposal(security=view.speaks))


def not_offered_at_all(seen: Observations, entered: Situation) -> Finding | None:
    """No AUTH on the entered port, encrypted or not. On port 25 that is as it should be: mail programs belong on 587 or 465."""
    if entered.port is None:
        return None
    views = survey(seen)
    view = at_port(views, entered.port)
    if view is None:
        return None
    last = view.ehlo(under_tls=True) or (view.ehlo(under_tls=False) if view.speaks is Security.NONE else None)
    if last is None or view.takes_login:
        return None
    other = best(views)
    proposal = Proposal(port=other.port, security=other.speaks) if other is not None else None
    return Finding("auth.mechanism_unsupported", Certainty.LIKELY if view.port == RELAY else Certainty.POSSIBLE, (last,), proposal)


RULES = (needs_tls_first, not_offered_at_all)
