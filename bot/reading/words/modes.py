"""By which words do menus and people name encryption, and say that there is none? Data by language; used in `bot/reading/security.py`."""

from __future__ import annotations

# What the choice is called, in menus and by people.
ENCRYPTION: dict[str, str] = {
    "en": (
        r"(?:(?:connection|transport|smtp|message) )?(?:encryption|security|crypto)(?: (?:type|mode|method|protocol|level|setting))?"
        r"|encrypted connection(?: type)?|type of encrypted connection|connection type|secure connection"
    ),
    "de": (
        r"(?:transport)?verschlüsselung(?:styp|sart|smethode|sverfahren)?|verschl\.|verbindungssicherheit|sicherheitstyp|sicherheit"
        r"|sichere verbindung"
    ),
    "fr": r"(?:type de )?chiffrement|cryptage|sécurité(?: de la connexion)?|connexion sécurisée",
    "es": r"(?:tipo de )?(?:cifrado|encriptación)|seguridad(?: de la conexión)?|conexión segura",
    "pt": r"(?:tipo de )?(?:criptografia|encriptação|cifra)|segurança(?: d[ae] (?:conexão|ligação))?|conexão segura",
    "it": r"(?:tipo di )?(?:crittografia|cifratura)|sicurezza(?: della connessione)?|connessione (?:sicura|protetta)",
    "nl": r"versleuteling(?:stype)?|encryptie|(?:verbindings)?beveiliging|beveiligde verbinding",
    "pl": r"szyfrowani[eau]|(?:typ )?zabezpiecze(?:nia|nie|ń)|bezpieczeństwo(?: połączenia)?",
    "cs": r"šifrování|zabezpečení(?: připojení| spojení)?",
    "tr": r"şifreleme(?: türü)?|(?:bağlantı )?güvenli(?:k|ği)",
    "ru": r"(?:тип )?шифровани[ея]|(?:защита|безопасность) соединения|безопасное соединение",
    "uk": r"шифрування|захист з['’]єднання|безпека з['’]єднання",
    "sv": r"kryptering(?:styp)?|anslutningssäkerhet|säkerhet",
    "da": r"kryptering(?:stype)?|forbindelsessikkerhed|sikkerhed",
    "no": r"kryptering(?:stype)?|tilkoblingssikkerhet|sikkerhet",
    "fi": r"salau(?:s|sta|stapa)|(?:yhteyden )?suojau(?:s|sta)",
    "hu": r"titkosítás(?: típusa)?|kapcsolat ?biztonsága",
    "el": r"κρυπτογράφηση|ασφάλεια(?: σύνδεσης)?",
    "id": r"enkripsi|keamanan(?: koneksi)?",
    "vi": r"mã hóa|bảo mật(?: kết nối)?",
}
ENCRYPTION_UNSPACED = r"(?:加密|安全)(?:方式|类型|類型|连接|連線|协议|设置)?|连接安全性?|連線安全性|暗号化(?:の種類|方式)?|接続の(?:保護|セキュリティ)|암호화(?: ?방식)?|(?:연결 ?)?보안(?: ?연결)?"

# Switched off, or the choice that is none; phrases of up to three words.
OFF: dict[str, str] = {
    "en": (
        "none|off|no|nothing|false|disabled|deactivated|switched off|turned off|not ticked|not checked|not enabled|not set|not used|unticked"
        "|unchecked|unselected"
    ),
    "de": "kein|keine|keines|aus|ausgeschaltet|abgeschaltet|deaktiviert|ohne|nicht aktiv|nicht aktiviert|nicht angehakt|nicht gesetzt",
    "fr": "aucun|aucune|désactivé|désactivée|sans|non|décoché|décochée",
    "es": "ninguno|ninguna|ningún|desactivado|desactivada|desmarcado|desmarcada|sin|no",
    "pt": "nenhum|nenhuma|desativado|desativada|desligado|desligada|sem|não",
    "it": "nessuno|nessuna|nessun|disattivato|disattivata|spento|no",
    "nl": "geen|uit|uitgeschakeld|nee",
    "pl": "brak|żadne|żadna|żadny|wyłączone|wyłączona|wyłączony|bez|nie",
    "cs": "žádné|žádný|žádná|vypnuto|vypnuté|vypnutý|bez",
    "tr": "yok|kapalı|hiçbiri",
    "ru": "нет|нету|отключен|отключена|отключено|выключен|выключена|выключено|без|отсутствует|не используется",
    "uk": "немає|вимкнено|без|відсутнє",
    "sv": "ingen|inget|av|avstängd",
    "da": "ingen|intet|fra|slået fra",
    "no": "ingen|av|slått av",
    "fi": "ei mitään|ei käytössä|pois|pois päältä|ei",
    "hu": "nincs|kikapcsolva",
    "el": "καμία|κανένα|ανενεργό|ανενεργή|όχι",
    "id": "tidak ada|tanpa|mati|nonaktif",
    "vi": "không|không có|tắt",
}
OFF_UNSPACED = r"无|無|关闭|關閉|不加密|不使用|なし|無し|オフ|しない|없음|없이|안 ?함|끔|꺼짐"

# Of these, words that may as well begin what is told next: "security no longer …". They count where the clause ends behind them.
MAY_GO_ON = "no off nothing non sans sin sem não uit av fra aus ohne без bez nie nee ei không"
# Between a choice and its value: "is set to", "dropdown: ", "steht auf".
JOINED = """
    is are was were set to on at in the for still currently left selected chosen dropdown menu field option box checkbox toggle switch
    setting type ist steht auf der dem gestellt est sur réglé es está en em é è su di impostata staat op jest na je стоит на är er on
    required connection encryption security port 25 26 587 465
"""

# Said before the word.
WITHOUT = """
    no without w/o ohne kein keine keinerlei sans aucun aucune pas sin ninguna sem nenhuma senza nessuna zonder geen bez без brez ingen
    utan uden uten ilman χωρίς tanpa không nincs
"""
WITHOUT_UNSPACED = r"不|没有|沒有|无|無|未"
# Parts of the words above that name encryption itself.
ENCRYPTS = (
    r"encrypt|verschl|chiffr|crypt|critt|cifr|encript|cript|versleutel|szyfr|šifr|şifre|шифр|krypt|salau|titkos|κρυπτ|enkripsi|mã hóa"
)
