"""Which mode of encryption does a sentence say is set? Words of menus and of people; switches in configurations are read by `pastes`.

"SSL/TLS" and "SSL" are implicit TLS, "TLS" alone may be either, a port says nothing about the mode by itself.
"""

from __future__ import annotations

import re

import re2

from bot.reading.mentions import stance
from knowledge.terms import Security

_STARTTLS = re2.compile(
    r"(?i)\b(?:enable_starttls(?:_auto)?[\"']?[ :=>]{1,4}true|use_tls[\"']?[ :=>]{1,4}true|enable_?ssl:? ?=? ?true|start[ \-_]?tls|stls"
    r"|explicit(?:es|e|o)?[ \-](?:tls|ssl)|smtp\+starttls|tls_starttls on)\b"
)
_IMPLICIT = re2.compile(
    r"(?i)\bssl\s?(?:/|\+|-|or|and|oder|\|)\s?(?:start)?tls\b|\btls\s?/\s?ssl\b|\bimplicit(?:es"
    r"|e|o)?[ \-](?:tls|ssl)\b|\bssl(?:v3)?\b|\bsmtps\b|\bsslonconnect\b|\bsmtp_ssl\b|\bforce[_ ]tls\b|\btls[ \-]wrapp?er\b"
    r"|\bwrapper ?mode\b|\btls on connect\b|\btls on (?:a )?dedicated port\b|\bsecure(?: is|:|=)? ?true\b"
)
_TLS = re2.compile(
    r"(?i)\b(?:tls(?: ?v?1\.[0-3])?|encryption|encrypted|verschlüsselung|chiffrement|cifrado|"
    r"crittografia|szyfrowanie|шифрование|криптография)\b"
)
_NONE = re2.compile(
    r"(?i)\b(?:no|without|ohne|sans|sin|sem|senza|zonder|bez|без|ingen|utan|uden) (?:any )?(?:encryption"
    r"|ssl|tls|verschlüsselung|chiffrement|cifrado|encriptación|criptografia|crittografia|versleuteling"
    r"|szyfrowania|šifrování|шифрования|kryptering)(?:/(?:ssl|tls))?\b"
    r"|\b(?:encryption|security|connection security|verschlüsselung|ssl|tls|ssl/tls|verbindungssicherheit"
    r"|chiffrement|cifrado|encryption type|encrypted connection(?: type)?|type of encrypted connection|connection type)\s*(?:is|ist|est"
    r"|=|:|set to|is set to|auf|steht auf"
    r"|->|toggle|switch|checkbox|option|box|button)*\s*(?:is )?(?:none|off|no|switched off|turned off|not ticked|not checked|disabled"
    r"|keine|aus|aucun|aucune|ninguna|ninguno|nenhuma|nessuna|"
    r"geen|brak|нет|unticked|unchecked|nicht|désactivé)\b"
    r"|\bunencrypted\b|\bunverschlüsselt\b|\bplain ?text (?:connection|smtp|on)\b|\bin (?:the "
    r")?clear\b|\bno starttls (?:call|line)\b|\bsecurity none\b|\bnone selected\b|\bencryption "
    r"none\b"
)
# Uptime Kuma has one choice for both.
_NONE_OR_STARTTLS = re.compile(r"\bnone ?/ ?starttls\b")
_ERROR_AROUND = re.compile(
    r"(?:wrong version number|handshake|certificate|certificat|zertifikat|ssl_connect|ssl routines"
    r"|sslerror|ssl error|ssl:|\[ssl|ssl_error|ssl3_|sslhandshake|sslexception|ssl_do|openssl"
    r"|ssl peer|alert (?:unknown|handshake|bad|cert|protocol|internal|close|number)|v[123] alert|protocol (?:error|version)"
    r"|connection error|routines|_ssl\.c|sslv3|ssl2|must issue|command "
    r"first|is required|not support|unsupported"
    r"|not available|not offered|not supported|failed|failure|startup|negotiat|could not be established"
    r"|connection (?:is )?not|version|extension|don't appear|before auth|lib\(|reason\()"
)
# What an error, a certificate or another program's part is named after: no setting.
_OTHER_THING_NEXT = re.compile(
    r"[ -]?(?:errors?|fehler|problems?|issues?|trouble|handshak\w*|cert\w*|zertifikat\w*|filter\w*|scan\w*|inspect\w*|prüfung|proxy"
    r"|labs|reports?|channel"
    r"|secure channel|read|write|packet|session|sni|librar\w+|stack|checker|offload\w*|terminat\w*|keys?|pinning|intercept\w*|records?"
    r"|context|socket|layer"
    r"|peer)\b|\)? connection (?:closed|error|failed|reset|refused|could|was)"
)
_OTHER_THING_BEFORE = re.compile(
    r"(?:let'?s encrypt|wildcard|renew(?:ed|ing|al of)?|expired|bought|install(?:ed|ing)?|lost connection after|connection after|up to"
    r"|only knows|speaks)"
    r"(?: (?:the|my|our|a|an|new))?[ -]$"
)
# What a server offers or lacks is no setting of the person's.
_OFFERED = re.compile(
    r"(?:250[ \-]|\b(?:offers?|offered|advertis\w+|announc\w+|lists?|supports?|mentions?|requires?"
    r"|demands?|wants?|needs?|ehlo shows?|bietet|unterstützt|verlangt|propose|ofrece)"
    r"\s+(?:only |no |the |both |also |just |kein |auch )*)$"
)
_TICKED = re.compile(
    r"^[)\"' ]*(?:connection |encryption )?(?:is )?(?:required)?[)\"' ]*(?:is )?(?:ticked|checked|switched on|angehakt|coché|marcado)\b"
)
_BEHIND_PORT = re.compile(r"\((?:25|465|587|2525), ?$")  # "… using mail.x.example (465, SSL/TLS)"
# "auto/starttls"
_CHOICE_BEFORE = re.compile(r"\b(?:auto|ssl|tls|none|ja|yes|on|\d{2,5}) ?/$")
# Names of choices in menus of phones: "SSL (accept all certificates)".
_TRUST_CHOICE = re.compile(r"^\s*\((?:accept|trust) (?:all|any)[^)]{0,20}\)")
_QUESTION = re.compile(
    r"(?:what(?:'s| is| does)|was ist|difference|unterschied|explain|meaning|bedeutet|"
    r"better|safer|more secure|sicherer|qu'est|qué es|o que é|cos'è|wat is|czym|что такое|should "
    r"i (?:use|pick|choose|take)|which (?:is|one)|vs\.?|versus| or |need|^\s*(?:is|does|can|should|must|ist|kann|muss|est-ce que|es|è)\s+$)"
)


def security_said(low: str, port: int | None, errors: list[tuple[int, int]]) -> tuple[Security | None, bool]:
    """The mode that sentences say, and whether only "TLS" or "encryption" is said. `low`: lower case; `errors`: spans of errors."""
    low = _NONE_OR_STARTTLS.sub(lambda m: " " * (len(m.group()) - 8) + "starttls", low)
    said: list[tuple[int, int, Security]] = []
    taken: list[tuple[int, int]] = []
    for pattern, mode in ((_NONE, Security.NONE), (_STARTTLS, Security.STARTTLS), (_IMPLICIT, Security.IMPLICIT_TLS)):
        for match in pattern.finditer(low):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken):
                continue
            taken.append((start, end))
            if not _entered(low, start, end, errors):
                continue
            here = stance(low, start, end)
            if here in ("now", "present"):
                said.append((-1 if here == "now" else _distance(low, start, end, port), -start, mode))
    if said:
        return min(said, key=lambda one: (one[0], -one[1]))[2], False
    for match in _TLS.finditer(low):
        start, end = match.span()
        if (
            any(a < end and start < b for a, b in taken)
            or not _entered(low, start, end, errors)
            or stance(low, start, end) not in ("now", "present")
        ):
            continue
        return None, True
    return None, False


def _entered(low: str, start: int, end: int, errors: list[tuple[int, int]]) -> bool:
    """Whether the word is a setting: not part of an error, a host name, a question about the word."""
    if any(a <= start < b for a, b in errors) and not _BEHIND_PORT.search(low[max(0, start - 8) : start]):
        return False
    if (
        (low[start - 1 : start] in (".", "/", "@", "_", "[") and not _CHOICE_BEFORE.search(low[max(0, start - 8) : start]))
        or low[end : end + 1] in ("_", "@")
        or (low[end : end + 1] == "." and low[end + 1 : end + 2].isalnum())
        or (low[end : end + 1] == "-" and low[end + 1 : end + 2].isalpha())
    ):
        return False
    if _TICKED.match(low[end : end + 40]):
        return True
    if _OTHER_THING_NEXT.match(low, end) or _OTHER_THING_BEFORE.search(low[max(0, start - 32) : start]):
        return False
    tail = _TRUST_CHOICE.sub("", low[end : end + 60])[:30]
    if _ERROR_AROUND.search(re.split(r",|\n|->|=>|→|: |; |\. ", tail)[0][:26]) or _ERROR_AROUND.search(low[max(0, start - 14) : start]):
        return False
    sentence = low[max(0, start - 40) : start]
    if _OFFERED.search(sentence):
        return False
    cut = max(sentence.rfind("."), sentence.rfind("\n"), sentence.rfind(","))
    return not _QUESTION.search(sentence[cut + 1 :])


def _distance(low: str, start: int, end: int, port: int | None) -> int:
    """How far from the port the word stands; with no port all are as near."""
    if port is None:
        return 0
    digits = str(port)
    best = 10_000
    at = low.find(digits)
    while at >= 0:
        best = min(best, abs(at - end) if at >= end else abs(start - at - len(digits)))
        at = low.find(digits, at + 1)
        if at > 20_000:
            break
    return best if best < 40 else 40


def security_alone(low: str) -> tuple[Security | None, bool]:
    """The mode, where the text answers the question for it: here "ssl" and "none" are whole answers."""
    word = low.strip(" .!\"'()")
    if re.fullmatch(
        (
            r"(?:none|no|off|nothing|keine?|ohne|aucun(?:e)?|ninguno?a?|nenhuma?|nessuna?|geen|plain(?: "
            r"?text)?|no encryption|unencrypted|without|нет|без|không|なし|无|無|없음)"
        ),
        word,
    ):
        return Security.NONE, False
    mode, vague = security_said(low, None, [])
    return mode, vague
