"""What does each port of a server mean? The cause of what is wrong there, a sentence for people, a table for administrators. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot import observations as o
from bot.answers.wording import number_form, spans
from bot.diagnosis.model import Situation
from bot.diagnosis.rules.net import is_masked, is_shield
from bot.diagnosis.rules.server import cannot_start_tls
from bot.diagnosis.rules.tls import NOTHING_SHARED
from bot.diagnosis.survey import PortView, at_port
from bot.reply import Table
from knowledge.index import Index
from knowledge.terms import RELAY, Security

_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")  # the oldest first
# A line of the table with the longest state fits 100 columns: so many are left for the login methods.
_LOGIN_COLUMNS = 23
_METHODS_TOLD = 4  # in a sentence; more than these are counted

_FAULT_CAUSE: tuple[tuple[type[o.EndpointObservation], str], ...] = (
    (o.TcpRefused, "net.refused"),
    (o.TcpTimedOut, "net.timeout"),
    (o.TcpUnreachable, "net.unreachable"),
    (o.SpokeOtherProtocol, "net.not_smtp"),
    (o.CertificateExpired, "tls.expired"),
    (o.CertificateNotYetValid, "tls.expired"),
    (o.CertificateNameMismatch, "tls.hostname_mismatch"),
    (o.CertificateUntrusted, "tls.untrusted"),
    (o.OldTlsOnly, "tls.protocol_too_old"),
)
# What kept a talk from coming to its end, where TLS is not to blame.
_BROKE_OFF: tuple[tuple[type[o.EndpointObservation], str], ...] = (
    (o.ConnectionClosed, "net.closed"),
    (o.StayedSilent, "net.timeout"),
    (o.MalformedReplySeen, "net.not_smtp"),
)


def endpoint_error(view: PortView, asked: Situation) -> str | None:
    """The cause id of what is wrong at this port, or None.

    One that stays unknown (421, reset) is "net.closed" or "server.unavailable"; one that turns us away for good (554) may mean only us,
    so it names no cause."""
    if _is_changed(view):
        return "net.intercepted"
    for kind, cause in _FAULT_CAUSE:
        if view.fact(kind) is not None:
            return cause
    if view.refusal is not None:
        if cannot_start_tls(view.refusal):
            return "server.misconfigured"
        return "server.unavailable" if view.refusal.code < 500 else None
    if view.failed_tls is not None:
        return "tls.protocol_too_old" if view.failed_tls.reason in NOTHING_SHARED else "tls.handshake_failed"
    wrong = _wrong_mode(view, asked.security if asked.port == view.port else None)
    if wrong is not None or view.works:
        return wrong
    return next((cause for kind, cause in _BROKE_OFF if view.fact(kind) is not None), None)


def _is_changed(view: PortView) -> bool:
    """Whether somebody between here and the server changes what it says, or says it itself."""
    clear, untrusted = view.ehlo(under_tls=False), view.fact(o.CertificateUntrusted)
    if untrusted is not None and is_shield(untrusted.issuer):
        return True
    injected = any(isinstance(fact, o.MalformedReplySeen) and fact.reason == "injected" for fact in view.facts)
    return injected or view.fact(o.StarttlsAcceptedUnlisted) is not None or (clear is not None and is_masked(clear))


def _wrong_mode(view: PortView, entered: Security | None) -> str | None:
    """What is wrong with the encryption that the port speaks, beside the one that was entered; None: nothing, or nothing is known."""
    if view.speaks is Security.NONE and (entered is Security.STARTTLS or (entered is None and view.port != RELAY)):
        return "tls.not_offered"
    if None in (view.speaks, entered) or view.speaks is entered or Security.IMPLICIT_TLS not in (view.speaks, entered):
        return None
    return "tls.wrong_mode"


def state_of(view: PortView, asked: Situation) -> str:
    """The port's state as the end of a phrase's id: a cause, or "good", "relay", "no_login", "turned_away", "unknown"."""
    error = endpoint_error(view, asked)
    if error is not None:
        return error
    if view.speaks is None:
        return "turned_away" if view.refusal is not None else "unknown"
    if not view.takes_login:
        return "relay" if view.port == RELAY else "no_login"
    return "good"


def port_sentence(view: PortView, asked: Situation, index: Index) -> str:
    """The state in a few words: "works", "refuses connections"."""
    return index.phrase(f"answers.state.{state_of(view, asked)}")


def oldest_tls(view: PortView) -> str | None:
    """The oldest TLS version that was seen to be accepted ("TLSv1.2"); None where there was no TLS."""
    facts = (view.fact(o.OldTlsAccepted), view.fact(o.OldTlsOnly), view.fact(o.TlsVersionAccepted), view.fact(o.TlsEstablished))
    seen = [fact.version for fact in facts if fact is not None and fact.version in _VERSIONS]
    return min(seen, key=_VERSIONS.index, default=None)


# --- a sentence ------------------------------------------------------------------------------------------------------------


def in_plain_words(views: tuple[PortView, ...], asked: Situation, index: Index) -> str:
    """What each port does, ports that do the same together: "587 answers, encrypts with STARTTLS and takes PLAIN and LOGIN; 465 refuses."

    Where a port does something else at another address, or as another site sees it, that is told with the address or the site."""
    best = [view for port in dict.fromkeys(view.port for view in views) if (view := at_port(views, port)) is not None]
    told = _told(best, asked, index)
    for view in views:
        first = next(other for other in best if other.port == view.port)
        if _alike(view, asked) != _alike(first, asked):
            phrase = "answers.port.at" if view.site == first.site else "answers.port.from"
            told.append(index.phrase(phrase, address=view.address, site=view.site, says=_told([view], asked, index)[0]))
    return "; ".join(told) + "."


def _alike(view: PortView, asked: Situation) -> tuple[str, Security | None, tuple[str, ...]]:
    """What is the same of ports that are told together."""
    state = state_of(view, asked)
    return (state, view.speaks, _methods(view)) if state == "good" else (state, None, ())


def _told(views: Iterable[PortView], asked: Situation, index: Index) -> list[str]:
    groups: dict[tuple[str, Security | None, tuple[str, ...]], list[str]] = {}
    for view in sorted(views, key=lambda view: (state_of(view, asked) != "good", view.port)):
        groups.setdefault(_alike(view, asked), []).append(str(view.port))
    told = []
    for (state, mode, methods), ports in groups.items():
        phrase = f"answers.port.{state}.{mode.value}" if mode is not None else f"answers.port.{state}"
        told.append(index.phrase(number_form(phrase, len(ports)), ports=_and(ports, index), login=_login(methods, index)))
    return told


def _login(methods: tuple[str, ...], index: Index) -> str:
    names = list(methods)
    if len(names) > _METHODS_TOLD:
        names[_METHODS_TOLD - 1 :] = [index.phrase("answers.port.more", number=len(names) - _METHODS_TOLD + 1)]
    return _and(names, index)


def _and(words: list[str], index: Index) -> str:
    return index.phrase("answers.and").join(filter(None, (", ".join(words[:-1]), *words[-1:])))


# --- a table ---------------------------------------------------------------------------------------------------------------


def tables(views: tuple[PortView, ...], asked: Situation, index: Index) -> tuple[Table, ...]:
    """A line a port. Where there are several addresses (IPv4 and IPv6), or several sites that looked, a table each, under its name."""
    head = tuple(index.phrase(f"answers.check.{name}") for name in ("port", "state", "mode", "tls", "login", "certificate"))
    seen_at = dict.fromkeys((view.site, view.address) for view in views)
    sites = len({site for site, _ in seen_at})
    made = []
    for site, address in seen_at:
        rows = tuple(_row(view, asked, index) for view in views if (view.site, view.address) == (site, address))
        phrase = "answers.check.at_from" if sites > 1 else "answers.check.at"
        heading = spans(index, phrase, address=address or "?", site=site) if len(seen_at) > 1 else ()
        made.append(Table(head, rows, heading))
    return tuple(made)


def _row(view: PortView, asked: Situation, index: Index) -> tuple[str, ...]:
    certificate = view.fact(o.CertificateShown)
    until = certificate.not_after.date().isoformat() if certificate is not None and certificate.not_after is not None else ""
    return (
        str(view.port),
        port_sentence(view, asked, index),
        index.phrase(f"answers.mode_short.{view.speaks.value}") if view.speaks is not None else "-",
        _tls_versions(view),
        _fitted(_methods(view), _LOGIN_COLUMNS) or "-",
        index.phrase("answers.check.until", day=until) if until else "-",
    )


def _methods(view: PortView) -> tuple[str, ...]:
    ehlo = view.ehlo(under_tls=True) or view.ehlo(under_tls=False)
    return ehlo.auth if ehlo is not None else ()


def _tls_versions(view: PortView) -> str:
    """ "1.2-1.3": from the oldest version that was seen to be accepted to the one that was agreed on."""
    established, oldest = view.fact(o.TlsEstablished), oldest_tls(view)
    if established is None or oldest is None:
        return "-"
    first, last = (_number(version) for version in (oldest, established.version))
    return last if first == last else f"{first}-{last}"


def _number(version: str) -> str:
    number = version.removeprefix("TLSv")
    return "1.0" if number == "1" else number


def _fitted(words: tuple[str, ...], columns: int) -> str:
    """As many of the words as fit, and how many more there are."""
    shown = " ".join(words)
    kept = len(words)
    while len(shown) > columns and kept:
        kept -= 1
        shown = f"{' '.join(words[:kept])} +{len(words) - kept}".strip()
    return shown
