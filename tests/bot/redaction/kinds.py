"""Which secrets do people have, and in which lines do they come? Makes one at a time, all of them made up."""

from __future__ import annotations

import base64
import random
import string
import urllib.parse
from collections.abc import Callable

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
WORDS = ("Wachtel", "blauwal", "Sonne", "kiefer", "Ottern", "marder", "Fuchs", "schnee", "Hafen", "winter")
CONSONANTS = "bcdfghjkmnpqrstvwxz"

# Lines with a password: configurations, code, commands, URLs, and what people say in the languages of the helpers.
PASSWORD_LINES = (
    "my password is {}",
    "My email password is {} and it worked yesterday",
    "pw: {}",
    "pw {} user bob",
    "(the password was {})",
    "username bob@plover.example password {}",
    "Passwort: {}",
    "Mein Passwort ist {}",
    "Das Kennwort lautet {}",
    "mot de passe : {}",
    "mon mot de passe est {}",
    "la contraseña es {}",
    "contraseña: {}",
    "senha: {}",
    "minha senha é {}",
    "la password è {}",
    "wachtwoord: {}",
    "hasło: {}",
    "moje hasło to {}",
    "heslo: {}",
    "şifre: {}",
    "пароль {}",
    "пароль: {}",
    "мой пароль {}",
    "lösenord: {}",
    "adgangskode: {}",
    "passord: {}",
    "salasana: {}",
    "jelszó: {}",
    "κωδικός: {}",
    "密码是{}",
    "密碼：{}",
    "パスワードは{}です",
    "비밀번호는 {}",
    "kata sandi: {}",
    "mật khẩu: {}",
    "MAIL_PASSWORD={}",
    'export SMTP_PASS="{}"',
    "      SMTP_PASSWORD: {}",
    "      - SMTP_PASSWORD={}",
    "  password: '{}'",
    '"pass": "{}",',
    "    auth: {{ user: 'bob@plover.example', pass: '{}' }}",
    "$mail->Password = '{}';",
    "'mail_smtppassword' => '{}',",
    "define('WPMS_SMTP_PASS', '{}');",
    "server.login('bob@plover.example', '{}')",
    'props.put("mail.smtp.password", "{}");',
    "spring.mail.password={}",
    'new NetworkCredential("bob@plover.example", "{}")',
    'await client.AuthenticateAsync("bob@plover.example", "{}");',
    'smtp.PlainAuth("", "bob@plover.example", "{}", "mail.plover.example")',
    'Credentials::new("bob@plover.example".to_owned(), "{}".to_owned())',
    "$pw = ConvertTo-SecureString '{}' -AsPlainText -Force",
    "gitlab_rails['smtp_password'] = \"{}\"",
    "smtp_auth_password: '{}'",
    "<smtpPassword>{}</smtpPassword>",
    "passwd = {}",
    "curl -u bob@plover.example:{} smtp://mail.plover.example",
    "swaks -s mail.plover.example -au bob -ap {} -tls",
    "[mail.plover.example]:587 bob@plover.example:{}",
    "machine mail.plover.example login bob password {}",
    'AuthInfo:mail.plover.example "U:root" "I:bob" "P:{}"',
    "bob@plover.example / {}",
    "login: bob@plover.example pass: {}",
    "smtp://bob:{}@mail.plover.example:587",
)
KEY_LINES = ("{}", "the key is {}", "SMTP_PASSWORD={}", "api_key: '{}'", "password {}", "I use {} as password", "user apikey, password {}")


def word(chance: random.Random, letters: str, length: int) -> str:
    return "".join(chance.choices(letters, k=length))


def password(chance: random.Random) -> str:
    """As people choose them: a word with digits, with a sign somewhere, with umlauts; or as a generator does."""
    made = chance.choice(WORDS) + str(chance.randint(10, 99_999))
    match chance.randint(0, 8):
        case 0:
            return made + chance.choice("!#$%*+?")
        case 1:
            return made + chance.choice(WORDS)
        case 2:
            return made[:4] + chance.choice(":@/&;,|$-_") + made[4:]
        case 3:
            return chance.choice("!#$%&") + made + "x"
        case 4:
            return made.replace("a", "ä").replace("o", "ö") + "9"
        case 5 | 6:
            return made
    return (
        chance.choice(string.ascii_uppercase)
        + word(chance, LETTERS, 10)
        + str(chance.randint(0, 9))
        + chance.choice(string.ascii_lowercase)
    )


def _said(chance: random.Random) -> tuple[str, list[str]]:
    secret = password(chance)
    line = chance.choice(PASSWORD_LINES)
    shown = urllib.parse.quote(secret, safe="") if "://" in line else secret
    return line.format(shown), [secret, shown]


def _plain(chance: random.Random) -> tuple[str, list[str]]:
    secret = password(chance)
    piece = base64.b64encode(f"\0bob@plover.example\0{secret}".encode()).decode()
    line = chance.choice(
        ("AUTH PLAIN {}", "C: AUTH PLAIN {}", " ~> AUTH PLAIN {}", "send: 'AUTH PLAIN {}\\r\\n'", "> AUTH PLAIN\n< 334 \n> {}")
    )
    return line.format(piece), [secret, piece[-14:]]


def _login(chance: random.Random) -> tuple[str, list[str]]:
    secret = password(chance)
    piece = base64.b64encode(secret.encode()).decode()
    name = base64.b64encode(b"bob@plover.example").decode()
    mark, back = chance.choice((("C: ", "S: "), (" -> ", "<-  "), ("> ", "< "), ("", ""), ("CLIENT -> SERVER: ", "SERVER -> CLIENT: ")))
    lines = (
        f"{mark}AUTH LOGIN",
        f"{back}334 VXNlcm5hbWU6",
        f"{mark}{name}",
        f"{back}334 UGFzc3dvcmQ6",
        f"{mark}{piece}",
        f"{back}535 5.7.8 no",
    )
    return "\n".join(lines), [secret, piece]


def _xoauth2(chance: random.Random) -> tuple[str, list[str]]:
    token = "ya29." + word(chance, LETTERS + "-_", 60)
    piece = base64.b64encode(f"user=bob@plover.example\x01auth=Bearer {token}\x01\x01".encode()).decode()
    return f"C: AUTH XOAUTH2 {piece}", [token, piece[-30:]]


def _token(chance: random.Random) -> tuple[str, list[str]]:
    token = chance.choice(
        (
            "ya29." + word(chance, LETTERS, 40),
            "1//0" + word(chance, LETTERS, 40),
            f"eyJ{word(chance, LETTERS, 20)}.eyJ{word(chance, LETTERS, 30)}.{word(chance, LETTERS, 30)}",
        )
    )
    line = chance.choice(
        ("Authorization: Bearer {}", '"refresh_token": "{}",', "access_token={}", "REFRESH_TOKEN='{}'", "the token is {}", "{}")
    )
    return line.format(token), [token]


def _basic(chance: random.Random) -> tuple[str, list[str]]:
    secret = password(chance)
    piece = base64.b64encode(f"bob:{secret}".encode()).decode()
    return f"Authorization: Basic {piece}", [secret, piece]


def _api_key(chance: random.Random) -> tuple[str, list[str]]:
    key = chance.choice(
        (
            f"SG.{word(chance, LETTERS, 22)}.{word(chance, LETTERS, 43)}",  # SendGrid
            f"key-{word(chance, HEX, 32)}",  # Mailgun
            f"{word(chance, HEX, 32)}-{word(chance, HEX, 8)}-{word(chance, HEX, 8)}",  # Mailgun
            f"re_{word(chance, LETTERS, 8)}_{word(chance, LETTERS, 10)}1{word(chance, LETTERS, 10)}",  # Resend
            f"xkeysib-{word(chance, HEX, 64)}-{word(chance, LETTERS, 16)}",  # Brevo
            f"xsmtpsib-{word(chance, HEX, 64)}-{word(chance, LETTERS, 16)}",
        )
    )
    return chance.choice(KEY_LINES).format(key), [key]


def _bare_key(chance: random.Random) -> tuple[str, list[str]]:
    """Keys that show by the words around them only: Postmark (a UUID), Mailjet and SparkPost (hexadecimal), SES."""
    name, key = chance.choice(
        (
            ("X-Postmark-Server-Token: {}", "-".join(word(chance, HEX, n) for n in (8, 4, 4, 4, 12))),
            ("POSTMARK_API_TOKEN={}", "-".join(word(chance, HEX, n) for n in (8, 4, 4, 4, 12))),
            ("MJ_APIKEY_PRIVATE={}", word(chance, HEX, 31) + "a"),
            ("MAILJET_SECRET_KEY: '{}'", word(chance, HEX, 31) + "a"),
            ("SPARKPOST_API_KEY={}", word(chance, HEX, 39) + "a"),
            ("AWS_SES_SMTP_PASSWORD={}", "B" + word(chance, LETTERS, 43)),
            ("ses smtp password is {}", "B" + word(chance, LETTERS, 41) + "9z"),
            ("AWS_SECRET_ACCESS_KEY={}", word(chance, LETTERS + "/+", 38) + "x7"),
        )
    )
    return name.format(key), [key]


def _app_password(chance: random.Random) -> tuple[str, list[str]]:
    groups = ["".join(chance.choices(CONSONANTS, k=4)) for _ in range(4)]
    shown = chance.choice((" ", "-")).join(groups)
    line = chance.choice(("{}", "app password: {}", "the app password is {}", "pass: '{}'", "Google gave me {} for this", "SMTP_PASS={}"))
    return line.format(shown), [shown, "".join(groups)]


def _private_key(chance: random.Random) -> tuple[str, list[str]]:
    body = [word(chance, LETTERS + "+/", 64) for _ in range(4)]
    kind = chance.choice(("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"))
    end = f"-----END {kind}-----" if chance.random() < 0.8 else ""
    return "\n".join((f"-----BEGIN {kind}-----", *body, end)), body


def _cookie(chance: random.Random) -> tuple[str, list[str]]:
    value = word(chance, LETTERS, 32)
    return chance.choice(("Cookie: PHPSESSID={}; theme=dark", "Set-Cookie: sid={}; HttpOnly", "cookie: session={}")).format(value), [value]


def _code(chance: random.Random) -> tuple[str, list[str]]:
    code = str(chance.randint(100_000, 999_999))
    lines = (
        "your verification code is {}",
        "security code: {}",
        "{} is your verification code",
        "Bestätigungscode: {}",
        "one-time code {}",
    )
    return chance.choice(lines).format(code), [code]


MAKERS: tuple[Callable[[random.Random], tuple[str, list[str]]], ...] = (
    _said, _said, _said, _plain, _login, _xoauth2, _token, _basic, _api_key, _bare_key, _app_password, _private_key, _cookie, _code,
)  # fmt: skip


def secret_line(chance: random.Random) -> tuple[str, list[str]]:
    """Lines as they come into a paste, and what of them must not be left."""
    return chance.choice(MAKERS)(chance)


def put_into(paste: str, lines: str, chance: random.Random) -> str:
    """`paste` with `lines` at any place: as lines of their own, or (a single one) at the end or the beginning of another."""
    held = paste.split("\n")
    at = chance.randint(0, len(held))
    how = chance.random()
    if "\n" not in lines and at < len(held) and how < 0.2:
        held[at] += " " + lines
    elif "\n" not in lines and at < len(held) and how < 0.3:
        held[at] = f"{lines} {held[at]}"
    else:
        held[at:at] = [lines]
    return "\n".join(held)


def as_sent(text: str, chance: random.Random) -> str:
    """The text as platforms, terminals and log viewers pass it on: quoted, fenced, indented, with a mark before each line, in one line."""
    marks = ("> ", "    ", "web-1  | ", "+ ", "2026-02-03T11:02:55Z app[12]: ")
    match chance.randint(0, 8):
        case 0:
            return text.replace("\n", "\r\n")
        case 1:
            return f"```\n{text}\n```"
        case 2:
            return text.replace("\n", " ")
        case 3 | 4:
            mark = chance.choice(marks)
            return "\n".join(mark + line for line in text.split("\n"))
    return text


def pieces_left(secrets: list[str], text: str, known: str) -> list[str]:
    """Six-character pieces of `secrets` in `text` that were not there before (`known`: the paste and the words around the secret)."""
    return [
        secret[n : n + 6]
        for secret in secrets
        for n in range(len(secret) - 5)
        if secret[n : n + 6] in text and secret[n : n + 6] not in known
    ]
