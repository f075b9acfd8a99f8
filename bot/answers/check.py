"""What was seen at a server? All its endpoints as a table an administrator can act on, and as the contract's JSON. Pure."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from bot import observations as o
from bot.answers.check_ports import endpoint_error, in_plain_words, oldest_tls, tables
from bot.answers.diagnosis import advice_blocks, findings_json, sources_block
from bot.answers.evidence import evidence, evidence_lines
from bot.answers.wording import spans
from bot.diagnosis.advice import advise
from bot.diagnosis.certainty import ACT_AT, CONFIDENCE
from bot.diagnosis.diagnose import diagnose
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.survey import PortView, at_port, best, survey
from bot.observations import Observations
from bot.reply import Block, Code, Emphasis, Evidence, Paragraph, Span, Spans, Text
from knowledge.index import Index
from knowledge.terms import CUSTOMARY_SECURITY, Security


def check_json(seen: Observations, asked: Situation, index: Index, site: str, seconds: float, today: datetime.date) -> dict[str, Any]:
    """The contract's `check` object."""
    findings = check_findings(seen, asked, index)
    return {
        "schema": 1,
        "host": asked.host,
        "addresses": list(_addresses(seen)),
        "site": site,
        "endpoints": [_endpoint_json(view, asked) for view in survey(seen)],
        "recommended": recommended_json(seen, asked, index),
        "findings": [one for finding in findings for one in findings_json((finding,), _entered(finding, seen, asked), seen, index, today)],
        "seconds": round(seconds, 3),
    }


def check_findings(seen: Observations, asked: Situation, index: Index) -> tuple[Finding, ...]:
    """What is wrong: the asked endpoint's fault first, then what is seen beside it and certain enough to tell."""
    found = tuple(finding for finding in diagnose(asked, seen, index) if (finding.confidence or 0) >= ACT_AT)
    return found if found or not _fails(seen, asked) else _plain_fault(seen, asked, index)


def _entered(finding: Finding, seen: Observations, asked: Situation) -> Situation:
    """For the advice: where no port was asked for, a fault of TLS is one of the endpoint where it was seen, not of a port to change."""
    fact = next((item for item in finding.evidence if isinstance(item, o.EndpointObservation)), None)
    if asked.port is not None or fact is None or not finding.cause.startswith("tls."):
        return asked
    view = at_port(survey(seen), fact.port)
    speaks = view.speaks if view is not None else None
    return replace(asked, port=fact.port, security=asked.security or speaks)


def _plain_fault(seen: Observations, asked: Situation, index: Index) -> tuple[Finding, ...]:
    """What is plain to see at an endpoint that fails where no rule explains it: it turns us away, hangs up, stays silent. Nothing where not
    even the control endpoint is reached: then it is this side's own network that is cut off."""
    if (control := seen.first(o.ControlAnswered)) is not None and not control.reached:
        return ()
    for view in survey(seen):
        error = endpoint_error(view, asked)
        if asked.port in (None, view.port) and error is not None and index.cause(error) is not None:
            return (Finding(error, Certainty.SEEN, (view.refusal or view.facts[-1],), confidence=CONFIDENCE[Certainty.SEEN]),)
    return ()


def faulty(seen: Observations, asked: Situation, index: Index) -> bool:
    """Exit status 1: the asked endpoint (or, where none was asked for, every endpoint) fails, or something else is seen to be wrong."""
    return _fails(seen, asked) or bool(check_findings(seen, asked, index))


def _fails(seen: Observations, asked: Situation) -> bool:
    views = survey(seen)
    if asked.port is None:
        return not any(endpoint_error(view, asked) is None and view.speaks is not None for view in views)
    mine = [view for view in views if view.port == asked.port]
    return not mine or all(endpoint_error(view, asked) is not None or view.speaks is None for view in mine)


def recommended_json(seen: Observations, asked: Situation, index: Index) -> dict[str, Any] | None:
    view = best(survey(seen), near=asked.port)
    if view is None or view.speaks is None:
        return None
    ehlo = view.ehlo(under_tls=True)
    provider = index.by_host(view.host)
    need = provider.app_password.need if provider is not None and provider.app_password is not None else "unknown"
    return {
        "host": view.host,
        "port": view.port,
        "security": view.speaks.value,
        "auth": [mechanism.lower() for mechanism in (ehlo.auth if ehlo is not None else ())],
        "username": None,
        "app_password": {"required": True, "none": False}.get(need),
        "preferred": True,
    }


def _addresses(seen: Observations) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for fact in seen.all(o.NameResolved) for address in fact.addresses))


def _asked_as(port: int, asked: Situation) -> Security:
    """The mode in which a port was asked that was not seen to speak any."""
    entered = asked.security if asked.port == port else None
    return entered or CUSTOMARY_SECURITY.get(port, Security.STARTTLS)


def _endpoint_json(view: PortView, asked: Situation) -> dict[str, Any]:
    clear, encrypted = view.ehlo(under_tls=False), view.ehlo(under_tls=True)
    last = encrypted or clear
    greeting = view.fact(o.GreetedInClear) or view.fact(o.GreetedUnderTls)
    connected, tls = view.fact(o.TcpConnected), view.fact(o.TlsEstablished)
    certificate = view.fact(o.CertificateShown)
    return {
        "address": view.address,
        "port": view.port,
        "security": (view.speaks or _asked_as(view.port, asked)).value,
        "reachable": view.connected is True,
        "error": endpoint_error(view, asked),
        "banner": greeting.text if greeting is not None else None,
        "ehlo": list(last.keywords) if last is not None else [],
        "auth": list(last.auth) if last is not None else [],
        "size": last.size if last is not None else None,
        "starttls": clear.starttls if clear is not None else None,
        "tls": _tls_json(tls, certificate, view),
        "seconds": {
            "connect": _rounded(connected.seconds if connected is not None else None),
            "banner": _rounded(greeting.seconds if greeting is not None else None),
            "ehlo": _rounded(last.seconds if last is not None else None),
            "tls": _rounded(tls.seconds if tls is not None else None),
        },
    }


def _tls_json(tls: o.TlsEstablished | None, certificate: o.CertificateShown | None, view: PortView) -> dict[str, Any] | None:
    if tls is None and certificate is None:
        return None
    return {
        "version": tls.version if tls is not None else None,
        "cipher": tls.cipher if tls is not None else None,
        "names": list(certificate.names) if certificate is not None else [],
        "issuer": certificate.issuer if certificate is not None else None,
        "key": (certificate.key or None) if certificate is not None else None,
        "not_before": certificate.not_before.isoformat() if certificate is not None and certificate.not_before is not None else None,
        "not_after": certificate.not_after.isoformat() if certificate is not None and certificate.not_after is not None else None,
        "trusted": certificate.trusted if certificate is not None else None,
        "hostname_ok": certificate.hostname_ok if certificate is not None else None,
        "oldest_version": oldest_tls(view),
        "chain": list(certificate.chain) if certificate is not None else [],
        "missing_intermediate": missing.issuer if (missing := view.fact(o.IntermediateMissing)) is not None else None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


# --- for people ------------------------------------------------------------------------------------------------------------


def check_blocks(seen: Observations, asked: Situation, index: Index, today: datetime.date) -> tuple[Block, ...]:
    """What to enter, what each port means in plain words, a table for each address, what is wrong with evidence and remedy."""
    views = survey(seen)
    blocks: list[Block] = [Paragraph(_headline(seen, asked, index))]
    if views:
        blocks.append(Paragraph((Text(in_plain_words(views, asked, index)),)))
        blocks.extend(tables(views, asked, index))
        if remarks := tuple(evidence(fact, index) for fact in seen if _is_worth_a_remark(fact)):
            blocks.append(Evidence(remarks))
    findings = check_findings(seen, asked, index)
    refusals = tuple(evidence(view.refusal, index) for view in views if view.refusal is not None and view.refusal.code >= 500)
    if refusals and not findings:
        blocks.append(Evidence(refusals))
    for finding in findings[:3]:
        entered = _entered(finding, seen, asked)
        advice = advise(finding, entered, seen, index, today)
        blocks.append(Paragraph((Emphasis(advice.cause.title + "."), Text(" "), Text(advice.cause.meaning))))
        blocks.append(Evidence(evidence_lines(finding.evidence, index)))
        blocks.extend(advice_blocks(advice, finding, entered, index))
        blocks.append(sources_block(advice.sources))
    return tuple(blocks)


def _is_worth_a_remark(fact: o.Observation) -> bool:
    """No fault for who sends, but something that an administrator wants to know: old TLS, a login in clear beside STARTTLS."""
    in_clear = isinstance(fact, o.EhloAnswered) and not fact.under_tls and fact.starttls and bool(fact.auth)
    return isinstance(fact, o.OldTlsAccepted) or in_clear


def _headline(seen: Observations, asked: Situation, index: Index) -> Spans:
    views = survey(seen)
    view = best(views, near=asked.port)
    if view is not None and view.speaks is not None:
        own = asked.port is not None and view.port != asked.port
        return spans(
            index, "answers.check.enter_instead" if own else "answers.check.enter", **_endpoint(view, index), asked=str(asked.port)
        )
    if not views:
        fact = seen.first(o.NameDidNotResolve) or seen.first(o.NotProbed)
        return evidence(fact, index) if fact is not None else spans(index, "answers.check.nothing", host=asked.host or "?")
    view = best(views, near=asked.port, login=False)
    if view is not None and view.speaks is not None:
        return spans(index, "answers.check.no_login", **_endpoint(view, index))
    return spans(index, "answers.check.none_works", host=asked.host or "?")


def _endpoint(view: PortView, index: Index) -> dict[str, Span]:
    assert view.speaks is not None
    return {"host": Code(view.host), "port": Code(str(view.port)), "mode": Text(index.phrase(f"answers.mode.{view.speaks.value}"))}
