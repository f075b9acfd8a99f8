"""What does the person want? Of several things in one message the one that needs an answer counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import re2

from bot.reading import talk, telling
from bot.reading.greeting import greets
from bot.reading.model import Intent
from bot.reading.patterns import compile_words

# Marks of a review of code: what it says of mail is nobody's trouble.
_REVIEW = re.compile(
    r"\b(?:lgtm|looks good to me|(?:this|your|my|that) (?:pr|mr|branch|patch|diff)\b|merged (?:your|the|my) \w+|add a test"
    r"|otherwise approved|nit(?:pick)?:|code review|(?:pull|merge) request|please (?:split|rename|refactor|rebase|squash|extract|inline)"
    r"|don'?t hardcode"
    r"|missing a test|add(?:ed)? a test|constructor argument|into (?:its own|two|a separate) (?:function|class|module)s?)"
)
_NEWSLETTER = re.compile(
    r"\b(?:unsubscribe|view (?:this (?:e-?mail )?)?in (?:your )?browser|abmelden|abbestellen|se désabonner|désinscri\w+|darse de baja"
    r"|cancelar (?:la )?suscripci\w+|descadastr\w+|disiscriv\w+|uitschrijven|wypisz się|odhlásit|отписаться)\b[^\n]{0,12}(?:https?://|$|\n)"
)
_ANNOUNCED = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|dear|liebe)[ ,]*(?:all|team|everyone|everybody|folks|colleagues|zusammen|kollegen)?[ ,]*)?(?:fyi"
    r"|reminder|heads[- ]?up"
    r"|announcement|erinnerung|zur info|rappel|recordatorio|lembrete|promemoria|herinnering|напоминание)\b[:, ]"
)
# "@anna can you send me the slides?": said to somebody else.
_ADDRESSED = re.compile(r"^@(?!postmaster|bot\b)[\w.-]{2,30}[ ,:]")
_CORRECTION_FIRST = re.compile(
    r"\s*(?:(?:ah|oh|no|ok),? )?(?:sorry|oops|ups|no[, ]|nope|wait|actually|correction|i mean"
    r"|i (?:misspoke|mistyped|misspelled)|wrong|typo|my bad|pardon|perdón|scusa|entschuldigung|i said|i was wrong|change"
    r"|make)"
)
# "what does 'relaying denied' mean": quotes an error and asks about the words.
_ABOUT_WORDS = re.compile(
    r"\b(?:what (?:does|is|do)\b[^\n]*\bmeans?\b|what means|meaning of|what(?:'s| is) |explain"
    r"|difference between|was (?:bedeutet|ist|heißt)|que signifie|qu'est|c'est quoi|qué (?:es"
    r"|significa)|что (?:такое|значит)|wat (?:is|betekent)|cos'è|o que)"
)
_MAY = re.compile(r"\b(?:can i|could i|should i|may i|is it ok|do i have to|kann ich|puis-je|puedo|posso)\b[^\n]*\?\s*$")
_TERM_ONLY = re.compile(r"^[\w /\-]{2,30}\?$")

# Asks how things are, not for settings.
_CONCEPT = re.compile(
    r"^\s*(?:(?:so|and|but|ok|okay|btw|hi|hello|hey|quick question|question|just wondering)[,: "
    r"]+)*(?:why|explain|define|meaning|differences?|what(?:'s| is) the (?:difference|point|meaning"
    r"|purpose)|what means?|is |are |does |did |has |will "
    r"|do (?:i|we|you|they|app|all) "
    r"|do(?:es)? (?:[a-z]+ ){1,3}(?:look|check|need|support|allow|block|accept|use|require|count|expire|care|see|read|matter) |(?:can"
    r"|could|should|must|may) (?:i|we|you|it|one|someone|two|several|many|multiple|other|people"
    r"|programs|servers?|providers?|printers?"
    r"|the|my|a|smtp|gmail|outlook|yahoo|this|they) |what (?:happens|if|would|about) |when (?:do|does|did|will|is|are|should|can|was) "
    r"|since when|how (?:secure"
    r"|safe|long|does|do (?:app|spf|dkim|they)|come)|was (?:ist|bedeutet|heißt)|warum|wieso|wozu"
    r"|ist |(?:kann|darf|soll|sollte|muss|brauche|könnte) (?:ich|man|wir) |(?:puis-je|dois-je|faut-il|est-ce|peut-on) |(?:¿)?(?:puedo"
    r"|debo|se puede|hay que) |(?:posso|devo|si può) |(?:kan|moet|mag) (?:ik|je|men) |czy |(?:mogę|można) |(?:můžu|mohu|lze) |можно ли "
    r"|могу ли |нужно ли |стоит ли |чи можна |kan (?:jag|jeg|man) |(?:voiko|voinko) |apakah |có (?:thể|nên) |unterschied|pourquoi"
    r"|c'est quoi"
    r"|qu'est|à quoi|por qué|para qué|qué (?:es|significa)|por que|o que (?:é|significa)|perché"
    r"|cos'è|cosa (?:è|significa)|waarom|wat (?:is|betekent)|dlaczego|co to|почему|зачем|что "
    r"(?:такое|значит)|proč|neden)"
)
# So many words beside names and settings are a story: "mail.x.example throws us out".
_STORY_WORDS = 3
# Mail that is named after what it tells of: "backup mails", "calendar notifications".
_REPORTS = re.compile(
    r"\b(?:backup|report|alert|notification|status|cron|scan|import|export|sync|invoice|order|meeting|calendar|contact|restore"
    r"|archive)s?[ -]"
    r"(?:e-?mails?|mails?|notifications?|messages?|reports?|alerts?|form)\b"
)
# Asks what something is; of a provider's server that is a request for the settings.
_DEFINES = re.compile(
    r"\b(?:what(?:'s| is| are)|is there (?:an? |any )?(?:\w+ )?(?:smtp|outgoing|mail|server|host)|c'est quoi|qu'est|qué es|cuál es"
    r"|o que é|qual é|cos'è|qual è|wat (?:is|zijn)|was (?:ist|sind)|co to"
    r"|что (?:такое|за)|vad är|hvad er|hva er|mikä on)"
)
_WHY = re.compile(
    r"^\W*(?:\w+[, ]+)?(?:why|how come|warum|wieso|weshalb|pourquoi|por qué|por que|perché|waarom|dlaczego|czemu|proč|neden|niye|почему"
    r"|отчего|чому"
    r"|varför|hvorfor|miksi|miért|γιατί|kenapa|mengapa|tại sao|sao)\b"
)
# Somebody's own: with "why" in front that is a complaint.
_MINE = re.compile(
    r"\b(?:my|our|mine|this|i|we|me|us|mein\w*|unser\w*|ich|wir|mon|ma|mes|notre|nos|je|on|mi|mis|nuestr\w+|meu\w*|minha\w*|noss\w+|mio"
    r"|mia|miei"
    r"|nostr\w+|mijn|onze|ik|mój|moj\w*|můj|benim|мо[йяеи]\w*|наш\w*|я|мій|min|mitt|mina|mit|vores|vår\w*|minun|μου|saya|tôi)\b"
)
_SENDING_VERB = re.compile(
    r"\b(?:sen[dt]\w*|work\w*|go(?:es|ing)?|connect\w*|arriv\w*|accept\w*|deliver\w*|bounc\w*|reject\w*|fail\w*|block\w*|geht|send\w*"
    r"|versch\w+"
    r"|marche|fonctionne|envoi\w*|envoy\w*|envía\w*|enviar|funciona|manda\w*|invia\w*|funziona|verzend\w*|werkt|wysył\w*|działa"
    r"|odesíl\w*|funguje"
    r"|gönder\w*|отправ\w*|работает|уход\w*|надсил\w*|працює|skickar?|fungerar|sende\w*|virker|fungerer|lähet\w*|toimi\w*|küld\w*"
    r"|működ\w*|στέλν\w*"
    r"|kirim|terkirim|gửi)\b"
)
_VERSUS = re.compile(
    r"\b(?:tls|ssl|starttls|465|587|25) (?:or|oder|ou|o|of|czy|или|чи|nebo|eller|tai|vagy) (?:tls|ssl|starttls|465|587|25)\b"
    r"|\bvs\.?\b|\bversus\b|\bwhich (?:one|is better|is safer)\b|\bbetter (?:than|is)\b|\b(?:difference|unterschied|différence|diferencia"
    r"|diferença|differenza|verschil|różnic\w|rozdíl|разниц\w|різниц\w|skillnad\w*|forskel\w*|forskjell\w*|fark)\b"
)
_SENDS = re.compile(r"\bsend|\bsmtp|outgoing|\bsent\b")
_ABOUT_SENDING = re.compile(
    r"\b(?:server|password|login|log ?in|account|certificate|tls|ssl|form|scan\w*|printer|deliver\w*"
    r"|kontakt\w*|passwort|mot de passe|contraseña|senha|пароль)\b"
)
_TROUBLE = re.compile(
    r"(?:can'?t|cannot|couldn'?t|error|fail|not work|problem|doesn'?t|won'?t|stopped|warning|"
    r"reject|refus|block(?:ed|s|ing|t)|timed? ?out|nicht|impossible|no (?:puedo|funciona)|não|non (?:riesco"
    r"|funziona)|niet|не )"
)
_HOW = re.compile(r"\bsteps?\b|set ?up|how (?:do|to|can|would|should)|guide|\bconfigur|einricht|anleitung|cómo|comment|come |как ")
# "do you know which port …": what is asked stands behind it.
_KNOWS = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|team|all|folks|everyone|sorry)[, ]+)*(?:do you (?:happen to )?know|does (?:any|some)(?:one"
    r"|body)(?: here)? know"
    r"|(?:can|could|would) (?:you|someone|anyone|somebody) (?:please )?(?:tell|remind) me|any idea|weiß (?:jemand|wer)|weißt du|savez-vous"
    r"|quelqu'un sait|alguien sabe|alguém sabe|qualcuno sa|weet iemand|czy ktoś wie|neví někdo|кто-нибудь знает)[, ]+"
)
_WHAT_FOR = compile_words(
    r"\b(?:what (?:is|are) [^?]{1,30} (?:good )?for|wofür|wozu|à quoi (?:sert|ça sert)|para qué (?:sirve|es)|(?:para|pra) que serve"
    r"|a cosa serve|a che serve"
    r"|waar (?:is|dient) [^?]{1,20} voor|waarvoor|po co|do czego|k čemu|na co je|ne işe yarar|зачем|для чего|навіщо|для чого"
    r"|vad är [^?]{1,20} till för"
    r"|hvad bruges|hva brukes|mihin|mire (?:való|jó)|τι χρησιμεύει|untuk apa|buat apa|để làm gì)\b|(?:有什么用|做什么用|何のため|뭐에 쓰)"
)
# Asks for a number: of mails in an hour, of recipients.
_HOW_MANY = compile_words(
    r"^\W*(?:(?:hi|hello|hey|hallo|hola|ciao|and|und|so|ok)[, ]+)*(?:how (?:many|much|often)|wie ?viele?n?|combien|cuánt[oa]s?"
    r"|quant[oaei]s?|hoeveel|ile"
    r"|kolik|kaç|сколько|скільки|hur många|hvor mange|kuinka (?:monta|paljon)|hány|πόσ[αοει]\w*|berapa banyak|bao nhiêu|mấy)\b"
    r"|(?:多少|几|幾|何|몇) ?(?:封|通|件|개|통)"
)
# "why can't i use port 25?": about a rule, and no complaint.
_WHY_NOT_USE = re.compile(
    r"^\W*(?:so |and |but )?why (?:can ?'?t|can ?not|should ?n'?t|may ?n'?t|must) (?:i|we|you|one) (?:just |simply |not )?use\b[^\n]{0,40}$"
)
# "jira is down again?": some other program, and no word of mail.
_IS_DOWN = re.compile(
    r"^\W*(?:the |our |is (?:the |our )?)?[\w-]{2,20}(?: is| seems|'s)? (?:down|offline|slow|broken)"
    r"(?: again| for (?:you|anyone|everyone))*\W*$"
)
# "but no idea about servers and ports": wants to be told them.
_KNOWS_NOTHING_OF = re.compile(
    r"\b(?:no (?:idea|clue)|don'?t know(?: anything)?|know nothing|keine ahnung|aucune idée|ni idea|nessuna idea) "
    r"(?:about|of|which|what|von|welche\w*|de|quel\w*|di) (?:the |a |den |die )?(?:smtp |mail )?"
    r"(?:servers?|ports?|settings|einstellungen|serveurs?|servidor\w*|puertos?)\b"
)
_RIGHT = re.compile(r"\b(?:is|are) (?:this|that|these|my|it) [^\n?]*\b(?:right|correct|ok|okay|format|valid|fine|wrong)\b[^\n?]*\?")
_YES_OR_NO = re.compile(r"\b(?:is|are|does|can|should|will|would)\b[^\n?]*\?\s*$")


@dataclass(frozen=True, slots=True)
class Said:
    """What the other readers found, as far as the intent depends on it."""

    error: bool
    client: bool
    provider: bool
    domain: bool
    host: bool
    port: bool
    security: bool
    term: bool
    corrects: bool
    code: bool = False  # the error has a number in it
    told: int = 0  # words beside names and settings


def intent(low: str, said: Said, asked: str | None) -> Intent:
    """`low`: the text in lower case. Short replies are judged as such first; then errors; then what is asked for."""
    words = len(low.split())
    short = words <= 14
    if talk.HUMAN.search(low) and words <= 30 and not said.error:
        return "human"
    if short and not said.error:
        if talk.CANCEL.search(low) or (not _facts(said) and _in_parts(talk.CANCEL, low)):
            return "cancel"
        if talk.RESTART.search(low) and not talk.OFF_TOPIC.search(low):
            return "restart"
    if short and greets(low):
        return "greeting"
    asked_for = _KNOWS.sub("", low)
    question = talk.QUESTION.search(asked_for) is not None
    concept = any(sign.search(asked_for) is not None for sign in (_CONCEPT, _VERSUS, _WHAT_FOR))
    problem = talk.PROBLEM.search(low) is not None
    configure = talk.CONFIGURE.search(low) is not None
    lookup = talk.LOOKUP.search(low) is not None
    facts = _facts(said)
    if short and not said.error and not question and _thanks(low, said, problem=problem, asks=configure or lookup):
        return "thanks"
    if among_people(low) and not said.code:
        return "off_topic"
    if _ADDRESSED.match(low) and not (said.error or facts or problem):
        return "off_topic"
    if _chats(low, problem=problem) and not (said.code or said.host or said.port or said.client or said.provider):
        return "off_topic"
    first = _CORRECTION_FIRST.match(low) is not None
    plain = not (said.error or concept or low.rstrip().endswith("?")) and (words <= 10 or not problem)
    asks = low.rstrip().endswith("?") and (question or lookup) and not (said.host or said.port)
    if said.corrects and facts and words <= 25 and ((first and not asks) or plain):
        return "correction"
    if said.error and _about_words(low, said, words):
        return "question"
    if said.error:
        return "fix_error"
    if talk.STILL.search(low) and not question:
        return "fix_error"
    if asked is not None and facts and short and not question and not configure:
        return "fix_error"
    return _wish(low, said, asked, question=question, concept=concept, problem=problem, configure=configure, lookup=lookup)


def among_people(low: str) -> bool:
    """Whether people talk with each other: a review of code, a newsletter, an announcement. What it names is nobody's setting."""
    return any(sign.search(low) is not None for sign in (_REVIEW, _NEWSLETTER, _ANNOUNCED))


def _facts(said: Said) -> bool:
    return said.host or said.port or said.security or said.client or said.provider or said.domain


_PARTS = re.compile(r"[,.;!:]+|\s[–—-]+\s")
_FEW_WORDS = 5


def _in_parts(pattern: re2._Regexp[str], low: str) -> bool:
    """Whether one part of a short reply says so and the others say little: "nieważne, dzięki", "ok, leave it. thanks anyway"."""
    parts = [part.strip() for part in _PARTS.split(low) if part.strip()]
    said = [part for part in parts if pattern.search(part)]
    others = [part for part in parts if part not in said]
    return bool(said) and "?" not in low and all(len(part.split()) <= _FEW_WORDS and not talk.MAIL.search(part) for part in others)


def _chats(low: str, *, problem: bool) -> bool:
    """Talk of something else. "No mail goes out since the weekend" only says since when."""
    failing = talk.MAIL.search(low) is not None and (problem or telling.TROUBLE.search(low) is not None)
    return talk.CHAT.search(talk.SINCE_WHEN.sub(" ", low) if failing else low) is not None


def _thanks(low: str, said: Said, *, problem: bool, asks: bool) -> bool:
    works = talk.affirmed(talk.WORKS, low)
    if works and not talk.STILL.search(low):
        return True
    thanks = talk.THANKS.search(low) is not None and not low.lstrip().startswith(("merci de ", "merci d'"))  # "please do"
    return thanks and not (said.host or said.port or asks or (problem and not talk.WORKS.search(low)))


def _about_words(low: str, said: Said, words: int) -> bool:
    """Quotes a code or an error's words to ask what they mean, and is not in trouble with a program of their own."""
    if said.client or said.host:
        return not said.code and _MAY.search(low) is not None and not said.client
    return (words <= 12 and (_ABOUT_WORDS.search(low) is not None or (_CONCEPT.match(low) is not None and not said.code))) or (
        not said.code and _MAY.search(low) is not None
    )


def _wish(
    low: str, said: Said, asked: str | None, *, question: bool, concept: bool, problem: bool, configure: bool, lookup: bool
) -> Intent:
    """Nothing short and no error quoted: what is told or asked for."""
    place = said.provider or said.domain or said.host
    settings = said.host or said.port or said.security
    mail = talk.MAIL.search(low) is not None or place or settings or said.client
    sending = mail or _ABOUT_SENDING.search(low) or telling.SENT.search(low) or telling.SENDS.search(low)
    asks = question or low.rstrip().endswith("?") or telling.ASKING.search(low) is not None
    trouble = problem or telling.TROUBLE.search(low) is not None
    asks = asks or (not trouble and telling.POLITE.search(low) is not None)
    story = not asks and (said.told >= _STORY_WORDS or (trouble and said.told > 0))
    sends = _SENDS.search(low) is not None or telling.SENDS.search(low) is not None
    defines = lookup and said.provider and _DEFINES.search(low) is not None
    if talk.OFF_TOPIC.search(_REPORTS.sub(" ", low)) and not said.host and not said.port and not (lookup and place) and not sends:
        return "off_topic"
    if (_RIGHT.search(low) and not said.host) or (_HOW_MANY.search(low) and not problem and sending):
        return "question"
    if _WHY_NOT_USE.match(low) and not said.host:
        return "question"
    if _IS_DOWN.match(low) and not (talk.MAIL.search(low) or place):
        return "off_topic"
    if _KNOWS_NOTHING_OF.search(low) and place and not said.host:
        return "configure"
    if trouble and sending and not said.term and _WHY.match(low) and _MINE.search(low) and _SENDING_VERB.search(low):
        return "fix_error"
    if trouble and story and sending:  # nothing is asked for
        return "fix_error"
    if trouble and said.host and sending and telling.SENDS.search(low) and concept:  # "is mail.x.example down? nobody can send"
        return "fix_error"
    if lookup and place and (not concept or defines) and not problem and not (said.client and configure) and (asks or not story):
        return "configure" if said.client else "lookup"
    if concept and (said.term or mail or _ABOUT_SENDING.search(low)) and not (said.client and place):
        return "question"
    if problem and sending and not (configure and not _TROUBLE.search(low)) and not (question and said.term and not said.client):
        return "fix_error"
    if configure and mail and not (question and concept) and not (settings and story):
        return "configure" if said.client or not (place and lookup) or _HOW.search(low) else "lookup"
    if _RIGHT.search(low):
        return "question"
    if settings and story:
        return "fix_error"
    if said.client and (place or lookup):
        return "configure"
    if lookup and place:
        return "lookup"
    if question and (said.term or mail):
        return "question"
    if said.term and (_TERM_ONLY.search(low.strip()) or low.rstrip().endswith("?")):
        return "question"
    if _YES_OR_NO.search(low) and mail and not lookup:
        return "question"
    if problem and asked:
        return "fix_error"
    if said.client and (said.port or said.security):
        return "configure"
    if settings:
        return "configure"
    if place and not lookup and not asks and said.told >= _STORY_WORDS and mail:
        return "fix_error"
    if place:
        return "lookup"
    if asked is not None and asked != "other":
        return "fix_error"
    if mail and lookup:
        return "lookup"
    if trouble and telling.SENT.search(low) and telling.LEAVES.search(low):
        return "fix_error"
    return "configure" if said.client and not story and talk.MAIL.search(low) else "off_topic"
