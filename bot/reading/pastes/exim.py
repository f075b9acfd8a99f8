"""What does Exim's log say? Above all whose server refused: the smarthost, or the recipient's.

A server on a submission port, or one whose port is not told, is the person's smarthost; one on port 25 is where the mail was going.
"""

from __future__ import annotations

import re

from bot.observations import Observation
from bot.reading.pastes.maillogs import KINDS, STAGES, SUBMISSION_PORTS, replied
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily

_REFUSED = lazily(
    r"(?:R=\S+ T=\S+ )?H=([\w.\-]+) \[([0-9a-fA-F.:]+)\](?::(\d+))?:? ?(?:.*?: )?SMTP error from "
    r"remote mail server after ([\w ]+?)(?: TO:\S+| FROM:\S+)?: (?:host \S+ \[\S+\]: )?([45]\d\d[ "
    r"\-].*)"
)
_LOGIN = lazily(r"\bauthenticator failed H=([\w.\-]+) \[([0-9a-fA-F.:]+)\](?::(\d+))? ([45]\d\d[ \-][^\n]*)")
_TLS = lazily(r"H=([\w.\-]+) \[([0-9a-fA-F.:]+)\](?::(\d+))?:? (TLS error on [^\n]+|a TLS session is required[^\n]*)")
_DEFERS = lazily(r"(?m) (?:==|\*\*) [^\n]* defer \(-?\d+\)(?: H=[\w.\-]+ \[[0-9a-fA-F.:]+\](?::\d+)?)?: ([^\n]+)$")
_CONNECT = lazily(
    r"H=([\w.\-]+) \[([0-9a-fA-F.:]+)\](?::(\d+))? (Connection refused|Connection timed out|Network "
    r"is unreachable|No route to host)"
)


def read(text: str, hint: Where) -> Pasted | None:
    if not any(pattern.search(text) for pattern in (_REFUSED, _LOGIN, _TLS, _DEFERS, _CONNECT)):
        return None
    seen: list[Observation] = []
    others: set[str] = set()
    own, error = Where(), None
    # Exim names the port only where it is told to; a smarthost's may be any.
    usual = hint.port if "smarthost" in text.lower() else 25
    for found in _LOGIN.finditer(text):
        place = _place(found, usual)
        own, error = own.or_else(place), error or found.group(4)
        if place.port is not None:
            seen.append(replied(place, "auth", found.group(4)))
    for found in _REFUSED.finditer(text):
        place = _place(found, usual)
        own, error = _sorted(place, own, others), error or found.group(5)
        if place.port is not None:
            seen.append(replied(place, STAGES.get(found.group(4).strip(), "rcpt"), found.group(5)))
    for found in _CONNECT.finditer(text):
        place = _place(found, usual)
        own = _sorted(place, own, others)
        if place.port is not None:
            seen.append(KINDS[found.group(4)](**place.fields()))
    for found in _TLS.finditer(text):
        place = _place(found, usual)
        own, error = _sorted(place, own, others), error or found.group(4)
    if error is None and (defers := _DEFERS.search(text)) is not None:
        error = defers.group(1)
    others -= {"", own.host}
    return Pasted(
        weight=1, host=own.host or None, port=own.port, error=error[:2000] if error else None, not_hosts=frozenset(others),
        observations=tuple(seen[:40]),
    )  # fmt: skip


def _place(found: re.Match[str], usual: int | None) -> Where:
    """From the first three groups: name, address, port."""
    return Where(endpoint(found.group(1)).host, found.group(2), int(found.group(3)) if found.group(3) else usual)


def _sorted(place: Where, own: Where, others: set[str]) -> Where:
    """The person's own server after `place` was met; if that is not theirs, it goes to `others`."""
    if place.port in SUBMISSION_PORTS or place.port is None:
        return own.or_else(place)
    others.add(place.host)
    return own
