"""Could the server be reached, and was it the server that answered? Rules of the family `net`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Proposal, Situation
from bot.diagnosis.survey import PortView, at_port, best, by_reach, let_some_in, survey
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


def _this_side_is_cut_off(seen: Observations) -> bool:
    """The control endpoint cannot be reached either, by nobody of ours: then what does not answer here says nothing about the server."""
    answers = seen.all(o.ControlAnswered)
    return bool(answers) and not any(answer.reached for answer in answers)


def _control(seen: Observations) -> tuple[o.ControlAnswered, ...]:
    """That another server could be reached from here at the same time, as evidence beside a time-out."""
    return seen.all(o.ControlAnswered, reached=True)[:1]


def refused(seen: Observations, entered: Situation) -> Finding | None:
    """Nobody listens on the port that was entered, or (none entered) on any port that was asked. A firewall on this side may refuse
    too: where the control endpoint is out of reach, nothing is told."""
    if _this_side_is_cut_off(seen):
        return None
    view = _asked(seen, entered)
    if view is not None and (fact := view.fact(o.TcpRefused)) is not None:
        return Finding("net.refused", Certainty.SEEN, (fact,), elsewhere(survey(seen), entered))
    if entered.port is None and (facts := _all_alike(seen, o.TcpRefused)):
        return Finding("net.refused", Certainty.SEEN, facts)
    return None


def timeout(seen: Observations, entered: Situation) -> Finding | None:
    """No answer to the attempt to connect. From one site alone this may be the way and not the server: likely, not seen. From several it
    is the server.

    Where the control endpoint is out of reach too, it is this side's own network, and nobody's fault is told.
    """
    if _this_side_is_cut_off(seen):
        return None
    view = _asked(seen, entered)
    missed = by_reach(seen, view.port)[1] if view is not None and view.fact(o.TcpTimedOut) is not None else ()
    if each := tuple(fact for other in missed if (fact := other.fact(o.TcpTimedOut)) is not None):
        certainty = Certainty.SEEN if len(each) > 1 else Certainty.LIKELY
        return Finding("net.timeout", certainty, (*each, *_control(seen)), elsewhere(survey(seen), entered))
    if entered.port is None and (facts := _all_alike(seen, o.TcpTimedOut)):
        return Finding("net.timeout", Certainty.LIKELY, (*facts, *_control(seen)))
    return None


def unreachable(seen: Observations, entered: Situation) -> Finding | None:
    """No route to any address of the name; one dead address family beside a living one is not this, nor is a
    network of ours that reaches not even the control endpoint."""
    if _this_side_is_cut_off(seen):
        return None
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


# What says that no connection came about, and the cause that it is.
_NO_WAY: dict[type[o.Observation], str] = {
    o.TcpTimedOut: "net.timeout",
    o.TcpRefused: "net.refused",
    o.TcpUnreachable: "net.unreachable",
}


def _no_way(facts: Iterable[o.Observation]) -> Iterator[o.EndpointObservation]:
    return (fact for fact in facts if isinstance(fact, o.EndpointObservation) and type(fact) in _NO_WAY)


def _proof_of(view: PortView) -> o.EndpointObservation:
    """The fact that says that the view's site got through."""
    return view.fact(o.TcpConnected) or view.greets_in_clear or view.facts[0]


def users_network(seen: Observations, entered: Situation) -> Finding | None:
    """The person's side cannot get through where this side can, from each of its sites: the person's own network or computer stands in
    between."""
    views = survey(seen)
    for theirs in _no_way(seen.at(o.USER)):
        ours = at_port(views, theirs.port)
        if ours is None or ours.late_greeting is not None or let_some_in(seen, theirs.port):
            continue  # after a late greeting the person's program may only have waited less long
        if reached := by_reach(seen, theirs.port)[0]:
            other = best([view for view in views if view.port != theirs.port])
            way_round = Proposal(port=other.port, security=other.speaks) if other is not None and other.port != RELAY else None
            return Finding(_NO_WAY[type(theirs)], Certainty.SEEN, (theirs, *map(_proof_of, reached)), way_round)
    return None


def some_networks(seen: Observations, entered: Situation) -> Finding | None:
    """The server, or a firewall before it, lets some networks in and others not: one of our sites gets through to the port that was
    entered, another one does not, as the person's side does not."""
    if entered.port is None or not let_some_in(seen, entered.port):
        return None
    reached, missed = by_reach(seen, entered.port)
    ours = next(fact for view in missed for fact in _no_way(view.facts))
    theirs = next((fact for fact in _no_way(seen.at(o.USER)) if fact.port == entered.port), None)
    certainty = Certainty.SEEN if theirs is not None else Certainty.LIKELY if entered.error else Certainty.POSSIBLE
    other = best([view for view in survey(seen, site=ours.site) if view.port not in (entered.port, RELAY)])
    way_round = Proposal(port=other.port, security=other.speaks) if other is not None else None
    evidence = (*((theirs,) if theirs is not None else ()), ours, *map(_proof_of, reached))
    return Finding(_NO_WAY[type(evidence[0])], certainty, evidence, way_round)


_GREETED = (o.GreetedInClear, o.GreetedUnderTls)
# Mail shields sign with an authority of their own, named after the program that installed it.
_SHIELDS = ("avast", "avg ", "kaspersky", "eset ", "bitdefender", "bullguard", "sophos", "fortinet", "fortigate", "mail shield", "dr.web")


def is_masked(ehlo: o.EhloAnswered) -> bool:
    """Whether a keyword consists of X or * only, as a firewall writes over what it does not know."""
    keywords = [line.split(" ")[0] for line in ehlo.keywords]
    return any(len(word) >= 4 and set(word.upper().removesuffix("A").removesuffix("B")) in ({"X"}, {"*"}) for word in keywords)


def injected(seen: Observations, entered: Situation) -> Finding | None:
    """An answer stands in clear behind the one to STARTTLS, before TLS begins: put there by somebody on the way, or by a server that can
    be made to. Source: CVE-2011-0411, RFC 3207 section 6."""
    fact = seen.first(o.MalformedReplySeen, stage="starttls", reason="injected")
    return Finding("net.intercepted", Certainty.LIKELY, (fact,)) if fact is not None else None


def masked(seen: Observations, entered: Situation) -> Finding | None:
    """A firewall masks the EHLO answer (a keyword of X or * only), or takes STARTTLS out of it: the command works all the same.

    Source: Cisco ASA "inspect esmtp" replaces what it does not know by X; a keyword is letters, digits, hyphens (RFC 5321 4.1.1.1).
    """
    hidden = seen.first(o.StarttlsAcceptedUnlisted)
    if hidden is not None and not _clean_elsewhere(hidden, seen):
        listed = seen.first(o.EhloAnswered, port=hidden.port, address=hidden.address, under_tls=False)
        return Finding("net.intercepted", Certainty.SEEN, (*((listed,) if listed is not None else ()), hidden))
    for ehlo in seen.all(o.EhloAnswered):
        if is_masked(ehlo) and not _clean_elsewhere(ehlo, seen):
            return Finding("net.intercepted", Certainty.SEEN, (ehlo,))
    for ours in seen.all(o.EhloAnswered, under_tls=False):
        for theirs in seen.all(o.EhloAnswered, site=o.USER, port=ours.port, under_tls=False):
            if ours.site != o.USER and ours.starttls and not theirs.starttls:
                return Finding("net.intercepted", Certainty.SEEN, (theirs, ours))
    return None


def _clean_elsewhere(changed: o.EndpointObservation, seen: Observations) -> bool:
    """Whether another of our sites meets the server itself at that port: what stands before the one is no matter of the person's then."""
    if changed.site == o.USER:
        return False
    for fact in seen:
        if not isinstance(fact, o.EndpointObservation) or fact.site in (o.USER, changed.site) or fact.port != changed.port:
            continue
        if isinstance(fact, o.EhloAnswered) and fact.starttls and not is_masked(fact):
            return True
        if isinstance(fact, o.CertificateShown) and fact.trusted:
            return True
    return False


def is_shield(issuer: str) -> bool:
    """Whether a certificate is signed by an antivirus program or a firewall that looks into mail."""
    return any(word in f"{issuer.lower()} " for word in _SHIELDS)


def somebody_else(seen: Observations, entered: Situation) -> Finding | None:
    """Another than the server answers: on the person's side (a mail shield's certificate, a web page as a captive portal shows it, a
    banner or certificate of another name than here), or for all, where a documented server shows a stranger's certificate."""
    for shown in seen:
        if (
            isinstance(shown, (o.CertificateShown, o.CertificateUntrusted))
            and is_shield(shown.issuer)
            and not _clean_elsewhere(shown, seen)
        ):
            return Finding("net.intercepted", Certainty.SEEN, (shown,))
    for theirs in seen:
        ours = _the_same_here(theirs, seen) if isinstance(theirs, o.EndpointObservation) and theirs.site == o.USER else None
        if ours is not None:
            sure = Certainty.SEEN if isinstance(theirs, o.SpokeOtherProtocol) else Certainty.LIKELY
            return Finding("net.intercepted", sure, (theirs, ours))
    other = seen.first(o.AnsweredAsAnother)
    if other is None:
        return None
    # From this side alone it may be this side's own way; where the person's program fails too, it is theirs as well.
    return Finding("net.intercepted", Certainty.SEEN if entered.error else Certainty.LIKELY, (other,))


def _the_same_here(theirs: o.EndpointObservation, seen: Observations) -> o.EndpointObservation | None:
    """What this side saw at the same port, where it cannot be the same server that the person's side met."""
    for ours in seen:
        if not isinstance(ours, o.EndpointObservation) or ours.site == o.USER or ours.port != theirs.port:
            continue
        if _is_a_web_page(theirs) and isinstance(ours, _GREETED):
            return ours
        if isinstance(theirs, o.CertificateShown) and isinstance(ours, o.CertificateShown) and ours.trusted:
            differ = theirs.issuer and ours.issuer and theirs.issuer != ours.issuer
            if differ and not set(theirs.names) & set(ours.names):
                return ours
        if isinstance(theirs, _GREETED) and isinstance(ours, _GREETED) and type(theirs) is type(ours):
            said, heard = _organisation(theirs.text), _organisation(ours.text)
            if said and heard and said != heard:
                return ours
    return None


def _is_a_web_page(fact: o.EndpointObservation) -> bool:
    return isinstance(fact, o.SpokeOtherProtocol) and fact.protocol == "http"


def _organisation(banner: str) -> str:
    """The last two labels of the name that a greeting begins with, "" where it begins with none."""
    name = banner.split(" ")[0].lower().rstrip(".")
    return ".".join(name.split(".")[-2:]) if "." in name else ""


RULES = (users_network, some_networks, dns, refused, timeout, unreachable, not_smtp, closed, masked, injected, somebody_else)
