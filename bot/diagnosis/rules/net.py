"""Could the server be reached, and was it the server that answered? Rules of the family `net`."""

from __future__ import annotations

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Proposal, Situation
from bot.diagnosis.survey import PortView, at_port, best, survey
from bot.observations import Observations
from knowledge.terms import RELAY


def elsewhere(views: tuple[PortView, ...], entered: Situation) -> Proposal | None:
    """The working endpoint beside the one that was entered, as what to set instead; None where none was seen to work."""
    other = best(views, near=entered.port)
    if other is None or other.port == entered.port:
        return None
    return Proposal(port=other.port, security=other.speaks)


def dns(seen: Observations, entered: Situation) -> Finding | None:
    """The name has no address. A resolver that did not answer says nothing, and neither does one site alone where another resolved it."""
    for fact in seen.all(o.NameDidNotResolve):
        if fact.reason == "no_answer" or (entered.host is not None and fact.host != entered.host):
            continue
        if seen.first(o.NameResolved, host=fact.host) is not None:
            continue
        return Finding("net.dns", Certainty.SEEN, (fact,))
    return None


def _asked(seen: Observations, entered: Situation) -> PortView | None:
    return at_port(survey(seen), entered.port) if entered.port is not None else None


def _all_alike(seen: Observations, kind: type[o.EndpointObservation]) -> tuple[o.EndpointObservation, ...]:
    """The facts of `kind`, if every port that was asked ended so; else nothing."""
    views = survey(seen)
    facts = tuple(fact for view in views if (fact := view.fact(kind)) is not None)
    return facts if views and len(facts) == len(views) else ()


def refused(seen: Observations, entered: Situation) -> Finding | None:
    """Nobody listens on the port that was entered, or (none entered) on any port that was asked."""
    view = _asked(seen, entered)
    if view is not None and (fact := view.fact(o.TcpRefused)) is not None:
        return Finding("net.refused", Certainty.SEEN, (fact,), elsewhere(survey(seen), entered))
    if entered.port is None and (facts := _all_alike(seen, o.TcpRefused)):
        return Finding("net.refused", Certainty.SEEN, facts)
    return None


def timeout(seen: Observations, entered: Situation) -> Finding | None:
    """No answer to the attempt to connect. From one site alone this may be the way and not the server: likely, not seen."""
    view = _asked(seen, entered)
    if view is not None and (fact := view.fact(o.TcpTimedOut)) is not None:
        return Finding("net.timeout", Certainty.LIKELY, (fact,), elsewhere(survey(seen), entered))
    if entered.port is None and (facts := _all_alike(seen, o.TcpTimedOut)):
        return Finding("net.timeout", Certainty.LIKELY, facts)
    return None


def unreachable(seen: Observations, entered: Situation) -> Finding | None:
    """No route to any address of the name; one dead address family beside a living one is not this."""
    view = _asked(seen, entered)
    if view is not None and view.connected is False and (fact := view.fact(o.TcpUnreachable)) is not None:
        return Finding("net.unreachable", Certainty.SEEN, (fact,), elsewhere(survey(seen), entered))
    if entered.port is None and (facts := _all_alike(seen, o.TcpUnreachable)):
        return Finding("net.unreachable", Certainty.SEEN, facts)
    return None


def not_smtp(seen: Observations, entered: Situation) -> Finding | None:
    """Something answers on the port that was entered, in another protocol's words."""
    for view in survey(seen):
        fact = view.fact(o.SpokeOtherProtocol)
        if fact is not None and entered.port in (None, view.port):
            return Finding("net.not_smtp", Certainty.SEEN, (fact,), elsewhere(survey(seen), entered))
    return None


def closed(seen: Observations, entered: Situation) -> Finding | None:
    """The peer hangs up before or instead of its greeting; why stays unknown."""
    view = _asked(seen, entered)
    if view is None or view.greets_in_clear is not None or view.works:
        return None
    fact = view.fact(o.ConnectionClosed)
    if fact is None or fact.stage not in ("greeting", "tls"):
        return None
    return Finding("net.closed", Certainty.LIKELY, (fact,), elsewhere(survey(seen), entered))


def users_network(seen: Observations, entered: Situation) -> Finding | None:
    """The person's side cannot get through where this side can: the person's own network or computer stands in between."""
    views = survey(seen)
    for kind, cause in ((o.TcpTimedOut, "net.timeout"), (o.TcpRefused, "net.refused"), (o.TcpUnreachable, "net.unreachable")):
        for theirs in seen.all(kind, site=o.USER):
            ours = at_port(views, theirs.port)
            if ours is not None and ours.connected and (reached := ours.fact(o.TcpConnected) or ours.greets_in_clear) is not None:
                other = best([view for view in views if view.port != theirs.port])
                way_round = Proposal(port=other.port, security=other.speaks) if other is not None and other.port != RELAY else None
                return Finding(cause, Certainty.SEEN, (theirs, reached), way_round)
    return None


def intercepted(seen: Observations, entered: Situation) -> Finding | None:
    """A firewall masks the EHLO answer (a keyword of X or * only), or the person is shown another certificate than this side is.

    Source: Cisco ASA "inspect esmtp" replaces what it does not know by X; a keyword is letters, digits, hyphens (RFC 5321 4.1.1.1).
    """
    for ehlo in seen.all(o.EhloAnswered):
        masked = any(len(word) >= 4 and set(word.upper()) in ({"X"}, {"*"}) for line in ehlo.keywords for word in line.split(" ")[:1])
        if masked:
            return Finding("net.intercepted", Certainty.SEEN, (ehlo,))
    for theirs in seen.all(o.CertificateShown, site=o.USER):
        for ours in seen.all(o.CertificateShown, port=theirs.port):
            differ = theirs.issuer and ours.issuer and theirs.issuer != ours.issuer
            if ours.site != o.USER and ours.trusted and differ and not set(theirs.names) & set(ours.names):
                return Finding("net.intercepted", Certainty.LIKELY, (theirs, ours))
    return None


RULES = (users_network, dns, refused, timeout, unreachable, not_smtp, closed, intercepted)
