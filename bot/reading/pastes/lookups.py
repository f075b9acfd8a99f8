"""What did `nslookup`, `dig`, `host` or `ping` say about a name? Whether it exists and to what it points, no more."""

from __future__ import annotations

from typing import Literal

from bot.observations import USER, MailExchangersFound, NameDidNotResolve, NameResolved, Observation
from bot.reading import hosts
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where
from bot.reading.patterns import lazily

_NO_NAME = lazily(
    r"(?im)^(?:\*\* |\*\*\* [\w.\-]+ )?(?:server )?can'?t find ([\w.\-]+): (NXDOMAIN|No answer"
    r"|SERVFAIL|Non-existent domain)|^Host ([\w.\-]+) not found: 3\(NXDOMAIN\)"
    r"|^ping: (?:cannot resolve )?([\w.\-]+): (?:Name or service not known|Unknown host|Temporary "
    r"failure in name resolution|No address associated)"
    r"|could not find host ([\w.\-]+?)\.? Please check"
)
_DIG = lazily(r"(?m)^;; ->>HEADER<<- .*status: (NOERROR|NXDOMAIN|SERVFAIL|REFUSED)")
_DIG_NAME = lazily(r"(?m)^;([\w.\-]+)\.\s+IN\s+(A|AAAA|MX)\b")
_RECORD = lazily(r"(?m)^([\w.\-]+)\.\s+\d*\s*IN\s+(A|AAAA|MX)\s+(?:\d+ )?([\w.:\-]+?)\.?\s*$")
_HOST = lazily(r"(?m)^([\w.\-]+) has (?:IPv6 )?address ([0-9a-fA-F.:]+)")
_HOST_MX = lazily(r"(?m)^([\w.\-]+) mail is handled by \d+ ([\w.\-]+?)\.?$|^([\w.\-]+)\s+mail exchanger = \d+ ([\w.\-]+?)\.?$")
_NSLOOKUP = lazily(r"(?m)^Name:\s+([\w.\-]+)\s*\n(?:Address(?:es)?:\s+([0-9a-fA-F.:]+))")
_PING = lazily(r"(?im)^PING ([\w.\-]+) \(?([0-9a-fA-F.:]+)\)?|^Pinging ([\w.\-]+) \[([0-9a-fA-F.:]+)\]")


def read(text: str, hint: Where) -> Pasted | None:
    seen: list[Observation] = []
    exchangers: dict[str, list[str]] = {}
    addresses: dict[str, list[str]] = {}
    for match in _NO_NAME.finditer(text):
        name = next((g for n, g in enumerate(match.groups(), 1) if g and n != 2), "")
        reason = (match.group(2) or "NXDOMAIN").upper()
        if hosts.name(name):
            said: Literal["nxdomain", "no_address", "no_answer"] = (
                "no_answer" if reason in ("SERVFAIL", "TEMPORARY FAILURE") else "no_address" if reason == "NO ANSWER" else "nxdomain"
            )
            seen.append(NameDidNotResolve(site=USER, host=name.lower().rstrip("."), reason=said))
    status, asked = _DIG.search(text), _DIG_NAME.search(text)
    if status and asked and status.group(1) != "NOERROR":
        seen.append(
            NameDidNotResolve(site=USER, host=asked.group(1).lower(), reason="nxdomain" if status.group(1) == "NXDOMAIN" else "no_answer")
        )
    for name, kind, value in _RECORD.findall(text):
        (exchangers if kind == "MX" else addresses).setdefault(name.lower(), []).append(value.lower())
    for pattern in (_HOST, _NSLOOKUP):
        for name, value in pattern.findall(text):
            addresses.setdefault(name.lower(), []).append(value.lower())
    for first, host, second, other in _HOST_MX.findall(text):
        exchangers.setdefault((first or second).lower(), []).append((host or other).lower())
    for one, address, two, other in _PING.findall(text):
        addresses.setdefault((one or two).lower(), []).append((address or other).lower())
    seen += [
        NameResolved(site=USER, host=name, addresses=tuple(dict.fromkeys(found))[:16]) for name, found in addresses.items() if "." in name
    ]
    seen += [MailExchangersFound(site=USER, domain=name, hosts=tuple(dict.fromkeys(found))[:16]) for name, found in exchangers.items()]
    if not seen:
        return None
    not_servers = frozenset(host for found in exchangers.values() for host in found)
    return Pasted(weight=0, observations=tuple(seen), not_hosts=not_servers)
