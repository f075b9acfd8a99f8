"""What was seen, in a sentence: one observation -> spans. What a peer wrote stays literal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from bot import observations as o
from bot.answers.wording import day_words, spans
from bot.diagnosis.model import Quote
from bot.diagnosis.survey import SLOW_GREETING_SECONDS
from bot.reply import Code, Spans, spans_text
from knowledge.index import Index

_QUOTED = 300  # a longer piece of error text helps nobody; the person has it


def evidence(item: o.Observation | Quote, index: Index, *, by_name: bool = False) -> Spans:
    """One fact or quoted piece of the error text, as a sentence that says who saw it. `by_name`: which of our sites, too."""
    if isinstance(item, Quote):
        return spans(index, "evidence.quote", text=Code(" ".join(item.text.split())[:_QUOTED]))
    if item.site == o.USER:
        return spans(index, "evidence.site_user") + _fact(item, index)
    return spans(index, "evidence.site_named" if by_name else "evidence.site_here", site=item.site) + _fact(item, index)


def evidence_text(item: o.Observation | Quote, index: Index) -> str:
    return spans_text(evidence(item, index))


def evidence_lines(items: Iterable[o.Observation | Quote], index: Index) -> tuple[Spans, ...]:
    """A sentence for each; our sites stand there by name where more than one of them has seen something."""
    held = tuple(items)
    several = len({item.site for item in held if not isinstance(item, Quote)} - {o.USER}) > 1
    return tuple(evidence(item, index, by_name=several) for item in held)


def fact_text(item: o.Observation, index: Index) -> str:
    """One fact in words, without who saw it."""
    return spans_text(_fact(item, index))


def _where(fact: o.EndpointObservation) -> str:
    host = fact.host or fact.address
    return f"{host}:{fact.port}" if host and fact.port else host or (str(fact.port) if fact.port else "?")


def _day(moment: datetime.datetime | None, index: Index) -> str:
    return day_words(index, moment.date()) if moment is not None else "?"


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} (+{len(names) - 5})" if len(names) > 5 else shown or "?"


def _fact(fact: o.Observation, index: Index) -> Spans:
    match fact:
        case o.NameResolved():
            return spans(index, "evidence.name_resolved", host=fact.host, addresses=", ".join(fact.addresses[:4]))
        case o.NameDidNotResolve():
            return spans(index, f"evidence.name_{fact.reason}", host=fact.host)
        case o.PortsChosen():
            return spans(index, "evidence.ports_chosen", host=fact.host, ports=", ".join(map(str, fact.ports)))
        case o.NotProbed():
            return spans(index, "evidence.not_probed", host=fact.host)
        case o.MailExchangersFound():
            return spans(index, "evidence.mail_exchangers", domain=fact.domain, hosts=", ".join(fact.hosts[:3]))
        case o.CandidateFound():
            return spans(index, "evidence.candidate", domain=fact.domain, host=fact.host, port=fact.port)
        case o.EndpointObservation():
            return _endpoint_fact(fact, index)
        case o.SpfChecked() | o.DkimKeyChecked() | o.DmarcChecked() | o.MtaStsChecked():
            return _domain_fact(fact, index)
        case o.TlsaChecked():
            return spans(index, "evidence.tlsa" if fact.records else "evidence.tlsa_none", host=fact.host, number=len(fact.records))
        case o.TlsReportingChecked():
            phrase = "tls_reporting_syntax" if fact.problem else "tls_reporting" if fact.record else "tls_reporting_none"
            return spans(index, f"evidence.{phrase}", domain=fact.domain)
        case o.ReverseNameChecked():
            phrase = "reverse_good" if fact.confirmed else "reverse_unconfirmed" if fact.names else "reverse_none"
            return spans(index, f"evidence.{phrase}", address=fact.address, names=_names(fact.confirmed or fact.names))
        case o.BlocklistAnswered():
            phrase = {True: "blocklist_listed", False: "blocklist_clear", None: "blocklist_no_answer"}[fact.listed]
            return spans(index, f"evidence.{phrase}", zone=fact.zone, item=fact.item, text=Code(fact.text or fact.code))
    return spans(index, "evidence.other", kind=type(fact).__name__)


def _domain_fact(fact: o.SpfChecked | o.DkimKeyChecked | o.DmarcChecked | o.MtaStsChecked, index: Index) -> Spans:
    """What the DNS says of the sender's domain."""
    match fact:
        case o.SpfChecked():
            if fact.problem is not None:
                return spans(index, f"evidence.spf_{fact.problem}", domain=fact.domain, lookups=fact.lookups or 0)
            if fact.record is None:
                return spans(index, "evidence.spf_none", domain=fact.domain)
            phrase = f"evidence.spf_{fact.allows}" if fact.allows is not None else "evidence.spf_good"
            return spans(
                index, phrase, domain=fact.domain, address=fact.address or "?", record=Code(fact.record), lookups=fact.lookups or 0
            )
        case o.DkimKeyChecked():
            phrase = f"evidence.dkim_{fact.problem}" if fact.problem is not None else "evidence.dkim_good"
            return spans(index, phrase, domain=fact.domain, selector=fact.selector, bits=fact.bits or 0)
        case o.DmarcChecked():
            if fact.record is None or fact.problem is not None:
                return spans(index, "evidence.dmarc_broken" if fact.record is not None else "evidence.dmarc_none", domain=fact.domain)
            phrase = "evidence.dmarc_strict" if fact.spf_strict or fact.dkim_strict else "evidence.dmarc"
            return spans(index, phrase, domain=fact.found_at or fact.domain, policy=fact.policy or "?")
    if not fact.published or fact.mode is None:
        return spans(index, "evidence.mta_sts_unreadable" if fact.published else "evidence.mta_sts_none", domain=fact.domain)
    phrase = "evidence.mta_sts_uncovered" if fact.uncovered else "evidence.mta_sts"
    return spans(index, phrase, domain=fact.domain, mode=fact.mode, hosts=_names(fact.uncovered))


def _endpoint_fact(fact: o.EndpointObservation, index: Index) -> Spans:
    where = _where(fact)
    match fact:
        case o.TcpConnected():
            return spans(index, "evidence.tcp_connected", where=where)
        case o.TcpRefused():
            # A firewall on the way refuses as well: from a person's side nobody can tell whether somebody listens.
            return spans(index, "evidence.tcp_refused_there" if fact.site == o.USER else "evidence.tcp_refused", where=where)
        case o.TcpTimedOut():
            return spans(index, "evidence.tcp_timed_out", where=where)
        case o.TcpUnreachable():
            return spans(index, "evidence.tcp_unreachable", where=where)
        case o.ConnectionClosed():
            return spans(index, "evidence.connection_reset" if fact.reset else "evidence.connection_closed", where=where)
        case o.StayedSilent():
            return spans(index, "evidence.stayed_silent", where=where, seconds=f"{fact.seconds:.0f}")
        case o.GreetedInClear() | o.GreetedUnderTls() if fact.code < 400 and (fact.seconds or 0.0) >= SLOW_GREETING_SECONDS:
            return spans(index, "evidence.greeted_late", where=where, seconds=f"{fact.seconds:.0f}", text=Code(_banner(fact)))
        case o.GreetedInClear() if fact.code < 400:
            return spans(index, "evidence.greeted_in_clear", where=where, text=Code(_banner(fact)))
        case o.GreetedInClear() | o.GreetedUnderTls() if fact.code >= 400:
            return spans(index, "evidence.greeted_with_refusal", where=where, text=Code(_banner(fact)))
        case o.GreetedUnderTls():
            return spans(index, "evidence.greeted_under_tls", where=where, text=Code(_banner(fact)))
        case o.SpokeOtherProtocol():
            return spans(index, "evidence.spoke_other_protocol", where=where, protocol=fact.protocol.upper())
        case o.EhloAnswered():
            return _ehlo(fact, where, index)
        case o.Replied():
            reply = " ".join(part for part in (str(fact.code), fact.enhanced or "", fact.text) if part)
            return spans(index, "evidence.replied", where=where, text=Code(reply[:_QUOTED]))
        case o.MalformedReplySeen():
            return spans(index, "evidence.malformed", where=where)
        case o.ControlAnswered():
            return spans(index, "evidence.control_reached" if fact.reached else "evidence.control_not_reached", where=where)
        case _:
            return _tls_fact(fact, where, index)


def _ehlo(fact: o.EhloAnswered, where: str, index: Index) -> Spans:
    auth = " ".join(fact.auth)
    if fact.under_tls:
        phrase = "evidence.ehlo_tls_auth" if auth else "evidence.ehlo_tls_no_auth"
    elif fact.starttls:
        phrase = "evidence.ehlo_starttls_auth" if auth else "evidence.ehlo_starttls_no_auth"
    else:
        phrase = "evidence.ehlo_clear_auth" if auth else "evidence.ehlo_clear_no_auth"
    return spans(index, phrase, where=where, auth=auth)


def _tls_fact(fact: o.EndpointObservation, where: str, index: Index) -> Spans:
    match fact:
        case o.TlsEstablished():
            phrase = "evidence.tls_implicit" if fact.implicit else "evidence.tls_starttls"
            return spans(index, phrase, where=where, version=fact.version)
        case o.TlsFailed():
            return spans(index, "evidence.tls_failed", where=where, detail=fact.detail or fact.reason.replace("_", " "))
        case o.CertificateShown():
            phrase = "evidence.certificate_good" if fact.trusted and fact.hostname_ok else "evidence.certificate"
            return spans(index, phrase, where=where, names=_names(fact.names), issuer=fact.issuer or "?", until=_day(fact.not_after, index))
        case o.CertificateExpired():
            return spans(index, "evidence.certificate_expired", where=where, day=_day(fact.not_after, index))
        case o.CertificateNotYetValid():
            return spans(index, "evidence.certificate_not_yet_valid", where=where, day=_day(fact.not_before, index))
        case o.CertificateUntrusted():
            return spans(index, f"evidence.certificate_{fact.reason}", where=where, issuer=fact.issuer or "?")
        case o.CertificateNameMismatch():
            return spans(index, "evidence.certificate_names", where=where, names=_names(fact.names))
        case o.IntermediateMissing():
            phrase = "evidence.intermediate_missing_at" if fact.url else "evidence.intermediate_missing"
            return spans(index, phrase, where=where, issuer=fact.issuer, url=fact.url)
        case o.TlsVersionAccepted():
            return spans(index, "evidence.tls_version_accepted", where=where, version=fact.version)
        case o.OldTlsAccepted():
            return spans(index, "evidence.old_tls_accepted", where=where, version=fact.version)
        case o.StarttlsAcceptedUnlisted():
            return spans(index, "evidence.starttls_unlisted", where=where)
        case o.AnsweredAsAnother():
            return spans(index, "evidence.answered_as_another", where=where, names=_names(fact.names))
        case o.OldTlsOnly():
            return spans(index, "evidence.old_tls_only", where=where, version=fact.version)
    return spans(index, "evidence.other", kind=type(fact).__name__)


def _banner(fact: o.GreetedInClear | o.GreetedUnderTls) -> str:
    return f"{fact.code} {fact.text}".strip()[:_QUOTED]
