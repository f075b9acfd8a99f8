"""What did a library's own debug output see? smtplib, PHPMailer, Nodemailer, MailKit, JavaMail, msmtp."""

from __future__ import annotations

import re

from bot.observations import Observation, TcpConnected, TlsEstablished, TlsFailed
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from knowledge.terms import Security

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("python-smtplib", re.compile(r"(?m)^(?:send: ['\"]|reply: b?['\"]|connect: (?:to )?\()")),
    ("phpmailer", re.compile(r"(?m)(?:SERVER -> CLIENT|CLIENT -> SERVER):|Connection: opening to ")),
    ("nodemailer", re.compile(r"(?m)\[[\w+/]{6,}\] [SC]: |Creating transport: nodemailer|Connection established to [\d.:]+")),
    ("mailkit", re.compile(r"(?m)^(?:\S+ )?Connected to smtps?://|^(?:\S+Z )?[SC]: (?:220|250|EHLO)")),
    ("javamail", re.compile(r"(?m)^DEBUG SMTP: ")),
    ("thunderbird", re.compile(r"\bmailnews\.smtp\b")),
    ("msmtp", re.compile(r"(?m)^(?:<--|-->) ")),
)
_PLACES = (
    re.compile(r"connect: (?:to )?\('([\w.\-]+)', (\d+)\)"),
    re.compile(r"Connection: opening to (?:(?:ssl|tls)://)?([\w.\-]+):(\d+)"),
    re.compile(r"trying to connect to host \"([\w.\-]+)\", port (\d+)"),
    re.compile(r"Connecting to smtps?://([\w.\-]+):(\d+)"),
    re.compile(r"Connected to smtps?://([\w.\-]+):(\d+)"),
    re.compile(r"connected to host \"([\w.\-]+)\", port: (\d+)"),
    re.compile(r"Connection established to ([0-9a-fA-F.:\[\]]+?):(\d+)"),
    re.compile(r"(?m)^host\s+= ([\w.\-]+)\nport\s+= (\d+)"),
)
_RESOLVED = re.compile(r"Resolved ([\w.\-]+) as ([0-9a-fA-F.:]+)")
_TLS = re.compile(r"(?:TLS session parameters:|TLS: |cipher )\s*\(?(TLSv?[\d.]+)[\s\-]")


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
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, client=client, security=mode, error=dialogue.last_refusal(text),
        observations=tuple(_facts(text, where, implicit=implicit)),
    )  # fmt: skip


def _facts(text: str, where: Where, *, implicit: bool) -> list[Observation]:
    if where.port is None:
        return []
    said = dialogue.observe(text, where, under_tls=implicit)
    seen: list[Observation] = [TcpConnected(**where.fields())] if said else []
    if "SSL_ERROR_RX_RECORD_TOO_LONG" in text:
        seen.append(TlsFailed(implicit=not said, reason="not_tls", detail="SSL_ERROR_RX_RECORD_TOO_LONG", **where.fields()))
    elif "wrong version number" in text.lower().replace("_", " "):
        seen.append(TlsFailed(implicit=not said, reason="not_tls", detail="wrong version number", **where.fields()))
    elif tls := _TLS.search(text):
        seen.append(TlsEstablished(implicit=implicit, version=tls.group(1), **where.fields()))
    return seen + said
