"""With which words do people greet, whom, and what do they add to a mere greeting? Data by language; used in `bot/reading/talk.py`."""

from __future__ import annotations

# Whole greetings, of up to two words.
GREETINGS: dict[str, str] = {
    "en": "hi|hii|hiya|hey|heyy|heya|hello|hullo|helo|yo|sup|howdy|greetings|morning|afternoon|evening|good morning|good afternoon|good evening|good day",
    "de": "hallo|hallöchen|moin|servus|grüezi|gruezi|guten tag|guten morgen|guten abend|grüß gott|grüß dich|mahlzeit|tach|nabend|huhu|hoi",
    "fr": "bonjour|bonsoir|salut|coucou|hello",
    "es": "hola|buenas|buenos días|buenos dias|buenas tardes|buenas noches|saludos",
    "pt": "olá|ola|oi|bom dia|boa tarde|boa noite|e aí",
    "it": "ciao|salve|buongiorno|buonasera|buon pomeriggio",
    "nl": "hoi|hallo|dag|goedemorgen|goedemiddag|goedenavond|goeiedag|hey",
    "pl": "cześć|czesc|hej|witam|witajcie|siema|dzień dobry|dzien dobry|dobry wieczór",
    "cs": "ahoj|čau|nazdar|dobrý den|dobré ráno|dobrý večer|zdravím",
    "tr": "merhaba|merhabalar|selam|selamlar|günaydın|iyi günler|iyi akşamlar",
    "ru": "привет|приветствую|здравствуйте|здрасьте|добрый день|добрый вечер|доброе утро|доброго времени",
    "uk": "привіт|вітаю|добрий день|доброго дня|добрий вечір|доброго ранку",
    "sv": "hej|hejsan|tja|tjena|hallå|god morgon|god kväll|god dag",
    "da": "hej|goddag|godmorgen|godaften|davs",
    "no": "hei|heisann|hallo|god dag|god morgen|god kveld",
    "fi": "hei|moi|moikka|terve|päivää|huomenta|iltaa|hyvää päivää|hyvää huomenta",
    "hu": "szia|sziasztok|helló|jó napot|jó reggelt|jó estét|üdv",
    "el": "γεια|γειά|καλημέρα|καλησπέρα|χαίρετε",
    "id": "halo|hai|permisi|selamat pagi|selamat siang|selamat sore|selamat malam",
    "vi": "chào|xin chào|alo",
}
# Whom is greeted, and that help is asked for: a text of a greeting and nothing but these says no more than hello.
ADDED = """
    there all everyone everybody team folks guys friend friends again bot postmaster sir y'all people channel here
    can could you anyone someone somebody please pls help me us out i we need some a bit of your is are around awake online available up home
    how doing today question quick problem have got minute moment sec the real human robot or what's up it going who
    zusammen allerseits alle leute liebe jemand da kann kannst mir wer einer hilfe helfen bitte ich brauche bräuchte bin neu hier ihr euch wach
    eine frage hab habe mal kurz und
    tout le monde à tous toutes quelqu'un peut pouvez vous m'aider aider svp s'il plaît besoin d'aide j'ai une question là y a t-il il est-ce que
    a todos todas alguien hay puede me ayuda ayudar ayudarme necesito por favor una pregunta tengo aquí
    pessoal gente galera alguém pode ajudar preciso de ajuda tudo bem aí uma dúvida
    tutti ragazzi qualcuno c'è può aiutarmi aiutare ho bisogno di aiuto un aiuto
    allemaal iedereen iemand daar kan helpen mij hulp nodig ik heb
    wszystkim wszyscy państwu jest ktoś tu może pomóc mi pomocy potrzebuję proszę
    všichni všem je někdo tady může pomoci pomoct potřebuji pomoc prosím
    herkese arkadaşlar kimse var mı yardım lazım
    всем все кто-нибудь есть кто тут здесь поможете помогите помощь нужна мне суток
    усім всім хтось є тут допоможіть потрібна допомога
    alla allihopa någon här kan hjälpa mig hjälp behöver
    alle allesammen nogen her kan hjælpe mig hjælp noen hjelpe meg hjelp trenger
    kaikki kaikille onko kukaan täällä apua tarvitsen
    mindenkinek valaki itt tud segíteni segítség
    σας σου όλους σε όλοι κανείς εδώ βοήθεια χρειάζομαι
    semua kak min gan om bang mas mbak ada orang bisa bantu tolong butuh bantuan
    mọi người anh chị em bạn ad admin có ai không giúp với ở đây
"""
# Of scripts that write without spaces: the whole text.
UNSPACED = (
    r"^(?:(?:你|您|大家)好|哈[囉喽]|早安|早上好|晚上好|下午好|嗨|こんにちは|こんばんは|おはよう(?:ございます)?|はじめまして|どうも|안녕(?:하세요|하십니까)?|좋은 아침\S*)?[,，、!！。~ ]*"
    r"(?:大家|各位)?(?:有人(?:在)?(?:吗|嗎)?|在吗|在嗎|请问有人吗|誰か(?:いますか)?|どなたかいますか|助けてください|누구 ?(?:있나요|계세요)|도와주세요)?[?？!！。 ]*$"
)
