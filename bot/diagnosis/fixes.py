"""Which of a cause's fixes holds for this person, and does not contradict what was seen? Chooses; words nothing. Pure."""

from __future__ import annotations

import datetime
from dataclasses import replace

from bot import observations as o
from bot.diagnosis.diagnose import recognised
from bot.diagnosis.model import Situation
from bot.diagnosis.survey import PortView, at_port, survey
from bot.observations import Observations
from knowledge.model import Cause, Client, Fix, Provider, When


def choose_fix(
    cause: Cause,
    situation: Situation,
    provider: Provider | None,
    client: Client | None,
    site: str,
    today: datetime.date,
    seen: Observations,
) -> Fix | None:
    """The first fix whose conditions hold, one for this very provider before a general one. Something unknown fulfils no condition.

    A fix that leads to a port which was seen to be dead, or which the provider does not have, gives way to any other; where all do, what
    the most general one says besides is left.
    """
    recognition = recognised(situation)
    codes = {str(code) for code in (recognition.reply_code, recognition.enhanced_code) if code}
    holding = [fix for fix in cause.fixes if _holds(fix.when, situation, provider, client, site, codes, today)]
    views = survey(seen)
    sound = [fix for fix in holding if not _leads_astray(fix, situation, provider, views)] or [_without_a_way(fix) for fix in holding[-1:]]
    return next((fix for fix in sound if fix.when.providers), sound[0] if sound else None)


def _without_a_way(fix: Fix) -> Fix:
    """The fix without the port and mode that it would set; whole where it says nothing else."""
    return replace(fix, set={name: value for name, value in fix.set.items() if name not in ("port", "security")}) if fix.do else fix


def _leads_astray(fix: Fix, situation: Situation, provider: Provider | None, views: tuple[PortView, ...]) -> bool:
    """Whether the port that a fix changes to was seen to be dead (a fix never contradicts what was seen), or, where it was not looked at,
    is none that the provider has at this server."""
    port = fix.set.get("port", "")
    if not port.isdigit() or int(port) == situation.port:
        return False
    view = at_port(views, int(port))
    if view is not None and view.connected is not None:
        return is_dead(view)
    servers = provider.servers if provider is not None and "host" not in fix.set else ()
    there = {server.endpoint.port for server in servers if server.endpoint.host == situation.host}
    return bool(there) and int(port) not in there


def is_dead(view: PortView | None) -> bool:
    """Nobody listens there, or something that is no mail server. A time-out says neither."""
    return view is not None and (view.connected is False or view.fact(o.SpokeOtherProtocol) is not None)


def _holds(
    when: When,
    situation: Situation,
    provider: Provider | None,
    client: Client | None,
    site: str,
    codes: set[str],
    today: datetime.date,
) -> bool:
    clients = {client.id, client.family} if client is not None else {situation.client}
    need = provider.app_password.need if provider is not None and provider.app_password is not None else None
    return (
        (not when.providers or (provider is not None and provider.id in when.providers))
        and (not when.clients or bool(clients & set(when.clients)))
        and (not when.client_kinds or (client is not None and client.kind in when.client_kinds))
        and (not when.ports or situation.port in when.ports)
        and (not when.securities or situation.security in when.securities)
        and (not when.codes or bool(codes & set(when.codes)))
        and (not when.app_password or need in when.app_password)
        and (not when.sites or site in when.sites)
        and in_force(when.since, when.until, today)
    )


def in_force(since: str | None, until: str | None, today: datetime.date) -> bool:
    """Whether `today` lies in [since, until); both "YYYY-MM-DD" or None."""
    day = today.isoformat()
    return (since is None or since <= day) and (until is None or day < until)
