"""Which part of the text is the error, as a program or server said it? Finds where it begins and ends; what it means, `diagnosis` says."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

import re2

from bot.reading import hosts, talk, telling
from bot.reading.patterns import compile_words
from bot.reading.words import errors as words
from bot.reading.words import wishes
from knowledge.names import Hit

# Where an error shows: reply codes, exceptions, errno names, codes of mail programs, and phrases (data, by language).
_ANCHORS = tuple(
    re2.compile(pattern)
    for pattern in (
        r"(?:^|[^\w.@/\-])(?:smtp;?[ :]*)?(?:4[2-57]\d|5[0-57]\d)[ \-]+(?:#?[45]\.\d{1,2}\.\d{1,3}\b|[A-Za-z<\"'(\[#\pL])",
        r"(?:^|[^\w.])#?[45]\.[0-7]\.\d{1,3}\b",
        r"\(\s*(?:4[2-57]\d|5[0-57]\d),",
        r"(?i)\b(?:get|got|getting|receive|shows?|only)\s+(?:a |an |the |error |code )*(?:4[2-57]\d|5[0-57]\d)\b",
        r"\bWARNING: TCP connect to \([^)\n]{3,60}\) failed",
        r"^\s*(?:4[2-57]\d|5[0-57]\d)\s*[?.!]*\s*$",
        r"(?i)\b(?:code|error|status|reply|response|antwort|erreur|fehler|erro|error:|smtp)[ :\"=]*[45]\d\d\b",
        r"(?:[A-Za-z_][\w$]*(?:\.|::|\\))*[A-Z][\w$]*(?:Error|Exception|Timeout|Failure|Refused|Disconnected)\b|(?:::|\.)Error\b",
        (
            r"\bE(?:CONN[A-Z]+|TIMEDOUT|AUTH|SOCKET|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|ENVELOPE"
            r"|MESSAGE|DNS|TLS|PROTO|PIPE|OAUTH2?|STREAM|OPENBREAKER)\b"
        ),
        r"\b[a-z_]{4,40}\(\): [A-Z]",
        r"(?:[=:>] ?[\"']?|\b(?:returns?|gets?|got|just|with|unexpected|only|an?) )EOF\b|\bio\.EOF\b",
        r"(?i)\[(?:Win)?Err(?:no|or)? ?-?\d+\]|\berrno[ :=]+-?\d+",
        r"\b01[0-9]-[0-9]{3}\b",  # a Xerox
        r"\bCE-[0-9]{2}\b",  # a Sharp
        r"\b2C[0-9A-F]{2}\b",  # a Toshiba
        r"(?:^|\s)#[78]\d\d(?:\s|[.,;:]|$)",  # a Canon
        (
            r"(?i)\b0x[0-9a-f]{6,10}\b|\bAADSTS\d+|\(?#?MBR\d+|\b8000\d{4}\b|\b800c[0-9a-f]{4}\b|\bSec_E_\w+"
            r"|\bCFNetwork\b|\bNSURLError\w*|\bSEC_ERROR\w*|\bSSL_ERROR_\w+|\bNS_ERROR_\w+"
        ),
        r"(?i)\berror:[0-9a-f]{8}:|\bssl3_\w+|\bssl routines\b|\[ssl[:\]]",
        (
            r"(?i)(?:error|fehler|erreur|errore|erro|code|fout|błąd|ошибка|hata|fel|chyba)\s*(?:code"
            r"|number|no\.?|nr\.?)?\s*[:#]?\s*#?[A-Z]{0,3}\d{2,}(?:-\d+)?\b|\(\d{3}-\d{3}\)"
        ),
    )
)
_PHRASES = tuple(compile_words("|".join(group)) for group in words.PHRASES)
_SAID = compile_words(words.SAYS)
_SPOKEN = compile_words(words.SPOKEN)
_LABEL = compile_words(words.LABELS)
_QUOTED = re2.compile(r"\"([^\"\n]{8,600})\"|(?:^|\s)'([^'\n]{8,600})'(?:\s|$|[.,])")
_UNIT = re.compile(
    (
        r"^[45]\d\d[ \-]+(?:mails?|e-?mails?|messages?|users?|recipients?|people|kb|mb|gb|times|pages?"
        r"|euros?|usd|items?|contacts?|subscribers?|addresses|pcs|nachrichten|personen)\b"
    ),
    re.IGNORECASE,
)
_VERSION_BEFORE = re.compile(
    (
        r"(?:wordpress|php|version|v|phpmailer|laravel|symfony|node|nodejs|drupal|mysql|nginx|kernel"
        r"|linux|firmware|gitlab|zabbix|rails|django|python|plugin|release|update|java|spring(?: "
        r"boot)?|mail|smtp)[ \-/]?$"
    ),
    re.IGNORECASE,
)
_PERSON_BEFORE = re.compile(
    r"\b(?:i|we|you|they|he|she|users?|customers?|staff|colleagues?|nobody|people)(?: (?:still|just|suddenly|now|really|simply))?\s+$",
    re.IGNORECASE,
)
# Reply codes that say no; another number of three digits may count anything.
_CODE_AT_END = re.compile(r"(?:[,:;] ?|(?<=[a-z]) )([45](?:21|3[02458]|4[01]|5[0-9]|0[0-4]))[\s.!?)]*$", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?i)\b(?:room|ticket|order|invoice|line|page|extension|ext|number|for|of|than|at|about|port|windows|model|\w*jet|only)[ #:]*$|[#$€£]$"
)
_FEW_WORDS, _FEWEST_WORDS = 12, 4
_USUAL_CODES = frozenset({"421", "454", "530", "534", "535", "538", "550", "553", "554"})
_GENERAL_ERROR = re.compile(
    r"(?:(?:smtp|e?-?mail|server|connection|send(?:ing)?|network|tls|ssl|auth(?:entication)?) )+errors?\s?$", re.IGNORECASE
)
_WHERE_BEHIND = re.compile(r"\s*(?:in|with|from|when|on|after|since|while|for|bei|in|mit|avec|dans|en|con|nel|bij|w|v)\b", re.IGNORECASE)
_CANNOT_SEND = re.compile(
    r"(?:can'?t|cannot|can not|could ?n'?t|could not|unable to|not able to|not possible to) send\w*\b(?! (?:mail|the|a|message)\b.*[.:])"
)
# "kan niet verzenden met …", "impossible d'envoyer avec …": who tells with what or from where is no program.
_SENDS_HOW = compile_words(
    rf"(?:{wishes.SENDS})[^.:;\n\"]{{0,24}} (?:met|vanuit|från|fra|avec|depuis|mit|von|aus|über|con|desde|com|pelo|pela|da|tramite|z|ze"
    r"|przez"
    r"|přes|s|с|через|з|via|from|with|using|pakai|dari|dùng|từ|με|από) "
)
_SUBJECT_BEFORE = re.compile(r"[a-z0-9] $")
# "cannot send from gmail in thunderbird": so a person begins; a program goes on with "mail" or "the message".
_HOW_BEHIND = re.compile(r"[a-z' ]{1,20}\bsend\w*\b (?:from|to|through|via|with|using|e?-?mails|any|anything|out|when|since)\b")
# What a person adds behind an error on the same line.
_CHATTER = compile_words(words.CHATTER)
_IN_QUOTES = re.compile(
    r"(?:\b|(?<=[\u3000-\u9fff]))(?:says?|said|shows?|sagt|meldet|dit|dice|diz|zegt|gives?|error|fehler(?:meldung)?|meldung|erreur"
    r"|errore|erro|fout(?:melding)?"
    r"|błąd|chyba"
    r"|hata|ошибка|помилка|fel|fejl|feil|virhe|hiba|エラー|错误|錯誤|오류)[:,：]? ?\"([^\"\n]{8,500})\"(?:\.?$|[.,;] )",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\b(?:from|to|of|with|by)$")
# The person's question behind an error: "unknown host. is the name wrong?"
_ASKS_BEHIND = re.compile(r"[.!;\"]\s+[^.!?;\n]{3,140}\?[\s?!]*$")
# What stands before an error on the same line and is no part of it.
_LEAD = re.compile(
    (
        r"(?:^|[\s])(?:->|=>|→|»|:|-|–|—|\||says|gives?(?: me)?|get(?:ting|s)?|got|with|error is|"
        r"returns|then|and)\s+$"
    ),
    re.IGNORECASE,
)
_PORTS = ("25", "465", "587", "2525")
_MODE_AT_PORT = re.compile(r"(?:ssl/tls|ssl|tls|starttls)[ ,:]+(?=err|fehl|fout|fel)", re.IGNORECASE)
# Settings that stand before an error on its line: "server mail.x.example port 587 starttls error 535".
_SETTINGS_BEFORE = re.compile(
    r"(?:\b(?:port|puerto|porta|poort|порт|端口|埠|ポート|포트)\s?[:=]?\s?\d{2,5}|\b(?:25|465|587|2525)|\b(?:start ?tls"
    r"|ssl/tls|ssl(?: on)?|tls|no encryption|unencrypted|none))(?:[\s,;、]+|で|に|에서|로 )+",
    re.IGNORECASE,
)
# Where a sentence or a server's name ends in scripts that write without spaces.
_CLAUSE_END_UNSPACED = re.compile(r"[。；]|[a-z0-9]\.[a-z]{2,12}[、,]", re.IGNORECASE)
_TIMEOUT_SETTING = re.compile(r"(?<![.])timeout\s*(?:[)=:_]|,(?=\S))", re.IGNORECASE)
# Lines that tools print when all is well, too; replies that refuse nothing, names of certificates.
_AS_USUAL = re.compile(
    r"(?i)SSL handshake has read |TLS certificate information:|=== Connection closed with remote host\."
    r"|\* (?:Closing connection|Connection #|TLSv[\d.]+ \(|SSL connection using)"
    r"|\[[^\]\n]{0,40}\] INFO [^\n]{0,40}\bConnection closed$",
    re.MULTILINE,
)
_NO_REFUSAL = re.compile(r"[123]\d\d[ \-]|/O=")
MAX = 4_000
_PHRASE_CHARS = 140
_CODE = re.compile(r"\b(?!465\b|587\b|2525\b)\d{3,}|\d\.\d\.\d|\bE[A-Z]{4}|Error\b|Exception\b")
_CODED = re.compile(r"\b(?!(?:465|587|2525)\b)\d{3}|[\"'()]")


class ErrorSpan(NamedTuple):
    """One quoted error: `text[start:end]`. From `anchor` on it is surely the program's words; before it they may be the person's."""

    start: int
    anchor: int
    end: int


def error_spans(text: str) -> list[ErrorSpan]:
    """Where errors stand, as spans over whole clauses; neighbouring ones are one. Empty: there is none."""
    spans: list[tuple[int, int]] = []
    for pattern in (*_ANCHORS, *_PHRASES):
        for match in pattern.finditer(text):
            start, end = match.span()
            for said in _SPOKEN.finditer(match.group()):
                start = match.start() + said.end()
            while start < end and text[start] in " \t\n([,;:=>\"'" and text[start] not in "([":
                start += 1
            if pattern in _PHRASES and text[end - 1] in "'\"":  # the sign behind the last word
                end -= 1
            if (mode := _MODE_AT_PORT.match(text, start, end)) and text[max(0, start - 8) : start].rstrip(" ,/(").endswith(_PORTS):
                start = mode.end()  # "465 ssl error": the mode is a setting
            if pattern in _PHRASES and (colon := text.rfind(": ", start, end)) >= 0 and end - colon > 8:
                start = colon + 2  # what a person says before a colon names the program
            if pattern in _PHRASES and hosts.UNSPACED.search(text, start, end):
                inner = [m.end() for sign in (_SETTINGS_BEFORE, _CLAUSE_END_UNSPACED) for m in sign.finditer(text, start, end)]
                start = max((at for at in inner if at < end - 2), default=start)
            piece = text[start:end]
            if end - start > _PHRASE_CHARS:  # the words stand too far apart to be of one sentence
                continue
            if pattern in _PHRASES and _complaint(text, start, end):
                continue
            if _UNIT.match(text[start : start + 30]) or (
                re.match(r"#?[45]\.\d", piece) and _VERSION_BEFORE.search(text[max(0, start - 16) : start])
            ):
                continue
            at = start + max(0, piece.lower().rfind("timeout"))
            if _TIMEOUT_SETTING.match(text, at, end + 8) or text.startswith("--timeout", at - 2):
                continue
            if _AS_USUAL.match(text, text.rfind("\n", 0, start) + 1):
                continue
            spans.append((start, end))
    if not spans:
        return []
    spans.sort()
    return _without_complaints(text, _clauses(text, spans))


def _without_complaints(text: str, spans: list[ErrorSpan]) -> list[ErrorSpan]:
    """Where an error stands in quotes, what is before it on the line and has no number in it is the person's own words."""
    first = next((n for n, span in enumerate(spans) if text[: span.start].rstrip().endswith('"')), 0)
    return [
        span
        for n, span in enumerate(spans)
        if n >= first or "\n" in text[span.end : spans[first].start] or _CODE.search(text, span.start, span.end)
    ]


def _complaint(text: str, start: int, end: int) -> bool:
    """The person's own words for the trouble: "i can't send mail", "outlook cannot send", "smtp error in zabbix"; no program said them."""
    before = text[max(0, start - 40) : start]
    person = _PERSON_BEFORE.search(before)
    program = (
        person is not None and person.group().startswith("We") and before[: person.start()].endswith((": ", '"'))
    )  # some do say "We couldn't"
    if (person and not program) or (_GENERAL_ERROR.match(text[start:end]) and _WHERE_BEHIND.match(text[end : end + 12])):
        return True
    if not before.rstrip().endswith((":", '"', "'")) and _SENDS_HOW.search(text[start : end + 40].lower()):
        return True
    if _CANNOT_SEND.match(text[start:end]) is None:
        return False
    return _SUBJECT_BEFORE.search(before) is not None or (not before.strip() and _HOW_BEHIND.match(text, start) is not None)


def behind_a_program(text: str, low: str, hits: tuple[Hit, ...]) -> str | None:
    """What stands behind a program's name and a colon and tells of trouble: "Kyocera: Senden fehlgeschlagen"; None where nothing does."""
    for _, end, _ in hits:
        if match := _PROGRAM_SAYS.match(text, end):
            said = match.group(1).strip(" \t\"'")
            rest = low[match.start(1) : match.end(1)]
            telling_of_trouble = talk.PROBLEM.search(rest) or telling.TROUBLE.search(rest) or _CODE.search(said)
            if telling_of_trouble and not telling.ASKING.search(rest) and not _PERSONAL.match(rest) and not _only_settings(said):
                return said
    return None


_PROGRAM_SAYS = re.compile(r"(?: [\d.]{1,12}| \(?[A-Z0-9][\w\-]{1,12}\)?)? ?[:：] ?([^\n?]{4,300}?)(?:[.!] |[.!]?\n|[.!]?$)")
_PERSONAL = re.compile(r"\W*(?:i|i'm|we|my|our|ich|wir|mein|je|j'|on|mon|yo|no|mi|eu|meu|io|non|ik|mijn|ja|já|я|мой|jag|jeg|kein|keine) ")


def quoted(text: str, errors: list[ErrorSpan]) -> list[tuple[int, int]]:
    """The parts of `errors` that are surely not the person's own words: behind the last "it says" of each."""
    found = []
    for span in errors:
        start = span.anchor
        for said in _SAID.finditer(text[span.anchor : span.end]):
            start = span.anchor + said.end()
        opened = text.find('"', start, span.end)
        before = text[opened - 1 : opened]
        if opened >= 0 and text.find('"', opened + 4, span.end + 1) >= 0 and (before in (" ", "(") or not before.isascii()):
            start = opened + 1  # what is in quotes is the program's, what stands before may be the person's
        tail = text.rfind(", ", start, span.end)
        aside = tail >= 0 and tail > span.anchor + 3 and len(text[tail : span.end].split()) <= 5 and not _CODED.search(text, tail, span.end)
        found.append((start, tail if aside else span.end))
    return found


def error_text(text: str, spans: list[ErrorSpan]) -> str | None:
    """The error, literally, its lines joined as they stand; None where the text quotes none. `spans`: of `error_spans(text)`."""
    if not spans:
        return _told(text) or _bare_code(text)
    start, end = spans[0].start, max(span.end for span in spans)
    if end - start > MAX:
        start, _, end = max(spans, key=lambda span: (_weight(text[span.start : span.end]), -span.start))
    found = text[start:end]
    if len(spans) > 1 and any("\n" in text[one.end : two.start] for one, two in itertools.pairwise(spans)):
        found = "\n".join(text[span.start : span.end] for span in spans)[: MAX * 2]
    if len(spans) == 1 and (quoted := _IN_QUOTES.search(found)) and error_spans(quoted.group(1)):
        return quoted.group(1)
    found = found.strip(" \t\n,;")[:MAX].rstrip()
    if found.count('"') == 2 and (inner := found.split('"')[1]) and not _CODE.search(found.replace(inner, "")) and error_spans(inner):
        return inner
    if len(found) > 2 and found[0] == found[-1] == "'" and "'" not in found[1:-1]:
        return found[1:-1]
    return (found[:-1] if found.endswith('"') and found.count('"') % 2 else found) or None


def _bare_code(text: str) -> str | None:
    """A reply code at the end of a few words, or behind a comma or colon: "thunderbird gmail 535", "nextcloud with mailbox.org: 535"."""
    code = _CODE_AT_END.search(text)
    if code is None or len(text.split()) > _FEW_WORDS or _COUNTED.search(text, 0, code.start(1)):
        return None
    told_apart = code.group().strip()[0] in ",:;"
    return code.group(1) if told_apart or (len(text.split()) <= _FEWEST_WORDS and code.group(1) in _USUAL_CODES) else None


def _weight(piece: str) -> int:
    return 2 * bool(re.search(r"\b[45]\d\d[ \-]", piece)) + bool(re.search(r"\b[45]\.\d\.\d", piece))


def _clauses(text: str, spans: list[tuple[int, int]]) -> list[ErrorSpan]:
    """Each anchor stretched over the rest of its clause: back to where the program begins to speak, on to the end of the line."""
    merged: list[ErrorSpan] = []
    for start, end in spans:
        if merged and start <= merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, end))
            continue
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        line_start = text.rfind("\n", 0, start) + 1
        begin = _back(text, max(line_start, start - 400, merged[-1].end if merged else 0), start)
        stop = _closing(text, start, line_end)
        if stop is None and (inside := _in_single_quotes(text, line_start, start, end, line_end)):
            begin, stop = inside
            end = min(end, stop)
        if stop is None and text[begin - 1 : begin] == '"' and (shut := text.find('"', end - 1, line_end)) >= 0:
            stop = shut
        if stop is None and text[begin : begin + 1] == "'" and (shut := text.find("' ", end - 1, line_end)) >= 0:
            stop = shut + 1
        if stop is None:
            chatter = _CHATTER.search(text[end:line_end])
            if chatter and _GOES_ON.search(text, max(0, end - 12), end + chatter.start()):  # "bad greeting from SMTP host: …"
                chatter = None
            stop = end + chatter.start() if chatter else line_end
            if asks := _ASKS_BEHIND.search(text, end, stop):
                stop = asks.start()
        merged.append(ErrorSpan(begin, start, max(end, stop)))
    return merged


def _closing(text: str, start: int, line_end: int) -> int | None:
    """An error in brackets, such as Python's `(535, b'…')`, ends where they close."""
    if text[start : start + 1] != "(":
        return None
    depth = 0
    for at in range(start, min(line_end, start + 600)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    return None


_OPENS = re.compile(r"(?:^|(?<=[\s(\[:=>,]))'")
_SHUTS = re.compile(r"(?<=\S)'(?=[\s.,;:!?)\]]|$)")


def _in_single_quotes(text: str, line_start: int, start: int, end: int, line_end: int) -> tuple[int, int] | None:
    """The span inside of single quotes that stand around [start:end] on its line; an apostrophe ("can't") is none."""
    opens = [match.end() for match in _OPENS.finditer(text, line_start, start) if not text[match.end()].isspace()]
    at = opens[-1] if opens else start
    if not opens or _SHUTS.search(text, at, start):
        return None
    shut = _SHUTS.search(text, max(at, end - 1), line_end)
    return (at, shut.start()) if shut else None


def _back(text: str, line_start: int, start: int) -> int:
    """Where the clause begins: an opening quote, an arrow, a word that introduces speech, or the words of the program before the anchor."""
    lead = text[line_start:start]
    quote = lead.rfind('"')
    if quote >= 0 and lead.count('"') % 2 == 1:
        return line_start + quote + 1
    best = 0
    for match in _SAID.finditer(lead):
        best = match.end()
    for sign in ("->", "=>", "→", "|", ">> "):
        at = lead.rfind(sign)
        if at >= 0:
            best = max(best, at + len(sign))
    tail = lead[best:]
    for sign in (". ", "; ", ", ", "? ", "! "):
        at = tail.rfind(sign)
        if at >= 0 and not re.search(r"[A-Z]\w*(?:Error|Exception)|failed|error", tail[: at + 1]):
            best = max(best, len(lead) - len(tail) + at + len(sign))
    if not lead.isascii():
        best = max([best, *(match.end() for match in _CLAUSE_END_UNSPACED.finditer(lead))])
    piece = lead[best:]
    if ":" not in piece and "(" not in piece:
        best += max((match.end() for match in _SETTINGS_BEFORE.finditer(piece)), default=0)
        piece = lead[best:]
    shut = piece.rfind(") ")
    if shut >= 0 and "(" not in piece[:shut]:  # the end of a call, no aside
        best += shut + 2
    piece = lead[best:]
    colon = piece.rfind(": ")
    if colon >= 0 and not re.search(r"(?i)error|fail|exception|invalid|denied|refused|rejected|reason|dial|lookup|connect", piece[:colon]):
        best += colon + 2
    return line_start + best + len(lead[best:]) - len(lead[best:].lstrip())


def _only_settings(said: str) -> bool:
    """`smtp.x.example port 587 ssl`: settings are no error."""
    return all(_SETTING.fullmatch(word) for word in said.split())


_SETTING = re.compile(
    r"(?:[\w\-]+\.)+[\w\-]+(?::\d+)?,?|\d{2,5},?|(?:port|ssl|tls|starttls|ssl/tls|smtp|server|host|with|on|and|use|auth|encryption|none"
    r"|no)[,:]?",
    re.IGNORECASE,
)
_FOR_ME = re.compile(r"(?:me|us|mir|uns|moi|nous|mi|ci)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{3,5}")
_ADVISER = re.compile(
    r"\b(?:guides?|docs?|documentation|tutorials?|articles?|websites?|manual|page|support|provider|isp|hoster|chatgpt|google|hotline"
    r"|colleagues?|friend|boss|somebody|someone|everybody|everyone|people|wife|husband|kollege|kollegin|freund|jemand|collègue|compañero"
    r"|anleitung"
    r"|tuto|guía|manuel|forum|blog)\s*$",
    re.IGNORECASE,
)


def _told(text: str) -> str | None:
    """No anchor: what stands behind "it says", or in quotes."""
    if match := _SPOKEN.search(text) or _LABEL.search(text):
        rest = text[match.end() :].split("\n", 1)[0].strip(" \t\"'.,:")
        if _FOR_ME.match(rest):  # "show me", "give us": a request
            return None
        if (
            3 <= len(rest) <= 400
            and not rest.endswith("?")
            and (_NUMBER.fullmatch(rest) or not _only_settings(rest))
            and not _ADVISER.search(text[: match.start()])
        ):
            return rest
    if match := _QUOTED.search(text):
        piece: str = match.group(1) or match.group(2)
        if _NO_REFUSAL.match(piece):
            return None
        introduced = text[: match.start(match.lastindex or 0) - 1].rstrip().endswith(":")
        return piece if len(piece.split()) >= 3 or (introduced and not _only_settings(piece) and "@" not in piece) else None
    return None
