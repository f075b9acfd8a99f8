"""What did `openssl s_client` see? With and without `-starttls smtp`, OpenSSL 1.1.1 to 3.x."""

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
from bot.reading.pastes import certificates, dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import SUBMISSIONS, Security

_MARK = lazily(r"(?m)\bs_client\b|^CONNECTED\(0000|connect:errno=|BIO_connect|BIO_lookup")
_COMMAND = lazily(r"s_client\b[^\n]*?-connect[ =]+\[?([\w.\-]+|[0-9a-fA-F:]+)\]?:(\d{2,5}|smtps?|submissions?)")
_SERVICES = {"smtp": 25, "smtps": 465, "submission": 587, "submissions": 465}
_FETCHES = frozenset({110, 143, 993, 995})  # looked at as well; no mail goes out there
_CIPHER = lazily(r"(?:New, )?(TLSv1(?:\.\d)?|SSLv3)(?:/SSLv3)?, Cipher is ([\w\-]+)")
_SESSION = lazily(r"Protocol\s*: (TLSv[\d.]+)\n\s*Cipher\s*: ([\w\-]+)")


def read(text: str, hint: Where) -> Pasted | None:
    """`hint`: the endpoint that the rest of the text names, for outputs pasted without their command."""
    if not _MARK.search(text):
        return None
    commands = [endpoint(one.group(1), _SERVICES.get(one.group(2), one.group(2))) for one in _COMMAND.finditer(text)]
    asked = next((one for one in commands if one.port not in _FETCHES), commands[0] if commands else Where())
    where = asked.or_else(hint)
    starttls = "-starttls" in text or "STARTTLS in server response" in text or re.search(r"^250 \w", text, re.MULTILINE) is not None
    wrong = re.findall(r"(?m)^(?:verify error:.*|[0-9A-F]+:error:.*|connect:errno=\d+|Didn't find STARTTLS.*)$", text)
    error = "\n".join(dict.fromkeys(wrong))[:2000] or None
    mode = Security.IMPLICIT_TLS if asked.port == SUBMISSIONS and "-starttls" not in text else None
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, security=mode, error=error,
        observations=tuple(_facts(text, where, starttls=starttls)),
    )  # fmt: skip


def _facts(text: str, where: Where, *, starttls: bool) -> list[Observation]:
    if where.host and re.search(
        (
            r"(?i)Name or service not known|nodename nor servname|No such host|gethostbyname failure|"
            r"Name does not resolve"
        ),
        text,
    ):
        return [NameDidNotResolve(site=USER, host=where.host, reason="nxdomain")]
    if where.port is None:
        return []
    at = where.fields()
    if re.search(r"(?i)connection refused|errno=(?:111|61|10061)\b", text):
        return [TcpRefused(**at)]
    if re.search(r"(?i)connection timed out|operation timed out|errno=(?:110|60|10060)\b", text):
        return [TcpTimedOut(**at)]
    if re.search(r"(?i)no route to host|network is unreachable|errno=(?:113|101|65|51)\b", text):
        return [TcpUnreachable(**at)]
    seen: list[Observation] = [TcpConnected(**at)] if "CONNECTED(" in text else []
    if "Didn't find STARTTLS" in text:
        seen += dialogue.observe(text, where, under_tls=False)
    cipher = _CIPHER.search(text) or _SESSION.search(text)
    failed = re.search(r"(?i)error:[0-9A-F]{8}:[^\n]*", text)
    if cipher and cipher.group(2) != "(NONE)":
        seen.append(TlsEstablished(implicit=not starttls, version=cipher.group(1), cipher=cipher.group(2), **at))
        seen += certificates.observe(text, where)
        seen += dialogue.observe(text[cipher.end() :], where, under_tls=True) if not starttls else []
    elif failed or "no peer certificate available" in text:
        detail = failed.group(0)[:300] if failed else ""
        reason = _why(text)
        seen.append(TlsFailed(implicit=not starttls, reason=reason, detail=detail, **at))
        seen += certificates.observe(text, where)
    elif "CONNECTED(" in text:  # cut off before the handshake ends
        seen += certificates.observe(text, where)
    return seen


def _why(text: str) -> Literal["not_tls", "protocol_too_old", "no_shared_cipher", "closed", "other"]:
    if re.search(r"(?i)wrong version number|packet length too long|unknown protocol", text):
        return "not_tls"
    if re.search(r"(?i)unsupported protocol|alert protocol version|no protocols available", text):
        return "protocol_too_old"
    if re.search(r"(?i)handshake failure|no shared cipher|no ciphers", text):
        return "no_shared_cipher"
    return "closed" if re.search(r"(?i)unexpected eof|errno=(?:104|0)\b|connection reset", text) else "other"
