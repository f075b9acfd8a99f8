"""What does each port of a server do, all observations of it taken together? A summary of facts; names no cause and no cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot import observations as o
from bot.observations import Observations
from knowledge.terms import RELAY, SUBMISSION, SUBMISSIONS, Security

if TYPE_CHECKING:
    CertificateFault = o.CertificateExpired | o.CertificateNotYetValid | o.CertificateUntrusted | o.CertificateNameMismatch

# Which working endpoint to recommend where the person's own port is no help. RFC 8314 section 3.3 prefers 465; 587 is what nearly
# every provider documents and every program presets, so that "change only this" is usually one field less.
_PREFERENCE = {SUBMISSION: 0, SUBMISSIONS: 1, 2525: 2, RELAY: 3}

# A greeting that takes as long: postscreen, a tarpit, a server that is busy. Programs whose own limit is short give up before it.
SLOW_GREETING_SECONDS = 5.0

_F = TypeVar("_F", bound="o.EndpointObservation")


@dataclass(frozen=True, slots=True)
class PortView:
    """One port at one address, as one site saw it. `facts` are all observations of it, in the order they came."""

    host: str
    address: str
    port: int
    site: str
    facts: tuple[o.EndpointObservation, ...]

    def fact(self, kind: type[_F]) -> _F | None:
        return next((fact for fact in self.facts if isinstance(fact, kind)), None)

    def ehlo(self, *, under_tls: bool) -> o.EhloAnswered | None:
        return next((f for f in self.facts if isinstance(f, o.EhloAnswered) and f.under_tls == under_tls), None)

    def tls(self, *, implicit: bool) -> o.TlsEstablished | None:
        return next((f for f in self.facts if isinstance(f, o.TlsEstablished) and f.implicit == implicit), None)

    @property
    def connected(self) -> bool | None:
        """None: a time-out, which says neither yes nor no about the server."""
        if any(isinstance(f, (o.TcpRefused, o.TcpUnreachable)) for f in self.facts):
            return False
        if any(not isinstance(f, o.TcpTimedOut) for f in self.facts):
            return True
        return None

    @property
    def speaks(self) -> Security | None:
        """The mode this port itself was seen to speak; None where that is not known."""
        if self.tls(implicit=True) is not None and self.fact(o.SpokeOtherProtocol) is None:
            return Security.IMPLICIT_TLS
        clear = self.ehlo(under_tls=False)
        if clear is not None:
            return Security.STARTTLS if clear.starttls else Security.NONE
        return None

    @property
    def greets_in_clear(self) -> o.GreetedInClear | None:
        return self.fact(o.GreetedInClear)

    @property
    def late_greeting(self) -> o.GreetedInClear | o.GreetedUnderTls | None:
        """A greeting that was long in coming; None where it came soon, or not at all."""
        greeting = self.greets_in_clear or self.fact(o.GreetedUnderTls)
        return greeting if greeting is not None and (greeting.seconds or 0.0) >= SLOW_GREETING_SECONDS else None

    @property
    def is_mail_server(self) -> bool:
        """Whether it said a word of SMTP, a refusal too."""
        return self.speaks is not None or self.refusal is not None or self.greets_in_clear is not None

    @property
    def refusal(self) -> o.GreetedInClear | o.GreetedUnderTls | o.Replied | None:
        """A greeting that is no welcome (421, 554 …) or a refused command; the rest of the port's answers stay unknown."""
        for fact in self.facts:
            if isinstance(fact, (o.GreetedInClear, o.GreetedUnderTls)) and fact.code >= 400:
                return fact
            if isinstance(fact, o.Replied) and fact.code >= 400:
                return fact
        return None

    @property
    def certificate_faults(self) -> tuple[CertificateFault, ...]:
        return tuple(
            f
            for f in self.facts
            if isinstance(f, (o.CertificateExpired, o.CertificateNotYetValid, o.CertificateUntrusted, o.CertificateNameMismatch))
        )

    @property
    def works(self) -> bool:
        """A client could submit here: encrypted, with a certificate that passes, and EHLO was answered under TLS."""
        return (
            self.speaks in (Security.IMPLICIT_TLS, Security.STARTTLS)
            and not self.certificate_faults
            and self.ehlo(under_tls=True) is not None
            and self.fact(o.OldTlsOnly) is None
        )

    @property
    def failed_tls(self) -> o.TlsFailed | None:
        """The handshake that breaks for who speaks this port's own mode; None where one completes. A hello at a port that greets in clear,
        that is silent or hangs up on everybody breaks too, and says nothing of TLS."""
        if self.ehlo(under_tls=True) is not None:
            return None
        in_clear = self.ehlo(under_tls=False) is not None
        for fact in self.facts:
            if not isinstance(fact, o.TlsFailed) or fact.implicit == in_clear:
                continue
            if in_clear or fact.reason not in ("not_tls", "silent", "closed"):
                return fact
            if fact.reason == "closed" and self.greets_in_clear is None and self.fact(o.ConnectionClosed) is None:
                return fact
        return None

    @property
    def takes_login(self) -> bool:
        ehlo = self.ehlo(under_tls=True) or self.ehlo(under_tls=False)
        return ehlo is not None and bool(ehlo.auth)


def survey(seen: Iterable[o.Observation], *, site: str | None = None) -> tuple[PortView, ...]:
    """Views by port, then address. `site`: only what that site saw; None: every site but the user's."""
    grouped: dict[tuple[str, int, str, str], list[o.EndpointObservation]] = {}
    for fact in seen:
        if not isinstance(fact, o.EndpointObservation) or isinstance(fact, o.ControlAnswered):
            continue
        if fact.site != site if site is not None else fact.site == o.USER:
            continue
        grouped.setdefault((fact.host, fact.port, fact.address, fact.site), []).append(fact)
    views = [PortView(host, address, port, where, tuple(facts)) for (host, port, address, where), facts in grouped.items()]
    return tuple(sorted(views, key=lambda view: (view.port, view.address)))


def at_port(views: Iterable[PortView], port: int) -> PortView | None:
    """The view that says most about `port`: one that works, else one that connected, else any."""
    there = [view for view in views if view.port == port]
    return max(there, key=lambda view: (view.works, view.connected is True, len(view.facts)), default=None)


def by_reach(seen: Observations, port: int) -> tuple[tuple[PortView, ...], tuple[PortView, ...]]:
    """(the view of each of our sites that could connect to `port`, that of each that could not). A site that reached not even its
    control endpoint is not among the latter: its own network is cut off."""
    views = survey(seen)
    best_of = [view for site in {view.site: None for view in views} if (view := at_port(survey(seen, site=site), port)) is not None]
    cut_off = {answer.site for answer in seen.all(o.ControlAnswered, reached=False)}
    return tuple(v for v in best_of if v.connected), tuple(v for v in best_of if not v.connected and v.site not in cut_off)


def let_some_in(seen: Observations, port: int | None) -> bool:
    """Whether one of our sites gets through to `port` and another one does not. Port 25 tells nothing, for many networks let nobody
    out to it."""
    if port is None or port == RELAY:
        return False
    reached, missed = by_reach(seen, port)
    return bool(reached) and bool(missed)


def nobody_home(views: Iterable[PortView]) -> bool:
    """Whether all ports that were asked, several, gave no connection, or one that was closed again without a word."""
    asked = tuple(views)
    several = len({view.port for view in asked}) > 1
    return several and not any(
        view.is_mail_server or view.fact(o.SpokeOtherProtocol) or view.fact(o.TlsEstablished) or view.fact(o.CertificateShown)
        for view in asked
    )


def best(views: Iterable[PortView], *, near: int | None = None, login: bool = True) -> PortView | None:
    """The working endpoint to recommend: the person's own port (`near`) if it works, else by preference. `login`: AUTH must be offered."""
    working = [view for view in views if view.works and (view.takes_login or not login)]
    return min(working, key=lambda view: (view.port != near, _PREFERENCE.get(view.port, 9)), default=None)
