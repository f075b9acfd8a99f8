"""Which modes of encryption does a text say? Words of menus and of people; switches in configurations are read by `pastes`.

"SSL/TLS" and "SSL" are implicit TLS, "TLS" alone may be either, a port says nothing about the mode by itself.
Finds what is said and how; which of several is set now, `together` says.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import re2

from bot.reading import hosts
from bot.reading.mentions import Stance, stance
from bot.reading.patterns import compile_words
from bot.reading.words import modes as words
from knowledge.terms import Security

_STARTTLS = re2.compile(
    r"(?i)\b(?:enable_starttls(?:_auto)?[\"']?[ :=>]{1,4}true|use_tls[\"']?[ :=>]{1,4}true|enable_?ssl:? ?=? ?true|start[ \-_]?tls|stls"
    r"|explicit(?:es|e|o)?[ \-](?:tls|ssl)|smtp\+starttls|tls_starttls on)\b"
)
_IMPLICIT = re2.compile(
    r"(?i)\bssl\s?(?:/|\+|-|or|and|oder|\|)\s?(?:start)?tls\b|\btls\s?/\s?ssl\b|\bimplicit(?:es"
    r"|e|o)?[ \-](?:tls|ssl)\b|\bssl(?:v3)?\b|\bsmtps\b|\bsslonconnect\b|\btls\.dial\b|\bsecureconnection[ :=]{1,3}true\b|\bsmtp_ssl\b"
    r"|\bforce[_ ]tls\b|\btls[ \-]wrapp?er\b"
    r"|\bwrapper ?mode\b|\btls on connect\b|\btls on (?:a )?dedicated port\b|\bsecure(?: is|:|=)? ?true\b"
    r"|\b(?:\w+_)?use_ssl[\"']?[ :=>]{1,4}true\b"
)
# Each is looked at for letters beside it and for what is said of it.
_CHOICE = re2.compile("(?i)ssl ?/ ?tls|tls ?/ ?ssl|ssl|tls|" + "|".join(words.ENCRYPTION.values()))
# Without these there is no encryption; without "security" there may be an update missing.
_ENCRYPTS = re.compile("ssl|tls|" + words.ENCRYPTS)
_OFF = frozenset(phrase for by_language in words.OFF.values() for phrase in by_language.split("|"))
_MAY_GO_ON, _JOINED, _WITHOUT = (frozenset(said.split()) for said in (words.MAY_GO_ON, words.JOINED, words.WITHOUT))
_OFF_WORDS = max(phrase.count(" ") for phrase in _OFF) + 1
_WORD_OR_STOP = re.compile(r"[^\W_]+(?:['’/][^\W_]+)*|[.,;!?\n]")
_WORD_BEFORE = re.compile(r"([^\W_]+(?:/o)?)(?: any)? +$")
_CLAUSE_ENDS = re.compile(r"[ \t\"')\]]*(?:$|[.,;:!?\n(|/=>→–—-]|\d|(?:port|puerto|porta|poort|порт|on|via|auf|and|und|et|y|e|en|i|и)\b)")
_NONE = compile_words(
    r"\bunencrypted\b|\bunverschlüsselt\w*|\bnon (?:chiffrée?|cifrat[oa])\b|\bonversleuteld\b|\bokrypterat?\b|\bukryptert\b|\bukrypteret\b"
    r"|\bнезашифрованн\w+|\bsin cifrar\b|\bplain ?text (?:connection|smtp|on|port)\b|\bin (?:the )?clear\b|\bno starttls (?:call|line)\b"
    rf"|\bnone selected\b|\bignoretls[ :=]{1, 3}true\b|\bmode[ :=]+(?:insecure|none|plain)\b"
    rf"|(?:{words.WITHOUT_UNSPACED})(?:使用|启用)?(?:{words.ENCRYPTION_UNSPACED}|ssl|tls)"
    rf"|(?:{words.ENCRYPTION_UNSPACED}|ssl|tls)[ :：=]?(?:は|を|为|是|選択|选择?|填|가|는|은|을)?[ :\"'「]?(?:{words.OFF_UNSPACED})"
)
_NONE_AT_PORT = re2.compile(  # "port 25, none"
    r"\b(?:25|26|465|587|2525)[ \t,/:|–-]{1,3}(none|plain|keine|ohne|aucune?|ninguna|nenhuma|nessuna|geen|brak|žádné|yok|нет|без|ingen)"
)
_TLS = re2.compile(
    r"(?i)\b(?:tls(?: ?v?1\.[0-3])?|encryption|encrypted|verschlüsselung|chiffrement|cifrado|"
    r"crittografia|szyfrowanie)\b|шифрование|криптография"
)
# Uptime Kuma has one choice for both.
_NONE_OR_STARTTLS = re.compile(r"\bnone ?/ ?starttls\b")
_ERROR_AROUND = re.compile(
    r"(?:wrong version number|handshake|certificate|certificat|zertifikat|ssl_connect|ssl routines"
    r"|sslerror|ssl error|ssl:|\[ssl|ssl_error|ssl3_|sslhandshake|sslexception|ssl_do|openssl"
    r"|ssl peer|alert (?:unknown|handshake|bad|cert|protocol|internal|close|number)|v[123] alert|protocol (?:error|version)"
    r"|connection error|routines|_ssl\.c|sslv3|ssl2|must issue|command "
    r"first|is required|not support|unsupported"
    r"|not available|not offered|not supported|\bfail(?:ed|ure)|startup|negotiat|could not be established"
    r"|connection (?:is )?not|version|extension|don't appear|before auth|lib\(|reason\()"
)
# What an error, a certificate or another program's part is named after: no setting.
_OTHER_THING_NEXT = re.compile(
    r"(?:: (?:first record|failed|handshake|bad|unknown|received|oversized|unsupported)"
    r"|[ -]?(?:(?:errors?|fehler)(?!:? ?[45]\d\d)|problems?|issues?"
    r"|trouble|handshak\w*|cert\w*|zertifikat\w*|filter\w*|scan\w*|inspect\w*|prüfung|proxy"
    r"|labs|reports?|channel"
    r"|secure channel|read|write|packet|session|sni|librar\w+|stack|checker|offload\w*|terminat\w*|keys?|pinning|intercept\w*|records?"
    r"|context|socket|layer"
    r"|peer)\b)|\)? connection (?:closed|error|failed|reset|refused|could|was)"
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
_CAPABILITY = re.compile(r"\bcapability [^\]\n]{0,150}$")  # what an IMAP server can
_MENU_CHARS = 24  # between a menu's name and what is chosen in it
_TICKED = re.compile(
    r"^[)\"' ]*(?:connection |encryption )?(?:is )?(?:required)?[)\"' ]*(?:is )?(?:ticked|checked|switched on|angehakt|coché|marcado)\b"
)
_BEHIND_PORT = re.compile(r"(?:^|[\s(,/:])(?:25|465|587|2525)[ ,/]{1,2}$")  # "… using mail.x.example (465, SSL/TLS)"
_ENCRYPTION_BEHIND = ("-verschl", "-verbind", "-encrypt", "-connection", "-krypter", "-versleutel", "-beveilig")
# "auto/starttls"
_CHOICE_BEFORE = re.compile(r"\b(?:auto|ssl|tls|none|ja|yes|on|\d{2,5}) ?/$")
# Names of choices in menus of phones: "SSL (accept all certificates)".
_TRUST_CHOICE = re.compile(r"^\s*\((?:accept|trust|alle|accepter|aceptar|aceitar|accetta|akceptuj|принимать)\b[^)]{0,30}\)")
_QUESTION = re.compile(
    r"(?:what(?:'s| is| does)|was ist|difference|unterschied|explain|meaning|bedeutet|"
    r"better|safer|more secure|sicherer|qu'est|qué es|o que é|cos'è|wat is|czym|что такое|should "
    r"i (?:use|pick|choose|take)|which (?:is|one)|vs\.?|versus| or |need|^\s*(?:is|does|can|should|must|ist|kann|muss|est-ce que|es|è)\s+$)"
)


# "starttls or force_tls?": which of the two to take.
_OR_WHICH = re.compile(
    r"\s?(?:or|oder|ou|o|of|czy|или|чи|nebo|eller|tai|vagy|vs\.?|versus)\s(?:\w{1,6}[_ ])?(?:start)?(?:tls|ssl)(?:/tls)?[\"') ]{0,3}[?？]"
)


@dataclass(frozen=True, slots=True)
class ModeMention:
    """A mode that is said; `mode` is None where only "TLS" or "encryption" is said, which may be either of two."""

    mode: Security | None
    start: int
    end: int
    stance: Stance = "present"


def mode_mentions(low: str, errors: list[tuple[int, int]]) -> list[ModeMention]:
    """Every mode that sentences say is set, was set or is advised, left to right. `low`: lower case; `errors`: spans of errors.

    Modes that are no setting (a part of an error, a name, a word that is asked about) are left out.
    """
    low = _NONE_OR_STARTTLS.sub(lambda m: " " * (len(m.group()) - 8) + "starttls", low)
    found: list[ModeMention] = []
    taken: list[tuple[int, int]] = []

    def take(start: int, end: int, mode: Security | None) -> None:
        if not any(a < end and start < b for a, b in taken):
            taken.append((start, end))
            if _entered(low, start, end, errors):
                found.append(ModeMention(mode, start, end, stance(low, start, end)))

    for start, end in (*_switched_off(low), *(_bare(low, *match.span()) for match in _NONE.finditer(low))):
        take(start, end, Security.NONE)
    for match in _NONE_AT_PORT.finditer(low):
        if match.group(1) == "none" or _CLAUSE_ENDS.match(low, match.end(1)):
            take(match.start(1), match.end(1), Security.NONE)
    for pattern, mode in ((_STARTTLS, Security.STARTTLS), (_IMPLICIT, Security.IMPLICIT_TLS), (_TLS, None)):
        for match in pattern.finditer(low):
            if "1." not in match.group():  # a version of TLS is no mode
                take(match.start(), match.end(), mode)
    found.sort(key=lambda mention: mention.start)
    found = [one for one in found if not _OR_WHICH.match(low, one.end)]
    return [one for one, behind in itertools.zip_longest(found, found[1:]) if behind is None or not _named_by(low, one, behind)]


def _named_by(low: str, choice: ModeMention, value: ModeMention) -> bool:
    """Whether the first is the name of a menu, and the second what is chosen in it: "SSL/TLS: STARTTLS"."""
    between = low[choice.end : value.start]
    is_menu = "/" in low[choice.start : choice.end] and value.mode is Security.STARTTLS
    return is_menu and len(between) <= _MENU_CHARS and not re.search(r"[\d,;/\n]|\b(?:or|and|oder|und|ou|et|then|now)\b", between)


def _bare(low: str, start: int, end: int) -> tuple[int, int]:
    """A match without the signs beside the word (`compile_words` takes one at either end)."""
    return start + (not low[start].isalnum()), end - (not low[end - 1].isalnum())


def _switched_off(low: str) -> Iterator[tuple[int, int]]:
    """Where the choice is said to be off ("TLS: none", "Verschlüsselung steht auf Keine") or missing ("ohne SSL")."""
    for match in _CHOICE.finditer(low):
        start, end = match.span()
        if _letter(low[start - 1 : start]) or _letter(low[end : end + 1]):
            continue
        lacking = _WORD_BEFORE.search(low, max(0, start - 24), start)
        if lacking and lacking.group(1) in _WITHOUT and _ENCRYPTS.search(match.group()):
            yield lacking.start(1), end
        elif (off := _off(low, end)) is not None:
            yield start, off


def _letter(char: str) -> bool:
    """Whether `char` goes on with a word; signs of scripts that write without spaces do not."""
    return char.isalpha() and not hosts.UNSPACED.match(char)


def _off(low: str, at: int) -> int | None:
    """Where a word for "off" ends that is said of the choice that ends `at`; None: something else is said."""
    if low[at : at + 1] in ("_", ".", "/", "@", ","):
        return None
    tokens = list(_WORD_OR_STOP.finditer(low, at, min(len(low), at + 60)))
    for n, token in enumerate(tokens):
        for count in range(min(_OFF_WORDS, len(tokens) - n), 0, -1):
            phrase = low[token.start() : tokens[n + count - 1].end()]
            if phrase in _OFF and (phrase not in _MAY_GO_ON or _CLAUSE_ENDS.match(low, tokens[n + count - 1].end())):
                return tokens[n + count - 1].end()
        if token.group() not in _JOINED:
            return None
    return None


def _entered(low: str, start: int, end: int, errors: list[tuple[int, int]]) -> bool:
    """Whether the word is a setting: not part of an error, a host name, a question about the word."""
    if any(a <= start < b for a, b in errors) and not _BEHIND_PORT.search(low[max(0, start - 8) : start]):
        return False
    if (
        (low[start - 1 : start] in (".", "/", "@", "_", "[") and not _CHOICE_BEFORE.search(low[max(0, start - 8) : start]))
        or low[end : end + 1] in ("_", "@")
        or (low[end : end + 1] == "." and low[end + 1 : end + 2].isalnum())
        or (low[end : end + 1] == "-" and low[end + 1 : end + 2].isalpha() and not low.startswith(_ENCRYPTION_BEHIND, end))
    ):
        return False
    if _TICKED.match(low[end : end + 40]):
        return True
    if _OTHER_THING_NEXT.match(low, end) or _OTHER_THING_BEFORE.search(low[max(0, start - 32) : start]):
        return False
    tail = _TRUST_CHOICE.sub("", low[end : end + 60])[:30]
    if _ERROR_AROUND.search(re.split(r"[,\n\"]|->|=>|→|: |; |\. ", tail)[0][:26]) or _ERROR_AROUND.search(low[max(0, start - 14) : start]):
        return False
    sentence = low[max(0, start - 40) : start]
    if _OFFERED.search(sentence) or _CAPABILITY.search(low[max(0, start - 160) : start]):
        return False
    cut = max(sentence.rfind("."), sentence.rfind("\n"), sentence.rfind(","))
    return not _QUESTION.search(sentence[cut + 1 :])


def security_alone(low: str) -> tuple[Security | None, bool]:
    """The mode, and whether it is vague, where the text answers the question for it: here "ssl" and "none" are whole answers."""
    if low.strip(" .!\"'()") in _OFF_ALONE:
        return Security.NONE, False
    said = [mention.mode for mention in mode_mentions(low, []) if mention.stance in ("now", "present")]
    mode = next((mode for mode in said if mode is not None), None)
    return mode, mode is None and bool(said)


_OFF_ALONE = _OFF | {"plain", "plain text", "plaintext", "no encryption", "unencrypted", "without", "不", "无", "無", "なし", "없음"}
