"""Does the DNS say that this mail is genuine, and is the address that it leaves from in good standing? Rules of the family `policy`.

A record that is missing is a fault only beside a refusal that speaks of it; asked for only then (`ProbeRequest.policy`).
"""

from __future__ import annotations

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.observations import Observations


def authentication(seen: Observations, entered: Situation) -> Finding | None:
    """The sender's domain does not vouch for the mail: its SPF record is broken, missing or leaves the outgoing address out, its DKIM
    key is missing or unfit, or its DMARC record cannot be read. Sources: RFC 7208, RFC 6376, RFC 7489."""
    broken: list[o.Observation] = []
    doubtful: list[o.Observation] = []
    for fact in seen:
        match fact:
            case o.SpfChecked(problem=None, record=None) | o.SpfChecked(allows="softfail" | "neutral"):
                doubtful.append(fact)
            case o.SpfChecked(problem=None, allows="pass" | None):
                pass
            case (
                o.SpfChecked() | o.DkimKeyChecked(problem="revoked" | "broken" | "too_short") | o.DmarcChecked(problem="several" | "syntax")
            ):
                broken.append(fact)
            case o.DkimKeyChecked(problem="missing"):
                doubtful.append(fact)
    if not broken and not doubtful:
        return None
    demands = tuple(fact for fact in seen.all(o.DmarcChecked) if fact.policy in ("quarantine", "reject"))[:1]
    certainty = Certainty.SEEN if broken else Certainty.LIKELY
    return Finding("policy.authentication", certainty, (*broken, *doubtful, *(fact for fact in demands if fact not in broken)))


def reverse_dns(seen: Observations, entered: Situation) -> Finding | None:
    """The outgoing address has no reverse name, or one that does not lead back to it. Source: RFC 8601 section 3 (iprev)."""
    for fact in seen.all(o.ReverseNameChecked):
        if not fact.confirmed:
            return Finding("policy.reverse_dns", Certainty.SEEN, (fact,))
    return None


def blocklisted(seen: Observations, entered: Situation) -> Finding | None:
    """A list that was asked has the address or the domain. A list that gave an error instead of an answer says nothing."""
    listed = seen.all(o.BlocklistAnswered, listed=True)
    return Finding("policy.blocklisted", Certainty.SEEN, listed) if listed else None


RULES = (authentication, reverse_dns, blocklisted)
