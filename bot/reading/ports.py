"""Which port does the text say is entered? From sentences; which of several is set now, `together` says."""

from __future__ import annotations

import re
from dataclasses import dataclass

import re2

from bot.reading.mentions import Stance, in_order, stance
from knowledge.terms import FETCHING

# Where mail is submitted or relayed, as providers and people have set it up.
KNOWN_PORTS = frozenset(
    (24, 25, 26, 80, 366, 443, 465, 587, 588, 994, 1025, 1587, 2465, 2525, 2526, 2587, 3535, 4465, 4650, 5587, 5870, 8025, 8465, 8587)
    + (10025, 10465, 10587, 50587)
)
_BARE_PORTS = frozenset({25, 465, 587, 2525, 2465, 2587, 1025, 26, 10025, 8025})
_NAMED_PORT = re2.compile(
    r"(?i)\b(?:smtp_?port|port|порт|порту|порта|puerto|porta|portu|portti|portnummer|poort|端口"
    r"|ポート|포트|埠|cổng|portas?|θύρα)(?:\s*(?:number|no\.?|nummer|num|番号))?\s*(?:is|was|ist|es|est"
    r"|é|è|jest|on|to|set to|für smtp|smtp|=>|[:=#]|を|は|是|号)*\s*[:=#]?\s*[\"'(]*(\d{2,5})\b"
)
_BARE = re2.compile(r"\b(\d{2,5})\b")
_FOR_SENDING = re.compile(
    r" ?(?:\([a-z/ ]{1,12}\) )?(?:for|as|bei|für|pour|para|per|voor|dla) (?:the |my |den )?(?:outgoing|sending|smtp"
    r"|postausgang|envoi|envío)"
)
_BEFORE_PORT = frozenset(["", *" \t\n(,;/>:\"'#|+-[="])
_BEHIND_PORT = frozenset(["", *" \t\n),;/.:!?\"'|+]-"])
_NOT_A_PORT = re.compile(
    r"^\s*(?:(?:mb|kb|gb|mib|ms|seconds?|sec|s|minutes?|min|hours?|days?|mails|e-?mails|messages?|users|recipients?|people|times?|pages?"
    r"|accounts?|years?|dollars?)(?![\w.-])|%|€|\$|\d{3}(?![\d.]))",
    re.IGNORECASE,
)
# "ticket 2525", "25 Nov", "25 of 465": numbers of something else.
_COUNTED_BEFORE = re.compile(
    r"(?:\b(?:room|ticket|invoice|order|case|bug|issue|id|nr\.?|no\.|number|bill|line|page|item|customer|rechnung|auftrag|zimmer|seite"
    r"|zeile|facture|commande"
    r"|factura|pedido|fattura|ordine|заказ|счет)\s?#?|\bof )$"
)
_COUNTED_BEHIND = re.compile(r" (?:of \d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|janv|févr|mai\b|juin|juil|sept)")
_PORT_WORD_BEHIND = re.compile(r"[ \-]?(?:\w{1,3} )?(?:port|порт|端口|埠|번 ?포트|番?ポート|포트)")


@dataclass(frozen=True, slots=True)
class PortMention:
    port: int
    start: int
    end: int
    weight: int
    stance: Stance = "present"


def number(digits: str | None) -> int | None:
    """The port that `digits` are; None for none, 0 and what is too high."""
    return int(digits) if digits and 0 < int(digits) < 65536 else None


def _may_stand(char: str, allowed: frozenset[str]) -> bool:
    """Beside a number that is a port; scripts that write without spaces put their words there."""
    return char in allowed or ord(char) >= 0x2E80


def port_mentions(text: str, low: str) -> list[PortMention]:
    """Every number that may be the port, best first."""
    found = []
    for match in _NAMED_PORT.finditer(text):
        if (port := number(match.group(1))) is not None:
            found.append(
                PortMention(port, match.start(1), match.end(1), 5 if port in KNOWN_PORTS else 4, stance(low, match.start(), match.end(1)))
            )
    for match in _BARE.finditer(text):
        port = int(match.group(1))
        if port not in _BARE_PORTS and not (port in FETCHING and _FOR_SENDING.match(low, match.end(1))):
            continue  # "995 for outgoing": wrong, but that is what is entered
        if _NOT_A_PORT.match(text[match.end(1) : match.end(1) + 12]):
            continue
        start, end = match.span(1)
        if _COUNTED_BEFORE.search(low[max(0, start - 16) : start]) or _COUNTED_BEHIND.match(low, end):
            continue
        around = text[max(0, start - 2) : end + 2]
        if text[start - 1 : start] == ":" and text[end : end + 2].strip()[:1] == "]":  # the end of an IPv6 address
            continue
        if not (_may_stand(text[start - 1 : start], _BEFORE_PORT) and _may_stand(text[end : end + 1], _BEHIND_PORT)):
            continue
        if re.search(r"\d[.\-/:]\d|\d{2}:\d{2}|\.\d|\d\.\d", around) or text[end : end + 2] in (".0", "-5") or _date_like(text, start, end):
            continue
        if (
            port in (25, 26)
            and not re.search(
                r"(?:port|порт|puerto|porta|poort|端口|埠|ポート|포트|smtp|on|:|/|auf|sur|en|на|,|25|26)\s*$|(?:^|[\s,/(])$",
                low[max(0, start - 8) : start],
            )
            and not _PORT_WORD_BEHIND.match(low[end : end + 12])
        ):
            continue
        here = stance(low, start, end)
        if (
            here == "present"
            and re.search(r"\b(?:to|and|or|oder|und|bis|von|of)\s*$", low[max(0, start - 5) : start])
            and port in (25, 26)
            and "port" not in low
        ):
            continue
        label = (
            re.search(r"(?:ssl|tls|starttls|tls/ssl|ssl/tls)\s*\($", low[max(0, start - 12) : start]) is not None
            and text[end : end + 1] == ")"
        )
        found.append(PortMention(port, start, end, 1 if label else 3, here))
    if any(mention.port not in FETCHING for mention in found):  # "imap port 993 works, smtp 465 does not"
        found = [mention for mention in found if mention.port not in FETCHING]
    found.sort(key=in_order)
    return found


def _date_like(text: str, start: int, end: int) -> bool:
    return re.search(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s*$", text[max(0, start - 12) : start].lower()) is not None
