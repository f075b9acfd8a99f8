"""Is what a sentence mentions the present setting, one tried before, advice, or what is asked about? By the words around it."""

from __future__ import annotations

import re
from typing import Literal, Protocol

Stance = Literal["now", "present", "tried", "advice", "asked", "denied"]

_DENIED = re.compile(
    r"(?:\bblocks?(?: port)?|\bblocked(?: port)?|\bsperrt(?: port)?|\bnot|\bn't|\bno(?! (?:matter|luck))|\bkein|\bnicht|\bpas|\bnon"
    r"|\bnie|\bне|\binstead "
    r"of|\brather than|\bstatt|\bau lieu d[eu]|\ben vez de|\bem vez de|\binvece di|\bin plaats "
    r"van)\s+(?:on\s+|port\s+|the\s+|auf\s+)?$"
)
_TRIED_BEFORE = re.compile(
    r"(?:\b(?:tried|trying|tested|used to (?:be|use|have)|(?:was|were|been) (?:on|using|at)|previously"
    r"|before(?: it was| that)?|earlier|formerly|from"
    r"|switched from|changed "
    r"(?:it )?from|moved from|(?:mov|migrat|switch|chang|upgrad)\w* (?:us |me |it |everything )?(?:away )?from [^.;:,\n]{0,30}"
    r"|the (?:old|previous|former) (?:\w+ ){0,2}(?:was|is)|until \w+(?: \w+)?|bis \w+"
    r"|also tried|already tried|even tried|probiert|versucht|vorher|früher|essayé|probé|intenté"
    r"|tentei|provato|geprobeerd|пробовал|пробовала)(?:[\s:]+(?:\d{2,5}[,/]?|\d{2,5}(?:/(?:ssl|tls"
    r"|starttls))?,?|and|or|und|oder|,|it|with|on|port|using|both|also|"
    r"auch|mit|avec|con|com|per|via|the|ssl|tls|starttls|as well|сервер|порт))*\s+[\"'(]?)$"
)
# What a server or a configuration is called; after "old" or "new", before its name.
_CALLED = (
    r"(?:[\s:=]+(?:one|server|servers?|host|hostname|relay|smtp|mail|e-?mail|mailserver|port|config\w*|setup|settings?|address|name"
    r"|provider|hoster|isp"
    r"|konfiguration|einstellung(?:en)?|postausgang\w*|serveur|réglages?|servidor|ajustes?|impostazioni|serwer|ustawienia|nastavení"
    r"|sunucu|сервер"
    r"|настройки|порт|is|was|were|are|ist|war|est|était|es|era|é|è|jest|był|to|on|auf|outgoing|ausgang))*[\s:=]+[\"'(\[]?$"
)
_OLD = re.compile(
    r"\b(?:old(?:er)?|former|previous|prior|alt(?:e[rsnm]?)?|bisherige[rsnm]?|frühere[rsnm]?|vorherige[rsnm]?|ancien(?:ne)?s?|précédente?"
    r"|viej[oa]|antigu[oa]|anterior|antig[oa]|velh[oa]|vecchi[oa]|precedente|oude?|star[yaáéý]|poprzedni[ea]?|předchozí|eski|önceki|старый"
    r"|старая|прежний|старий|gam(?:mel|mal|la|le)|vanha|régi|παλιό?ς?|lama|cũ|before|vorher|avant|antes|prima|eerst|раньше)" + _CALLED
)
_NEW = re.compile(
    r"(?:\b(?:new|neu(?:e[rsnm]?)?|nouve(?:au|lle)|nuev[oa]|nov[oa]|nuov[oa]|nieuwe?|now[yae]|nov[ýáé]|yeni|новый|новая|новое|новий|нова"
    r"|ny(?:a|e|tt|t)?|uusi|új|νέος?|νέα|baru|mới)"
    + _CALLED[: -len(r"[\s:=]+[\"'(\[]?$")]
    + r"|\b(?:mov|migrat|switch|chang|upgrad|gewechselt|umgestellt|umgezogen|passé|cambi|mudei|mudou|overgestapt|перешли|przeszli)"
    r"[^.;\n]{0,24}\b(?:from|von|vom|de|du|del|da|van|z|ze|с|со) [^.;\n]{1,40} (?:to|auf|nach|zu|à|vers|a|al|para|naar|na|do)"
    r"(?: (?:port|poort|puerto|porta|the|el|le|la))?"
    r"|(?:^|[\n.;,(] ?)(?:after|nachher|danach|après|después|depois|dopo|daarna|после|після)\s*:)[\s:=]+[\"'(\[]?$"
)
_TRIED_AFTER = re.compile(
    r"^[\"')]?\s*(?:/\s*)?(?:(?:with|mit|w/|und|and) )?(?:ssl|tls|starttls|ssl/tls)?\s*,?\s*\(?(?:(?:does|did|do)(?:n't| not|"
    r"nt) (?:work|help|either)|fails? too|too\b|as well\b|same (?:thing|error|result|problem)"
    r"|before\b|then\b|is blocked|are blocked|blocked\b|closed\b|also fail|worked (?:(?:fine |well |ok )?(?:before|until|for)"
    r"|last)|used to work|geht auch nicht|geht nicht\)|gesperrt|auch nicht|nothing\)|nope\)|no\)|failed\)|refused\)|marche pas\)"
    r"|tampoco\)|non va\)"
    r"|, ?(?:decommissioned|gone|retired|switched off)"
    r"|aussi\b|también\b|tampoco|também|nemmeno|ook niet)"
)
_UNTIL = re.compile(r"^[\"')]?(?: (?:with )?(?:ssl|tls|starttls|ssl/tls))?,? \(?(?:until|till) (?!i\b|you\b|we\b)")
# "they told me 587 starttls. did that"
_DONE = re.compile(
    r"^[^.\n\d]{0,24}[.,;:–—-]{1,2} ?(?:and |so |which )?(?:i(?:'ve)? |we(?:'ve)? |have |has been )*"
    r"(?:did|done|changed|switched|set) (?:that|so|it|this|accordingly)\b"
)
_ADVICE = re.compile(
    r"(?:\b(?:guide|guides|docs?|documentation|tutorial|article|website|manual|page|support|they"
    r"|provider|isp|hoster|chatgpt|google|someone|colleague|friend|admin|forum|blog|anleitung"
    r"|hotline|tuto|guía|manuel)\s+"
    r"(?:\w+\s+){0,3}?(?:says?|said|tells?|told(?: me)?|recommends?|recommended|suggests?|suggested"
    r"|mentions?|lists?|wants?|sagt|schreibt|steht|dit|dice|diz|zegt)\b(?:[^.;\n]|\.(?=\w)){0,40}|\baccording "
    r"to [^.;\n]{0,40}|\bi read (?:that|about|in|on|somewhere|online)\b[^.;\n]{0,30}|\bsupposed to be\s+(?:on\s+)?|\bshould (?:be|use"
    r"|i use)\s+(?:port\s+)?|\brecommended\s+(?:port\s+)?)$"
)
_ASKED = re.compile(
    r"(?:\b(?:is|are|does|do|can|could|should|would|may|will|whether|if|or|vs\.?|versus|between"
    r"|difference|better|ist|soll|kann|faut-il|puedo|posso|kan)\b[^.;\n]{0,30})$"
)
_CORRECTED_TO = re.compile(
    r"(?:\b(?:sorry|i mean|i meant|meant|correction|actually|make that|no wait|oops|now|changed "
    r"(?:it )?to|switched to|moved to|set to|to|entschuldigung|sorry ich meine|ich meinte|pardon"
    r"|je voulais dire|perdón|quise decir|desculpa|quis dizer|scusa|volevo dire|извините|jetzt"
    r"|maintenant|ahora|agora|adesso|nu)\b[,:]?\s*(?:it'?s\s+|it is\s+|port\s+|on\s+|auf\s+|using\s+"
    r"|i'?m on\s+)*)$"
)

_NOW = re.compile(
    r"\b(?:now|currently|at the moment|presently|jetzt|derzeit|aktuell|maintenant|ahora|agora"
    r"|adesso|ora|nu|teraz|nyní|teď|şimdi|сейчас|теперь|зараз|тепер|nyt|most|τώρα|sekarang|bây giờ)"
    r":?(?:\s+(?:it'?s|it|i'?m|we'?re|is|on|using|with|at|to|set|points?|pointing|running|says|uses|auf|mit|en|sur|port|steht|stehe|es"
    r"|läuft|c'est|est"
    r"|sta|usa|uso|está|estoy|estou|het|op|na|på|jest|je|стоит|на|порт|smtp|server|the|der|le|el|il|la))*\s+[\"'(\[]?$"
)
# "everybody is on new.x.example:587 now"
_NOW_BEHIND = re.compile(
    r"^[\"')]?(?::\d+)?(?: (?:port )?\d+)?(?: with)?(?: ssl/tls| ssl| tls| starttls)? (?:now|jetzt|maintenant|ahora|agora|adesso|nu"
    r"|теперь)\b"
)
# What works for somebody else, or elsewhere: "my colleague's Outlook works with 465".
_WORKS_WITH = re.compile(
    r"\b(?:works?|worked|runs?|fine|ok|geht|funktioniert|klappt|marche|fonctionne|funciona|funziona|werkt|działa|funguje)"
    r" (?:with|on|over|via|using|mit|auf|über|avec|sur|con|com|met|op|na|přes) (?:port )?$"
)
# "a guide says …, I use …"; "it's supposed to be 465 and that is what I entered"
_I_USE = re.compile(
    r"\b(?:(?:i|we) (?:use|have|had to enter|entered|put|set|typed|chose|picked|kept|stay(?:ed)? (?:on|with))|i'?m (?:using|on)"
    r"|ich (?:nutze|habe|nehme|verwende)"
    r"|j'(?:utilise|ai mis|ai)|(?:yo )?(?:uso|tengo|puse)|(?:eu )?(?:uso|tenho|coloquei)|ho messo|ik (?:gebruik|heb)|mam|mám|у меня"
    r"|я использую|jag har|jeg har|eingestellt(?: ist| habe ich| sind)?|eingetragen(?: ist| habe ich)?"
    r"|konfiguriert ist|configuré sur|configurado"
    r"|impostat[oa]|ingesteld(?: is| staat)?|ustawion[yae](?: jest)?|nastaveno|in my \w+ (?:it is|it's|there is|there's|it says)"
    r"|bei mir (?:steht|ist)|chez moi c'est)"
    r"\s+(?:port |on |it (?:to|on|at) |auf |el |le |la |en )*$"
)
_AS_ENTERED = re.compile(
    r"^[^.\n\d]{0,40}\b(?:that'?s|that is|which is|so that'?s|and this is) (?:exactly |also )?what (?:i|we)(?:'ve| have)? (?:enter|have"
    r"|set|use|put|got)"
)
# A sentence that begins so tells of earlier settings.
_BEFORE_FIRST = re.compile(
    r"^\W*(?:before(?: that)?|previously|earlier|formerly|in the past|originally|old (?:settings?|setup|server|config)|the (?:old"
    r"|previous) (?:settings?|setup|config)"
    r"|(?:at )?first (?:i|we) (?:used|had|tried)|until (?:\w+ ){1,3}(?:i|we|it)|we used to|i used to|was ich (?:schon"
    r"|bereits) (?:probiert|versucht)|vorher|früher|bisher|zuerst"
    r"|avant|auparavant|jusqu'à|antes|anteriormente|prima|in precedenza|eerst|voorheen|vroeger|wcześniej|przedtem|dříve|předtím|önceden"
    r"|eskiden"
    r"|раньше|до этого|раніше|tidigare|förut|tidligere|før|aiemmin|korábban|πριν|sebelumnya|dulu|trước đây)\b(?! (?:you|we can|i can"
    r"|anything))"
)
# Takes back what was said right before: "587 — sorry, 465".
_TAKEN_BACK = re.compile(
    r"(?:\d|\w)\W{1,6}(?:\w+ )?(?:sorry|i mean|i meant|correction|scratch that|no wait|wait,? no|oops|err?|no|entschuldigung|quatsch"
    r"|äh nein|nein"
    r"|ich meine|pardon|non|je veux dire|perdón|digo|perdão|quer dizer|scusa|anzi|volevo dire|sorry nee|ik bedoel|znaczy|vlastně|pardon"
    r"|то есть|вернее|ой)"
    r"\b[,:—– -]*(?:it'?s |port |on |auf )*$"
)


class Mention(Protocol):
    """A setting that a text mentions, and how surely it is one."""

    @property
    def stance(self) -> Stance: ...
    @property
    def weight(self) -> int: ...
    @property
    def start(self) -> int: ...


_ORDER: dict[Stance, int] = {"now": 0, "present": 1}


def in_order(mention: Mention) -> tuple[int, int, int]:
    """Sorts what is said to be set now first, then what is most surely a setting, then from left to right."""
    return _ORDER.get(mention.stance, 2), -mention.weight, mention.start


def stance(text: str, start: int, end: int) -> Stance:
    """`text` in lower case; the thing stands at [start:end]. Looks at the sentence around it, at most 60 characters each way."""
    before = text[max(0, start - 60) : start]
    after = text[end : end + 40]
    before = before[_last_break(_CONTRAST, before) :]
    if _TAKEN_BACK.search(before) or _I_USE.search(before) or _AS_ENTERED.match(text[end : end + 90]):
        return "now"
    if _NOW.search(before) or _NOW_BEHIND.match(after) or _NEW.search(before):
        return "now"
    if _CORRECTED_TO.search(before) and not before.rstrip().endswith((" to",)):
        return "present"
    if _DENIED.search(before):
        return "denied"
    if _TRIED_BEFORE.search(before) or _OLD.search(before) or _WORKS_WITH.search(before):
        return "tried"
    if _TRIED_AFTER.search(after) or _UNTIL.match(after):
        return "tried"
    if _ADVICE.search(before):
        return "now" if _DONE.match(text[end : end + 70]) else "advice"
    lead = text[max(0, start - 160) : start]
    if _BEFORE_FIRST.match(lead[_last_break(_OTHER_TIME, lead) :]):
        return "tried"
    return "present"


_CONTRAST = re.compile(r"[.;] |\n| (?:but|aber|mais|pero|mas|ma|maar|но|але|ale|men|mutta) ")
_OTHER_TIME = re.compile(
    r"[.;!?] |\n|,? (?:but|now|aber|jetzt|nun|mais|maintenant|pero|ahora|mas|agora|ma|adesso|ora|maar|nu|ale|teraz|nyní|teď|но|теперь"
    r"|сейчас|але|тепер|зараз|men|mutta|nyt|şimdi|most|τώρα|sekarang) |, (?:everybody|we|i|all) "
)


def _last_break(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match of `pattern` in `text` ends; 0 where there is none."""
    return max((match.end() for match in pattern.finditer(text)), default=0)


def corrects(text: str) -> bool:
    """Whether the text takes back something said before."""
    return _CORRECTION.search(text) is not None


_CORRECTION = re.compile(
    r"^\s*(?:(?:ah|oh|uh|hm+|ok|no),? )*(?:вибачте|перепрошую|простите|promiňte|omlouvám se|özür dilerim|ursäkta|beklager|anteeksi"
    r"|bocs(?:i|ánat)?|elnézést|συγγνώμη|maaf"
    r"|xin lỗi|对不起|抱歉|ごめんなさい|죄송(?:합니다|해요)|не так|不对|不對|不是|错了|錯了|搞错了"
    r"|아니(?:요|오)?|아뇨|すみません|違います|間違えました|いや"
    r"|no(?=[,.:!]| (?:it'?s|its|the|i mean|i meant|wait|sorry"
    r"|port|i am|i'm))|nope|nah|wait|sorry|oops|ups(?! card| network| battery)|whoops|actually|correction"
    r"|typo|wrong|pardon|perdón|perdon|scusa|desculpa|nein(?=,)|non(?=,)|нет(?=,)|ой|nee(?=,))\b[,.: !、-]"
    r"|\b(?:sorry|oops|ups(?! card| network| battery)|whoops|correction|i meant|i mean|i misspoke|my bad|my mistake|make "
    r"(?:that|it)|scratch that|no wait|wait,? no|actually(?:,)? (?:it'?s|i|the|port|we)|it'?s "
    r"actually"
    r"|i was wrong"
    r"|(?:i )?(?:mis-?(?:typed|spelled|spelt)|typed it wrong)|i misread|misread|i (?:said|wrote|typed) \w+ but"
    r"|should (?:be|read)|change (?:the |my )?(?:port"
    r"|server|host|client|program|encryption|security) to"
    r"|entschuldigung|verzeihung|ich meinte|meinte|doch nicht|korrektur|vertippt|désolé|je voulais "
    r"dire|je me suis trompé|quise decir|me equivoqué|quis dizer|me enganei|volevo dire|mi sono "
    r"sbagliato"
    r"|ik bedoel|ik bedoelde|przepraszam|miałem na myśli|извини|извините|ошибся|я имел в виду"
    r"|förlåt|jag menade|undskyld|jeg mente|unnskyld)\b"
    r"|,\s*(?:typo|my mistake|sorry|i misread)\s*[.!]*$"
    r"|\b(?:it'?s|it is|this is|das ist|es ist|c'est|es|é|è|het is|to|это)? ?(?:not|nicht|pas|no|não|non|niet|nie|не)"
    r" [\w./ -]{2,30}, (?:it'?s|it is|but"
    r"|sondern|c'est|mais|es|sino|é|mas|è|ma|maar|tylko|ale|а|men|utan)\b"
    # one thing and not the other
    r"|\b(?:not|nicht|pas|statt|nie|не|niet|inte|ikke|rather than|instead of)\s+(?:on |port |"
    r"the |with |via )?[\w./-]+\s*$|^\s*(?:it'?s )?not\s+[\w./-]+(?: [\w./-]+)?,\s"
)
