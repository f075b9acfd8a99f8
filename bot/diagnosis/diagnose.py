"""What is wrong, how sure is that, and by what evidence? Error text and observations weighed together. Pure; asks nobody.

The person's error text says which fault *they* have; what was seen at the server says why. So a seen fault comes first only where it
explains the text (a time-out because port and mode do not belong together), or where there is no text. A fault seen beside the text's
own cause is still told, behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from bot import observations as o
from bot.diagnosis.certainty import ACT_AT, CONFIDENCE
from bot.diagnosis.model import Certainty, Finding, Proposal, Quote, Recognition, Situation
from bot.diagnosis.recognizer import recognizer
from bot.diagnosis.survey import PortView, at_port, best, nobody_home, survey
from bot.observations import Observations
from knowledge.index import Index
from knowledge.model import Provider
from knowledge.terms import ALTERNATE, FETCHING, MAIL_PORTS, RELAY, Security

_NET = frozenset({"net.dns", "net.refused", "net.timeout", "net.unreachable", "net.closed", "net.not_smtp", "net.intercepted"})
WAY = frozenset({"net.connect_failed", "net.refused", "net.timeout", "net.unreachable", "net.closed"})
_CERTIFICATE = frozenset({"tls.expired", "tls.hostname_mismatch", "tls.untrusted"})
_TLS = _CERTIFICATE | {"tls.wrong_mode", "tls.not_offered", "tls.protocol_too_old", "tls.handshake_failed"}

# Which seen cause explains which cause that the text names. What stands in no set here is not overruled by a probe: who got as far as
# a refused login was past the certificate.
EXPLAINED_BY: dict[str, frozenset[str]] = {
    "net.connect_failed": _NET | _TLS,
    "net.timeout": frozenset({"tls.wrong_mode", "net.refused", "net.not_smtp", "net.unreachable", "net.dns", "server.unavailable"}),
    "net.closed": frozenset(
        {"tls.wrong_mode", "net.not_smtp", "net.refused", "tls.protocol_too_old", "server.unavailable", "net.intercepted"}
    ),
    "net.not_smtp": frozenset({"tls.wrong_mode"}),
    "net.refused": frozenset({"net.dns"}),
    "tls.handshake_failed": _TLS | {"net.not_smtp", "net.intercepted"},
    "tls.wrong_mode": frozenset({"tls.not_offered", "net.not_smtp"}),
    "tls.not_offered": frozenset({"net.intercepted", "tls.wrong_mode"}),
    "tls.untrusted": frozenset({"tls.expired", "tls.hostname_mismatch", "net.intercepted"}),
    "tls.expired": frozenset(),
    "tls.hostname_mismatch": frozenset({"net.intercepted"}),
    "tls.protocol_too_old": frozenset({"tls.wrong_mode"}),
    "auth.mechanism_unsupported": frozenset({"auth.needs_tls_first"}),
    "tls.required": frozenset({"auth.needs_tls_first"}),
}
# Where a probe can say more than the text did: a reason to ask for the server and to look at it.
PROBE_HELPS = (
    frozenset(EXPLAINED_BY) | _NET | _TLS | {"auth.needs_tls_first", "auth.bad_credentials", "auth.required", "server.unavailable"}
)

# Whose vendor's name (see vendors.py) is not the id of its provider. Microsoft's two services speak alike, so it stands for neither.
_SPEAKS_FOR = {"google": "gmail", "apple": "icloud", "mailru": "mail.ru", "gmx": "", "netease": "", "microsoft": ""}

# A seen fault that does not explain the text stands behind it, at this part of its own confidence.
_BESIDE = 0.5
_CONTRADICTED = 0.4
# What the text names, once a seen fault explains it: told no more as a cause of its own, kept for "still the same".
_EXPLAINED = 0.4


def diagnose(situation: Situation, seen: Observations, index: Index) -> tuple[Finding, ...]:
    """Findings, best first, each with its confidence; empty where nothing points anywhere.

    A finding below `ACT_AT` is a candidate to ask about, never one to act on.
    """
    recognition = recognised(situation)
    if not recognition.about_mail:
        seen = _at_mail_ports(seen)
    named = [_weighed(finding, situation, seen) for finding in _named(recognition)]
    told = named[0].cause if named and (named[0].confidence or 0) >= ACT_AT else None
    facts = seen + _as_the_text_says(told, situation, seen)
    provider = provider_of(situation, index)
    ruled = [_with_confidence(_doubted(finding, situation, provider)) for finding in _by_rules(facts, _as_proved(situation, told))]
    if situation.port in FETCHING and (told is None or told.startswith(("net.", "tls."))):
        ruled.insert(0, _with_confidence(Finding("net.not_smtp", Certainty.SEEN)))  # no look can tell more than the number does
    if recognition.about_mail and told is None and not any(finding.certainty is not Certainty.POSSIBLE for finding in ruled):
        ruled = [*map(_with_confidence, _undocumented(situation, facts, provider)), *ruled]
    findings = [_proposed(f, situation, facts, provider) for f in _merged(named, ruled, told, situation)]
    return tuple(_without_guesses(_companions(findings, situation, provider, index), situation, seen, provider))


def is_servers_own(cause: str, situation: Situation, seen: Observations, provider: Provider | None) -> bool:
    """Whether what the person's program meets is the same for everybody, at every port: no port of the server can be reached from here
    either (while others can), or none encrypts.

    A provider's documented server does not vanish: what is seen only from here says more of here."""
    if not seen or situation.on_itself:
        return False
    if provider is not None and situation.host in {server.endpoint.host for server in provider.servers}:
        return False
    views = survey(seen)
    if cause == "tls.not_offered":
        spoken = {view.speaks for view in views}
        hidden = any(view.fact(o.StarttlsAcceptedUnlisted) is not None for view in views)
        return Security.NONE in spoken and spoken <= {Security.NONE, None} and not hidden
    cut_off = seen.all(o.ControlAnswered)
    return cause in WAY and nobody_home(views) and (not cut_off or any(answer.reached for answer in cut_off))


def _without_guesses(findings: list[Finding], situation: Situation, seen: Observations, provider: Provider | None) -> Iterator[Finding]:
    """Where no port is any better, what else may lie behind the same words (the mode, another port) cannot be tried, and is not told."""
    no_way_round = bool(findings) and is_servers_own(findings[0].cause, situation, seen, provider)
    for number, finding in enumerate(findings):
        guess = finding.certainty is not Certainty.SEEN and finding.cause.startswith(("net.", "tls."))
        if number == 0 or not no_way_round or not guess:
            yield finding


def _as_proved(situation: Situation, told: str | None) -> Situation:
    """With the mode that the program must be in to say so: who misses STARTTLS has asked for it."""
    if told == "tls.not_offered" and situation.security is None:
        return replace(situation, security=Security.STARTTLS)
    return situation


def _at_mail_ports(seen: Observations) -> Observations:
    """Without what a text about something else (npm, a database) says of that program's own port."""
    return Observations(
        tuple(fact for fact in seen if fact.site != o.USER or not isinstance(fact, o.EndpointObservation) or fact.port in (0, *MAIL_PORTS))
    )


def _by_rules(seen: Observations, situation: Situation) -> Iterator[Finding]:
    if not seen:
        return
    from bot.diagnosis.rules import RULES

    for rule in RULES:
        if (finding := rule(seen, situation)) is not None:
            yield finding


def recognised(situation: Situation) -> Recognition:
    """What the error text alone says; nothing where there is none."""
    if not situation.error:
        return Recognition()
    return _recognised(situation.error, situation.client, situation.provider)


# One step asks about the same text again and again, with other settings tried; no more texts are kept than one step needs.
@lru_cache(maxsize=16)
def _recognised(error: str, client: str | None, provider: str | None) -> Recognition:
    return recognizer().recognise(error, client=client, provider=provider)


def provider_of(situation: Situation, index: Index) -> Provider | None:
    """By what was said, else by the server's name, else by the address's domain, else by who refused the login."""
    found = index.by_host(situation.host) if situation.host is not None else None
    if found is not None and situation.on_itself and not _has_a_bridge(situation, index):
        if situation.provider == found.id:
            return None
        found = None
    if situation.provider is not None:
        return index.provider(situation.provider)
    if found is not None:
        return found
    if situation.address_domain is not None and not situation.own_server:
        return index.by_domain(situation.address_domain)
    if situation.host is None and not situation.own_server and situation.error is not None:
        return _who_refused(recognised(situation), index)
    return None


def _has_a_bridge(situation: Situation, index: Index) -> bool:
    """Whether a provider's own program may stand between, on the person's machine (Proton Mail Bridge): beside a mail program; what
    a web application meets there is its own machine."""
    client = index.knowledge.clients.get(situation.client or "")
    return client is None or client.kind in ("desktop", "phone", "family")


def _who_refused(recognition: Recognition, index: Index) -> Provider | None:
    """Who refuses a login, or a sender that is to be verified, is the person's own provider; other refusals may be a recipient's."""
    cause, confidence = (recognition.ranked[0][0], recognition.ranked[0][1]) if recognition.ranked else ("", 0.0)
    if recognition.vendor is None or confidence < ACT_AT or not (cause.startswith("auth.") or cause == "sender.unverified"):
        return None
    return index.provider(_SPEAKS_FOR.get(recognition.vendor, recognition.vendor))


def _named(recognition: Recognition) -> list[Finding]:
    return [
        Finding(cause, Certainty.LIKELY if score >= ACT_AT else Certainty.POSSIBLE, (Quote(words),) if words else (), confidence=score)
        for cause, score, words in recognition.ranked
    ]


def _weighed(finding: Finding, situation: Situation, seen: Observations) -> Finding:
    """What the text suggests, at less than half where the server was seen to do the opposite."""
    view = at_port(survey(seen), situation.port) if situation.port is not None else None
    if view is None:
        return finding
    clear, encrypted = view.ehlo(under_tls=False), view.ehlo(under_tls=True)
    offers_tls = finding.cause == "tls.not_offered" and clear is not None and clear.starttls
    no_login_under_tls = finding.cause == "auth.needs_tls_first" and encrypted is not None and not encrypted.auth
    if not (offers_tls or no_login_under_tls):
        return finding
    return replace(finding, confidence=(finding.confidence or 0.0) * _CONTRADICTED, certainty=Certainty.POSSIBLE)


def _doubted(finding: Finding, situation: Situation, provider: Provider | None) -> Finding:
    """A provider's documented server does not vanish and does not lose its certificate: seen only from here, the reason is here."""
    if finding.cause not in _CERTIFICATE | {"net.dns"} or provider is None:
        return finding
    documented = {server.endpoint.host for server in provider.servers}
    hosts = {e.host for e in finding.evidence if isinstance(e, o.NameDidNotResolve | o.EndpointObservation) and e.site != o.USER}
    return replace(finding, certainty=Certainty.POSSIBLE) if hosts and hosts <= documented else finding


def _undocumented(situation: Situation, seen: Observations, provider: Provider | None) -> tuple[Finding, ...]:
    """Entered is what the provider does not have (465 at Microsoft), or a documented port in the mode that it does not speak. Needs no
    error text and no look; a look that saw it work says otherwise, and so do 25 and 2525, which many have without a word about it."""
    if provider is None or situation.port in (None, RELAY, ALTERNATE) or situation.host is None:
        return ()
    view = at_port(survey(seen), situation.port) if situation.port is not None else None
    if situation.host not in {server.endpoint.host for server in provider.servers} or (view is not None and view.works):
        return ()
    proposal = _published(situation, provider)
    if proposal is None:
        return ()
    return (Finding("tls.wrong_mode" if proposal.port is None else "net.connect_failed", Certainty.LIKELY, (), proposal),)


def _with_confidence(finding: Finding) -> Finding:
    return finding if finding.confidence is not None else replace(finding, confidence=CONFIDENCE[finding.certainty])


def _as_the_text_says(cause: str | None, situation: Situation, seen: Observations) -> tuple[o.Observation, ...]:
    """What the error text says that the person's side saw, as observations beside those of a transcript."""
    if cause is None or any(fact.site == o.USER and isinstance(fact, o.EndpointObservation) for fact in seen):
        return ()
    port, host = situation.port or 0, situation.host or ""
    match cause:
        case "net.timeout" if situation.port:
            return (o.TcpTimedOut(site=o.USER, host=host, port=port),)
        case "net.refused" if situation.port:
            return (o.TcpRefused(site=o.USER, host=host, port=port),)
        case "net.unreachable" if situation.port:
            return (o.TcpUnreachable(site=o.USER, host=host, port=port),)
        case "tls.expired":
            return (o.CertificateExpired(site=o.USER, host=host, port=port),)
    return ()


def _explains(told: str | None, situation: Situation) -> frozenset[str]:
    """What may explain the cause that the text names. Who does not even reach port 25 meets the block that lines and clouds put there,
    and never comes to see a wrong mode."""
    explains = EXPLAINED_BY.get(told, frozenset()) if told else frozenset()
    return explains - {"tls.wrong_mode"} if situation.port == RELAY and told in ("net.timeout", "net.connect_failed") else explains


def _merged(named: list[Finding], ruled: list[Finding], told: str | None, situation: Situation) -> list[Finding]:
    """The two lists as one, best first, each cause once."""
    explains = _explains(told, situation)
    merged: dict[str, Finding] = {}
    for finding in named:
        merged.setdefault(finding.cause, finding)
    for finding in ruled:
        earlier = merged.get(finding.cause)
        confidence = finding.confidence or 0.0
        if earlier is not None:
            both = max(confidence, earlier.confidence or 0.0)
            evidence = tuple(dict.fromkeys((*earlier.evidence, *finding.evidence)))
            proposal = earlier.proposal or finding.proposal
            merged[finding.cause] = replace(finding, evidence=evidence, proposal=proposal, confidence=both)
        elif told is None or finding.cause in explains:
            merged[finding.cause] = finding
        else:
            merged[finding.cause] = replace(finding, confidence=min(confidence, 1.0) * _BESIDE)
    explaining = {finding.cause for finding in ruled if finding.cause in explains and finding.certainty is Certainty.SEEN}

    def rank(finding: Finding) -> tuple[bool, bool, float]:
        return (finding.cause not in explaining, finding.cause != "tls.wrong_mode" if explaining else True, -(finding.confidence or 0.0))

    if explaining and told is not None and told in merged:
        quote = tuple(e for e in merged[told].evidence if isinstance(e, Quote))
        for cause in explaining:
            merged[cause] = replace(merged[cause], evidence=tuple(dict.fromkeys((*quote, *merged[cause].evidence))))
        if told not in explaining:
            first = min(explaining, key=lambda cause: rank(merged[cause]))
            merged[told] = replace(
                merged[told], confidence=min(merged[told].confidence or 0.0, (merged[first].confidence or 0.0) * _EXPLAINED)
            )
    return sorted(merged.values(), key=rank)


def _proposed(finding: Finding, situation: Situation, seen: Observations, provider: Provider | None) -> Finding:
    """The finding with what to set instead: as the server itself was seen to work, else as the provider publishes it."""
    if finding.cause not in PROBE_HELPS or finding.proposal is not None:
        return _reached(finding, situation, seen)
    views = survey(seen)
    view = at_port(views, situation.port) if situation.port is not None else None
    proposal: Proposal | None = None
    if finding.cause in ("tls.wrong_mode", "auth.needs_tls_first", "tls.required") and view is not None:
        proposal = _mode_of(view)
    if proposal is None and finding.cause in _NET | {"net.connect_failed", "tls.not_offered", "tls.wrong_mode", "tls.handshake_failed"}:
        other = best(views, near=situation.port)
        if other is not None and (other.port, other.speaks) != (situation.port, situation.security):
            proposal = Proposal(port=other.port, security=other.speaks)
        elif other is None:
            proposal = _published(situation, provider)
    return replace(_reached(finding, situation, seen), proposal=proposal)


def _mode_of(view: PortView) -> Proposal | None:
    """The mode to set: what the port speaks, also where the person says that it is set so, for their program's words prove otherwise."""
    return Proposal(security=view.speaks) if view.speaks not in (None, Security.NONE) else None


def _published(situation: Situation, provider: Provider | None) -> Proposal | None:
    """What the provider publishes, where the entered endpoint is not one of its own."""
    if provider is None or not provider.servers:
        return None
    endpoints = [server.endpoint for server in provider.servers]
    mine = [e for e in endpoints if e.port == situation.port and (situation.host in (None, e.host))]
    if situation.port is None or any(situation.security in (None, e.security) for e in mine):
        return None
    if mine:
        return Proposal(security=mine[0].security)
    first = next((e for e in endpoints if e.host == situation.host), endpoints[0])
    host = first.host if situation.host is not None and situation.host != first.host else None
    return Proposal(host=host, port=first.port, security=first.security)


def _reached(finding: Finding, situation: Situation, seen: Observations) -> Finding:
    """Where the person could not connect and this side can, that goes with the evidence: it says whose side it is."""
    if finding.cause not in WAY or situation.port is None:
        return finding
    view = at_port(survey(seen), situation.port)
    fact = view.fact(o.TcpConnected) if view is not None and view.connected else None
    if fact is None or fact in finding.evidence:
        return finding
    return replace(finding, evidence=(*finding.evidence, fact))


def _companions(findings: list[Finding], situation: Situation, provider: Provider | None, index: Index) -> list[Finding]:
    """The findings, with what the knowledge says stands beside the first one where the text alone cannot tell the two apart."""
    if not findings or (findings[0].confidence or 0) < ACT_AT or findings[0].certainty is Certainty.SEEN:
        return findings
    first = findings[0]
    cause = index.cause(first.cause)
    beside = {other: _beside(first, other, situation, provider) for other in (cause.likely_with if cause is not None else ())}
    known = {finding.cause for finding in findings}
    raised = [
        replace(finding, confidence=max(finding.confidence or 0.0, beside.get(finding.cause, 0.0))) if finding is not first else finding
        for finding in findings
    ]
    added = [Finding(other, Certainty.POSSIBLE, first.evidence, confidence=c) for other, c in beside.items() if other not in known]
    return [first, *sorted([*raised[1:], *added], key=lambda finding: -(finding.confidence or 0.0))]


def _beside(first: Finding, other: str, situation: Situation, provider: Provider | None) -> float:
    """How likely a companion is, beside the first finding: an app password is nearly as likely where the provider demands one, and
    where the same password works in web mail."""
    rule = provider.app_password if provider is not None else None
    if other == "auth.app_password_required" and situation.works_elsewhere and (rule is None or rule.need in ("optional", "unknown")):
        factor = 0.8
    elif other != "auth.app_password_required" or rule is None:
        factor = 0.5
    elif rule.need == "required":
        factor = 0.9
    else:
        factor = 0.1
    return round((first.confidence or 0.0) * factor, 3)
