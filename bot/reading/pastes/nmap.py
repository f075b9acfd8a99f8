"""Which mail ports did `nmap` find open, closed or filtered?"""

from __future__ import annotations

from bot.observations import Observation, TcpConnected, TcpRefused, TcpTimedOut
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_REPORT = lazily(r"Nmap scan report for ([\w.\-:]+)(?: \(([0-9a-fA-F.:]+)\))?")
_PORT = lazily(r"(?m)^(\d{1,5})/tcp\s+(open|closed|filtered)\b")
_KINDS: dict[str, type[TcpConnected] | type[TcpRefused] | type[TcpTimedOut]] = {
    "open": TcpConnected,
    "closed": TcpRefused,
    "filtered": TcpTimedOut,
}


def read(text: str, hint: Where) -> Pasted | None:
    report = _REPORT.search(text)
    ports = _PORT.findall(text)
    if not ports or (report is None and "PORT" not in text):
        return None
    asked = endpoint(report.group(1)) if report else Where()
    if report and report.group(2):
        asked = Where(asked.host, report.group(2))
    where = asked.or_else(Where(hint.host, hint.address))
    seen: list[Observation] = []
    for port, state in ports[:20]:
        if 0 < int(port) < 65536:
            seen.append(_KINDS[state](**Where(where.host, where.address, int(port)).fields()))
    only = int(ports[0][0]) if len(ports) == 1 else None  # of a list of ports none is the one that is entered
    return Pasted(weight=0, host=asked.host or None, port=only, observations=tuple(seen))
