"""Which word of an ordinary sentence is the password? "my password is …", "pw hunter2", "(the password was …)", in many languages."""

from __future__ import annotations

from collections.abc import Iterator

from bot.secrets import asides, looks
from bot.secrets.later import Match, later
from bot.secrets.span import Span
from bot.secrets.text import Text
from bot.secrets.words import CJK_GLUE, CJK_PASSWORD_WORDS, GLUE, PASSWORD_WORDS

_WORDS = "|".join(sorted(PASSWORD_WORDS, key=len, reverse=True))
_GLUE = "|".join(sorted((g.replace(" ", r"\s+") for g in GLUE), key=len, reverse=True))
_FOR = (
    r"(?:[ \t]+(?:for|of|to|von|für|fürs|zu|pour|de|del|da|do|du|voor|van|till|för|til|для|от"
    r"|к|dla|pro|di|per)[ \t]+[^\s,;]+(?:[ \t]+[^\s,;]+){0,3}?)?"
)
_VALUE = r"(?:[\"“„«`']([^\"”“»`'\n]+)[\"”“»`']|([^\s\"“„«`',;][^\s\"”“»`]+))"
# with a word or sign between: the value may be any word that sentences do not go on with
_SAID = later(
    rf"(?i)(?:^|[^a-zA-Z0-9_])(?:{_WORDS}){_FOR}[ \t]*(?:\([^()\n]+\))?[ \t]*(?:(?:[ \t](?:{_GLUE})[ "
    rf"\t]*[:=]?)|[:=：]|[ \t][-–—])[ \t]*{_VALUE}"
)
# with nothing between: the value must look like a secret
_NEXT = later(rf"(?i)(?:^|[^a-zA-Z0-9_])(?:{_WORDS})(?:[ \t]*/[ \t]*\pL+)?[ \t]+{_VALUE}")
# "the password was rotated to …", "Passwort gestern geändert auf …": a change tells that a value follows; it must look like a secret
_BECAME = later(
    rf"(?i)(?:^|[^a-zA-Z0-9_])(?:{_WORDS})(?:[ \t]+[\pL']+){{0,3}}[ \t]+(?:cambiat[aoei][ \t]+in|\pL*(?:chang|rotat|reset|set|updat"
    rf"|switch|replac"
    rf"|renew|änder|setzt|stellt|modifi|cambi|troca|alter|mud|verander|wijzig|aangepast|zmien|změn|değiş|смен|измен|помен|змін|ändra"
    rf"|bytt|skift"
    rf"|ændr|endr)\pL*(?:[ \t]+\pL+){{0,2}}?[ \t]+(?:to|from|auf|zu|von|en|à|a|por|para|da|naar|na|do|z|till|til|på|från|fra|на|з"
    rf"|с))[ \t]+{_VALUE}"
    rf"(?:[ \t]+(?:to|auf|en|à|a|para|naar|na|till|til|на)[ \t]+{_VALUE})?"
)
_CJK = later(rf"(?:{'|'.join(CJK_PASSWORD_WORDS)})[ \t]*(?:{'|'.join(CJK_GLUE)}|[:：=])?[ \t]*[\"'“「]?([!-~\x{{a1}}-\x{{24f}}]+)")
_LINE_BELOW = later(rf"(?im)^[ \t]*(?:{_WORDS})[ \t]*[:：]?[ \t]*\r?\n[ \t]*(\S+)[ \t]*$")
_BEHIND = later(
    rf"(?i)(?:^|[\s(\"'])([^\s(\"']+)[\"']?[ \t]+(?:is|was|ist|war|es|est|é|è)[ \t]+(?:my|the|"
    rf"our|mein|das|mi|mon|minha|mia)[ \t]+(?:\pL+[ \t]+)?(?:{_WORDS})\b"
)
_REFUSED = later(r"(?i)(?:wrong|incorrect|invalid|bad|or|and|und|oder|user ?name/|login/)\s*$")
_STATEMENT = later(
    r"(?i)^[ \t]*(?:[.,;:!?)\"'”]|$|\n|and\b|but\b|und\b|aber\b|y\b|et\b|e\b|mais\b|pero\b|user|with|on\b|for\b|host|port|server)"
)


def find(text: Text) -> Iterator[Span]:
    for match in _SAID.finditer(text):
        yield from _judge(text.plain, match, strong=True)
    for match in _NEXT.finditer(text):
        yield from _judge(text.plain, match, strong=False)
    for match in _BECAME.finditer(text):
        yield from _judge(text.plain, match, strong=False)
        for group in (3, 4):
            if match.took_part(group) and looks.secret_word(value := _ended(match.group(group))):
                yield Span("password", match.start(group), match.start(group) + len(value))
    for match in _CJK.finditer(text):
        value = match.group(1).rstrip(".,;:)\"'")
        if (
            len(value) >= 4
            and (looks.mixed(value) or value.isalnum())
            and not looks.placeholder(value)
            and not looks.no_secret_shape(value)
            and not value.isdigit()
        ):
            yield Span("password", match.start(1), match.start(1) + len(value))
    for match in _LINE_BELOW.finditer(text):
        if looks.secret_word(match.group(1)):
            yield Span("password", *match.span(1))
    for match in _BEHIND.finditer(text):
        if looks.secret_word(match.group(1)):
            yield Span("password", *match.span(1))


def _ended(value: str) -> str:
    """Without the signs of the sentence behind it, or what a list goes on with ("x,y" stays, "x,port:587" does not)."""
    for sign in (",", ";"):
        head, found, tail = value.partition(sign)
        if found and (tail.startswith(("port", "host", "server", "user", "smtp", "login")) or len(head) < 3):
            value = head or value
    while (value and value[-1] in ".,;:)]}>'?") or value.endswith("!)"):
        value = value[:-1]
    return value


def _number(value: str, least: int) -> bool:
    """A password of digits only: longer than codes and ports are."""
    return value.isdigit() and least <= len(value) <= 32


def _with_a_sign(value: str) -> bool:
    """`$Wachtel77` and `%otter5%` are passwords, `$SMTP_PASS`, `$pw1` and `%PASS%` names of one."""
    bare = value.strip("$%")
    if value[0] not in "$%" or not looks.secret_word(bare) or "_" in bare or bare.isupper():
        return False
    return (value[0] == "%" and value[-1] != "%") or sum(c.isdigit() for c in bare) >= 2


# "Normal password" and "encrypted password" are Thunderbird's names of methods.
_METHOD = later(r"(?i)(?:normal|encrypted|normales|verschlüsseltes)[ \t]+(?:passwor[td])[^\n]*?[:=]?[ \t]*[\"']?$")


def _judge(text: str, match: Match, *, strong: bool) -> Iterator[Span]:
    group = 1 if match.took_part(1) else 2
    value = match.group(group)
    start = match.start(group)
    if group == 2:
        value = _ended(value)
    end = start + len(value)
    if group == 1:
        good = (
            not looks.placeholder(value)
            and not looks.no_secret_shape(value)
            and (strong or looks.mixed(value) or (" " not in value and not looks.plain_word(value)))
        )
        if looks.verdict(value) or (len(value.split()) > 5 and _METHOD.within(text[max(0, match.start() - 14) : start])):
            good = False
        if not strong and _REFUSED.within(text[max(0, match.start() - 12) : match.start() + 1]):
            good = False
    elif strong:
        good = (looks.secret_word(value) or _number(value, 5)) or (
            len(value) >= 4
            and not looks.plain_word(value)
            and not looks.placeholder(value)
            and not looks.no_secret_shape(value)
            and (_STATEMENT.within(text[end : end + 12]))
            and value[0].isalnum()
        )
    else:
        before = text[max(0, match.start() - 14) : match.start() + 1]
        good = (
            (looks.secret_word(value) or _number(value, 6))
            and not _REFUSED.within(before)
            and "'" not in value
            and "=" not in value
            and "(" not in value
            and text[end : end + 8] != " - gsmtp"
        )
    if good and value and (value[0] not in "<$%{[(" or _with_a_sign(value)):
        yield Span("password", start, end)
        yield from asides.beside(text, end)
