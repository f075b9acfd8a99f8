"""What did `curl -v smtp(s)://…` see?"""

from __future__ import annotations

import re

from bot.observations import (
    USER,
    NameDidNotResolve,
    Observation,
    StayedSilent,
    TcpConnected,
    TcpRefused,
    TcpTimedOut,
    TcpUnreachable,
    TlsEstablished,
    TlsFailed,
)
from bot.reading.pastes import certificates, dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

_MARK = lazily(r"(?m)\bcurl: \(\d+\)|^\*\s+Trying |\* Connected to |\bcurl\b[^\n]*\bsmtps?://|\* Could not resolve host")
_URL = lazily(r"\b(smtps?)://(?:[^\s/@]*@)?\[?([\w.\-]+|[0-9a-fA-F:]+)\]?(?::(\d+))?")
_CONNECTED = lazily(r"\* (?:Connected|Established connection) to ([\w.\-]+) \(([0-9a-fA-F.:]+)(?: port (\d+))?\)(?: port (\d+))?")
_FAILED = lazily(r"Failed to connect to ([\w.\-]+)(?: \([^)]*\))? port (\d+)")
_CIPHER = lazily(r"SSL connection using (TLSv[\d.]+|SSLv3) / ([\w\-]+)")
_RESOLVE = lazily(r"Could(?:n't| not) resolve host(?:name)?:? '?([\w.\-]+)")


def read(text: str, hint: Where) -> Pasted | None:
    if not _MARK.search(text):
        return None
    asked, mode = Where(), None
    if url := _URL.search(text):
        asked = endpoint(url.group(2), url.group(3) or (465 if url.group(1) == "smtps" else 25 if "curl" in text else None))
        mode = Security.IMPLICIT_TLS if url.group(1) == "smtps" else Security.STARTTLS if re.search(r"--ssl(?:-reqd)?\b", text) else None
    if connected := _CONNECTED.search(text):
        shown = endpoint(connected.group(1), connected.group(3) or connected.group(4))
        asked = Where(shown.host, connected.group(2), shown.port).or_else(asked)
    elif failed := _FAILED.search(text):
        asked = endpoint(failed.group(1), failed.group(2)).or_else(asked)
    where = asked.or_else(hint)
    refusal = dialogue.last_refusal(text)
    ended = re.findall(r"(?m)curl: \(\d+\) .*$", text)
    refusal = "\n".join(part for part in (refusal, ended[-1] if ended else None) if part) or None
    return Pasted(weight=1, host=asked.host or None, port=asked.port, security=mode, error=refusal, observations=tuple(_facts(text, where)))


def _facts(text: str, where: Where) -> list[Observation]:
    if name := _RESOLVE.search(text):
        return [NameDidNotResolve(site=USER, host=name.group(1).lower().rstrip("."), reason="nxdomain")]
    if where.port is None:
        return []
    at = where.fields()
    connected = _CONNECTED.search(text)
    if connected is None:
        if "Connection refused" in text:
            return [TcpRefused(**at)]
        if re.search(r"curl: \(28\)|(?i:timed out)", text):
            return [TcpTimedOut(**at)]
        if re.search(r"(?i)network is unreachable|no route to host", text):
            return [TcpUnreachable(**at)]
        return []
    seen: list[Observation] = [TcpConnected(**at)]
    first_said = re.search(r"^< ", text, re.MULTILINE)
    cipher = _CIPHER.search(text)
    implicit = "Client hello" in text and (first_said is None or text.index("Client hello") < first_said.start())
    if cipher:
        seen.append(TlsEstablished(implicit=implicit, version=cipher.group(1), cipher=cipher.group(2), **at))
    elif "wrong version number" in text or "packet length too long" in text:
        detail = next((line.strip() for line in text.split("\n") if "wrong version" in line or "packet length" in line), "")
        seen.append(TlsFailed(implicit=implicit, reason="not_tls", detail=detail[:300], **at))
    elif not first_said and (silent := re.search(r"curl: \(28\) [^\n]*?(\d+) milliseconds with 0", text)):
        seen.append(StayedSilent(stage="greeting", seconds=int(silent.group(1)[:7]) / 1000, **at))
    return seen + certificates.observe(text, where) + dialogue.observe(text, where, under_tls=implicit)
