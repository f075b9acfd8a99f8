"""What does the message of a failed connection say was seen? `connect ECONNREFUSED host:port`, `getaddrinfo ENOTFOUND host` …

Only messages that name the endpoint: what they met is a fact of the user's side.
"""

from __future__ import annotations

import re

from bot.observations import USER, NameDidNotResolve, Observation, TcpRefused, TcpTimedOut, TcpUnreachable
from bot.reading import hosts
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_ENDPOINT = r"\[?([A-Za-z0-9][\w.\-]*|[0-9a-fA-F]*:[0-9a-fA-F:]+)\]?"
_CONNECTS: tuple[tuple[type[TcpRefused] | type[TcpTimedOut] | type[TcpUnreachable], re.Pattern[str]], ...] = (
    (TcpRefused, lazily(
rf"ECONNREFUSED {_ENDPOINT}:(\d+)|[Uu]nable to connect to (?:\w+://)?{_ENDPOINT}:(\d+) \(Connection "
rf"refused\)|cannot connect to {_ENDPOINT}, port (\d+): Connection refused|dial tcp:? {_ENDPOINT}:(\d+): (?:connect: )?connection refused"
)),
    (TcpTimedOut, lazily(
rf"ETIMEDOUT {_ENDPOINT}:(\d+)|[Uu]nable to connect to (?:\w+://)?{_ENDPOINT}:(\d+) \(Connection "
rf"timed out\)|cannot connect to {_ENDPOINT}, port (\d+): Connection timed out|dial tcp:? {_ENDPOINT}:(\d+): "
rf"(?:connect: connection timed out|i/o timeout)"
)),
    (TcpUnreachable, lazily(
rf"E(?:NETUNREACH|HOSTUNREACH) {_ENDPOINT}:(\d+)|[Uu]nable to connect to (?:\w+://)?{_ENDPOINT}:(\d+) "
rf"\((?:Network is unreachable|No route to host)\)|dial tcp:? {_ENDPOINT}:(\d+): connect: "
rf"(?:network is unreachable|no route to host)"
)),
)  # fmt: skip
_NO_NAME = lazily(
    r"(?:ENOTFOUND|UnknownHostException:|Could not resolve host:|getaddrinfo for|cannot locate host) ([\w.\-]+)|"
    r"lookup ([\w.\-]+)(?: on [\w.:\[\]]+)?: no such host"
)
# What git send-email says in place of the reason.
_SAID_ALONE = lazily(r"Unable to initialize SMTP properly\. Check config[^\n]{0,300}")


def read(text: str, hint: Where) -> Pasted | None:
    seen: list[Observation] = []
    for kind, pattern in _CONNECTS:
        for match in pattern.finditer(text):
            found = [group for group in match.groups() if group]
            place = endpoint(found[0], found[1])
            if place.host and place.port:
                name = hint.host if place.address and hint.host and hosts.address(hint.host) is None else place.host
                seen.append(kind(**Where(name, place.address, place.port).fields()))
    for match in _NO_NAME.finditer(text):
        name = (match.group(1) or match.group(2)).lower().rstrip(".")
        if hosts.name(name):
            seen.append(NameDidNotResolve(site=USER, host=name, reason="nxdomain"))
    said = _SAID_ALONE.search(text)
    if not seen and said is None:
        return None
    return Pasted(weight=0, error=said.group(0) if said else None, observations=tuple(dict.fromkeys(seen))[:20])
