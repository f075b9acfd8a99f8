"""What does the message of a failed connection say was seen? `connect ECONNREFUSED host:port`, `getaddrinfo ENOTFOUND host` …

Only messages that name the endpoint: what they met is a fact of the user's side.
"""

from __future__ import annotations

import re

from bot.observations import USER, NameDidNotResolve, Observation, TcpConnected, TcpRefused, TcpTimedOut, TcpUnreachable, TlsFailed
from bot.reading import hosts
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_ENDPOINT = r"\[?([A-Za-z0-9][\w.\-]*|[0-9a-fA-F]*:[0-9a-fA-F:]+)\]?"
# JavaMail names the endpoint, and says the reason on the next line but one.
_JAVA = (
    rf"|(?:Couldn't connect to host, port: {_ENDPOINT}, (\d+)|Could not connect to SMTP host: {_ENDPOINT}, port: (\d+))"
    r"(?:; timeout -?\d+)?;\s+nested exception is:\s+"
)
_CONNECTS: tuple[tuple[type[TcpRefused] | type[TcpTimedOut] | type[TcpUnreachable], re.Pattern[str]], ...] = (
    (TcpRefused, lazily(
rf"ECONNREFUSED {_ENDPOINT}:(\d+)|[Uu]nable to connect to (?:\w+://)?{_ENDPOINT}:(\d+) \(Connection "
rf"refused\)|cannot connect to {_ENDPOINT}, port (\d+): Connection refused|dial tcp:? {_ENDPOINT}:(\d+): (?:connect: )?connection refused"
rf"{_JAVA}java\.net\.ConnectException: Connection refused"
)),
    (TcpTimedOut, lazily(
rf"ETIMEDOUT {_ENDPOINT}:(\d+)|[Uu]nable to connect to (?:\w+://)?{_ENDPOINT}:(\d+) \(Connection "
rf"timed out\)|cannot connect to {_ENDPOINT}, port (\d+): Connection timed out|dial tcp:? {_ENDPOINT}:(\d+): "
rf"(?:connect: connection timed out|i/o timeout){_JAVA}java\.net\.\w+: (?i:connect(?:ion)? timed out)"
)),
    (TcpUnreachable, lazily(
rf"E(?:NETUNREACH|HOSTUNREACH) {_ENDPOINT}:(\d+)|[Uu]nable to connect to (?:\w+://)?{_ENDPOINT}:(\d+) "
rf"\((?:Network is unreachable|No route to host)\)|dial tcp:? {_ENDPOINT}:(\d+): connect: "
rf"(?:network is unreachable|no route to host){_JAVA}java\.net\.\w+: (?:Network is unreachable|No route to host)"
)),
)  # fmt: skip
_NOT_TLS = lazily(
    rf"Could not connect to SMTP host: {_ENDPOINT}, port: (\d+);\s+nested exception is:\s+"
    r"javax\.net\.ssl\.SSLException: (Un(?:supported or un)?recognized SSL message[^\n]*)"
)
_NO_NAME = lazily(
    r"(?:ENOTFOUND|UnknownHostException:|Could not resolve host:|getaddrinfo for|cannot locate host) ([\w.\-]+)|"
    r"lookup ([\w.\-]+)(?: on [\w.:\[\]]+)?: no such host"
)
# What git send-email says in place of the reason; with `--smtp-debug` that stands before it.
_SAID_ALONE = lazily(r"Unable to initialize SMTP properly\. Check config[^\n]{0,300}")
_GIT = lazily(rf"(?s)wrong version number.*VALUES: server={_ENDPOINT} encryption=(?:ssl)? [^\n]*\bport=(\d+)")


def read(text: str, hint: Where) -> Pasted | None:
    seen: list[Observation] = []
    for kind, pattern in _CONNECTS:
        for match in pattern.finditer(text):
            found = [group for group in match.groups() if group]
            place = endpoint(found[0], found[1])
            if place.host and place.port:
                name = hint.host if place.address and hint.host and hosts.address(hint.host) is None else place.host
                seen.append(kind(**Where(name, place.address, place.port).fields()))
    for match in (*_NOT_TLS.finditer(text), *_GIT.finditer(text)):
        place = endpoint(match.group(1), match.group(2))
        if place.host and place.port:
            detail = match.group(3) if match.re.groups > 2 else "wrong version number"
            seen.append(TcpConnected(**place.fields()))
            seen.append(TlsFailed(implicit=True, reason="not_tls", detail=detail, **place.fields()))
    for match in _NO_NAME.finditer(text):
        name = (match.group(1) or match.group(2)).lower().rstrip(".")
        if hosts.name(name):
            seen.append(NameDidNotResolve(site=USER, host=name, reason="nxdomain"))
    said = _SAID_ALONE.search(text)
    if not seen and said is None:
        return None
    return Pasted(weight=0, error=said.group(0) if said else None, observations=tuple(dict.fromkeys(seen))[:20])
