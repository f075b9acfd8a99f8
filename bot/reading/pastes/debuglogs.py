"""What did a library's own debug output see? smtplib, PHPMailer, Nodemailer, MailKit, JavaMail, Net::SMTP, msmtp."""

from __future__ import annotations

import re

from bot.observations import Observation, Replied, TcpConnected, TlsEstablished, TlsFailed
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("python-smtplib", lazily(r"(?m)^(?:send: ['\"]|reply: b?['\"]|connect: (?:to )?\()")),
    ("phpmailer", lazily(r"(?m)(?:SERVER -> CLIENT|CLIENT -> SERVER):|Connection: opening to ")),
    ("nodemailer", lazily(r"(?m)\[[\w+/]{6,}\] [SC]: |Creating transport: nodemailer|Connection established to [\d.:]+")),
    ("mailkit", lazily(r"(?m)^(?:\S+ )?Connected to smtps?://|^(?:\S+Z )?[SC]: (?:220|250|EHLO)")),
    ("javamail", lazily(r"(?m)^DEBUG SMTP: ")),
    ("thunderbird", lazily(r"\bmailnews\.smtp\b")),
    ("msmtp", lazily(r"(?m)^(?:<--|-->) |^msmtp: ")),
    ("rails", lazily(r"(?m)^(?:->|<-) \"(?:\d\d\d[ \-]|EHLO )")),  # Ruby's Net::SMTP, set_debug_output
)
_PLACES = (
    lazily(r"connect: (?:to )?\('([\w.\-]+)', (\d+)\)"),
    lazily(r"Connection: opening to (?:(?:ssl|tls)://)?([\w.\-]+):(\d+)"),
    lazily(r"trying to connect to host \"([\w.\-]+)\", port (\d+)"),
    lazily(r"Connecting to smtps?://([\w.\-]+):(\d+)"),
    lazily(r"Connected to smtps?://([\w.\-]+):(\d+)"),
    lazily(r"connected to host \"([\w.\-]+)\", port: (\d+)"),
    lazily(r"Connection established to ([0-9a-fA-F.:\[\]]+?):(\d+)"),
    lazily(r"(?m)^Connection opened: ([\w.\-]+):(\d+)"),
    lazily(r"(?m)^host\s+= ([\w.\-]+)\nport\s+= (\d+)"),
)
_RESOLVED = lazily(r"Resolved ([\w.\-]+) as ([0-9a-fA-F.:]+)")
# What the program says of it where no reply came.
_SAYS = {"msmtp": lazily(r"(?m)^msmtp: .+$"), "phpmailer": lazily(r"SMTP (?:ERROR|Error|NOTICE): .+")}
# What OpenSSL and GnuTLS say of a peer that answers a TLS hello in clear.
_NOT_TLS = lazily(r"(?i)wrong[ _]version[ _]number|An unexpected TLS packet was received")
# JavaMail leaves the exchange of a login out; how it ended, the exception says.
_JAVA_REFUSED = lazily(r"AuthenticationFailedException: ([45]\d\d)[ \-](?:([45]\.\d{1,3}\.\d{1,3}) )?([^\n]*)")
_TLS = lazily(r"(?:TLS session parameters:|TLS: |cipher )\s*\(?(TLSv?[\d.]+)[\s\-]")


def read(text: str, hint: Where) -> Pasted | None:
    client = next((client for client, shape in _SHAPES if shape.search(text)), None)
    if client is None:
        return None
    asked = Where()
    for pattern in _PLACES:
        if match := pattern.search(text):
            asked = endpoint(match.group(1), match.group(2))
            break
    if resolved := _RESOLVED.search(text):
        asked = Where(endpoint(resolved.group(1)).host, resolved.group(2), asked.port)
    where = asked.or_else(hint)
    sent = re.search(r"(?m)^(?:send: ['\"]|.{0,60}(?:CLIENT -> SERVER|\bC): ?|--> |)STARTTLS\b", text) is not None
    implicit = re.search(r"opening to ssl://|Connect(?:ed|ing) to smtps://|isSSL true", text) is not None
    mode = Security.IMPLICIT_TLS if implicit else Security.STARTTLS if sent else None
    error = dialogue.last_refusal(text)
    if error is None and client in _SAYS:
        error = "\n".join(dict.fromkeys(_SAYS[client].findall(text)[:4])) or None
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, client=client, security=mode, error=error,
        observations=tuple(_facts(text, where, implicit=implicit)),
    )  # fmt: skip


def _facts(text: str, where: Where, *, implicit: bool) -> list[Observation]:
    if where.port is None:
        return []
    said = dialogue.observe(text, where, under_tls=implicit)
    seen: list[Observation] = [TcpConnected(**where.fields())] if said else []
    if "SSL_ERROR_RX_RECORD_TOO_LONG" in text:
        seen.append(TlsFailed(implicit=not said, reason="not_tls", detail="SSL_ERROR_RX_RECORD_TOO_LONG", **where.fields()))
    elif not_tls := _NOT_TLS.search(text):
        seen.append(TlsFailed(implicit=not said, reason="not_tls", detail=not_tls.group(), **where.fields()))
    elif tls := _TLS.search(text):
        seen.append(TlsEstablished(implicit=implicit, version=tls.group(1), **where.fields()))
    if (refused := _JAVA_REFUSED.search(text)) and not any(isinstance(one, Replied) for one in said):
        code, enhanced, rest = refused.groups()
        said.append(Replied(stage="auth", code=int(code), enhanced=enhanced, text=rest[:500], **where.fields()))
    return seen + said
