"""What did PowerShell's `Test-NetConnection` (or `tnc`) see? (Written from its documented fields; its output cannot be made here.)"""

from __future__ import annotations

import re

from bot.observations import USER, NameDidNotResolve, NameResolved, Observation, TcpConnected, TcpTimedOut
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_COMMAND = lazily(r"(?i)\b(?:Test-NetConnection|tnc)\b(?:[^\n]*?-ComputerName)?[ ]+([\w.\-]+)(?:[^\n]*?-Port[ ]+(\d+))?")
_FIELD = lazily(
    r"(?im)^[ \t]*(ComputerName|RemoteAddress|RemotePort|TcpTestSucceeded|NameResolutionSucceeded"
    r"|NameResolutionResults)[ \t]*:[ \t]*(.*?)[ \t]*$"
)
# Told in one line, with the command before it.
_INLINE = lazily(r"(?i)\bTcpTestSucceeded\s*[:=]?\s*(True|False)\b")
_WARNING = lazily(r"(?i)WARNING: TCP connect to \(([\w.:\-]+?)\s*:\s*(\d+)\) failed")
_UNRESOLVED = lazily(r"(?i)WARNING: Name resolution of ([\w.\-]+) failed")


def read(text: str, hint: Where) -> Pasted | None:
    fields = {name.lower(): value for name, value in _FIELD.findall(text)}
    if "tcptestsucceeded" not in fields and (inline := _INLINE.search(text)):
        fields["tcptestsucceeded"] = inline.group(1)
    command, warning = _COMMAND.search(text), _WARNING.search(text)
    if "tcptestsucceeded" not in fields and warning is None and not _UNRESOLVED.search(text):
        return None
    asked = endpoint(fields.get("computername", ""), fields.get("remoteport"))
    if command:
        asked = asked.or_else(endpoint(command.group(1), command.group(2)))
    if warning:
        asked = asked.or_else(endpoint(warning.group(1), warning.group(2)))
    address = fields.get("remoteaddress", "")
    where = asked.or_else(Where(address=address if re.fullmatch(r"[0-9a-fA-F.:]+", address) else "")).or_else(hint)
    seen: list[Observation] = []
    if unresolved := _UNRESOLVED.search(text):
        seen.append(NameDidNotResolve(site=USER, host=unresolved.group(1).lower(), reason="nxdomain"))
    elif where.port is not None:
        if where.host and where.address and where.host != where.address:
            seen.append(NameResolved(site=USER, host=where.host, addresses=(where.address,)))
        succeeded = fields.get("tcptestsucceeded", "").lower()
        # "False" does not tell a refusal from silence; Windows waits for either.
        kind = TcpConnected if succeeded == "true" else TcpTimedOut
        seen.append(kind(site=USER, host=where.host, address=where.address, port=where.port))
    return Pasted(weight=1, host=asked.host or None, port=asked.port, observations=tuple(seen))
