"""By which words do people and programs name a secret? Data, by language; patterns are made of it here."""

from __future__ import annotations

# Written alone or at the end of a key. Sources: the field labels of mail programs in these languages.
PASSWORD_WORDS = (
    "passwords?", "passwort", "passwrd", "passwd", "pass ?phrase", "passcode", "pass", "pswd", "pwd", "pw", "kennwort", "app[ -]?passwort", "zugangscode",  # en de
    "mot de passe", "mots de passe", "mdp", "code d'application",  # fr
    "contraseñas?", "contrasenas?", "clave", "palavra-passe", "palavra passe", "senhas?",  # es pt
    "wachtwoord", "ww", "adgangskode", "kodeord", "passord", "lösenord", "losenord", "lösen",  # nl da no sv
    "salasana", "jelszó", "jelszo", "hasło", "hasła", "haslo", "heslo", "hesla", "heslom", "şifre", "şifrem", "şifresi", "sifre", "parola", "parolă",  # fi hu pl cs tr it ro
    "пароль", "пароля", "паролем", "парол", "пасворд",  # ru uk bg
    "κωδικός", "κωδικο", "kata sandi", "sandi", "mật khẩu", "mat khau",  # el id vi
)  # fmt: skip
CJK_PASSWORD_WORDS = ("密码", "密碼", "授权码", "授權碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호", "비번")

# "is", "was", "=" … between the word and the secret.
GLUE = (
    "is", "was", "are", "were", "being", "i'm using is", "i use is", "ist", "war", "lautet", "est", "était", "etait", "es", "era", "é", "foi", "è", "fu", "jest", "to", "je", "on", "är", "er",
    "olarak", "adalah", "là", "είναι",
)  # fmt: skip
# The last: "is changed to".
CJK_GLUE = ("是", "为", "為", "は", "が", "은", "는", "이", r"[^\s!-~]{0,4}[换換改变變更](?:成|为|為|了)")

# Words that follow "password" in ordinary sentences and are no password. Endings (-ed, -ly, -ing …) are judged in `looks.plain_word`.
PROSE = """
    see via per
    is was are be been being not no the a an and or but so to for of in on at by from with without it its this that these those i my we
    you your he right wrong ok okay fine good bad same new old correct incorrect invalid valid missing empty blank expired required
    needed necessary optional set reset change changed changing works working work worked does doesn't doesnt did didn't didnt do don't
    dont can can't cannot could will won't would should must may manager prompt box field again twice also too still always never only
    just now today yesterday protected authentication auth login username user hash hashes hashing policy expiry attempts attempt spray
    error errors failed fails failure fail mismatch denied rejected accepted refused definitely surely really exactly certainly probably
    maybe either neither both all none nothing something anything what which who when where why how if then else than as like there here
    up down out off over under after before because since until while about into known unknown saved stored cached copied pasted typed
    entered checked verified removed redacted hidden censored masked omitted deleted normal plain plaintext encrypted secure safe strong
    weak long short case sensitive case-sensitive special characters character letters digits app application specific
    application-specific account accounts server provider google gmail microsoft outlook yahoo icloud thunderbird apple smtp imap pop
    pop3 mail email e-mail port ssl tls starttls oauth oauth2 2fa mfa sso ntlm plain login cram-md5 md5 sha sha1 sha256 sha512 base64
    utf8 utf-8 o365 m365 office365 win10 win11 windows ios android k9 http https ascii unicode pbkdf2 bcrypt argon2 rfc sasl xoauth2
    kerberos spa ist war sind nicht kein keine richtig falsch korrekt stimmt geändert und oder aber für von mit ohne im beim est n'est
    pas incorrecte correcte et ou mais pour de du la le les bon bonne mauvais faux es no era está esta incorrecta correcta y o pero para
    del la el inválida válidos válida válido errónea é não está errada incorreta correta inválida certa e ou mas para da do a o è non
    errata corretta sbagliata e ma per di del la il è niet juist fout onjuist verkeerd en of maar voor van de het een jest nie
    nieprawidłowe poprawne i lub ale dla je není špatné a nebo ale неверный неправильный верный правильный не и или но для от к почты
    приложения от 错误 不正确 正确 无效 間違 違
    nesprávné nesprávný chybné chybný špatný správné správný v pořádku väärä väärin virheellinen oikein oikea kunnossa ugyldig ugyldigt
    forkert rigtig rigtigt riktig riktigt rätt fel feil felaktigt korrekte λάθος λανθασμένος λανθασμένο σωστός σωστό salah benar keliru sai đúng
    błędne błędny złe zły dobre dobry prawidłowe poprawny giusta giusto esatta hibás helytelen helyes jó rossz yanlış hatalı doğru geçersiz
    identical unchanged ancient unique
"""

# Of these, those that say that a login was refused.
VERDICTS = """
    denied failed fails failure rejected refused invalid incorrect wrong expired missing mismatch error bad required disabled blocked
    locked falsch errado errada incorrecta incorrecto incorrect incorrecte erroné onjuist verkeerd неверный nieprawidłowe
"""

# Behind these comes an id or the name of a device, whatever it looks like.
NAMES_FOLLOW = """
    id ids queue session model version error errors code codes host server port printer device fehler drucker erreur
"""

# Pairs of consonants that words of European languages have; a group of four random letters mostly has another.
CONSONANT_PAIRS = """
    bb bl br bs bt ch ck cl cr cs ct cz dd dg dh dl dn dr ds dt dw ff fl fr fs ft gg gh gl gn gr gs gt hl hm hn hr ht hw jk kk kl kn kr
    ks kt kw lb lc ld lf lg lk ll lm ln lp ls lt lv mb mm mn mp ms mt nc nd nf ng nh nj nk nm nn ns nt nz ph pf pl pp pr ps pt rb rc rd
    rf rg rk rl rm rn rp rr rs rt rv rw rz sc sh sk sl sm sn sp sq ss st sv sw sz tc th tl tr ts tt tw tz vl vr wh wl wn wr ws xt zn zt
    zw
"""
