"""Whose domain is it: which address in the text is the account's own? Never the recipient's, the bounced one or a documentation's."""

from __future__ import annotations

import re

import re2

from bot.reading import hosts

_MAIL = re2.compile(r"(?i)(?:[\pL\pN._%+'\-]+|\"[^\"\n]+\")@([\pL\pN\-]+(?:\.[\pL\pN\-]+)+)")
# Who logs in says more than who is named as sender.
# "op.pl" is a domain behind an @, elsewhere a script.
_NATIONAL = re.compile(r"[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z]{2}")
_LOGIN = re.compile(
    r"(?:not owned by user|authenticated as|logged in as|log(?:ged)? in (?:with|as)|sasl_username="
    r"|account|user(?:name)?|login|uid|authid|auth_user|-au"
    r"|(?:password|pw|passwd) (?:of|for|from)|(?:passwort|kennwort) (?:von|für|vom konto)|mot de passe (?:de|pour)|contraseña (?:de|para)"
    r"|senha (?:de|da|do|para)|password (?:di|per)|wachtwoord (?:van|voor)|hasło (?:do|dla|z)|heslo (?:k|pro|od|z)|пароль (?:от|для|к|на)"
    r"|lösenordet (?:för|till)"
    r"|konto|benutzer(?:name)?|compte|cuenta|usuario|conta|utilizador|utente|gebruiker|логин|"
    r"пользователь)\s*(?:is|ist|est|es|=|:|=>|name)?\s*[\"'(<\[]*$"
)
_SENDER = re.compile(
    r"(?:my (?:address|email|mail)|from|sender|i am|i'm|ich bin|absender|expéditeur|remitente"
    r"|remetente|mittente|afzender|nadawca|отправитель|почта"
    r"|envelope-from|return-path:?|mail from:?|from address (?:failed|rejected)|sender address|failed the check in region [\w-]+)\s*(?:is"
    r"|ist|est|es"
    r"|=|:|=>|address)?\s*[\"'(<\[]*$"
)
_OTHER = re.compile(
    r"(?:\*\*|=>|==|\bto|\btowards|\brcpt to:?|\brecipients?|\ban|\bfür|\bà|\b(?:correos?|mensajes?|e-?mails?|mensagens?|mail) a|\bна"
    r"|\bpara|\bnaar|\baan|\bdo"
    r"|\bk|получател\w+|recipients or groups|relay for|rejected addresses|rejected address|deliver(?:y)? "
    r"to|failed for|bounced? (?:for|from|of|to)|bounces (?:for|from|of|to)"
    r"|empfänger|destinataire|destinatari[oa]|ontvanger|unknown|final-recipient: rfc822;"
    r"|original-recipient: rfc822;|x-failed-recipients:?|contact|reach|email us at|support at)\s*[:=]?\s*[\"'(<\[]*$"
)
_AUTH_REPLY = re.compile(r"\b5\.7\.[01]\b[^\n]*\b(?:authenti|auth required)|\b530\b[^\n]*\bauthenti")
# Whose mail a receiving server finds without proof: the sender's domain.
_UNPROVEN = re.compile(
    r"\b(?:unauthenticated e-?mail from|(?:dmarc|spf|dkim)\b[^.\n]{0,40}? (?:of|for)|the domain of|sender domain|from domain"
    r"|rfc5322\.from domain|spf \[|dkim \[)"
    r"\s*[\"'<]?@?((?:[\w\-]+\.)+[a-z]{2,})",
    re.IGNORECASE,
)
_BOUNCED = re.compile(
    r"^[>\])\"']*\s*[:\-]?\s*(?:\(?(?:recipient|user|no such|unknown|mailbox|does not|doesn't (?:get|receive|exist)|\S+ does not like"
    r"|address"
    r"|host|sender address|relay|delivery|(?:is|was) not (?:found|deliver|accept|allow|a |known|valid|recogni|exist)|could not|rejected"
    r"|said"
    r"|\.\.\.))"
)
# What only the sender's own server says, of the address that logged in or sends.
_NOT_OWNED = re.compile(r"^[>\])\"']*:? ?sender address rejected: not (?:owned|logged)")
_REPLY_BEFORE = re.compile(r"(?<!\d)(?:4[2-57]\d|5[0-57]\d)[ \-](?:[45]\.\d\.\d{1,3} )?[\w ,:]{0,30}<?$")
# smtp://user@domain:…@host: the first is the user, not the host
_USER_OF_URL = re.compile(r":[^\s@/]{0,200}@")
_DOMAIN = re.compile(
    (
        r"(?:\b(?:my|our|own|custom|the company|company|eigene|unsere|meine|mi|nuestro|mon|notre|"
        r"meu|nosso|mio|nostro|mijn|onze) (?:domain|domaine|dominio|domínio|domein)(?: name)?(?: "
        r"is| ist| est| es| é| è)?|\bdomain(?:e)?(?: is| ist)?"
        r"|\b(?:send|sending|sent|mails?|newsletters?|versenden|verschicken|envoyons|enviamos|inviamo)\b[^.\n]{0,30}? (?:for|für|pour"
        r"|para|per|voor)|\b(?:i|we) host|@)\s*[:=]?\s*[\"'(]?((?:[\w\-]+\.)+[a-z]{2,})"
    ),
    re.IGNORECASE,
)


def address_domain(text: str, low: str, pasted: tuple[str, ...], errors: list[tuple[int, int]]) -> str | None:
    """The domain of the account's address; `pasted` are addresses that a configuration names as user or sender."""
    for whole in pasted:
        domain = whole.rsplit("@", 1)[-1].lower().rstrip(".")
        if not hosts.placeholder(domain):
            return domain
    if "%40" in text:  # as it stands in URLs
        text, low = text.replace("%40", "@"), low.replace("%40", "@")
    best: tuple[int, int, str] | None = None
    for n, match in enumerate(_MAIL.finditer(text)):
        if n > 40:
            break
        start, end = match.span()
        domain = hosts.latin(match.group(1).lower().rstrip("."))
        if (
            hosts.placeholder(domain)
            or (hosts.name(domain) is None and not _NATIONAL.fullmatch(domain))
            or (text[max(0, start - 3) : start] == "://" and not _USER_OF_URL.match(text, end))
        ):
            continue
        before, after = low[max(0, start - 44) : start], low[end : end + 40]
        weight = 0 if any(a <= start < b for a, b in errors) else 1
        if _LOGIN.search(before):
            weight = 4
        elif _SENDER.search(before) or _NOT_OWNED.match(after) or "senderrefused" in low[max(0, start - 200) : start]:
            weight = 3
        elif not weight and _AUTH_REPLY.search(low[max(0, start - 160) : end + 80]):
            weight = 2  # refused for want of a login: that is about the sender
        elif _OTHER.search(before) or _BOUNCED.search(after) or _REPLY_BEFORE.search(before):
            weight = 0
        if weight and (best is None or weight > best[0]):
            best = (weight, -start, domain)
    if best is not None:
        return best[2]
    if (match := _UNPROVEN.search(text)) and not hosts.placeholder(match.group(1)):
        return match.group(1).lower()
    for match in _DOMAIN.finditer(text):
        domain = match.group(1).lower()
        quoted = any(a <= match.start() < b for a, b in errors)
        if not quoted and not hosts.placeholder(domain) and hosts.name(domain) and not hosts.mailish(domain):
            if match.group(0).startswith("@") and (
                text[match.start() - 1 : match.start()].isalnum() or text[match.end() : match.end() + 1] == "@"
            ):
                continue
            return domain
    return None
