"""Phrases that errors are made of, by language (RE2, matched without regard to case). Sources: the programs named; "unverified" where none."""

from __future__ import annotations

_EN = (
    (
        r"\bunable to (?:read|write) data\b|\bfailed to transport message|\bnone of the authentication methods\b|\btarget principal name\b"
        r"|\bserver (?:is )?not (?:set up|configured)\b|\bconnection (?:to|with) (?:the )?(?:\w+ ){0,2}(?:server|host) (?:has )?(?:failed"
        r"|lost"
        r"|timed out|refused|closed|impossible)|\bserver connection error\b|\bgreeting never received\b|\bbad sequence of commands\b"
        r"|\bno worthy mechs\b|\bunencrypted connection\b|\bmarked as inactive\b|\bis not a sender signature|\bsomething went wrong\b"
        r"|\bcheck (?:the|your) (?:settings|credentials)\b|\bdoes not match a verified\b|\bcannot locate host\b|\bmaximum credits exceeded"
        r"|\bcould not be reached\b|\bno answer from (?:the )?server|\bserver (?:did not|didn't|does not|doesn't) respond"
        r"|\bcommunication error|\bcredentials? (?:were|was|is|are) (?:incorrect|invalid|rejected)"
    ),
    (
        r"\bconnection (?:to [^\s,;]+ )?(?:was |has been |is )?(?:refused|reset|timed[ -]?out|time[ -]?out|closed|failed|lost|aborted"
        r"|dropped"
        r"|terminated|interrupted)(?: by (?:peer|remote|the (?:server|peer|remote host|other side)))?"
    ),
    (
        r"\b(?:operation|connect|request|read|write|login|handshake|server|smtp|it|session|net::readtimeout|net::opentimeout)? ?(?:just "
        r"|has "
        r"|had |always )?tim(?:ed|es|e|ing)[ -]?out\b"
    ),
    (
        r"\b(?:could|can|cannot|can't|couldn't|could not|can not|unable to|failed to|not able to|not possible to"
        r"|error) ?(?:not )?(?:connect(?:ing)?|establish|open|reach|resolve|find|verify|authenticate|send|sending|deliver|start"
        r"|log ?(?:you )?in|relay|negotiate|instantiate|access|contact|get)\b[^\n;]*?(?:smtp|server|host|connection|tls|ssl|certificate"
        r"|user"
        r"|authenticat|message|mail|stream|channel|you in|log in|login|session|outgoing|secure|issuer)"
    ),
    (
        r"\b(?:relay(?:ing)?(?: access)?|access|permission) (?:is |was )?(?:denied|not (?:permitted|allowed)|prohibited)\b"
        r"|\bunable to relay\b"
        r"|\bdo(?:es)? not (?:allow|permit) relay(?:ing)?"
    ),
    (
        r"\bauthentication (?:failed|failure|unsuccessful|required|rejected|error|denied|credentials|is required"
        r"|not (?:enabled|allowed|supported))|\bauth failed\b|\bauth(?:entication)? (?:mechanism|type|method)s? (?:not|un)"
        r"|\bnot authenticated\b"
        r"|\bbad credentials\b|\binvalid (?:login|credentials|user(?:name)?|password|auth|address|recipient)"
        r"|\bauth(?:entication)? extension not|\blogin (?:failed|denied|incorrect|rejected|failure|disabled)"
    ),
    (
        r"\b(?:user ?name|username|user|login|account|email)(?: ?name)? (?:and|or|/|&)? ?(?:the )?password (?:is |are |was "
        r"|were )?(?:not accepted|incorrect|wrong|invalid|rejected|did not match|not correct)|\bincorrect (?:user|password|login|auth)"
        r"|\bwrong (?:user ?name|password|version number|credentials)|\bpassword (?:is |was )?(?:incorrect|wrong|rejected|invalid"
        r"|not accepted)\b"
    ),
    (
        r"\b(?:application|app)[- ]specific password required|\bmust issue a starttls|\bstarttls (?:is "
        r"|was )?(?:not (?:supported|available|offered|advertised|enabled|allowed|found|possible|working)|un|required|failed|extension"
        r"|command)|\btls (?:is )?(?:required|not available|handshake|startup|negotiation|connection|certificate)|\bssl (?:handshake|error"
        r"|connect|certificate|negotiation|connection)|\bhandshake (?:failed|failure|error|has failed|timed out)"
    ),
    (
        r"\bcertificate (?:is |was |has |verify |verification |chain |hostname )?(?:expired|invalid|not (?:trusted|valid|yet valid)"
        r"|untrusted"
        r"|verify failed|verification|failed|mismatch|revoked|unknown|self|does not match|could not)|\bself[- ]signed cert"
        r"|\bunable to (?:get"
        r"|verify)[^\n;]*?(?:issuer|certificate)|\bhost ?name(?:/ip)? (?:mismatch|does(?:n't| not) match)|\bcertificate verify failed"
        r"|\bcan'?t verify (?:the )?(?:server )?identity|\bpkix path|\bunknown (?:ca|issuer|authority)|\bnot trusted\b|\bcannot verify\b"
    ),
    (
        r"\b(?:network|host|no route to host|destination)(?: is)? (?:unreachable|down)|\bno route to host|\bno such host|\b(?:host|name"
        r"|domain"
        r"|dns|server)(?: name)? (?:not found|does not resolve|could not be resolved|or service not known|lookup failed|can't be found"
        r"|cannot be found|couldn't be found|unknown)|\bunknown host|\bgetaddrinfo\b|\bphp_network|\btemporary failure in name"
        r"|\bname does not resolve|\bno address associated|\bnxdomain\b|\bservfail\b"
    ),
    (
        r"\b(?:sender|recipient|from|mailbox|address|user|domain|relay|message|mail|email|content|attachment|ip|client host|helo|host"
        r"|account)(?: \w+){0,3} (?:rejected|refused|blocked|denied|disabled|suspended|unavailable"
        r"|not (?:found|exist|allowed|verified|owned|accepted|permitted|available)|does not exist|doesn't exist|unknown|full|over quota"
        r"|exceed(?:s|ed)|deferred|bounced|blacklisted|blocklisted|has been (?:blocked|suspended|disabled|rejected))\b"
    ),
    (
        r"\bover quota|\bquota exceeded|\bexceeded[^\n;]*?(?:limit|size|quota|max)|\bsize exceeds|\btoo (?:large|big|many|long)\b"
        r"|\bexceeds[^\n;]*?(?:size|limit)|\brate limit(?:ed)?|\bsending (?:limit|quota) (?:\w+ ){0,2}(?:exceeded|reached)"
        r"|\blimit (?:reached"
        r"|exceeded)|\btoo many (?:login|connections|messages|recipients|errors|failed)|\bmailbox (?:is )?full|\bno such user"
        r"|\buser unknown"
        r"|\bunknown user|\brecipient(?:s)? (?:not found|unknown)"
    ),
    (
        r"\bgreylist|\bgraylist|\btry again later|\btemporar(?:y|ily) (?:lookup|failure|rejected|unavailable|deferred|error|local|system"
        r"|authentication)|\bservice (?:not |un|currently )available|\bspam\b[^\n;]*?(?:rejected|detected|message|content)|\brejected (?:as"
        r"|due|by|for)|\bblocked (?:using|by|due|for)|\bsuspected spam|\bspf (?:fail|check)|\bdmarc\b[^\n;]*?(?:fail|reject|policy"
        r"|evaluation)"
        r"|\bdkim\b[^\n;]*?fail|\bptr record|\breverse dns|\bsyntax error|\bcommand (?:not (?:recognized|implemented|supported)"
        r"|unrecognized)"
        r"|\bunexpected (?:eof|packet|response|message|disconnect)|\beof occurred|\bunexpectedly (?:closed|terminated|disconnected)"
        r"|\bbroken pipe"
    ),
    (
        r"\bthe (?:connection to the )?(?:outgoing|smtp)[^\n;]*?(?:failed|rejected)\b|\bsending of (?:the )?message failed"
        r"|\bcannot send mail"
        r"|\bcan'?t send mail\b|\bfailed to (?:send|connect|authenticate|deliver|login)|\bmessage (?:not sent|could not be sent"
        r"|was not sent"
        r"|failed)|\bsend(?:ing)? (?:failed|error|failure)|\bdelivery (?:has )?failed|\bundeliver(?:ed|able)|\bmail delivery (?:failed"
        r"|failure)|\btask [^\n;]*?reported error|\bsend test e?-?mail (?:message)?[^\n;]*?(?:fail|can)|\bdoes not support\b"
        r"|\bnot supported by (?:the )?server|\bno (?:suitable|supported|common) (?:auth|cipher|protocol)|\b(?:says|shows|is|goes|outgoing"
        r"|account|status)\s+\"?offline\b|\baccess has been blocked|\bsign-?in (?:was )?blocked|\bsmtp error\b|\bsmtp code\b|\berror(?:="
        r"| )eof\b|\bsasl (?:authentication|login|auth)\b|\bexpected response code|\btls_process|\bsocket (?:error|closed|timeout)"
        r"|\bconnect\(\) failed|\bconnect failed|\bhost name [^\n;]*?match|\bremote certificate|\bhas been closed|\bsecurity package"
        r"|\bgeneral failure"
    ),
    (
        r"\bconnection could not be established|\b(?:unable|failed) to (?:authenticate|connect|verify|log ?in|sign in|send)\b|\b(?:can'?t"
        r"|cannot|could not|couldn'?t) (?:connect|authenticate|log ?in|sign in|be (?:sent|established|reached|resolved|verified"
        r"|delivered))\b"
        r"|\b(?:(?:server|connection|authentication|network|login|send(?:ing)?|transmission|communication|smtp|mail|e-?mail|socket|ssl|tls"
        r"|certificate|timeout|auth|protocol|internal|unknown|unexpected|dns) ){1,3}error\b|\blogin to server|:\s*\d{3}-\d{3}\b|\b(?:can'?t"
        r"|cannot|could not|couldn'?t) (?:find|resolve|reach|open|verify) (?:the )?(?:smtp |mail |outgoing )?(?:server|host|address"
        r"|identity)\b|\bcan'?t be (?:found|resolved|reached|verified|sent)|\bx509: |\bcertificate is (?:only )?valid for"
        r"|\bdid not match expected|\bexecution expired\b|\bplease turn on smtp authentication|\bnot allowed to send as"
        r"|\bsmtp auth(?:entication)? (?:is )?(?:not|disabled|required)|\bneed(?:s)? (?:fully[- ]qualified|permissions)"
        r"|\bbasic auth(?:entication)? is (?:disabled|not)|\bsmtpclientauthentication is disabled|\bsubmission quota|\bmissing credentials"
        r"|\binsufficient (?:system )?(?:storage|disk)|\bmail loop|\bloops? back|\btoo many hops|\bhop count"
    ),
)
_DE = (
    (
        r"\b(?:falsche[rsn]?|ungültige[rsn]?|unbekannte[rsn]?) (?:benutzer\w*|passwor\w*|kennwor\w*|anmelde\w*|zugangsdaten|absender\w*"
        r"|empfänger\w*|server\w*|host\w*)|\b(?:authentifizierungs|authentisierungs|verbindungs|anmelde|zertifikats|server|sende|netzwerk"
        r"|kommunikations|übertragungs)fehler\b|\blehnt(?:e)?\b[^\n;]{0,80}?\bab(?:gelehnt)?\b|\b(?:konnte|kann"
        r"|konnten) (?:nicht (?:gesendet|zugestellt|verbunden|aufgelöst|gefunden|erreicht|hergestellt|überprüft)|keine verbindung)"
        r"|\bkeine verbindung (?:zum|mit|zu)|\bantwortet nicht\b|\bunbekannter host|\bverbindungsfehler\b|\bzeitlimit (?:überschritten"
        r"|erreicht)|\banmeldefehler\b"
    ),
    (
        r"\b(?:verbindung|anmeldung|authentifizierung|authentisierung|zertifikat|nachricht|e-?mail|server|benutzername|passwort|kennwort"
        r"|empfänger|absender|relay|zugriff)\b[^\n;]*?(?:fehlgeschlagen|abgelehnt|verweigert|nicht (?:hergestellt|gesendet|gefunden|möglich"
        r"|erlaubt|vertrauenswürdig|gültig|zugestellt|akzeptiert|zulässig|erreichbar|gestattet|angenommen|überprüft)|ungültig|abgelaufen"
        r"|unterbrochen|falsch|inkorrekt|zeitüberschreitung|getrennt|zurückgewiesen|unbekannt|voll|gesperrt|deaktiviert|erforderlich"
        r"|beendet)"
    ),
    (
        r"\bzeitüberschreitung\b|\bsenden der nachricht (?:ist )?fehlgeschlagen|\bkonnte nicht (?:gesendet|zugestellt|hergestellt|gefunden"
        r"|aufgelöst)|\bfehler (?:beim|bei der) (?:senden|anmeld|verbind|authentif)|\bzielcomputer[^\n;]*?verweigerte"
        r"|\bdas remotezertifikat"
        r"|\bder host ist unbekannt|\bder server antwortete|\bkein zugriff auf|\bpasswort falsch|\bungültige anmeldedaten|\banmeldedaten"
    ),
)
_FR = (
    (
        r"\b(?:mauvais(?:e)?|faux) (?:mot de passe|identifiant\w*|nom d'utilisateur|adresse)|\bune erreur est survenue|\bimpossible (?:de"
        r"|d'"
        r"|d’)\s?(?:se connecter|envoyer|établir|trouver|vérifier|contacter|joindre)|\bdélai (?:d'attente )?(?:dépassé|expiré)"
        r"|\béchec (?:de"
        r"|d'|du|lors)|\bn'a pas pu être (?:établie?|envoyé|vérifié|trouvé)|\bne répond pas\b"
    ),
    (
        r"\b(?:connexion|authentification|identification|certificat|message|serveur|courrier|mot de passe|identifiants?|destinataire"
        r"|expéditeur|relais|accès|envoi)\b[^\n;]*?(?:échou\w+|refus\w+|rejet\w+|impossible|expir\w+|incorrect\w*|invalide\w*|interrompu\w*"
        r"|non (?:autoris\w+|valide|fiable|reconnu)|introuvable|n'a pas pu|inconnu\w*|bloqu\w+|désactiv\w+|perdu\w*|pleine?|trop)"
    ),
    (
        r"\berreur (?:d'|de |du |lors )\w+(?: de (?:l'|la |le )?\w+)?|\bdélai (?:d'attente |de connexion )?(?:dépassé|expiré)"
        r"|\bdélai dépassé"
        r"|\béchec (?:de l'|de la |d'|du )?\w+|\ble serveur a répondu|\bimpossible d[e'] ?(?:envoyer|se connecter|établir|vérifier|joindre"
        r"|trouver)|\bl'envoi (?:du message|a) |\bhôte inconnu|\baucun(?:e)? (?:route|connexion)"
    ),
)
_ES = (
    (
        r"\bno (?:es posible|se puede|se ha podido|se pudo|ha sido posible) (?:enviar|conectar\w*|establecer|verificar|encontrar|comprobar)"
        r"|\bha fallado\b|\bconexión (?:rechazada|agotada|cerrada)|\bse ha agotado el tiempo|\bno responde\b"
    ),
    (
        r"\b(?:conexión|conexion|autenticación|autentificación|autenticacion|certificado|mensaje|servidor|correo|contraseña|usuario"
        r"|destinatario|remitente|acceso)\b[^\n;]*?(?:fall[óoi]\w*|rechazad\w+|denegad\w+|expirad\w+|caducad\w+|incorrect\w+|inválid\w+"
        r"|no (?:válid\w+|se pud\w+|se puede|permitid\w+|encontrad\w+|existe|es de confianza|responde|coinciden|autorizad\w+|acept\w+)"
        r"|agotad\w+|desconocid\w+|bloquead\w+|llen[oa]|cerrad\w+)"
    ),
    (
        r"\btiempo de espera (?:agotado|superado|excedido)|\bno se (?:pudo|puede|ha podido) (?:conectar|enviar|establecer|verificar"
        r"|encontrar)"
        r"|\berror (?:de|al) (?:autenticación|conexión|enviar|conectar|envío)|\bel servidor respondió|\bnombre de usuario o contraseña"
        r"|\bhost desconocido"
    ),
)
_PT = (
    (
        r"\bnão (?:é|foi|pôde ser) poss[ií]vel\b|\bnão (?:foi )?possível (?:enviar|conectar|ligar|estabelecer)|\bligação recusada"
        r"|\bconexão recusada|\bo servidor não responde"
    ),
    (
        r"\b(?:conexão|ligação|autenticação|certificado|mensagem|servidor|senha|palavra-passe|utilizador|usuário|destinatário|remetente"
        r"|acesso"
        r"|nome)\b[^\n;]*?(?:falh\w+|recusad\w+|rejeitad\w+|negad\w+|expir\w+|incorret\w+|inválid\w+"
        r"|não (?:foi|é|pôde|permitid\w+|encontrad\w+|autorizad\w+|aceit\w+|confiável)|esgotad\w+|desconhecid\w+|bloquead\w+|chei[oa]"
        r"|excedid\w+)"
    ),
    (
        r"\btempo (?:limite|de espera)[^\n;]*?(?:esgotado|excedido)|\bnão foi possível (?:conectar|enviar|ligar|estabelecer|verificar)"
        r"|\bfalha (?:na|ao|de) (?:autenticação|conexão|enviar|conectar|envio|login)|\berro (?:ao|de|na) (?:enviar|conectar|autenticação"
        r"|conexão)|\bo servidor respondeu"
    ),
)
_IT = (
    (
        r"\bnon è (?:stato )?possibile (?:inviare|connettersi|stabilire|verificare|contattare)|\bconnessione (?:rifiutata|scaduta"
        r"|interrotta)"
        r"|\btempo scaduto|\bnon risponde\b"
    ),
    (
        r"\b(?:connessione|autenticazione|certificato|messaggio|server|password|utente|destinatario|mittente|accesso"
        r"|posta)\b[^\n;]*?(?:fallit\w+|rifiutat\w+|respint\w+|negat\w+|scadut\w+|errat\w+"
        r"|non (?:valid\w+|riuscit\w+|consentit\w+|trovat\w+|è (?:stato|possibile)|corrett\w+|attendibile|accettat\w+|autorizzat\w+)"
        r"|interrott\w+|sconosciut\w+|bloccat\w+|pien[oa]|chius\w+|non esiste)"
    ),
    (
        r"\btimeout (?:della|di|della connessione)\b|\bimpossibile (?:inviare|connettersi|stabilire|verificare|trovare|contattare)"
        r"|\binvio (?:del messaggio )?(?:non riuscito|fallito)|\bil server ha risposto|\berrore (?:durante|di|nell)\w* ?"
        r"|\bnome utente o password|\bhost sconosciuto"
    ),
)
_NL = (
    (
        r"\bkan (?:de |het |geen |niet )[^\n;]{0,40}?(?:verzenden|verbinden|verbinding|worden)|\b(?:is|zijn) mislukt\b|\breageert niet\b"
        r"|\btime-?out bij"
    ),
    (
        r"\b(?:verbinding|authenticatie|aanmelding|certificaat|bericht|server|wachtwoord|gebruikersnaam|ontvanger|afzender"
        r"|toegang)\b[^\n;]*?(?:mislukt|geweigerd|afgewezen|verlopen|onjuist|ongeldig|verbroken"
        r"|niet (?:gevonden|mogelijk|toegestaan|vertrouwd|geldig|worden|geaccepteerd|bereikbaar)|geblokkeerd|onbekend|vol|time-out)"
    ),
    (
        r"\bkan (?:geen verbinding|niet verzenden|bericht niet|de server niet)|\bhet verzenden (?:van het bericht )?is mislukt"
        r"|\bde server (?:antwoordde|reageerde)|\bverzenden mislukt|\bonbekende host"
    ),
)
_PL = (
    r"\bnie (?:udało się|można|powiodło się|odpowiada)\b|\bodmowa dostępu|\bupłynął (?:limit )?czas\w*|\bpołączenie odrzucone",
    (
        r"\b(?:połączenie|połączenia|uwierzytelni\w+|logowani\w+|certyfikat\w*|wiadomoś\w+|serwer\w*|hasło|użytkownik\w*|odbiorc\w+"
        r"|nadawc\w+"
        r"|dostęp)\b?[^\n;]*?(?:nie powiodł\w+|nie powiod\w+|odrzucon\w+|odmow\w+|odmówił\w*|wygasł\w*|nieprawidłow\w+|niepoprawn\w+"
        r"|przerwan\w+|nie (?:został\w*|można|znaleziono|jest|udało)|zablokowan\w+|nieznan\w+|przekroczon\w+|błędn\w+)"
    ),
    (
        r"\bprzekroczono (?:limit )?czas\w*|\bnie można (?:wysłać|połączyć|nawiązać|zweryfikować)|\bserwer odpowiedział"
        r"|\bwysyłanie (?:wiadomości )?nie powiodło|\bbłąd (?:uwierzytelniania|połączenia|wysyłania|logowania)|\bnie udało się "
    ),
)
_CS = (
    (
        r"\b(?:nepodařilo|nezdařilo) se\b|\bse (?:nepodařilo|nezdařilo)\b|\bvypršel\w* (?:časový )?limit|\bspojení (?:bylo )?odmítnuto"
        r"|\bneodpovídá\b"
    ),
    (
        r"\b(?:připojení|spojení|ověření|autentizace|přihlášení|certifikát|zpráv\w|server|heslo|uživatel|příjemce"
        r"|odesílatel)\b?[^\n;]*?(?:selhal\w*|odmítnut\w*|zamítnut\w*|vypršel\w*|nesprávn\w*|neplatn\w*|přerušen\w*"
        r"|ne(?:lze|byl\w*|podařil\w*|ní|existuje)|zablokován\w*|neznám\w*)|\bčasový limit|\bnelze (?:odeslat|navázat|se připojit|ověřit)"
        r"|\bodeslání (?:zprávy )?se nezdařilo|\bnepodařilo se "
    ),
)
_TR = (
    r"bağlanılam\w+|bağlanamıyor\w*|doğrulanam\w+|gönderilem\w+|yanıt vermiyor|kurulamıyor|hata kodu",
    (
        r"(?:bağlantı|bağlanılamadı|kimlik doğrulama|oturum|sertifika|ileti|sunucu|parola|şifre|kullanıcı|alıcı"
        r"|gönderen)[^\n;]*?(?:başarısız\w*|reddedildi|reddetti|zaman aşımı\w*|süresi doldu|geçersiz\w*|yanlış\w*|hatalı\w*|kesildi"
        r"|kurulamadı"
        r"|gönderilemedi|bulunamadı|engellendi|izin verilmedi)|zaman aşımı|gönderilemedi|bağlanılamadı"
    ),
)
_RU = (
    (
        r"(?:соединени\w*|подключени\w*|аутентификаци\w*|авторизаци\w*|сертификат\w*|сообщени\w*|письм\w*|сервер\w*|парол\w*|логин\w*"
        r"|пользовател\w*|получател\w*|отправител\w*|доступ\w*)[^\n;]*?(?:не удал\w*|отклон\w*|отказ\w*|запрещ\w*|ист[её]к\w*|неверн\w*"
        r"|неправильн\w*|недействител\w*|прерван\w*|разорван\w*|сброшен\w*"
        r"|не (?:найден\w*|отправлен\w*|принят\w*|может|отвечает|является|разрешен\w*|разрешён\w*)|заблокирован\w*|неизвест\w*"
        r"|переполнен\w*"
        r"|превышен\w*)"
    ),
    (
        r"(?:не удалось|не удаётся|не удается|невозможно) (?:подключиться|отправить|установить|соединиться|проверить|найти|войти)"
        r"|превышен\w* (?:время|лимит|таймаут)|время ожидания|ошибка (?:аутентификации|авторизации|соединения|подключения|отправки|при)"
        r"|таймаут|тайм-аут|сервер ответил"
    ),
)
_UK = (
    (
        r"(?:з'єднання|підключення|автентифікаці\w*|авторизаці\w*|сертифікат\w*|повідомлення|лист\w*|сервер\w*"
        r"|парол\w*)[^\n;]*?(?:не вдал\w*"
        r"|відхилен\w*|відмовлен\w*|заборонен\w*|закінчився|невірн\w*|неправильн\w*|недійсн\w*|перервано|не (?:знайдено|надіслано|прийнято)"
        r"|заблоковано)|не вдалося |час очікування|помилка (?:автентифікації|з'єднання|надсилання)"
    ),
)
_NORDIC = (
    (
        r"\b(?:gick|går|kunde|kan) inte (?:att )?(?:skicka|ansluta|verifiera|hitta|upprätta|nå|logga in)|\bsvarar inte\b"
        r"|\binnlogging\w*[^\n;]*?(?:mislykte\w*|feilet|avvist)|\bkan ikke (?:sende|oprette|opprette|koble|bekræfte|finde|finne|få|nå)"
        r"|\bsvarer ikke\b|\b(?:mislykkedes|mislyktes)\b|\bei saatu yhtey\w+|\bepäonnistui\b|\bei vastaa\b|\byhteys palvelimeen"
    ),
    (
        r"\b(?:anslutning\w*|autentisering\w*|inloggning\w*|certifikat\w*|meddelande\w*|server\w*|lösenord\w*|användarnamn\w*|mottagar\w*"
        r"|avsändar\w*)\b[^\n;]*?(?:misslyckad\w*|nekad\w*|nekades|avvisad\w*|avvisades|felaktig\w*|ogiltig\w*|gått ut|bröts|kunde inte"
        r"|inte (?:skickas|hittas|tillåten)|tidsgräns\w*|blockerad\w*|okän\w*)|\bkunde inte (?:skicka|ansluta|verifiera|hitta)"
        r"|\bmisslyckades\b"
    ),
    (
        r"\b(?:forbindelse\w*|tilkobling\w*|godkendelse\w*|godkjenning\w*|autentificering\w*|pålogging\w*|sertifikat\w*|certifikat\w*"
        r"|besked\w*|melding\w*|serveren|adgangskode\w*|passord\w*|brugernavn\w*|brukernavn\w*|modtager\w*"
        r"|mottaker\w*)\b[^\n;]*?(?:mislykkedes|mislyktes|afvist|avvist|nægtet|nektet|udløbet|utløpt|forkert|feil|ugyldig\w*|afbrudt"
        r"|avbrutt"
        r"|kunne ikke|ikke (?:sendes|fundet|funnet|tilladt|tillatt)|timeout|blokeret|blokkert|ukendt|ukjent)|\bkunne ikke (?:sende|oprette"
        r"|koble|bekræfte|finde|finne)"
    ),
    (
        r"\b(?:yhteys|yhteyttä|todennus|kirjautuminen|(?:etä)?varmenne|viesti\w*|palvelin|palvelimeen|salasana|käyttäjätunnus"
        r"|vastaanottaja)\b[^\n;]*?(?:epäonnistui|hylättiin|evätty|kielletty|vanhentunut|virheellinen|väärä|katkesi|aikakatkaistiin"
        r"|ei (?:voitu|voi|onnistu\w*|löydy|löytynyt|hyväksytty|sallittu|luotettu)|estetty)|\bei voitu (?:lähettää|muodostaa|yhdistää)"
        r"|\baikakatkaisu\w*"
    ),
)
_REST = (
    (
        r"(?:kapcsolat\w*|hitelesítés\w*|bejelentkezés\w*|tanúsítvány\w*|üzenet\w*|kiszolgáló\w*|szerver\w*|jelszó\w*"
        r"|címzett\w*)[^\n;]*?(?:sikertelen\w*|elutasít\w*|megtagadva|lejárt|hibás|érvénytelen\w*|megszakadt"
        r"|nem (?:sikerült|található|lehet|engedélyezett|megbízható)|időtúllépés\w*|blokkolva|ismeretlen)|nem sikerült |időtúllépés"
    ),
    (
        r"(?:σύνδεση\w*|ελέγχου ταυτότητας|ταυτοποίηση\w*|πιστοποιητικ\w*|μήνυμα\w*|διακομιστ\w*|κωδικ\w*|παραλήπτη\w*)[^\n;]*?(?:απέτυχε"
        r"|απορρίφθηκε|αποτυχία|έληξε|λανθασμέν\w*|μη έγκυρ\w*|διακόπηκε|δεν (?:ήταν|είναι|μπορεί|βρέθηκε|επιτρέπεται))|αποτυχία "
        r"|δεν ήταν δυνατή |χρονικό όριο"
    ),
    (
        r"(?:koneksi|sambungan|otentikasi|autentikasi|sertifikat|pesan|server|kata sandi|sandi|penerima)[^\n;]*?(?:gagal|ditolak"
        r"|kedaluwarsa"
        r"|kadaluarsa|salah|tidak (?:valid|dapat|ditemukan|diizinkan|bisa|dikenal|dipercaya)|terputus|habis waktu|diblokir)|(?:gagal"
        r"|tidak dapat) (?:mengirim|terhubung|menyambung|memverifikasi)|waktu (?:koneksi )?habis"
    ),
    (
        r"(?i:kết nối|xác thực|chứng chỉ|thư|máy chủ|mật khẩu|người nhận|đăng nhập)[^\n;]*?(?:thất bại|bị từ chối|hết hạn"
        r"|không (?:đúng|hợp lệ|thể|tìm thấy|được phép|chính xác)|bị chặn|hết thời gian|sai)|không thể (?:gửi|kết nối|xác minh)"
        r"|hết thời gian"
    ),
)
_CJK = (
    (
        r"(?:连接|連接|連線|认证|認證|驗證|身份验证|登录|登錄|登入|证书|憑證|证书|邮件|郵件|服务器|伺服器|密码|密碼|用户名|收件人|发件人)[^\n;]*?(?:失败|失敗|被拒绝|拒绝|拒絕|超时|逾時|超時|错误|錯誤|无效|無效|过期|過期"
        r"|不正确|不正確|无法|無法|不信任|断开|中斷|不存在|已满|禁止|不支持)|(?:无法|無法|不能)(?:发送|傳送|寄送|连接|連接|連線|验证|驗證|建立)|(?:发送|傳送|寄送)(?:邮件|郵件)?(?:失败|失敗)|(?:授权码"
        r"|授權碼)[^\n;]*?(?:错误|錯誤|失效)|请求(?:超时|失败)"
    ),
    (
        r"(?:接続|認証|証明書|メール|メッセージ|サーバー?|パスワード|ユーザー名|宛先|送信)[^\n;]*?(?:失敗|できません|できない|できませんでした|拒否|タイムアウト|エラー|無効|期限切れ|正しくありません|間違って|信頼できません|切断"
        r"|見つかりません|一致しません|拒絶)|タイムアウト|送信できません|エラー ?(?:コード)?[:：]? ?\S{2,}"
    ),
    r"(?:연결|인증|인증서|메일|메시지|서버|비밀번호|암호|사용자 이름|받는 사람|로그인|전송|발송)[^\n;]*?(?:실패|거부|시간 ?초과|오류|잘못|유효하지|만료|할 수 없|없습니다|않습니다|차단|끊)|시간 ?초과|보낼 수 없",
)
# "SMTP-Fehler: …", "Erreur SMTP : …": how programs begin, in any language.
_BEGINNINGS = (
    r"\bsmtp[- ]?(?:error|fehler|fout|fel|fejl|feil|virhe|hiba|hatası|chyba|błąd|오류|错误|錯誤|エラー) ?[:：] ?\S"
    r"|\b(?:error|erreur|errore|erro|błąd|chyba|ошибка|помилка|σφάλμα|kesalahan|lỗi|hata)(?: de| di| do)? smtp ?[:：] ?\S",
)
# What Windows, Thunderbird, Outlook, Apple Mail, iOS and .NET say in each language: `tests/bot/reading/said.tsv` holds the sentences.
_SAID = (
    r"\bverbindungsversuch ist fehlgeschlagen|\bhost ist unbekannt|\bzielcomputer\b|\bgegenstelle\b[^\n;]{0,60}?(?:reagiert|antwort)"
    r"|\b(?:tentative|procédure) de (?:connexion|validation)\b|\bla connexion au serveur\b[^\n;]{0,80}?a échoué|\bn'est pas valide\b"
    r"|\bse produjo un error\b|\bfalló el (?:envío|inicio)|\bno son correct[oa]s|\bno es válido\b|\bimposible (?:autentificar|conectar"
    r"|enviar|establecer)",
    r"\bnenhuma conexão\b|\bhost não é conhecido|\bfalha (?:no|ao|na) (?:envio|entrar|iniciar)|\bnão está respondendo"
    r"|\btentativa de (?:conexão|ligação)[^\n;]{0,20}?falhou"
    r"|\bnon sono corrett[ie]|\bcertificato [^\n;]{0,30}?non è valido|\bpoging om verbinding\b[^\n;]{0,20}?mislukt|\bhost onbekend"
    r"|\bkan identiteit van[^\n;]{0,30}?niet"
    r"|\bnieznany host|\bneznámý host\w*|\bheslo pro [^\n;]{0,60}?nesprávné|\bje nesprávné",
    r"\bbilinmiyor\b|\bgönderilmesi başarısız|bağlanılamıyor|doğrulanamıyor|\boturum açılamadı|\bgiriş(?:imi)? başarısız"
    r"|\bне (?:установлено|установлена)\b|\bбезуспешн\w*|\bхост неизвест\w*|\bневідомий хост|\bне (?:встановлено|встановлена)\b"
    r"|\bне вдається (?:підключ\w*|під'єдн\w*|надіслати|перевірити)"
    r"|\bнеправильн\w+ (?:ім'я|пароль|логін)|\bневерн\w+ (?:имя|пароль|логин)|\bсервер\w* [^\n;]{0,30}?не відповідає",
    r"\bokänd värd|\b(?:fjärr)?certifikat\w* är ogiltigt|\bkunde inte autentisera|\b(?:værten er ukendt|ukendt vært)"
    r"|\bfjerncertifikat\w* er ugyldigt|\bukjent vert|\bkan ikke (?:verifisere|bekrefte|autentisere)"
    r"|\bkunne ikke autentisere|\btuntematon (?:isäntä|palvelin)|\bei saada yhteyttä|\bei voi (?:lähettää|varmistaa|muodostaa|yhdistää)"
    r"|\bsalasana on väärä|\bkäyttäjätunnus\b[^\n;]{0,20}?väärä"
    r"|\bnem hozható létre|\bcsatlakozási kísérlet[^\n;]{0,10}?sikertelen|\bismeretlen (?:állomás|kiszolgáló)|\bnem lehet csatlakozni"
    r"|\bnem válaszol|\bnem küldhető|\bnem ellenőrizhető"
    r"|\b(?:jelszó|felhasználónév)\b[^\n;]{0,20}?helytelen",
    r"άγνωστος (?:κεντρικός|διακομιστής)|αποστολή [^\n;]{0,30}?απέτυχε|δεν είναι δυνατή|δεν αποκρίνεται|αδυναμία (?:σύνδεσης|πιστοποίησης"
    r"|αποστολής)"
    r"|\bhost tidak dikenal|\bgagal masuk|\btidak merespons|\btidak dapat (?:mengotentikasi|mengautentikasi|terhubung|mengirim"
    r"|memverifikasi)"
    r"|không thể (?:tạo|xác thực|kết nối|gửi|xác minh)|không có máy chủ nào|không phản hồi",
    r"不知道这样的主机|無法識別這台主機|(?:发送|傳送|寄送)[^\n;]{0,6}?(?:消息|訊息)?[^\n;]{0,4}?(?:失败|失敗)|(?:没有|沒有)(?:响应|回應)|主机[^\n;]{0,6}?(?:不存在|未知)"
    r"|ホストは不明|応答しません|応答がありません|알려진 호스트가|보내지 못했|응답하지 않|접속할 수 없|응답이 없어",
)
PHRASES: tuple[tuple[str, ...], ...] = (
    _BEGINNINGS + _SAID,
    _EN[:6],
    _EN[6:10],
    _EN[10:],
    _DE + _FR,
    _ES + _PT + _IT,
    _NL + _PL + _CS + _TR,
    _RU + _UK,
    _NORDIC,
    _REST,
    _CJK,
)

# "it says: …"
SAYS = (
    r"\b(?:says?|said|saying|shows?|showing|reports?|returns?|gives? (?:me )?|gave|get(?:ting|s)?|got|prints|displays?|throws?"
    r"|error(?: message)?(?: is| was)?:|message(?: is)?:|error is|errors? with|bounces?(?: us| back)?(?: with)?:?|log(?:s)?:|maillog:"
    r"|log says|output:|result:"
    r"|sagt|meldet|zeigt|schreibt|kommt|fehler(?:meldung)?:|meldung:|bekomme|kriege|dit|affiche|indique|message d'erreur\s*:|erreur\s*:"
    r"|j'ai|dice|muestra|sale|aparece|da error|mensaje:|error:|diz|mostra|aparece|dá erro|da erro|erro:|mensagem:|riporta|appare|errore:"
    r"|messaggio:|zegt|meldt|geeft|foutmelding:|fout:|krijg|melding:"
    r"|wyskakuje|pokazuje|komunikat:|błąd:|pisze|hlásí|píše|chyba:|diyor|hata:|veriyor|hatası:|пишет|пише|каже|видає|показує|выдаёт|выдает"
    r"|говорит|ошибка:|ошибку|показывает|помилка:|säger|visar|felmeddelande:|fel:|siger|viser|sier|feilmelding:|fejl:|sanoo|virhe:"
    r"|hibaüzenet:|hiba:|λέει|σφάλμα:|katanya|muncul|báo|báo lỗi|lỗi:)[ \t]*[:=\-]?[ \t]+|(?:提示|显示|顯示|出现|出現|跳出|訊息[:：]|信息[:：]|報錯|报错|错误[:：]"
    r"|錯誤[:：]|と表示|エラー[:：]|오류[:：]|에러[:：])[:：]?[ \t]*"
)
# What stands in front of an error that is quoted.
LABELS = (
    r"\b(?:error(?: message)?|fehler(?:meldung)?|meldung|message d'erreur|erreur|mensaje|error|erro|mensagem|errore|messaggio|foutmelding"
    r"|fout|melding|komunikat|błąd|chyba|hata|ошибка|помилка|felmeddelande|feilmelding|fejl|virhe|hiba|lỗi|bounce|log|output"
    r"|result)\s*(?:is|says|ist|est|es|é|è)?[:=][ \t]+"
)
# Verbs of saying that may stand inside what the phrases above match.
SPOKEN = (
    r"\b(?:says?|shows?|is showing|sagt|meldet|dit|affiche|dice|muestra|diz|mostra|zegt|meldt|pisze|mówi|hlásí|píše|diyor|пишет|выдает"
    r"|выдаёт|говорит|säger|siger|sier|sanoo)[ \t]*[:\-]?[ \t]+"
)
# People go on after an error with these.
CHATTER = (
    r"\s+[—–]\s+|[.;]\s+(?:[^.;\n]{0,60} )?(?:ik|ich|wir|j'ai|je|nous|yo|eu|ja|já|я|мы|jag|jeg|minä|én|saya|tôi) |[.;,]\s+(?:so |then "
    r"|so then |now |and now )?(?:i |we )?(?:changed|switched|moved|went|flipped|put|set) (?:it |that |everything )?(?:back )?(?:to"
    r"|over)\b|[,;]\s+[\w.+\-]+@[\w\-]+\.|[ ,;]+(?:konto|account|compte|cuenta|conta|hesap|mailbox|skrzynka|ящик|user|login|benutzer"
    r"|utilisateur|usuario) [\w.+\-]+@|(?:\.\s+|,\s+|;\s+|\s+-\s+|\s+)(?:what (?:do|does|is|can|should|now)|how (?:do|can|to)|why\b"
    r"|any (?:idea|help|clue)|please (?:help|advise|assist)|pls\b|help (?:me|please|pls)\b|can (?:you|someone|anyone|i)|is (?:the server"
    r"|it|this|that|my)|i (?:have|use|am|read|tried|think|don't|did|already|can|need|got|get|just)\b|i'm\b|i've\b|we (?:have|use|are"
    r"|changed)|after (?:we|i|the|upgrad|updat|chang|mov|switch|install)|since (?:i|we|the|yesterday|today|last|monday|upgrad|updat)"
    r"|it (?:worked|works|was|is|used|started|only|happens|began)\b|(?:smtp|mail)\.[\w.\-]+:\d+ (?:ssl|tls|starttls)\b"
    r"|but (?:the|it|in|my|works|webmail|i|receiving)|works (?:fine |ok )?(?:in|on|with|from|local)|locally works|for \d+ (?:days|hours"
    r"|weeks|minutes)|every time|thanks\b|thx\b|ideas\?|what's (?:wrong|up|that|this)|on (?:infinityfree|render\.com|heroku|vercel|godaddy"
    r"|bluehost|shared hosting)|(?:smtp|mail|host|server)\.[\w.\-]+ (?:port )?\d+|(?:host|server|smtp host"
    r"|smtp server)[:=]? (?:[\w\-]+\.)+[\w\-]+(?:[ ,:]+(?:port )?\d|,|$| (?:secure|ssl|tls|starttls|with|on|port))|secure:? (?:true|false)"
    r"|from our \w+|on (?:my|our) |port \d+|queue id\b|sinds\b|seit\b|depuis\b|desde\b|dopo\b|was (?:ist|soll|kann|tun)|warum\b"
    r"|que (?:faire|hago|puedo|faço)|cosa\b|wat nu|co robić|что делать|ne yapmalı)"
)
