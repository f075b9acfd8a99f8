"""Do port, mode, certificate and TLS version belong together? Rules of the family `tls`."""

from __future__ import annotations

from collections.abc import Iterator

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Proposal, Situation
from bot.diagnosis.rules.net import elsewhere, is_masked, is_shield
from bot.diagnosis.survey import PortView, at_port, best, survey
from bot.observations import Observations
from knowledge.terms import Security

NOTHING_SHARED = ("protocol_too_old", "no_shared_cipher")  # why a handshake breaks where the two have nothing in common


def _relevant(seen: Observations, entered: Situation) -> Iterator[PortView]:
    """The port that was entered, at each of its addresses, if it was asked; else every port with TLS."""
    views = survey(seen)
    yield from [view for view in views if view.port == entered.port] or views


def wrong_mode(seen: Observations, entered: Situation) -> Finding | None:
    """The port speaks another mode than was entered: it greets in clear where implicit TLS was entered, or waits for a TLS hello
    where STARTTLS (or nothing) was entered. Clients show it as "wrong version number", a time-out or a lost connection.

    Source: RFC 8314 section 3.3.
    """
    if entered.port is None or entered.security is None:
        return None
    view = at_port(survey(seen), entered.port)
    if view is None:
        return None
    greeting = view.greets_in_clear
    if entered.security is Security.IMPLICIT_TLS and greeting is not None and view.tls(implicit=True) is None:
        mode = view.speaks if view.speaks is Security.STARTTLS else None
        other = best(survey(seen), near=entered.port) if mode is None else None
        proposal = Proposal(security=mode) if mode else (Proposal(port=other.port, security=other.speaks) if other else None)
        return Finding("tls.wrong_mode", Certainty.SEEN, (greeting,), proposal)
    hello = view.tls(implicit=True)
    if entered.security is not Security.IMPLICIT_TLS and hello is not None and greeting is None:
        return Finding("tls.wrong_mode", Certainty.SEEN, (hello,), Proposal(security=Security.IMPLICIT_TLS))
    return None


def not_offered(seen: Observations, entered: Situation) -> Finding | None:
    """STARTTLS was entered, and the EHLO answer in clear does not list it. A missing EHLO answer (421, reset) proves nothing, and neither
    does one that somebody on the way has changed."""
    if entered.security is not Security.STARTTLS or entered.port is None:
        return None
    view = at_port(survey(seen), entered.port)
    clear = view.ehlo(under_tls=False) if view is not None else None
    if view is None or clear is None or clear.starttls or view.fact(o.StarttlsAcceptedUnlisted) is not None or is_masked(clear):
        return None
    return Finding("tls.not_offered", Certainty.SEEN, (clear,), elsewhere(survey(seen), entered))


def expired(seen: Observations, entered: Situation) -> Finding | None:
    """The certificate's time is over, or has not begun."""
    for view in _relevant(seen, entered):
        fact = view.fact(o.CertificateExpired) or view.fact(o.CertificateNotYetValid)
        if fact is not None:
            return Finding("tls.expired", Certainty.SEEN, (fact,))
    return None


def clock(seen: Observations, entered: Situation) -> Finding | None:
    """The person's side calls a certificate out of date that is in date here: the clock there is wrong, or another certificate is shown."""
    for kind in (o.CertificateExpired, o.CertificateNotYetValid):
        for theirs in seen.all(kind, site=o.USER):
            assert isinstance(theirs, o.CertificateExpired | o.CertificateNotYetValid)
            ours = next(
                (shown for shown in seen.all(o.CertificateShown) if theirs.port in (shown.port, 0) and _is_in_date(shown, seen)), None
            )
            if ours is not None:
                return Finding("tls.expired", Certainty.LIKELY, (theirs, ours) if _says_when(theirs) else (ours,))
    return None


def _is_in_date(shown: o.CertificateShown, seen: Observations) -> bool:
    """Whether this side was shown a certificate that is good today."""
    out = (*seen.all(o.CertificateExpired), *seen.all(o.CertificateNotYetValid))
    return shown.site != o.USER and shown.trusted is True and not any(f.site != o.USER and f.port == shown.port for f in out)


def _says_when(fact: o.CertificateExpired | o.CertificateNotYetValid) -> bool:
    """A fact made of an error text alone has no date, and says no more than the text."""
    return (fact.not_after if isinstance(fact, o.CertificateExpired) else fact.not_before) is not None


def hostname_mismatch(seen: Observations, entered: Situation) -> Finding | None:
    """The certificate is for other names. One of them that leads to the same address is the name to enter, unless it is a stranger's who
    answers in a documented server's place."""
    for view in _relevant(seen, entered):
        fact = view.fact(o.CertificateNameMismatch)
        if fact is not None:
            proposal = Proposal(host=fact.passing[0]) if fact.passing and view.fact(o.AnsweredAsAnother) is None else None
            return Finding("tls.hostname_mismatch", Certainty.SEEN, (fact,), proposal)
    return None


def untrusted(seen: Observations, entered: Situation) -> Finding | None:
    """Nobody that programs trust has signed the certificate, or a certificate in between is not sent along."""
    for view in _relevant(seen, entered):
        fact = view.fact(o.CertificateUntrusted)
        if fact is not None and not is_shield(fact.issuer):  # that is somebody else who answers, and told as such
            missing = view.fact(o.IntermediateMissing)
            return Finding("tls.untrusted", Certainty.SEEN, (fact,) if missing is None else (fact, missing))
    return None


def protocol_too_old(seen: Observations, entered: Situation) -> Finding | None:
    """The server takes only TLS versions that programs have given up. Source: RFC 8996 (TLS 1.0 and 1.1 must not be used)."""
    for view in _relevant(seen, entered):
        fact = view.fact(o.OldTlsOnly)
        if fact is not None:
            return Finding("tls.protocol_too_old", Certainty.SEEN, (fact,))
        failed = view.failed_tls
        if failed is not None and failed.reason in NOTHING_SHARED:
            return Finding("tls.protocol_too_old", Certainty.LIKELY, (failed,))
    return None


def handshake_failed(seen: Observations, entered: Situation) -> Finding | None:
    """The handshake breaks here as well, for no reason with a name of its own."""
    for view in _relevant(seen, entered):
        failed = view.failed_tls
        if failed is not None and failed.reason not in (*NOTHING_SHARED, "silent"):
            return Finding("tls.handshake_failed", Certainty.LIKELY, (failed,), elsewhere(survey(seen), entered))
    return None


RULES = (wrong_mode, not_offered, expired, clock, hostname_mismatch, untrusted, protocol_too_old, handshake_failed)
