"""What did `swaks` see? Its marks: `===` notes, `<-` and `->` in clear, `<~` and `~>` under TLS, `***` faults."""

from __future__ import annotations

import re
from typing import Literal

from bot.observations import (
    USER,
    NameDidNotResolve,
    Observation,
    TcpConnected,
    TcpRefused,
    TcpTimedOut,
    TcpUnreachable,
    TlsEstablished,
    TlsFailed,
)
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

_MARK = lazily(r"(?m)^=== Trying |^\*\*\* |\bswaks\b")
_TRYING = lazily(r"=== Trying \[?([\w.\-:]+?)\]?:(\d+)\.\.\.")
_SERVER = lazily(r"\bswaks\b[^\n]*?(?:--server|-s)[ =]+([\w.\-]+)(?::(\d+))?")
_PORT = lazily(r"\bswaks\b[^\n]*?(?:--port|-p)[ =]+(\d+)")
_TLS = lazily(
    r"=== TLS started w/? ?(?:ith )?cipher (TLSv[\d.]+|SSLv3):([\w\-]+)|=== TLS started with "
    r"cipher (TLSv[\d.]+|SSLv3):([\w\-]+)"
)


def read(text: str, hint: Where) -> Pasted | None:
    if not _MARK.search(text) or ("===" not in text and "swaks" not in text):
        return None
    asked, mode = Where(), None
    if command := _SERVER.search(text):
        port = command.group(2) or (found.group(1) if (found := _PORT.search(text)) else None)
        asked = endpoint(command.group(1), port)
        line = text[command.start() : text.find("\n", command.start()) if "\n" in text[command.start() :] else len(text)]
        mode = (
            Security.IMPLICIT_TLS
            if re.search(r"-tlsc\b|--tls-on-connect", line)
            else Security.STARTTLS
            if re.search(r"(?:^|\s)-tls\b|--tls\b", line)
            else None
        )
    if mode is None and re.search(r"(?m)^ ?-> STARTTLS\s*$", text):
        mode = Security.STARTTLS
    if trying := _TRYING.search(text):
        asked = endpoint(trying.group(1), trying.group(2)).or_else(asked)
    where = asked.or_else(hint)
    refusal = dialogue.last_refusal(text) or "\n".join(re.findall(r"(?m)^\*\*\* .*$", text)[:4]) or None
    return Pasted(weight=1, host=asked.host or None, port=asked.port, security=mode, error=refusal, observations=tuple(_facts(text, where)))


def _facts(text: str, where: Where) -> list[Observation]:
    if where.port is None:
        return []
    at = where.fields()
    if (
        re.search(r"(?i)unable to resolve|getaddrinfo:|name or service not known|Invalid argument|Bad hostname", text)
        and "Connected" not in text
    ):
        return [NameDidNotResolve(site=USER, host=where.host, reason="nxdomain")]
    if "Error connecting" in text:
        if "Connection refused" in text:
            return [TcpRefused(**at)]
        if re.search(r"(?i)timed? ?out|timeout", text):
            return [TcpTimedOut(**at)]
        if re.search(r"(?i)unreachable|no route", text):
            return [TcpUnreachable(**at)]
    seen: list[Observation] = [TcpConnected(**at)] if "=== Connected to" in text else []
    started = _TLS.search(text)
    first = re.search(r"^<[-~*]", text, re.MULTILINE)
    implicit = started is not None and (first is None or started.start() < first.start())
    if started:
        version, cipher = started.group(1) or started.group(3), started.group(2) or started.group(4)
        seen.append(TlsEstablished(implicit=implicit, version=version, cipher=cipher, **at))
    elif failed := re.search(r"\*\*\* TLS startup failed \(?([^\n]*)", text):
        reason: Literal["not_tls", "other"] = "not_tls" if "wrong version number" in failed.group(1) else "other"
        seen.append(TlsFailed(implicit=first is None, reason=reason, detail=failed.group(1)[:300], **at))
    return seen + dialogue.observe(text, where, under_tls=implicit)
