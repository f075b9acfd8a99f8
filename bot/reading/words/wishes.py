"""By which words does a person ask for something, or tell that something goes wrong? By language (RE2, matched on lower case)."""

from __future__ import annotations

# Signs of a request. A text that has none and says more than names and settings tells what happened.
ASKING: dict[str, str] = {
    "en": (
        r"(?:^|[,.;:!?\n] ?|\b(?:please|pls|plz|you|someone|somebody|anyone|anybody|just|can|could) )(?:give|show|send|tell|get|find|write"
        r"|paste|post) (?:me|us)\b|(?:i|we) (?:need|want|would like|wish|plan|intend)\b(?: to)? (?:the |an? |some |my |our |your |smtp"
        r"|outgoing|server|set|use|send|scan|add|connect|configure|know|make|let|have|switch|move|point|hook)|\bi'?d like\b|^need\b"
        r"|\bneed(?:ed|ing)? (?:the |some |an? |to )?(?:smtp|outgoing|server|port|host|settings?|details|config|example|steps|instructions"
        r"|guide)|\blooking for\b|\b(?:what|which|where|how)(?:'s| is| are| do| does| would| should| can| could| must| to| port| server"
        r"| host"
        r"| settings?| smtp| one| details| goes| values?| fields?| menu)\b|(?:^|[,.;:?!\n–—-] ?)(?:so |and |but )?(?:what|which|where"
        r"|how)\b"
        r"|\btrying to (?:set|add|connect|configure|get|make|use|hook|find)|\b(?:can|could|would|does|do) (?:someone|somebody|anyone"
        r"|anybody"
        r"|you|one|i|we)\b|\bhelp (?:me |us )?(?:with|to|set|connect|configure|find)\b|\b(?:steps|instructions|guide|tutorial|example"
        r"|snippet"
        r"|sample|config|settings|details|parameters|data|setup|set-up) (?:please|pls|plz|for|needed|wanted|of|to)\b|\bsetting up\b"
        r"|\bset ?up (?:an? |my |our |the )?\w+ (?:with|for|via|through|on)\b|\bstep by step\b|\bany (?:example|guide|snippet|docs?)\b"
        r"|\b(?:is"
        r"|are) (?:it|this|that|there|these)\b[^\n?]*\?|^(?:add|adding|connect|connecting|configure|configuring|use|using|set)\b"
        r"|\bwalk me\b"
        r"|\bgot (?:the|a|an) \w+ for\b|\bremind me\b|\bwant \w+(?: \w+){0,3} to (?:send|use|scan|mail)\b"
    ),
    "de": (
        r"\bwas (?:muss|ist|sind|soll|trage|kommt|gehört|brauche)\b|\bwelche[rnms]?\b|\bwie (?:ist|sind|lautet|lauten|heißt|heisst|richte"
        r"|stelle|kann|muss|bekomme|trage|geht|binde|verbinde)\b|\bwo (?:finde|trage|stelle|muss)\b|\b(?:ich )?(?:brauche|benötige|suche"
        r"|möchte|will|bräuchte|hätte gern\w*)\b|\bkann (?:mir )?(?:jemand|einer|wer)\b|\bbitte um\b|\banleitung\b|\bschritt für schritt\b"
        r"|\bhilfe bei[m]? (?:einrichten|der einrichtung)\b|\beinrichten\b"
    ),
    "fr": (
        r"\bquel(?:le|s|les)?\b|\bcomment\b|\bc'est quoi\b|\bqu'est[- ]ce\b|\b(?:je )?(?:cherche|voudrais|veux|souhaite|aimerais)\b"
        r"|\bil (?:me )?faut\b|\bbesoin (?:de|du|des|d')|\bquelqu'un (?:a|peut|connaît)\b|\bdonne[rz]?[- ]moi\b|\boù (?:trouver|mettre"
        r"|est)\b"
        r"|\bajouter\b"
    ),
    "es": (
        r"\bcuál(?:es)?\b|\bcual(?:es)? (?:es|son)\b|\bqué\b|\bcómo\b|\bcomo (?:pongo|configuro|agrego|puedo|se)\b|\b(?:necesito|quiero"
        r"|quisiera|busco|querría)\b|\bme (?:puede[ns]?|podría[ns]?|das?|dan|pasan?|dicen?)\b|\balguien (?:tiene|sabe|puede)\b|\bdónde\b"
        r"|\bdatos (?:de|del|smtp|para)\b"
    ),
    "pt": (
        r"\bqual\b|\bquais\b|\bcomo (?:faço|configuro|ponho|coloco|adiciono|posso|é)\b|\b(?:preciso|quero|queria|gostaria|procuro)\b"
        r"|\balguém (?:sabe|tem|pode)\b|\bonde\b|\bme (?:passa|diz|manda|informa)\b|\bdados (?:de|do|smtp)\b"
    ),
    "it": (
        r"\bqual(?:e|i|'è| è)?\b|\bcome (?:configuro|imposto|si|faccio|posso|aggiungo)\b|\b(?:vorrei|voglio|cerco|devo)\b|\b(?:mi serv\w+"
        r"|ho bisogno|mi dite|mi dici|sapete)\b|\bqualcuno (?:sa|ha|può)\b|\bdove\b|\bparametri (?:di|per|smtp|posta)\b"
    ),
    "nl": (
        r"\bwelke\b|\bhoe (?:stel|kan|moet|voeg|heet|krijg|verbind)\b|\bwat (?:is|zijn|moet|vul)\b|\b(?:ik )?(?:zoek|wil|zou graag"
        r"|heb nodig)\b|\b(?:kan|weet) iemand\b|\bwaar (?:vind|moet|vul)\b|\bnodig\b"
    ),
    "pl": (
        r"\bjak(?:i|ie|a|ą|ich|iego)?\b|\bgdzie\b|\b(?:potrzebuję|szukam|chcę|chciał(?:bym|abym))\b|\bczy ktoś\b|\bproszę o\b|\bpodaj\w*\b"
    ),
    "cs": (
        r"\bjak(?:ý|á|é|ou|ým)?\b|\bkter(?:ý|á|é|ou)\b|\bkde\b|\b(?:potřebuji|potřebuju|hledám|chci|chtěl\w* bych)\b|\bporad(?:íte|í|te)\b"
    ),
    "tr": (
        r"\bnasıl\b|\bnedir\b|\bneler\b|\bhangi\b|\blazım\b|\bistiyorum\b|\bgerek(?:iyor|li)?\b|\bbilen var\b|\b(?:ayarları|adresi"
        r"|sunucusu) ne(?:dir)?\b"
    ),
    "ru": (
        r"\bкак(?:ой|ая|ое|ие|ую)?\b|\bгде\b|\b(?:нужен|нужна|нужно|нужны|ищу|хочу|хотел\w* бы|подскаж\w+|дайте|скажите|напишите)\b"
        r"|\bкто (?:знает|подскажет)\b|\bчто (?:вписать|указать|писать|ставить)\b"
    ),
    "uk": r"\bяк(?:ий|а|е|і|у)?\b|\bде\b|\b(?:потрібен|потрібна|потрібно|потрібні|шукаю|хочу|підкаж\w+|дайте|скажіть)\b",
    "sv": (
        r"\bvad (?:heter|är|ska)\b|\bvilk(?:en|et|a)\b|\bhur (?:ställer|gör|lägger|konfigurerar|kopplar)\b|\b(?:behöver|söker|vill"
        r"|skulle vilja)\b|\bnågon som vet\b|\bvar (?:hittar|skriver)\b"
    ),
    "da": (
        r"\bhvad (?:er|hedder|skal)\b|\bhvilke[nt]?\b|\bhvordan\b|\b(?:mangler|søger|vil gerne|har brug for|skal bruge)\b|\bhvor (?:finder"
        r"|skriver)\b"
    ),
    "no": r"\bhva (?:er|heter|skal)\b|\bhvilke[nt]?\b|\bhvordan\b|\b(?:trenger|søker|ønsker|vil gjerne)\b|\bhvor (?:finner|skriver)\b",
    "fi": r"\bmikä\b|\bmitkä\b|\bmiten\b|\bmistä\b|\b(?:tarvitsen|etsin|haluan|haluaisin)\b|\bosaako joku\b|\btietääkö\b",
    "hu": (
        r"\bmi (?:a|az)\b|\bmilyen\b|\bmelyik\b|\bhogyan\b|\b(?:kellene|keresem|szeretn\w+|szükségem)\b|\bvalaki (?:tudja|megmondja)\b"
        r"|\bhol\b"
    ),
    "el": (
        r"\bποι(?:ος|α|ο|οι|ες|ον|αν)\b|\bπώς\b|\bπού\b|\b(?:θέλω|χρειάζομαι|ψάχνω|θα ήθελα)\b|\bξέρει κανείς\b|\bτι (?:είναι|βάζω"
        r"|ρυθμίσεις)\b"
    ),
    "id": (
        r"\bapa\b|\bberapa\b|\bbagaimana\b|\bgimana\b|\bcara\b|\bdi ?mana\b|\b(?:butuh|perlu|cari|ingin|mau|tolong kasih)\b"
        r"|\bada yang tahu\b"
    ),
    "vi": r"\blà gì\b|\bnào\b|\bbao nhiêu\b|\bcách\b|\blàm sao\b|\bnhư thế nào\b|\b(?:cần|muốn|tìm|cho (?:em|mình|tôi|hỏi))\b|\bai biết\b",
}
# Of scripts that write without spaces.
ASKING_UNSPACED = (
    r"(?:是什么|是什麼|是多少|多少|哪个|哪個|请问|請問|告诉我|求(?:一个|教)|怎么(?:填|写|设|配|添加|用)|怎麼(?:填|設|用)|如何|想要?(?:设置|配置|設定|用)|需要|教えて|何ですか|なんですか|どこ|どうやって|どう設定|方法"
    r"|仕方|やり方|ください|したい|いくつ|どれ|どの|알려|뭐|무엇|어떻게|어떤|방법|하고 ?싶|필요|가르쳐|[?？])"
)

# Signs of trouble that need no verb of failing: what does not happen (any more), since when, again and again, what was before.
TROUBLE: dict[str, str] = {
    "en": (
        r"\b(?:no ?body|nowhere|none|no one|no-one|nothing|never|neither|no longer|any ?more|not one|not a single)\b|\b(?:dead|quit|gave up"
        r"|stuck|frozen|silent|down|broke|gone|lost|vanish\w*|ignored?|swallow\w*|eats?|dies?|died|hangs?|spinning|sits there|loops?"
        r"|complain\w*|moans?|refus\w*|reject\w*|throws?|kick\w*|popup|pop-up|prompts?|nag\w*)\b|\bsince (?:yesterday|this|last|monday"
        r"|tuesday"
        r"|wednesday|thursday|friday|saturday|sunday|today|noon|about|around|the|we|i|our|my|upgrad\w*|updat\w*|mov\w*|switch\w*|chang\w*"
        r"|\d+)"
        r"|\bafter (?:the|an?|we|i|our|my|upgrad\w*|updat\w*|mov\w*|switch\w*|chang\w*|reboot\w*|restor\w*|migrat\w*)\b|\b(?:used to"
        r"|worked (?:fine|well|until|before|for|yesterday|all)|was fine|were fine|has been fine)\b|\b(?:over and over|again and again"
        r"|all the time|every (?:time|few|morning|day|minute|\d+)|keeps?|kept|constantly|endless\w*|forever|out of (?:the blue|nowhere)"
        r"|com(?:es?|ing) (?:straight |right )?back|came (?:straight |right )?back|suddenly|overnight|over night)\b|\b(?:asks?|asking"
        r"|wants?"
        r"|demands?) (?:me |us )?(?:for )?(?:a |my |the |its )?(?:password|login|sign|log)|\bun(?:sent|delivered)\b|\b(?:takes?"
        r"|took) (?:forever|ages|minutes)\b|\b(?:piles?|piling|fills?|filling|queue[sd]?|queuing) up\b|\bn[o']t\b|n't\b"
        r"|\b(?:in|into|to|as) (?:\w+(?:'s)? )?(?:spam|junk)\b"
    ),
    "de": (
        r"\b(?:nicht|nichts|kein(?:e|er|en|em|s)?|nie(?:mand|mals)?|weder|nimmer)\b|\bseit (?:gestern|heute|letzte[rnms]?|montag|dienstag"
        r"|mittwoch|donnerstag|freitag|samstag|sonntag|dem|der|wir|ich|einem|einer|ein paar|\d+|dieser|kurzem)|\bnach (?:dem|der"
        r"|einem) (?:update|upgrade|umzug|wechsel|umstellung|neustart|passwort\S*|kennwort\S*)|\b(?:ging|lief|klappte|hat) (?:bis|vorher"
        r"|früher|immer|jahrelang|gestern)\b|\b(?:ständig|dauernd|immer wieder|plötzlich|auf einmal|bleib(?:t|en)|hängen|hängt|streikt"
        r"|spinnt"
        r"|verweigert|lehnt|weigert|tot|blockiert|abgewiesen|fragt)\b"
    ),
    "fr": (
        r"\bn'\w+ (?:\w+ )?(?:pas|plus|rien|jamais|aucun\w*)\b|\bne \w+ (?:\w+ )?(?:pas|plus|rien|jamais|aucun\w*)\b|\b(?:plus rien"
        r"|plus aucun\w*|rien ne|aucun\w*|personne ne|toujours pas|pas moyen|marche (?:pas|plus)|part(?:ent)? (?:pas|plus)"
        r"|passe(?:nt)? (?:pas|plus))\b|\bdepuis (?:hier|ce|cette|la|le|l'|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|que|deux"
        r"|trois"
        r"|quelques|\d+|mon|ma|notre)|\b(?:reste(?:nt)?|bloqué\w*|coincé\w*|refuse\w*|rejett?e\w*|redemande|demande sans cesse|sans arrêt"
        r"|en boucle|tout à coup|soudain\w*|marchait|fonctionnait)\b"
    ),
    "es": (
        r"\b(?:ya no|no (?:me |se |le |nos )?\w+|nada|nadie|ningun[oa]?|ningún|nunca|jamás|tampoco|dejó de|ha dejado de|dejaron de)\b"
        r"|\bdesde (?:ayer|hoy|el|la|esta|hace|que|lunes|martes)|\b(?:se queda\w*|quedan|atascad\w*|bloquead\w*|rechaz\w*|una y otra vez"
        r"|todo el rato|de repente|antes (?:iba|funcionaba)|pide (?:la )?(?:contraseña|clave))\b"
    ),
    "pt": (
        r"\b(?:não|nao|nada|ninguém|nenhum\w*|nunca|jamais|parou de|deixou de|já não)\b|\bdesde (?:ontem|hoje|o|a|que|segunda|terça)"
        r"|\b(?:fica(?:m)?|pres[oa]s?|travad\w*|bloquead\w*|recus\w*|rejeit\w*|de repente|toda hora|o tempo todo|antes funcionava"
        r"|pede (?:a )?(?:senha|palavra))\b"
    ),
    "it": (
        r"\b(?:non|niente|nulla|nessun\w*|mai|più niente|smesso di)\b|\b(?:da ieri|da stamattina|da oggi|da lunedì|dall'|da quando"
        r"|da (?:qualche|due|tre|\d+))|\b(?:rest(?:a|ano)|riman(?:e|gono)|bloccat\w*|rifiut\w*|respin\w*|all'infinito|di continuo"
        r"|continuamente|continua a|all'improvviso|prima (?:andava|funzionava)|chiede (?:sempre )?la password)\b"
    ),
    "nl": (
        r"\b(?:niet|niets|niks|geen|nooit|niemand|nergens)\b|\bsinds (?:gisteren|vandaag|vanochtend|vanmorgen|de|het|we|ik|maandag|dinsdag"
        r"|vorige|een)|\b(?:blijf(?:t|ven)|hang(?:t|en)|vast|weiger\w*|geweigerd|steeds|telkens|plotseling|ineens|opeens|deed het"
        r"|werkte (?:altijd|eerst|tot))\b"
    ),
    "pl": (
        r"\b(?:nie|nic|nikt|nigdy|żaden|żadne[jg]?o?|przestał\w*|przestają)\b|\bod (?:wczoraj|dzisiaj|dziś|rana|poniedziałku|wtorku|środy"
        r"|czwartku|piątku|kilku|tygodnia|aktualizacji|zmiany)|\b(?:ciągle|w kółko|nagle|wisi|wiszą|utknęł\w*|odrzuca|odmawia|zablokowan\w*"
        r"|pyta o hasło)\b"
    ),
    "cs": (
        r"\bne(?:odcház\w+|odesíl\w+|přicház\w+|doraz\w+|jde|jdou|chce|chtějí|může|můžu|funguje|fungují|posílá|odesílá|odchází|odchazí"
        r"|odešl\w*|dorazí|chodí|dá|lze|umí|bere|přijímá"
        r"|odeslal\w*|pošle)\b|\b(?:nic|nikdo|nikdy|žádn\w+|přestal\w*)\b|\bod (?:včera|včerejška|rána|pondělí|úterý|středy|čtvrtka|pátku"
        r"|aktualizace)|\b(?:pořád|stále|pořad dokola|najednou|zůstáv\w+|visí|odmítá|zablokov\w+)\b"
    ),
    "tr": (
        r"\w+(?:m[ıiuü]yor\w*|amıyor\w*|emiyor\w*|madı\w*|medi\w*|maz|mez)\b|\b(?:hiç|hiçbir|kimse|değil|takılı|reddediyor|sürekli|durmadan"
        r"|aniden|dünden beri|bugünden beri|bu sabahtan beri)\b|\bberi\b"
    ),
    "ru": (
        r"\bне\b|\b(?:ничего|никто|никогда|нельзя|никак|перестал\w*|нет)\b|\bсо? (?:вчера\w*|понедельника|вторника|среды|четверга|пятницы"
        r"|утра"
        r"|сегодняшнего)|\b(?:после (?:обновления|смены|переезда|перезагрузки)|постоянно|всё время|все время|снова и снова|висит|висят"
        r"|застрял\w*|завис\w*|вдруг|внезапно|отказывает\w*|ругается|раньше работало)\b"
    ),
    "uk": (
        r"\bне\b|\b(?:нічого|ніхто|ніколи|неможливо|ніяк|перестав\w*|перестал\w*|немає)\b|\b(?:з|від) (?:учора|вчора\w*|понеділка|ранку"
        r"|вівторка)|\b(?:після (?:оновлення|зміни)|постійно|весь час|висить|висять|застряг\w*|раптом)\b"
    ),
    "sv": (
        r"\b(?:inte|inget|inga|ingen|aldrig|slutade|slutat)\b|\b(?:sedan|sen) (?:igår|i går|idag|i dag|i morse|måndag|tisdag|onsdag|torsdag"
        r"|fredag|uppdatering\w*|vi|jag|en)|\b(?:fastnar|fastnat|hänger|nekas|nekar|vägrar|hela tiden|plötsligt|om och om"
        r"|funkade (?:förut|innan))\b"
    ),
    "da": (
        r"\b(?:ikke|intet|ingenting|ingen|aldrig|holdt op|stoppede)\b|\bsiden (?:i går|i dag|i morges|mandag|tirsdag|onsdag|torsdag|fredag"
        r"|opdatering\w*|vi|jeg)|\b(?:hænger|sidder fast|afviser|nægter|hele tiden|pludselig|virkede (?:før|indtil))\b"
    ),
    "no": (
        r"\b(?:ikke|ingenting|ingen|aldri|sluttet|lenger)\b|\bsiden (?:i går|i dag|i morges|mandag|tirsdag|onsdag|torsdag|fredag"
        r"|oppdatering\w*|vi|jeg)|\b(?:henger|sitter fast|avviser|nekter|hele tiden|plutselig|fungerte (?:før|til))\b"
    ),
    "fi": (
        r"\b(?:ei|eivät|(?:en|emme) (?:saa|voi|pysty|pääse|osaa|saanut)|älä|lakkasi|ei enää|mitään|kukaan|koskaan)\b|\b(?:eilisestä|eilen"
        r"|tänä aamuna|maanantaista|päivityksen) ?(?:lähtien|asti|jälkeen)?|\b(?:jumissa|jumittaa|jää(?:vät)?|kieltäytyy|hylkää|jatkuvasti"
        r"|yhtäkkiä)\b"
    ),
    "hu": (
        r"\b(?:nem|semmi|senki|soha|abbahagyta)\b|\b(?:tegnap|ma reggel|hétfő|frissítés) ?(?:óta|után)|\b(?:óta|beragad\w*|megakad\w*"
        r"|elutasít\w*|folyton|állandóan|hirtelen)\b"
    ),
    "el": (
        r"\b(?:δεν|τίποτα|κανείς|ποτέ|σταμάτησε|πλέον)\b|\bαπό (?:χθες|χτες|σήμερα|το πρωί|τη δευτέρα)|\b(?:κολλάει|κόλλησε|μένουν"
        r"|απορρίπτει"
        r"|συνέχεια|ξαφνικά)\b"
    ),
    "id": (
        r"\b(?:tidak|tak (?:bisa|dapat|terkirim|jalan)|gak|ga|nggak|enggak|belum|bukan|tiada|berhenti)\b|\bsejak (?:kemarin|tadi|hari|pagi"
        r"|update|minggu|senin)|\b(?:macet|nyangkut|ditolak|terus|tiba-tiba|mendadak)\b"
    ),
    "vi": r"\b(?:không|chẳng|chưa|ko)\b|\btừ (?:hôm|sáng|khi|tuần|lúc)|\b(?:kẹt|treo|bị|từ chối|liên tục|đột nhiên|tự nhiên)\b",
}
TROUBLE_UNSPACED = (
    r"(?:不[出了能行动]|没[有法人收发]|沒[有法人收]|无法|無法|卡在|一直|突然|老是|总是|總是|不停|被退|退信|退回|从昨天|從昨天|昨天开始|今天开始|なく(?:なり|なっ)|ない|ません|ずに|溜ま|残った|止ま|弾かれ|はじかれ|突然|急に"
    r"|何度も|昨日から|今朝から|안 ?(?:되|돼|됩|보|나|가|와|옵|나가)|못 ?(?:보|받|해|하)|없|않|막혀|멈[췄춰]|쌓|계속|갑자기|어제부터|오늘부터|반송)"
)

# What comes back to the sender.
RETURNS: dict[str, str] = {
    "en": r"\b(?:bounc\w+|(?:come|comes|came|coming) back|returned|undeliver\w+)\b",
    "de": r"\b(?:zurück(?:kommen|gekommen|geschickt|gewiesen)?|unzustellbar\w*)\b",
    "fr": r"\b(?:revien(?:t|nent)|reviennent en erreur|en retour|retournés?|non (?:remis|délivrés?))\b",
    "es": r"\b(?:rebot\w+|vuelven|devuelt[oa]s?|devuelven?|regresan)\b",
    "pt": r"\b(?:volta[mr]?|retorna[mr]?|devolvid[oa]s?)\b",
    "it": r"\b(?:torn\w+ indietro|rimbalz\w+|respint[aeio])\b",
    "nl": r"\b(?:kom(?:t|en) (?:\w+ ){0,3}terug|teruggestuurd|stuiter\w*)\b",
    "pl": r"\b(?:wraca(?:ją)?|zwrot\w*|odbija\w*)\b",
    "cs": r"\b(?:se (?:\w+ )?vrac\w+|vrac\w+ se|vrátil\w*)\b",
    "tr": r"\bgeri (?:dön|gel)\w+",
    "ru": r"\b(?:возвраща\w+|вернул\w+|отскакива\w+)",
    "uk": r"\b(?:поверта\w+|повернул\w+)",
    "sv": r"\b(?:studs\w+|(?:kommer|kom) (?:\w+ ){0,2}tillbaka|i retur)\b",
    "da": r"\b(?:i retur|kommer (?:\w+ ){0,2}(?:retur|tilbage))\b",
    "no": r"\b(?:i retur|kommer (?:\w+ ){0,2}(?:retur|tilbake))\b",
    "fi": r"\b(?:palautu\w+|palaavat|palaa)\b",
    "hu": r"\bvissza(?:jön\w*|jött\w*|pattan\w*|érkez\w*|küld\w*)",
    "el": r"\bεπιστρέφ\w+",
    "id": r"\b(?:(?:ter)?pental\w*|balik|dikembalikan|kembali)\b",
    "vi": r"\b(?:trả lại|trả về|bị trả|dội lại)\b",
}
RETURNS_UNSPACED = r"(?:被退|退回|退信|弹回|戻って|返って|返送|반송|되돌아)"

# What is sent where mail is not named: "none of our invoices go out".
SENT = (
    r"\b(?:invoices?|quotes?|quotations?|offers?|orders?|order confirmations?|confirmations?|notifications?|alerts?|alarms?|reports?"
    r"|newsletters?|messages?|reminders?|receipts?|tickets?|statements?|payslips?|scans?|password resets?|reset links?|magic links?"
    r"|verification (?:codes?|links?)|otps?|sign-?up links?|invitations?|invites?|attachments?|contact form|rechnungen?|angebote?"
    r"|bestellungen|bestätigungen?|benachrichtigungen?|mahnungen|berichte?|meldungen|scans|factures?|devis|commandes?|notifications"
    r"|alertes?|facturas?|presupuestos?|pedidos?|avisos?|alertas?|faturas?|boletos?|orçamentos?|fatture|preventivi|ordini|notifiche"
    r"|facturen|offertes|meldingen|faktury|oferty|powiadomienia|faktury|objednávky|upozornění|faturalar\w*|bildirimler\w*|счета"
    r"|уведомлени\w+|заказы|рахунки|сповіщення|fakturor\w*|fakturaer\w*|laskut|számlák|τιμολόγια|tagihan|notifikasi|hóa đơn|thông báo)\b"
    r"|(?:发票|通知|报表|告警|請求書|通知|見積|알림|청구서)"
)
# What goes out, leaves, is received: of what is sent.
LEAVES = (
    r"\b(?:go(?:es)? out|going out|went out|gets? out|leav(?:e|es|ing)|left|sends?|sent|sending|deliver\w*|arriv\w*|receiv\w*|gets?|got"
    r"|reach\w*|come[s]?|came|raus|ankommen|kommen an|kommt an|part(?:ent)?|envoy\w*|sal(?:en|e|ir)|lleg\w+|sa(?:em|i|ir)|cheg\w+"
    r"|part(?:ono|e)|arriv\w+|verstuurd|verzonden|wychodz\w+|docier\w+|odchází|chodí|gidiyor|gitmiyor|ulaş\w*|уходят|приходят|доходят"
    r"|надходять|kommer fram|når frem|kommer frem|lähde|mennek|φεύγουν|terkirim|sampai)\b"
)

# Words that name settings or join names: they tell nothing.
PLAIN = """
    the an and or with for from at in on of to via by my our is are it this that using use used as through over und oder mit für von
    bei im auf der die das den dem ein eine mein meine unser et ou avec pour de du des le la les en sur mon ma notre est y con para
    por del el los las mi nuestro es e com no na do da meu minha il lo di su mio nostro met voor van het een op mijn i z w dla och med
    för på og til ja ve ile ssl tls starttls auth login user username account name number email mail smtp imap port server host konto
    compte cuenta conta hi hello hey hallo bonjour hola please pls thanks bitte svp porta puerto порт и в на с у для сервер серверу
"""

# Said with a request and with a complaint: counts as a request only where nothing is wrong.
POLITE = (
    r"\b(?:please|pls|plz|bitte|s'il (?:vous|te) pla[iî]t|svp|stp|por favor|porfa|per favore|per piacere|alstublieft|alsjeblieft|proszę"
    r"|prosím|lütfen|пожалуйста|будь ласка|tack|vänligen|kiitos|kérem|παρακαλώ|tolong|mohon|làm ơn|vui lòng)\b|(?:请|請|ください|お願い|부탁)"
)
# Verbs of sending.
SENDS = (
    r"\b(?:sen[dt]\w*|verschick\w*|versend\w*|envoi\w*|envoy\w*|expédi\w*|envía\w*|envi[ao]\w*|envío|manda\w*|inoltr\w*|invia\w*|spedi\w*"
    r"|verzend\w*|verstu\w*|wysył\w*|wyśl\w*|odesíl\w*|posíl\w*|gönder\w*|отправ\w*|посыла\w*|шлё?т\w*|надсил\w*|skicka\w*|lähet\w*"
    r"|küld\w*|στέλν\w*|kirim\w*|terkirim|gửi)\b|(?:发送|寄出|寄信|送信|発送|전송|발송|보내)"
)
