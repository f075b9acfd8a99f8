"""Which program does the person use? By its name, nickname or device model, or by the shape of its configuration and errors."""

from __future__ import annotations

import itertools
import re

import re2

from bot.reading.words import clients as words
from knowledge.index import Index
from knowledge.names import Hit

_NICKNAMES = tuple((client, re2.compile(pattern)) for client, pattern in words.NICKNAMES)
_OTHERS = re2.compile(words.OTHERS)
_THINGS = re2.compile(words.THINGS)
_EVERYDAY = frozenset(words.EVERYDAY.split())
_NOT_OWN = re2.compile(
    r"(?i)\b(?:works?|worked|fine|ok|okay|geht|funktioniert|marche|funciona|funziona|werkt)\b[^.;\n]{0,12}\b(?:in"
    r"|on|with|from|via|mit|auf|sur|en|con|no|em|met|op)\s+(?:my |the |meinem? |mon |mi |il mio "
    r"|mijn )?$"
)
_AND = re.compile(r"(?i)^\W*ok(?:ay)?\b[ ,]+(?:and|but|so|then|und|aber|et|y|e|en|i|и)\b")  # "ok and in Thunderbird?": nothing is ok there
# "gotify works", "all Outlook users are fine"
_NOT_OWN_BEHIND = re.compile(
    r"^(?: ?(?:users?|app|itself|is|are|client|clients))* (?:works(?! with| for| only)|(?:everything|all|alles|tout|todo|tutto)"
    r" (?:works|geht|marche|funciona|funziona|klappt)|work fine|is fine|are fine|is ok"
    r"|geht(?! nicht| wie| das| es nicht)|funktioniert(?! nicht)"
    r"|marche(?! pas| plus)|funziona|werkt(?! niet)|działa)\b",
    re.IGNORECASE,
)
# A program that was left.
_LEFT = re.compile(
    r"\b(?:mov|migrat|switch|chang|com|convert)\w* (?:us |me |it |everything |away |over )*from (?:an? |the |our |my )?$|\b(?:used|had"
    r"|was) (?:to use )?$|\b(?:leave|forget|ignore|skip|drop|never mind)(?: about)? (?:the |my |our )?$",
    re.IGNORECASE,
)
# "my Brother was replaced by a Canon"
_REPLACED = re.compile(
    r"[^.,;\n]{0,24} (?:(?:was|is|got|has been|were|wurde|ist|a été|fue|è stat[oa]) (?:now )?(?:replaced|swapped|exchanged|retired"
    r"|scrapped|ersetzt"
    r"|ausgetauscht|remplacée?|reemplazad[oa]|sostituit[oa])|died and|broke,)",
    re.IGNORECASE,
)
# Somebody else's, or a word of every day: "they use Thunderbird", "my brother says", "the virus scanner".
_ANOTHERS = re.compile(
    r"\b(?:recipients?|receivers?|they|he|she|customers?|clients?|colleagues?|the other side|everyone else) (?:all )?(?:uses?|ha(?:s"
    r"|ve)|(?:is|are) on|runs?) $"
    r"|\b(?:virus|spam|port|vulnerability|malware) $",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"'s\b|,? (?:says?|said|told|thinks?|and i|who|set|tried|wants|helped)\b")
_RELATIVE = re.compile(r"\b(?:my|his|her|big|little|your|older|younger) $", re.IGNORECASE)
# "no WordPress aparece": Portuguese for "in the".
_IN_THE = re.compile(
    r"\b(?:porta|servidor|aparece|d[áa]|erro|não|senha|diz|meu|minha|para|está|conta|mensagem|enviar?|uso|estou)\b", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:no|without|kein|keine|ohne|sans|sin|senza|zonder|not|nicht|pas|instead of|rather than|statt"
    r"|no es|non|niet|не)\s+(?:the |my |in |on |with )?$",
    re.IGNORECASE,
)
# An application says more than the library it is built on, a device more than its family.
_RANK = {"application": 5, "device": 5, "desktop": 5, "phone": 5, "web": 5, "framework": 4, "server": 3, "library": 2, "family": 1}
_VERSION = re2.compile(r"(?i)^[ \-]*(?:v|version |esr )?(\d{1,4}(?:\.\d{1,4}){0,3})\b")


_APP_PASSWORD = re.compile(r"[ \-]?(?:pass|kenn|pw|spec)", re.IGNORECASE)


def _known(client: str, index: Index) -> str:
    """The id itself; of one without an entry its family's ("printer-lexmark" -> "printer"), else "other"."""
    if index.client(client) or not index.knowledge.clients:
        return client
    family = client.split("-")[0]
    return family if index.client(family) else "other"


def mentioned(text: str, index: Index) -> tuple[Hit, ...]:
    """Every program that the text names, as (start, end, id), left to right; the id is "other" for a program without an entry."""
    hits = [hit for hit in index.client_names_in(text) if hit[2] != "android-gmail" or not _APP_PASSWORD.match(text[hit[1] : hit[1] + 6])]
    for client, pattern in _NICKNAMES:
        for match in pattern.finditer(text):
            if (text[match.end() : match.end() + 1] == "." and text[match.end() + 1 : match.end() + 2].isalnum()) or text[
                match.start() - 1 : match.start()
            ] in ("@", ".", "/"):
                continue
            if client == "android-gmail" and _APP_PASSWORD.match(text[match.end() : match.end() + 6]):
                continue
            hits.append((match.start(), match.end(), _known(client, index)))
    for match in itertools.chain(_OTHERS.finditer(text), _THINGS.finditer(text)):
        if (
            text[match.start() - 1 : match.start()] not in ("@", ".", "/")
            and text[match.end() : match.end() + 1] not in (".", "@")
            and not any(a < match.end() and match.start() < b for a, b, _ in hits)
            and not (match.group() in _EVERYDAY and text[: match.start()].strip())
        ):
            hits.append((match.start(), match.end(), "other"))
    return tuple(sorted(hits))


# Languages name a library only where nothing else does.
_LANGUAGES = frozenset(
    {
        "c#",
        ".net",
        "python",
        "python script",
        "python3",
        "node",
        "nodejs",
        "node.js",
        "php",
        "java",
        "ruby",
        "go",
        "golang",
        "perl",
        "rust",
        "asp.net",
        "vb.net",
    }
)
# Tools that people test with; they are not what shall send the mail.
_TESTS = frozenset({"swaks", "curl"})


def client(
    text: str, hits: tuple[Hit, ...], shape: str | None, errors: list[tuple[int, int]], index: Index
) -> tuple[str | None, str | None]:
    """The program and its version as said. Names outrank shapes; of several names the most telling one, then the first."""
    best: tuple[tuple[int, int, int], Hit] | None = None
    for hit in hits:
        start, end, id = hit
        before = text[max(0, start - 40) : start]
        if (
            id in _TESTS
            or (_NOT_OWN.search(before) and not _AND.match(before))
            or ((denied := _DENIED.search(before)) and not (denied.group().lower() == "no " and _IN_THE.search(text)))
            or _LEFT.search(before)
            or _REPLACED.match(text, end)
            or _ANOTHERS.search(before)
            or (text[start:end] == "brother" and _RELATIVE.search(before) and _SPEAKS.match(text, end))
            or _NOT_OWN_BEHIND.match(text[end : end + 40])
        ):
            continue
        entry = index.client(id)
        rank = _RANK.get(entry.kind, 3) if entry else 3 if id == "other" else 4
        if any(a <= start < b for a, b in errors):
            rank -= 3
        if text[start:end].lower() in _LANGUAGES:
            rank -= 1
        if "_" in text[start:end]:  # a key of a configuration; others have it too
            rank -= 2
        key = (rank, -start, end)
        if best is None or key > best[0]:
            best = (key, hit)
    shaped = index.client(shape) if shape else None
    shape_rank = _RANK.get(shaped.kind, 3) if shaped else 2
    if best is not None and (shape is None or (best[0][0] >= 2 and best[0][0] + 1 > shape_rank)):
        start, end, id = best[1]
        longer = max(
            (hit for hit in hits if hit[0] <= start and end <= hit[1] and hit[2] != "other"),
            key=lambda hit: (hit[1] - hit[0], hit == best[1]),
            default=best[1],
        )
        version = _VERSION.search(text[longer[1] : longer[1] + 24])
        return longer[2], version.group(1) if version else None
    return shape, None
