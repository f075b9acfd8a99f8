"""Which secrets show by their own form, wherever they stand? Keys of mail services, tokens, private keys, cookies, URLs with a password."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.secrets import looks
from bot.secrets.later import later
from bot.secrets.span import Kind, Span
from bot.secrets.text import Text

# (kind, the provider whose key it is where the form tells, pattern whose only group is the secret)
_FORMS: tuple[tuple[Kind, str | None, str], ...] = (
    ("api_key", "sendgrid", r"\b(SG\.[A-Za-z0-9_\-]{4,}(?:\.[A-Za-z0-9_\-]{2,})*)"),
    ("api_key", "brevo", r"(?i)\b(x(?:smtp|key)sib-[\w\-]{4,})"),
    ("api_key", "mailgun", r"\b(key-[0-9A-Za-z]*[0-9][0-9A-Za-z]{3,})"),
    ("api_key", "mailgun", r"\b([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b"),
    ("api_key", "resend", r"\b(re_[A-Za-z0-9_]*[0-9][A-Za-z0-9_]{2,})"),
    ("api_key", "mandrill", r"\b(md-[A-Za-z0-9_\-]{10,})"),
    ("api_key", "mailersend", r"\b(mlsn\.[0-9A-Za-z]{6,})"),
    ("api_key", "smtp2go", r"\b(api-[0-9A-F]{24,40})\b"),
    ("api_key", None, r"\b(AIza[\w\-]{30,})"),
    ("api_key", None, r"\b(PMAK-[\w\-]{20,})"),
    ("api_key", None, r"\b(sk[_\-](?:live|test|proj|ant)?[_\-]?[A-Za-z0-9_\-]{16,})"),
    ("token", "gmail", r"\b(ya29\.[\w\-.]{6,})"),  # Google access token
    ("token", "gmail", r"\b(1//0[\w\-]{16,})"),  # Google refresh token
    ("token", None, r"\b(GOCSPX-[\w\-]{8,})"),
    ("token", None, r"\b(eyJ[\w\-]{6,}(?:\.[\w\-]*){1,4})"),  # JSON web token
    ("token", None, r"\b(xox[abeoprs]-[\w\-]{6,})"),
    ("token", None, r"\b(xapp-[\w\-]{6,})"),
    ("token", None, r"\b(gh[opsur]_[A-Za-z0-9]{16,}|github_pat_\w{20,})"),
    ("token", None, r"\b(glpat-[\w\-]{10,})"),
    ("token", None, r"\b([01]\.A[A-Za-z0-9_\-]{3,}\.[A-Za-z0-9_\-]{20,}(?:\.[\w\-]+)*)"),  # Microsoft refresh token
    ("token", None, r"\b(EwB[A-Za-z0-9+/]{40,}=*)"),  # Microsoft account access token
    ("password", "ses", r"(?:^|[^A-Za-z0-9+/=])(B[A-Za-z0-9+/]{43})(?:[^A-Za-z0-9+/=]|$)"),  # Amazon SES SMTP password
)
# With what stands before them: they may be one of the above as well, which says more of its kind.
_BEHIND: tuple[tuple[Kind, str | None, str], ...] = (
    ("token", None, r"(?i)\bbearer[ \t]+[\"']?([A-Za-z0-9._~+/\-]{8,}=*)"),
    ("password", None, r"(?i)\bauthorization\s*[:=]\s*[\"']?basic[ \t]+([A-Za-z0-9+/]{6,}=*)"),
    ("token", None, r"(?i)\bauthorization[\"']?\s*[:=]\s*[\"']?(?:token|key|zoho-oauthtoken|apikey|digest)[ \t]+([^\s\"',;]{6,})"),
    ("token", None, r"(?i)\bx-[\w\-]*token:[ \t]*([^\s\"',;]{6,})"),  # X-Postmark-Server-Token
    ("api_key", "ses", r"\bAKIA[0-9A-Z]{8,}[\"']?(?:[ \t]*[/:,;|][ \t]*|[ \t]+(?:\pL+[ \t]+)?)[\"']?([A-Za-z0-9+/=]{20,})"),
    ("password", None, r"\\(?:0|x00|u0000)[^\\\s\"']{1,64}\\(?:0|x00|u0000)([^\\\s\"']{4,})"),  # PLAIN before base64
    ("cookie", None, r"(?i)\b(?:set-)?cookie2?:[ \t]*([^\r\n\"']{3,})"),
    ("cookie", None, r"(?i)\b(?:phpsessid|jsessionid|asp\.net_sessionid|sessionid|session_id|connect\.sid)=([\w%.\-]{8,})"),
    ("password", None, r"(?i)\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:\"'<>]*:([^\s\"'<>]+)@[\w\[.\-]"),
)
# Each table in one pass. Of two forms that begin at one place the first that fits is taken.
_TABLES = tuple((forms, later("|".join(f"(?:{pattern})" for _, _, pattern in forms))) for forms in (_FORMS, _BEHIND))
_PRIVATE_KEY = later(r"(?s)-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END|\z)")

_APP_PASSWORD = later(r"\b([a-z]{4}([ \-\x{a0}])[a-z]{4}[ \-\x{a0}][a-z]{4}[ \-\x{a0}][a-z]{4})\b")
_ONE_TIME = later(
    r"(?i)\b(?:verification|security|one[- ]?time|otp|2fa|mfa|two[- ]factor|2-step|sms|login|"
    r"sign-?in|confirmation|recovery|backup|wiederherstellungs|best[äa]tigungs|sicherheits|verificaci[óo]n|v[ée]rification|verifica(?:ção"
    r"|zione)?"
    r"|подтверждения|验证|驗證|認証)[- ]?(?:code|codes|passcode|pin|código|codigo|codice|код|码|碼|コード)?\s*(?:is"
    r"|was|ist|lautet|es|est|é|è|:|=|是)?\s*[\"']?(\d{3}[ \-]?\d{3}|\d{4}[ \-]\d{4}|\d{4,8})\b"
)
_ANY_DIGIT = re.compile(r"\d")
_DATE_GOES_ON = re.compile(r"[.\-/:]\d")
_TAIL_CODE = later(r"(?i)\b(\d{3}[ \-]?\d{3}|\d{4,8}) (?:is your|ist ihr|es tu|est votre|is my) [\w ]{0,30}(?:code|código|pin)\b")


def find(text: Text) -> Iterator[Span]:
    for forms, pattern in _TABLES:
        for match in pattern.finditer(text):
            group = match.lastindex or 1
            kind, provider, _ = forms[group - 1]
            value = match.group(group)
            if provider == "ses" and not _random(value):
                continue
            if kind == "cookie" or not (looks.placeholder(value) or _reference(value)):
                yield Span(kind, *match.span(group), provider=provider)
    if "PRIVATE KEY" in text.plain:
        for match in _PRIVATE_KEY.finditer(text):
            yield from _key_body(text.plain, *match.span(1))
    for match in _APP_PASSWORD.finditer(text):
        if _app_password(text.low, match.start(), match.end(), match.group(1)):
            yield Span("app_password", *match.span(1))
    if _ANY_DIGIT.search(text.plain):
        for pattern in (_ONE_TIME, _TAIL_CODE):
            for match in pattern.finditer(text):
                if _DATE_GOES_ON.match(text.plain, match.end(1)):
                    continue
                yield Span("code", match.start(1), match.end(1), echo=False)


# A line of a key, and how far behind the last one it begins at most: "DEK-Info: …" may stand between.
_KEY_PIECE = re.compile(r"[A-Za-z0-9+/=]{16,}|[A-Za-z0-9+/]{4,}={1,2}")
_KEY_GOES_ON = re.compile(r"[A-Za-z0-9+/=]*")
_KEY_GAP = 160


def _key_body(text: str, start: int, end: int) -> Iterator[Span]:
    """What is between BEGIN and END; where END was cut off, as far as base64 goes on, whatever marks its lines have before them."""
    body_end = end
    if not text.startswith("-----END", end):
        body_end = start
        while (piece := _KEY_PIECE.search(text, body_end, min(body_end + _KEY_GAP, end))) is not None:
            goes_on = _KEY_GOES_ON.match(text, piece.start(), end)
            body_end = goes_on.end() if goes_on is not None else piece.end()
    if text[start:body_end].strip():
        yield Span("private_key", start, body_end, echo=False)


def _reference(value: str) -> bool:
    """`smtp://$USER:$PASS@host`, `smtp://user:<pass>@host`: names a secret and shows none."""
    return (value[:1] in "<$%{" and value[-1:] in ">%})") or value.startswith(("${", "$"))


def _random(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.islower() for c in value) and any(c.isupper() for c in value)


# Not to be pronounced, and said by everybody.
_SPOKEN = frozenset({"smtp", "http", "ldap", "html", "imap", "dkim", "mfcl"})


def _app_password(low: str, start: int, end: int, value: str) -> bool:
    """Four groups of four letters: made up, or named as a password beside it. Words of a sentence are neither."""
    groups = value.replace("-", " ").replace("\xa0", " ").split()
    strange = sum(not looks.pronounceable(group) and group not in _SPOKEN for group in groups)
    if strange >= 2:
        return True
    before = low[max(0, start - 80) : start]
    if not any(word in before + low[end : end + 40] for word in ("passw", "app pw", "app-pw", "_pass", "senha", "contrase", "парол")):
        return False
    return strange == 1 or before.rstrip(" \"'`(").endswith((":", "=", "is", "word", "pw", ">"))
