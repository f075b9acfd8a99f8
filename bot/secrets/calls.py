"""Which argument of a call in pasted code is the password? By the names of the calls that mail libraries have."""

from __future__ import annotations

from collections.abc import Iterator

from bot.secrets import looks
from bot.secrets.later import Match, later
from bot.secrets.span import Span
from bot.secrets.text import Text

_STRING = r"(?:[brufBRUF@$]{0,2})(?:\"\"|'')?(?:\"((?:[^\"\\\n]|\\.)+)\"|'((?:[^'\\\n]|\\.)+)')"
_ARG = r"(?:[brufBRUF@$]{0,2}(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')(?:\.\w+\(\))?|[^,()\"'\n]*(?:\([^()\n]*\))?[^,()\"'\n]*)\s*,\s*"

# A literal that must be in the lower-cased text, the name of the call, how many arguments stand before the secret.
_CALLS = (
    ("auth", r"\bauth\s*=", 1),  # auth=("user", "password")
    ("login", r"(?:\.|\b)login", 1),  # smtplib, aiosmtplib, imaplib
    ("yagmail", r"yagmail\.SMTP", 1),
    ("networkcredential", r"\bNetworkCredential", 1),
    ("authenticate", r"\bAuthenticate(?:Async)?", 1),  # MailKit
    ("passwordauthentication", r"\bPasswordAuthentication", 1),  # JavaMail
    ("auth", r"\bDefaultAuthenticator|\bsetAuthentication", 1),  # Commons Email
    ("credentials::new", r"\bCredentials::new", 1),  # lettre
    ("pscredential", r"\bPSCredential|\bPSCredential\]::new", 1),
    ("plainauth", r"\bPlainAuth", 2),  # net/smtp
    ("crammd5auth", r"\bCRAMMD5Auth", 1),
    ("dialer", r"\b(?:gomail\.|mail\.)?(?:NewDialer|NewPlainDialer)", 3),
    ("net::smtp", r"\bNet::SMTP\.start", 4),
    ("smtp.start", r"\bsmtp\.start", 2),
    ("connect", r"\bconnect", 2),  # Transport.connect(host, user, password)
    ("connect", r"\bconnect", 3),  # Transport.connect(host, port, user, password)
    ("transport", r"\bSwift_SmtpTransport|\bEsmtpTransport", 5),
    ("withsmtpserver", r"\bwithSMTPServer", 3),  # Simple Java Mail
    ("securestring", r"\bConvertTo-SecureString", 0),
    ("password", r"\b(?:setPassword|set_password|withPassword|WithPassword|password|SetPassword|setSmtpPassword)", 0),
)
_COMPILED = tuple((literal, later(rf"(?i){name}\s*[\s(]\s*(?:-String\s+)?" + _ARG * before + _STRING)) for literal, name, before in _CALLS)
# setters and constants with the key as a string: define('K', 'v'), put("k", "v"), os.environ["K"] = "v" is an assignment
_KEYED = later(
    (
        r"(?i)\b(?:define|put|set|setProperty|setenv|putenv|env|getenv|get|add|property|with|option"
        r"|config|ini_set|insert|update_option)\s*\(\s*[\"']([\w.\-:]*?(?:pass(?:word|wd)?|pwd|secret"
        r"|token|api[_\-]?key))[\"']\s*,\s*"
    )
    + _STRING
)


def find(text: Text) -> Iterator[Span]:
    if "(" not in text.plain and "-string" not in text.low and "securestring" not in text.low:
        return
    for literal, pattern in _COMPILED:
        if literal in text.low:
            for match in pattern.finditer(text):
                yield from _span(match, 1)
    for match in _KEYED.finditer(text):
        yield from _span(match, 2)


def _span(match: Match, first: int) -> Iterator[Span]:
    group = first if match.took_part(first) else first + 1
    value = match.group(group)
    if value and not looks.placeholder(value) and not looks.no_secret_shape(value):
        yield Span("password", *match.span(group))
