"""Which server does an URL of mail transport name? `smtp://user@host:587`, `smtps://`, a DSN with `?encryption=`; no web links."""

from __future__ import annotations

import re2

from bot.reading.pastes.configuration import host_value
from bot.reading.pastes.pasted import Pasted
from knowledge.terms import Security

_URL = re2.compile(r"(?i)\b((?:smtps?|submissions?|ssl|tls|smtp\+starttls|smtp\+(?:no)?tls)://[^\s\"'<>]+)")


def read(text: str) -> Pasted | None:
    if "://" not in text:
        return None
    for match in _URL.finditer(text):
        url = match.group(1).rstrip(".,;)")
        host, port, security = host_value(url)
        if host is None:
            continue
        low = url.lower()
        if "encryption=ssl" in low or "tls=true&port=465" in low:
            security = Security.IMPLICIT_TLS
        elif "encryption=tls" in low or "starttls=true" in low or "requiretls=true" in low:
            security = Security.STARTTLS
        return Pasted(weight=3, host=host, port=port, security=security)
    return None
