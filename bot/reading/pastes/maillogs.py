"""What does the log of Postfix or Sendmail say? Above all whose server refused: the person's relay or the recipient's.

A relay on a submission port, or one that asked for a login, is the person's smarthost; one on port 25 is where the mail was going.
"""

from __future__ import annotations

import re

from bot.observations import ConnectionClosed, Observation, Replied, Stage, TcpRefused, TcpTimedOut, TcpUnreachable, TlsFailed
from bot.reading.pastes import certificates
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_POSTFIX = lazily(r"\bpostfix(?:-\w+)?/(?:\w+/)*\w+\[\d+\]|\brelay=\S+, delay=|\bstatus=(?:sent|deferred|bounced)\b")
_RELAY = lazily(r"\brelay=(?:\[?([\w.\-]+)\]?)\[([0-9a-fA-F.:]+)\]:(\d+)")
# A bounce that quotes the log breaks its lines.
_FOLDED = lazily(r"\n {4,}")
_SAID = lazily(
    r"(?m)(?:host|server) ([\w.\-]+)\[([0-9a-fA-F.:]+)\](?::(\d+))? (?:said|refused to talk to me): "
    r"((?:[45]\d\d)[ \-].*?)(?: \(in reply to (?:end of )?([A-Z ]+?) command\))?\)?$"
)
_LOGIN_AT = lazily(r"SASL authentication failed; (?:cannot authenticate to )?server [\w.\-]+\[([0-9a-fA-F.:]+)\]")
_CONNECT = lazily(
    r"connect to (\[?[\w.\-]+\]?)\[([0-9a-fA-F.:]+)\]:(\d+): (Connection refused|Connection timed "
    r"out|Network is unreachable|No route to host)"
)
_RELAYHOST = lazily(r"(?m)^\s*relayhost\s*=\s*\[?([\w.\-]+)\]?(?::(\d+))?")
_TLS = lazily(r"Cannot start TLS: (handshake failure|.*)|SSL_connect error to ([\w.\-]+)\[([0-9a-fA-F.:]+)\]:(\d+): (.*)")
_LOST = lazily(
    r"lost connection with ([\w.\-]+)\[([0-9a-fA-F.:]+)\](?::(\d+))? while (receiving the initial server greeting"
    r"|performing the EHLO handshake|sending MAIL FROM|sending RCPT TO|sending end of data)"
)
_LOST_AT: dict[str, Stage] = {
    "receiving the initial server greeting": "greeting",
    "performing the EHLO handshake": "ehlo",
    "sending MAIL FROM": "mail",
    "sending RCPT TO": "rcpt",
    "sending end of data": "data",
}
_CERTIFICATE = lazily(r"certificate verification failed for ([\w.\-]+)\[([0-9a-fA-F.:]+)\]:(\d+): (.*)")
_SENDMAIL = lazily(r"\brelay=([\w.\-]+)\.? \[([0-9a-fA-F.:]+)\], dsn=([\d.]+), (?:reply=)?.*?stat=(.*)")
SUBMISSION_PORTS = frozenset({465, 587, 588, 2465, 2525, 2587})
STAGES: dict[str, Stage] = {
    "RCPT TO": "rcpt",
    "MAIL FROM": "mail",
    "DATA": "data",
    "end of data": "data",
    "AUTH": "auth",
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "RCPT": "rcpt",
    "MAIL": "mail",
    "initial connection": "greeting",
}
KINDS: dict[str, type[TcpRefused] | type[TcpTimedOut] | type[TcpUnreachable]] = {
    "Connection refused": TcpRefused,
    "Connection timed out": TcpTimedOut,
    "Network is unreachable": TcpUnreachable,
    "No route to host": TcpUnreachable,
}


def read(text: str, hint: Where) -> Pasted | None:
    text = _FOLDED.sub(" ", text) if "\n    " in text else text
    postfix = _POSTFIX.search(text) is not None
    if not postfix and not any(pattern.search(text) for pattern in (_SAID, _SENDMAIL, _CONNECT, _CERTIFICATE)):
        return None
    seen: list[Observation] = []
    others: set[str] = set()
    error: str | None = None
    own = endpoint(found.group(1), found.group(2) or 25) if (found := _RELAYHOST.search(text)) else Where()
    logged_in = re.search(r"(?i)SASL authentication failed", text) is not None
    asked_for_login = login.group(1) if (login := _LOGIN_AT.search(text)) else None
    for relay in _RELAY.finditer(text):
        place = Where(endpoint(relay.group(1)).host, relay.group(2), int(relay.group(3)))
        if place.port in SUBMISSION_PORTS or place.address == asked_for_login:
            own = own.or_else(place)
        else:
            others.add(place.host)
    for said in _SAID.finditer(text):
        port = int(said.group(3)) if said.group(3) else None
        place = Where(endpoint(said.group(1)).host, said.group(2), port)
        stage = STAGES.get((said.group(5) or "").strip(), "auth" if logged_in else "rcpt")
        if place.host == own.host or (logged_in and not own.host):
            own = own.or_else(place)
        elif place.host != own.host:
            others.add(place.host)
        place = place.or_else(own if place.host == own.host else Where(port=25))
        if place.port is not None:
            seen.append(replied(place, stage, said.group(4)))
        error = error or said.group(4)
    for connect in _CONNECT.finditer(text):
        place = Where(endpoint(connect.group(1).strip("[]")).host, connect.group(2), int(connect.group(3)))
        seen.append(KINDS[connect.group(4)](**place.fields()))
        if place.port in SUBMISSION_PORTS:
            own = own.or_else(place)
    for sendmail in _SENDMAIL.finditer(text):
        others.add(endpoint(sendmail.group(1)).host)
    for tls in _TLS.finditer(text):
        if tls.group(2):
            place = Where(endpoint(tls.group(2)).host, tls.group(3), int(tls.group(4)))
            seen.append(TlsFailed(implicit=place.port == 465, reason="other", detail=tls.group(5)[:300], **place.fields()))
    for lost in _LOST.finditer(text):
        place = Where(endpoint(lost.group(1)).host, lost.group(2), int(lost.group(3)) if lost.group(3) else None)
        place = place.or_else(own) if place.host == own.host else place
        if place.port is not None:
            seen.append(ConnectionClosed(stage=_LOST_AT[lost.group(4)], **place.fields()))
        error = error or lost.group(0)
    for certificate in _CERTIFICATE.finditer(text):
        place = Where(endpoint(certificate.group(1)).host, certificate.group(2), int(certificate.group(3)))
        seen += certificates.observe(certificate.group(4), place)
    others.discard("")
    others.discard(own.host)
    return Pasted(
        weight=1,
        host=own.host or None,
        port=own.port,
        error=error[:2000] if error else None,
        not_hosts=frozenset(others),
        observations=tuple(seen[:40]),
    )


def replied(place: Where, stage: Stage, reply: str) -> Replied:
    """A refusal as the log quotes it: "550 5.7.1 Relay access denied"."""
    enhanced = re.match(r"[45]\d\d[ \-]([45]\.\d{1,3}\.\d{1,3})", reply)
    return Replied(stage=stage, code=int(reply[:3]), enhanced=enhanced.group(1) if enhanced else None, text=reply[4:504], **place.fields())
