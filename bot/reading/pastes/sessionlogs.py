"""What did a session log of Windows programs see? Exchange's protocol logs, Outlook's mail log, the network trace of .NET.

Each has its own frame around the lines of the SMTP session; the frame is taken off here and `dialogue` reads the session. Written from the
documented fields (Microsoft Learn: "Protocol logging", "Interpreting network tracing"); none of them can be made on this machine.
"""

from __future__ import annotations

import re

from bot.observations import ConnectionClosed, Observation, TcpConnected, TcpRefused, TcpTimedOut
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

# date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
_EXCHANGE = lazily(
    r"(?m)^\d{4}-\d\d-\d\dT[\d:.]+Z,[^,\n]{1,120},[0-9A-Fa-f]{6,32},\d+,([^,\n]{0,64}),([^,\n]{0,64}),([-+<>*]),(\"(?:[^\"\n]|\"\")*\"|[^,\n]*)([^\n]*)"
)
_OUTLOOK = lazily(r"(?m)^(?:[\d./\- :APM]{6,30})?SMTP(?: \(([\w.\-]+)\))?:? (?:[\d:]{7,8} )?(.*)$")
_OUTLOOK_MARK = lazily(r"<rx>|\[rx\]|<tx>|\[tx\]|Finding host|Begin execution")
_OUTLOOK_PORT = lazily(r"Port: (\d{2,5}), Secure: (\w+)")
_OUTLOOK_LINE = lazily(r"(?:<[rt]x>|\[[rt]x\]):? ?(.*)")
_DOTNET = lazily(r"(?m)^System\.Net(?:\.Sockets)? (?:Verbose|Information|Error): \d+ :|SmtpClient#\d+::|Socket#\d+::")
_DOTNET_PLACE = lazily(r"SmtpClient#?\d*::?\.?ctor\(host=([\w.\-]+), port=(\d{2,5})\)|Socket#\d+::\w*Connect\(([\w.\-]+):(\d{2,5})")
_DUMP = lazily(r"(?m)^(?:.{0,90}?[: ])?[0-9A-F]{8} : ((?:[0-9A-F]{2}[ \-]){1,16})")
_TASK = lazily(r"(?i)\btask ['\"]([\w.+\-]{2,64}@[\w.\-]+) - (?:sending|sending and receiving)['\"]")
_STREAM = lazily(r"(?m)Data from \w+#\d+::\w+<<(.*)$")


def read(text: str, hint: Where) -> Pasted | None:
    return _exchange(text) or _outlook(text, hint) or _dotnet(text, hint) or _outlooks_report(text)


def _outlooks_report(text: str) -> Pasted | None:
    """Outlook's list of errors names the account: "Task 'me@plover.example - Sending' reported error …"."""
    task = _TASK.search(text)
    return Pasted(weight=0, addresses=(task.group(1),)) if task else None


def _exchange(text: str) -> Pasted | None:
    rows = [(one.group(1), one.group(2), one.group(3), one.group(4).strip('"').replace('""', '"')) for one in _EXCHANGE.finditer(text)]
    if not rows:
        return None
    # A send connector receives the greeting, a receive connector sends it.
    greeting = next((event for _, _, event, data in rows if data.startswith("220")), "<")
    sends = greeting == "<"
    place = _endpoint(rows[-1][1] if sends else rows[-1][0])
    session = "\n".join(data for _, _, event, data in rows if event in "<>")
    notes = " ".join(one.group(4) + one.group(5) for one in _EXCHANGE.finditer(text) if one.group(3) == "*")
    seen = _facts(session, place, tls=re.search(r"(?i)TLS protocol .{0,40}negotiation succeeded", notes) is not None)
    if place.port is not None and not seen and "10061" in notes:
        seen = [TcpRefused(**place.fields())]
    elif place.port is not None and not seen and "10060" in notes:
        seen = [TcpTimedOut(**place.fields())]
    return Pasted(weight=1, host=place.host or None, port=place.port, error=dialogue.last_refusal(session), observations=tuple(seen))


def _endpoint(field: str) -> Where:
    """`198.51.100.7:587`, `[2001:db8::1]:25`."""
    host, _, port = field.strip().rpartition(":")
    return endpoint(host.strip("[]"), port)


def _outlook(text: str, hint: Where) -> Pasted | None:
    rows = list(_OUTLOOK.finditer(text))
    if not rows or not _OUTLOOK_MARK.search(text):
        return None
    named = next((row.group(1) for row in rows if row.group(1)), "")
    port = _OUTLOOK_PORT.search(text)
    asked = endpoint(named, port.group(1) if port else None)
    secure = {"ssl": Security.IMPLICIT_TLS, "tls": Security.STARTTLS, "no": Security.NONE, "none": Security.NONE}
    mode = secure.get(port.group(2).lower()) if port else None
    session = "\n".join(line.group(1) for row in rows if (line := _OUTLOOK_LINE.search(row.group(2))))
    where = asked.or_else(hint)
    seen = _facts(session, where, tls=mode is Security.IMPLICIT_TLS)
    if not seen and where.port is not None and "Disconnected from host" in text and "Connected to host" in text:
        seen = [TcpConnected(**where.fields()), ConnectionClosed(stage="greeting", **where.fields())]
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, security=mode, client="outlook", error=dialogue.last_refusal(session),
        observations=tuple(seen),
    )  # fmt: skip


def _dotnet(text: str, hint: Where) -> Pasted | None:
    if not _DOTNET.search(text):
        return None
    found = _DOTNET_PLACE.search(text)
    asked = endpoint(found.group(1) or found.group(3), found.group(2) or found.group(4)) if found else Where()
    dumped = b"".join(bytes.fromhex(line.group(1).replace("-", " ")) for line in _DUMP.finditer(text))
    session = "\n".join([dumped.decode("latin-1").replace("\r", ""), *(line.group(1) for line in _STREAM.finditer(text))])
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, client="dotnet-systemnet", error=dialogue.last_refusal(session),
        observations=tuple(_facts(session, asked.or_else(hint), tls=False)),
    )  # fmt: skip


def _facts(session: str, where: Where, *, tls: bool) -> list[Observation]:
    said = dialogue.observe(session, where, under_tls=tls and "STARTTLS" not in session.upper())
    return [TcpConnected(**where.fields()), *said] if said else []
