"""Whose service sends the mail: by the server's name, by the account's domain, or by name. The recipient's provider is not it."""

from __future__ import annotations

import itertools
import re

import re2

from bot.reading import hosts
from bot.reading.words import providers as words
from knowledge.index import Index
from knowledge.model import Provider
from knowledge.names import ORDINARY, Hit

# Where a provider is named as the one that refuses or receives.
_RECEIVES_AFTER = re.compile(
    r"^(?:宛|あて|への|に送|으?로 ?보내|收件)"
    r"|^\S*\s+(?:bounces?|rejects?|refuses?|blocks?(?! (?:my|our) (?:account|login|sign|access|password|app))"
    r"|blocked(?! (?:my"
    r"|our) (?:account|login|sign|access|password|app))|defers?|deferred|throttles?|greylists?|rejected|bounced|users?"
    r"|recipients?"
    r"|addresses|customers|lehnt|weist|refuse|rejette|rechaza|recusa|rifiuta|weigert|отклоняет"
    r"|won't accept|doesn't accept|marks|puts|spam|says my|thinks)\b"
)
_RECEIVES_BEFORE = re.compile(
    r"(?:\b(?:mails?|e-?mails?|messages?|sending|send|sent|deliver\w*|writing|bounces?|bounced|nachrichten|senden|gesendet|geschickt"
    r"|verschickt|schreib\w*|courriels?|envoyer|envoyés?|enviar|enviad[oa]s?|correos?|inviare|inviat[oaei]|verzonden|wysłan[eya]|письма"
    r"|отправлен\w*)\s+(?:only\s+)?(?:to|an|à|a|para|naar|do|на)\s+(?:all\s+|any\s+|some\s+|every\s+|my\s+)?"
    r"|\b(?:mail|e-?mail|write|send)(?: to)? my (?:own )?|\b(?:bounces?|bounced|returned|rejections?|ndrs?|undeliverables?"
    r"|back)\s+(?:mails?\s+)?from\s+"
    r"|\b(?:bounced|rejected|blocked|refused|deferred|returned|greylisted|abgelehnt|abgewiesen|rejeté\w*|rechazad\w+|rifiutat\w+)"
    r" (?:by|at|von|bei|par|por|da) "
    r"|\b(?:arriv\w+|land\w*|deliver\w*|get through|gets? to|show up|reach\w*)(?: anyone| anybody| people)? (?:at|to|in|with|for)\s+"
    r"|(?<!our )(?<!\d )\b(?:recipients?|customers?|clients?|people|users|anyone|anybody|someone|friends?|contacts?|ones"
    r"|addresses|kunden|empfänger|clients?|clientes|clienti|klanten|клиент\w*) (?:at|on|with|bei|chez|de|di|bij|на) |\b(?:ones|those) to "
    r"|\busers? (?:at|on) )$"
)
_SCOPES = (
    (
        "gmail",
        re.compile(
            r"https?://mail\.google\.com/|support\.google\.com/mail/\?p=(?:BadCredentials|InvalidSecondFactor"
            r"|WebLoginRequired)"
        ),
    ),
    ("microsoft365", re.compile(r"outlook\.office(?:365)?\.com/(?:SMTP\.Send|\.default)", re.IGNORECASE)),
)
# What only one provider's submission server says when it refuses the login.
_OWN_WORDS = (
    ("gmail", re2.compile(r"(?s)\b(?:535|534|530)[ \-]5\.[57]\.\d.*\bgsmtp\b")),
    ("microsoft365", re2.compile(r"(?i)SmtpClientAuthentication is disabled for the (?:Tenant|Mailbox)|aka\.ms/smtp_auth_disabled")),
)
_DENIED = re.compile(
    r"\b(?:not|don'?t|nicht|pas|instead of|rather than|statt|niet|не)\s+(?:use |using |have |on )?(?:the |my |at |with |from )?$"
)
# A provider that was left: "we moved our mailboxes from ionos to …", "used to be with gmx".
_LEFT = re.compile(
    r"\b(?:mov|migrat|switch|chang|convert|transfer|umgezogen|gewechselt|umgestiegen|migré|passé|cambi|migr|mud|overgestapt|przeni)\w*"
    r"(?: [\w'-]+){0,6}? (?:away )?(?:from|von|de|da|van|z|с) (?:the |our |my )?$|\b(?:used to (?:be|have it) (?:at|with|on)|(?:was"
    r"|were) (?:at|with)"
    r"|previously|formerly|früher(?: bei)?|vorher bei|avant chez|antes en) (?:the )?$"
)
# "Telekom Anschluss", "a Comcast line": whose network it is, which says nothing of the mail.
_LINE_BEHIND = re.compile(
    r"[ -](?:anschluss|leitung|dsl|internet(?:anschluss)?|line|connection|router|fib(?:er|re)|hotspot|network|netz|wifi|ligne|línea|linha"
    r"|linea)\b"
)
# "self-hosted mailcow" is nobody's service, though there is one of that name.
_OWN_BEFORE = re.compile(r"\bself[- ]$")
_HOST_BEHIND = re.compile(r"\s+[\w-]+\.[\w.-]+\w")
_WRITTEN = tuple((id, re2.compile(pattern)) for id, pattern in words.WRITTEN)
# Names that are words of every day too count beside one of these.
_BESIDE = re.compile(
    r"(?:smtp|serveur|server|servidor|e?mails?|e-mails?|chez|bei|bij|isp|provider|account|konto|compte|cuenta)\s+"
    r"(?:d[e']\s*|d[oai]\s+|del(?:la)?\s+|van\s+|od\s+|для\s+|för\s+|til\s+|von\s+|for\s+|bei\s+|at\s+|with\s+|pour\s+)?(?!smtp|port"
    r"|server|for\b)([a-z][a-z0-9.\-]{1,20})"
    r"|\bfor\s+([a-z][a-z0-9.\-]{1,20})\s*\??$"
)
_BEFORE_SETTINGS = re.compile(
    r"\b(?!smtp|mail)([a-z][a-z0-9.\-]{1,20})\s+(?:smtp|mailserver|mail server|e-?mail|postausgang|outgoing"
    r"|parametri|impostazioni|paramètres"
    r"|réglages|ajustes|configuración|configurações|instellingen|ustawienia|nastavení|ayarları|einstellungen|mailbox|posta)"
)
_365 = re.compile(
    r"\b(?:ms|microsoft|office|o|m|company|work|business|firmen|exchange|e[135]|our|outlook)[ "
    r"-]?365\b|\b365 (?:tenant|mailbox|account|konto|business|exchange|admin)"
)
_REPLY = re.compile(r"\b[45]\d\d[ \-]|\b[45]\.\d\.\d")
# Brands that are words of every day but hardly in a talk about mail; of these no sign beside them is asked for.
_BRANDS = re.compile(rf"\b({'|'.join(words.BRANDS.split())})\b(?![.@_]\w| (?:{words.NO_BRAND_BEHIND})\b)|{words.BRAND_AND_VERB}")
# "ses" is a French word, too.
_SES = re2.compile(
    r"\bSES\b|^ses\b[:,]? |(?i)\b(?:aws|amazon) ses\b|(?i)\bses (?:smtp|sandbox|credentials|console|region|identity|secret)\b"
)
# Whose program listens there, the address does not say; Proton's bridge is known by its port.
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_BRIDGE = re.compile(r"\b1025\b|bridge|proton")
# A name that is a program's when it stands alone.
_NOT_ALONE = frozenset({"outlook", "mail", "exchange"})


def provider(
    text: str, low: str, index: Index, host: str | None, domain: str | None, clients: tuple[Hit, ...], errors: list[tuple[int, int]]
) -> str | None:
    names = _named(text, index)
    if host is not None and (host not in _LOOPBACK or _BRIDGE.search(low)) and (owner := _of_host(index, host)) is not None:
        named = {hit[2] for hit in names}
        if owner.id == "gmail" and "google-workspace" in named and "gmail" not in named:
            return "google-workspace"
        return owner.id
    named_hits = [
        hit
        for hit in (*names, *_between_scripts(text, index))
        if low[hit[0] : hit[1]] not in _NOT_ALONE
        and not any(a <= hit[0] and hit[1] <= b for a, b, id in clients if id != "other")  # "the yahoo app" names both
        and not any(a <= hit[0] < b for a, b in errors)
        and not _receives(low, hit[0], hit[1])
        and not (hit[0] and text[hit[0] - 1] == "@")
        and not _DENIED.search(low[max(0, hit[0] - 24) : hit[0]])
        and not _OWN_BEFORE.search(low[max(0, hit[0] - 6) : hit[0]])
        and not _LEFT.search(low[max(0, hit[0] - 60) : hit[0]])
        and not _LINE_BEHIND.match(low, hit[1])
    ]
    if host is not None and domain is None and named_hits and "." not in host:
        return named_hits[0][2]
    if not named_hits:
        named_hits = [
            hit
            for hit in names
            if low[hit[0] : hit[1]] not in _NOT_ALONE
            and any(a < hit[0] and hit[1] <= b and not _REPLY.search(low, a, b) for a, b in errors)
            and not any(a <= hit[0] and hit[1] <= b for a, b, _ in clients)
            and not low[hit[1] :].split("\n", 1)[0].strip(" .!,")  # the last word: said by the person behind the error
            and low[hit[0] - 1] in " ,("
        ]
    if not named_hits:
        named_hits = [
            (match.start(), match.end(), found)
            for match in itertools.islice(_BRANDS.finditer(low), 8)
            if low[match.start() - 1 : match.start()] not in ("@", ".", "-", "_")
            and not any(a <= match.start() < b for a, b, _ in clients)
            and not any(a <= match.start() < b for a, b in errors)
            and not _receives(low, match.start(), match.end())
            and (found := _whole(index, match.group(match.lastindex or 0)))
        ]
    for id, pattern, where in (("ses", _SES, text), ("microsoft365", _365, low)):
        for match in () if named_hits or not index.provider(id) else pattern.finditer(where):
            if not _receives(low, match.start(), match.end()):
                return id
    if not named_hits:
        for match in itertools.islice(itertools.chain(_BESIDE.finditer(low), _BEFORE_SETTINGS.finditer(low)), 16):
            word = next(group for group in match.groups() if group)
            at = match.start(match.lastindex or 1)
            inside = any(a <= at < b for a, b, _ in clients) or any(a <= at < b for a, b in errors)
            if inside or _RECEIVES_BEFORE.search(low[max(0, at - 40) : at]):
                continue
            if word not in _NOT_ALONE and "@" not in low[match.start() : match.end() + 1] and (found := _whole(index, word)):
                return found
    if named_hits:
        return max(named_hits, key=lambda hit: (hit[1] - hit[0] > 3, -hit[0]))[2]
    if domain is not None and (owner := index.by_domain(domain)) is not None and (host is None or _meant(index, host) == owner.id):
        return owner.id
    for id, pattern in _SCOPES:
        if pattern.search(text) and index.provider(id):
            return id
    for id, shape in _OWN_WORDS:
        if shape.search(text) and index.provider(id):
            return id
    return None


def _named(text: str, index: Index) -> tuple[Hit, ...]:
    """The names that stand in `text`, also in other scripts and with endings, left to right."""
    names = tuple(hit for hit in index.names_in(text) if not _before_a_host(text, hit))
    forms = [
        (match.start(), match.end(), id)
        for id, pattern in _WRITTEN
        if index.provider(id)
        for match in pattern.finditer(text)
        if text[match.start() - 1 : match.start()] not in ("@", ".", "/", "-")
        and text[match.end() : match.end() + 1] not in ("@", ".", "-")
    ]
    forms += [
        (match.start(), match.end(), owner.id)
        for match in hosts.WORD.finditer(text)
        if match.group().count(".") == 1
        and text[match.start() - 1 : match.start()] not in ("@", "/", "-")
        and text[match.end() : match.end() + 1] not in ("@", "/", "-")
        and (owner := index.by_domain(match.group().lower().rstrip("."))) is not None
    ]
    return (*names, *(form for form in forms if not any(a < form[1] and form[0] < b for a, b, _ in names)))


def _receives(low: str, start: int, end: int) -> bool:
    """Whether what is named there is said to receive, refuse or return the mail."""
    return _RECEIVES_AFTER.search(low[end : end + 30]) is not None or _RECEIVES_BEFORE.search(low[max(0, start - 40) : start]) is not None


def _before_a_host(text: str, hit: Hit) -> bool:
    """ "mit mail.x.example", "me at smtp.x.example": a word of every day in front of a host name names nobody."""
    word = text[hit[0] : hit[1]]
    return word in ORDINARY and _HOST_BEHIND.match(text, hit[1]) is not None


def _meant(index: Index, host: str) -> str | None:
    """Whose server a misspelt name is probably meant to be."""
    near = index.nearest_host(host)
    owner = index.by_host(near) if near else None
    return owner.id if owner else None


_WITHOUT_SPACES = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff]")


def _between_scripts(text: str, index: Index) -> tuple[Hit, ...]:
    """Names in Latin letters that stand between signs of scripts that write without spaces: "でbiglobeの"."""
    return () if text.isascii() or not _WITHOUT_SPACES.search(text) else index.names_in(_WITHOUT_SPACES.sub(" ", text))


def _of_host(index: Index, host: str) -> Provider | None:
    """The owner of a server's name: known as a server, below a known domain, or a provider's name under a public ending (smtp.ovh.net)."""
    if found := index.by_host(host) or index.by_domain(host):
        return found
    labels = host.split(".")
    if len(labels) > 3 and labels[-2] in ("com", "co", "net", "org", "gov", "edu"):  # com.br, co.uk
        labels = [*labels[:-2], labels[-2] + "." + labels[-1]]
    if len(labels) < 3 or labels[-1] in ("example", "test", "invalid", "local", "localhost", "lan") or len(labels[-2]) < 3:
        return None
    id = _whole(index, labels[-2])
    return index.provider(id) if id else None


def _whole(index: Index, word: str) -> str | None:
    """The provider that a word alone names."""
    hits = index.names_in(word)
    return hits[0][2] if hits and hits[0][:2] == (0, len(word)) else None
