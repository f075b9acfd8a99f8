"""What does OpenSMTPD's log say of mail that goes out? Whose server refused, and what it said; or that no connection came about."""

from __future__ import annotations

from bot.observations import Observation, Replied, Stage, TcpRefused, TcpTimedOut
from bot.reading.pastes.dialogue import OF_LOGINS
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

_MARK = lazily(r"\bsmtpd\[\d*\]: (?:[0-9a-f]{16} )?(?:mta|smtp-out)\b|\bmta delivery evpid=")
_DELIVERY = lazily(
    r"\bmta delivery [^\n]*?\brelay=\"?([\w.\-]+)(?: \(([\w.\-]+)\))?[^\n]*?\bresult=\"?(TempFail|PermFail)\"?[^\n]*?\bstat=\"?([^\"\n]+)"
)
_CONNECTING = lazily(r"\bmta connecting address=(smtps?|smtp\+(?:tls|notls))://([0-9a-fA-F.:\[\]]+?):(\d{2,5}) host=([\w.\-]+)")
_REASON = lazily(r"\bmta error reason=([^\n]+)|\bstat=\"?(Network error on destination MXs|Connection (?:refused|timeout))")
_REPLY = lazily(r"^([45]\d\d)[ \-](?:([45]\.\d{1,3}\.\d{1,3}) )?(.*)$")
_SUBMISSION = frozenset({465, 587, 2525})
_MODES = {"smtps": Security.IMPLICIT_TLS, "smtp+tls": Security.STARTTLS, "smtp+notls": Security.NONE}


def read(text: str, hint: Where) -> Pasted | None:
    if not _MARK.search(text):
        return None
    place, others, error = Where(), set[str](), None
    seen: list[Observation] = []
    if connecting := _CONNECTING.search(text):
        place = Where(endpoint(connecting.group(4)).host, connecting.group(2).strip("[]"), int(connecting.group(3)))
    own = place if place.port in _SUBMISSION else Where()
    for delivery in _DELIVERY.finditer(text):
        name = delivery.group(2) or delivery.group(1)
        there = place if place.port else Where(endpoint(name).host, delivery.group(1) if delivery.group(2) else "", 25)
        if there.port not in _SUBMISSION:
            others.add(there.host)
        said = delivery.group(4).strip()
        error = error or said
        if reply := _REPLY.match(said):
            stage: Stage = "auth" if int(reply.group(1)) in OF_LOGINS else "rcpt"
            seen.append(Replied(stage=stage, code=int(reply.group(1)), enhanced=reply.group(2), text=said[4:504], **there.fields()))
    for reason in _REASON.finditer(text):
        words = (reason.group(1) or reason.group(2)).strip()
        error = error or words
        if place.port is not None and "refused" in words:
            seen.append(TcpRefused(**place.fields()))
        elif place.port is not None and "timeout" in words:
            seen.append(TcpTimedOut(**place.fields()))
    others.discard("")
    mode = _MODES.get(connecting.group(1)) if connecting and own.port else None
    return Pasted(
        weight=1, host=own.host or None, port=own.port, security=mode, client="opensmtpd", error=error[:2000] if error else None,
        not_hosts=frozenset(others), observations=tuple(dict.fromkeys(seen))[:40],
    )  # fmt: skip
