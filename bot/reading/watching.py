"""Does the person want to be told something later, or no longer? "tell me when it works again", "ask me tomorrow", "stop watching"."""

from __future__ import annotations

from bot.reading.model import Watched
from bot.reading.patterns import compile_words

_TELL = (
    r"(?:(?:tell|ping|notify|inform|message|alert|warn|write|remind)(?: to)? (?:me|us)|let (?:me|us) know|give (?:me|us) a shout"
    r"|sag\w* (?:mir )?bescheid|meld\w* (?:dich|euch)|sag\w* mir|erinner\w* mich|warn\w* mich|gib (?:mir )?bescheid"
    r"|préviens-moi|prévenez-moi|dis-moi|avertis-moi|avísame|avíseme|dime|avisa-me|me avis[ea]|avise-me|avvisami|dimmi"
    r"|laat (?:het )?(?:me |mij )?weten|waarschuw me|daj (?:mi )?znać|powiadom mnie|dej mi vědět|haber ver|bana söyle"
    r"|сообщи\w*|дай\w*(?: мне)? знать|напиши\w*|повідом\w*|säg till|sig til|si fra)"
)
_WHEN = (
    r"(?:when|once|as soon as|if|wenn|sobald|quand|dès qu|lorsqu|cuando|en cuanto|quando|assim que|appena|als|wanneer|zodra"
    r"|jak|gdy|kiedy|až|когда|как только|коли|när|når)"
)
_BACK = (
    r"(?:works?|working|up|back|reachable|online|available|answers?|answering|alive|ok|okay|fixed|running|geht|läuft|erreichbar|da ist"
    r"|funktioniert|marche|refonctionne|fonctionne|répond|funcion\w+|responda|volte|vuelva|funziona|torna|werkt|terug|działa|funguje"
    r"|çalış\w*|работа\w*|зарабо\w*|прац\w*|fungerar|virker|fungerer)"
)
_SERVER = compile_words(
    rf"\b{_TELL}\b[^.?!\n]{{0,40}}\b{_WHEN}\w?\b[^?!\n]{{0,60}}\b{_BACK}\b|\bkeep an eye on (?:it|the server|this|my server)\b"
    r"|\b(?:watch|monitor|observe) (?:it|this|that|the server|my server|the host|the mail ?server)\b"
)
_TOMORROW = compile_words(
    r"\b(?:ask|remind|ping|check (?:back|in)|write|message|come back|follow up)\b[^.?!\n]{0,30}\btomorrow\b"
    r"|\b(?:frag|erinner|meld)\w*\b[^.?!\n]{0,30}\bmorgen\b|\b(?:demande|rappelle|relance)[\w-]*\b[^.?!\n]{0,30}\bdemain\b"
    r"|\b(?:pregúnta|recuérda|avísa)\w*\b[^.?!\n]{0,30}\bmañana\b|\b(?:pergunt|lembr)\w*\b[^.?!\n]{0,30}\bamanhã\b"
    r"|\b(?:chiedimi|ricordamelo|ricordami)\b[^.?!\n]{0,30}\bdomani\b|\b(?:спроси|напомни)\w*\b[^.?!\n]{0,30}\bзавтра\b"
)
_CERTIFICATE = compile_words(
    r"\b(?:watch|monitor|keep an eye on)\b[^.?!\n]{0,30}\bcert(?:ificate)?s?\b"
    rf"|\b{_TELL}\b[^.?!\n]{{0,40}}\b(?:cert(?:ificate)?|zertifikat\w*|certificat|certificado|certificato|certificaat|сертификат\w*)\b"
    r"[^.?!\n]{0,40}\b(?:expires?|expiring|expiry|runs? out|ends?|renew\w*"
    r"|abläuft|ausläuft|expire|caduca|vence|expira|scade|verloopt|истек\w*)\b"
)
_OFF = compile_words(
    r"\b(?:stop|end|cancel|quit|no need to)\s+(?:the |any |all |my )?(?:watch(?:ing|es)?|monitor(?:ing)?|remind(?:ing|ers?)?)\b"
    r"|\b(?:don'?t|do not|no need to) (?:watch|remind|monitor|tell me|ask me|ask)\b[^?!\n]{0,30}(?:any ?more|again|later|tomorrow|$)"
    r"|\bno (?:more )?reminders?\b|\b(?:hör|höre) auf zu (?:beobachten|überwachen)\b|\bnicht mehr (?:beobachten|überwachen|erinnern)\b"
    r"|\b(?:arrête|arrêtez) de surveiller\b|\bdeja de (?:vigilar|avisar)\b|\bpara de (?:vigiar|avisar)\b"
)
_LONGEST = 400  # a wish is short; what is longer is a paste or a story


def watched(low: str) -> Watched | None:
    """`low`: the text in lower case. None: no such wish."""
    if len(low) > _LONGEST:
        return None
    if _OFF.search(low):
        return "off"
    if _CERTIFICATE.search(low):
        return "certificate"
    if _TOMORROW.search(low):
        return "question"
    return "server" if _SERVER.search(low) else None
