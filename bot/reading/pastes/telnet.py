"""What did `telnet` or `nc` see? A greeting, a refusal, silence; and the session that was typed by hand."""

from __future__ import annotations

import re

from bot.observations import USER, ConnectionClosed, NameDidNotResolve, Observation, TcpConnected, TcpRefused, TcpTimedOut, TcpUnreachable
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_COMMAND = lazily(
    r"(?m)(?:^|[$#>] ?|\b)(?:telnet|nc|ncat|netcat)(?: -[a-zA-Z]+(?: \d+)?)* ([A-Za-z0-9][\w.\-]*"
    r"|\[?[0-9a-fA-F:]+\]?)[ :]+(\d{2,5})\b"
)
_MARK = lazily(
    r"(?m)^Trying [\w.:]+\.\.\.|^Connected to |^Escape character is|^Ncat: |^(?:nc|telnet): |"
    r"\((?:tcp)?[^)\n]*\) (?:failed|open)|succeeded!|Connecting To "
)
_ADDRESS = lazily(r"(?m)^Trying ([0-9a-fA-F.:]+?)\.\.\.|Ncat: Connected to ([0-9a-fA-F.:]+):")


def read(text: str, hint: Where) -> Pasted | None:
    command = _COMMAND.search(text)
    if not _MARK.search(text) or (
        command is None and "Escape character" not in text and "Trying " not in text and "Connection to " not in text
    ):
        return None
    asked = endpoint(command.group(1), command.group(2)) if command else Where()
    if named := re.search(r"(?m)^Connection to ([\w.\-]+)(?: \([^)]*\))? (\d+) port \[", text):
        asked = endpoint(named.group(1), named.group(2)).or_else(asked)
    elif named := re.search(r"(?m)^Connected to ([\w.\-]+)\.$", text):
        asked = asked.or_else(endpoint(named.group(1)))
    address = _ADDRESS.search(text)
    where = asked.or_else(Where(address=(address.group(1) or address.group(2)) if address else "")).or_else(hint)
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, error=dialogue.last_refusal(text), observations=tuple(_facts(text, where))
    )


def _facts(text: str, where: Where) -> list[Observation]:
    if where.host and re.search(
        (
            r"(?i)could not resolve|name or service not known|nodename nor servname|unknown host|getaddrinfo"
            r"|no such host"
        ),
        text,
    ):
        return [NameDidNotResolve(site=USER, host=where.host, reason="nxdomain")]
    if where.port is None:
        return []
    at = where.fields()
    if re.search(r"(?i)^Connected to |succeeded!|Escape character|Ncat: Connected|\) open\b", text) or re.search(
        r"(?m)^(?:Connected to |Escape character)", text
    ):
        seen: list[Observation] = [TcpConnected(**at), *dialogue.observe(text, where, under_tls=False)]
        if len(seen) == 1 and "closed by foreign host" in text:
            seen.append(ConnectionClosed(stage="greeting", **at))
        return seen
    if re.search(r"(?i)connection refused|actively refused", text):
        return [TcpRefused(**at)]
    if re.search(r"(?i)timed out|could not open connection|connect failed|timeout", text):
        return [TcpTimedOut(**at)]
    if re.search(r"(?i)no route to host|unreachable", text):
        return [TcpUnreachable(**at)]
    return []
