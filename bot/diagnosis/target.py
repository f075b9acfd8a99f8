"""At which server, port and mode does a person end up with a finding's fix? Pure.

Theirs, as changed by what was seen, by the fix, or by the provider's entry: seen before said, the provider's before the customary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.diagnosis.fixes import is_dead
from bot.diagnosis.model import Finding, Situation
from bot.diagnosis.survey import PortView, at_port, best, survey
from bot.observations import Observations
from knowledge.model import Fix, Provider, Server
from knowledge.near import registered
from knowledge.terms import CUSTOMARY_SECURITY, SUBMISSION, SUBMISSIONS, Endpoint, Security


def preferred_server(provider: Provider | None, situation: Situation) -> Server | None:
    """The provider's endpoint nearest to what the person has: same host and port, same host, same port, else the first one; for a name
    that is gone one of the same domain."""
    if provider is None or not provider.servers:
        return None
    gone = has_old_name(situation, provider)

    def distance(position_and_server: tuple[int, Server]) -> tuple[bool, bool, int]:
        position, server = position_and_server
        host = server.endpoint.host
        other_host = situation.host is not None and (registered(host) != registered(situation.host) if gone else host != situation.host)
        return (other_host, situation.port is not None and server.endpoint.port != situation.port, position)

    encrypted = [(i, s) for i, s in enumerate(provider.servers) if s.endpoint.security is not Security.NONE]
    return min(encrypted or list(enumerate(provider.servers)), key=distance)[1]


def is_astray(finding: Finding, situation: Situation, seen: Observations, provider: Provider | None) -> bool:
    """Whether a server that did not answer well or let nobody in was gone to by a name that is gone, or one that refused a login or a
    relay at a port where it takes no mail from programs, or without encryption where it has it: then that is to be changed too. An
    encrypted mode by another name is left alone: the login was reached with it."""
    if has_old_name(situation, provider) and finding.cause.startswith(("auth.", "relay.", "net.", "tls.")):
        return True
    if not finding.cause.startswith(("auth.", "relay.")):
        return False
    if situation.security is Security.NONE and _offers_starttls(situation, seen):
        return True
    if provider is None:
        return False
    there = [server.endpoint for server in provider.servers if server.endpoint.host == situation.host]
    encrypted = all(endpoint.security is not Security.NONE for endpoint in there)
    other_port = situation.port is not None and situation.port not in {endpoint.port for endpoint in there}
    return bool(there) and encrypted and (other_port or situation.security is Security.NONE)


def has_old_name(situation: Situation, provider: Provider | None) -> bool:
    """Whether the server is entered by a name that the provider does not use any more, and has another in its place."""
    return provider is not None and bool(provider.servers) and situation.host in provider.old_hosts


def _offers_starttls(situation: Situation, seen: Observations) -> bool:
    view = at_port(survey(seen), situation.port) if situation.port is not None else None
    return view is not None and view.works and view.speaks is Security.STARTTLS


def target_of(
    finding: Finding, fix: Fix | None, situation: Situation, seen: Observations, provider: Provider | None, *, astray: bool
) -> Endpoint | None:
    """The endpoint the person ends up with: theirs, as changed by what was seen, by the fix, or by the provider's entry."""
    wanted: Mapping[str, str] = fix.set if fix is not None else {}
    touches = bool({"host", "port", "security"} & wanted.keys()) or finding.proposal is not None
    server = preferred_server(provider, situation)
    if astray and server is not None and has_old_name(situation, provider):
        situation = replace(situation, host=server.endpoint.host)
        astray = is_astray(finding, situation, seen, provider)
        touches = "host" in wanted or finding.proposal is not None  # what was wrong with the old name's port says nothing of this one
    host, port, security = situation.host, situation.port, situation.security
    views = survey(seen)
    if finding.proposal is not None:
        host = finding.proposal.host or host
        port = finding.proposal.port or port
        security = finding.proposal.security or security or _mode_at(port, views)
    elif touches:
        host, port, security = _as_the_fix_says(wanted, situation, server)
        view = at_port(views, port) if port is not None else None
        spoken = view.speaks if view is not None else None
        other = best(views, near=port)
        if spoken is not None and spoken is not Security.NONE:
            security = spoken  # a fix never contradicts what was seen
        elif view is not None and other is not None:
            port, security = other.port, other.speaks
        elif is_dead(view) and host == situation.host:
            port, security = situation.port, situation.security  # no better one is known: the settings stay, the steps tell
        elif view is None and (instead := _instead_of(host, port, provider, situation)) is not None:
            port, security = instead.port, instead.security
    elif astray and _offers_starttls(situation, seen):
        security = Security.STARTTLS
    elif astray and (usual := preferred_server(provider, replace(situation, port=None))) is not None:
        host, port, security = usual.endpoint.host, usual.endpoint.port, usual.endpoint.security
    if server is not None and host in (None, server.endpoint.host):
        host = server.endpoint.host
        if port is None:
            port, security = server.endpoint.port, server.endpoint.security
        elif security is None:
            security = server.endpoint.security if server.endpoint.port == port else CUSTOMARY_SECURITY.get(port)
    if port is None and (other := best(views)) is not None:
        port, security = other.port, other.speaks
    if port is None and touches and security is not None:
        customary = SUBMISSION if security is Security.STARTTLS else SUBMISSIONS
        port = None if host == situation.host and is_dead(at_port(views, customary)) else customary
    return Endpoint(host, port, security) if host is not None and port is not None and security is not None else None


def _instead_of(host: str | None, port: int | None, provider: Provider | None, situation: Situation) -> Endpoint | None:
    """The provider's endpoint at its own server, where it takes no mail from programs at that port."""
    there = [server.endpoint for server in provider.servers if server.endpoint.host == host] if provider is not None else []
    usual = preferred_server(provider, replace(situation, host=host, port=None)) if there else None
    return usual.endpoint if usual is not None and port is not None and port not in {endpoint.port for endpoint in there} else None


def _mode_at(port: int | None, views: tuple[PortView, ...]) -> Security | None:
    """The mode of a port whose mode nobody told: as it was seen, else the customary one."""
    if port is None:
        return None
    view = at_port(views, port)
    return view.speaks if view is not None and view.speaks is not None else CUSTOMARY_SECURITY.get(port)


def _as_the_fix_says(
    wanted: Mapping[str, str], situation: Situation, server: Server | None
) -> tuple[str | None, int | None, Security | None]:
    host, port, security = situation.host, situation.port, situation.security
    if wanted.get("host") == "of_provider" and server is not None:
        return server.endpoint.host, server.endpoint.port, server.endpoint.security
    if "security" in wanted:
        security = Security(wanted["security"])
    if (value := wanted.get("port")) is not None:
        if value.isdigit():
            port = int(value)
            if "security" not in wanted and port in CUSTOMARY_SECURITY:
                security = CUSTOMARY_SECURITY[port]
        elif value == "of_mode" and security is not None:
            port = SUBMISSIONS if security is Security.IMPLICIT_TLS else SUBMISSION
    if server is not None and host in (None, server.endpoint.host) and port == server.endpoint.port:
        security = server.endpoint.security
    return host, port, security
