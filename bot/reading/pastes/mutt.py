"""What did mutt or NeoMutt see, as their debug log tells it (`-d 2`)? Each line of the session has the number of the socket before it."""

from __future__ import annotations

from bot.observations import Observation, TcpConnected, TcpRefused, TcpTimedOut, TlsFailed
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

# [2026-11-25 18:04:46]<2> mutt_socket_readln_d() 4< 220 mail.plover.example ESMTP; mutt has no function in it
_LINE = lazily(r"(?m)^\[[\d\-]+ [\d:]+\](?:<\w>)? (?:\w+\(\) )?\d{1,4}([<>]) (.*)$")
_CONNECTED = lazily(r"(?m)^\[[\d\-]+ [\d:]+\](?:<\w>)? (?:\w+\(\) )?Connected to ([\w.\-]+|\[?[0-9a-fA-F:]+\]?):(\d{1,5}) on fd=(-?\d+)")
_SAID = lazily(
    r"(?m)^(?:\[[\d\-]+ [\d:]+\]<E> \w+\(\) )?(gnutls_handshake: .+|SSL failed: .+|Could not connect to .+|Could not negotiate TLS.*"
    r"|Untrusted server certificate|SASL authentication failed|SMTP session failed.*)$"
)


def read(text: str, hint: Where) -> Pasted | None:
    connected = _CONNECTED.search(text)
    lines = [("S: " if match.group(1) == "<" else "C: ") + match.group(2) for match in _LINE.finditer(text)]
    if connected is None and not lines:
        return None
    session = "\n".join(lines)
    asked = endpoint(connected.group(1), connected.group(2)) if connected else Where()
    said = tuple(dict.fromkeys(match.strip(" .") for match in _SAID.findall(text)))
    mode = Security.STARTTLS if "\nC: STARTTLS" in session else Security.IMPLICIT_TLS if not lines and _not_tls(said) else None
    reached = connected is None or not connected.group(3).startswith("-")
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, client="mutt", security=mode,
        error=dialogue.last_refusal(session) or "\n".join(said) or None,
        observations=tuple(_facts(session, said, asked.or_else(hint), reached=reached)),
    )  # fmt: skip


def _facts(session: str, said: tuple[str, ...], where: Where, *, reached: bool) -> list[Observation]:
    if where.port is None:
        return []
    at = where.fields()
    if not reached:
        why = " ".join(said).lower()
        return [TcpRefused(**at)] if "refused" in why else [TcpTimedOut(**at)] if "timed out" in why else []
    seen: list[Observation] = [TcpConnected(**at)]
    if _not_tls(said):
        seen.append(TlsFailed(implicit=not session, reason="not_tls", detail=_not_tls(said), **at))
    return seen + dialogue.observe(session, where, under_tls=False)


def _not_tls(said: tuple[str, ...]) -> str:
    """What was said of a peer that answered a TLS hello in clear; "" where nothing."""
    return next((one for one in said if "unexpected TLS packet" in one or "wrong version number" in one), "")
