"""Which word is a secret although no "password is" stands before it? Keys named in passing, pairs of user and password, brackets.

All of these are taken only where the word itself looks like a secret: letters with digits or signs, no host, no code.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.secrets import looks
from bot.secrets.later import later
from bot.secrets.span import Kind, Span
from bot.secrets.text import Text
from bot.secrets.words import PASSWORD_WORDS

_WORDS = "|".join(sorted(PASSWORD_WORDS, key=len, reverse=True))
_TOKEN = r"[\"'`(\[]?([^\s\"'`,;()\[\]<>]+)"
_MAIL = r"[\w.+%\-]+@[\w\-]+(?:\.[\w\-]+)+"
# (kind, least length, a literal that must be in the lower-cased text, pattern whose group 1 is the candidate)
_FORMS: tuple[tuple[Kind, int, str, str], ...] = (
    ("api_key", 10, "key", (
rf"(?i)\b(?:api|access|server|smtp|secret|account|sending|private)?[ _\-]?keys?(?:[ \t]+(?:is"
rf"|was|ist|es|est|=|:|->))?[ \t]*[:=]?[ \t]*{_TOKEN}"
)),
    ("token", 10, "token", (
rf"(?i)\b(?:api|access|server|smtp|auth|account|refresh|bearer)?[ _\-]?tokens?(?:[ \t]+(?:is"
rf"|was|ist|es|est|=|:|->))?[ \t]*[:=]?[ \t]*{_TOKEN}"
)),
    ("api_key", 10, "secret", (
rf"(?i)\b(?:client|api|access|aws|app)?[ _\-]?secret(?:[ _\-]?(?:access )?key)?(?:[ \t]+(?:is"
rf"|was|ist|=|:|->))?[ \t]*[:=]?[ \t]*{_TOKEN}"
)),
    # password [x], pw/x, smtpPwd x, password set to x, password I use: x, my password's x
    ("password", 5, "", rf"(?i)(?:^|[^a-zA-Z])\w*(?:{_WORDS})[ \t]*(?:[\[({{/→<|]|->)[ \t]*([^\s\"'`,;()\[\]<>]+)"),
    ("password", 5, "", rf"(?i)\b[a-z_\-]+(?:pwd|passw(?:or)?d|pass)[ \t]+{_TOKEN}"),
    ("password", 5, "", (
rf"(?i)(?:^|[^a-zA-Z])(?:{_WORDS})(?:'s|[ \t]+(?:is |was |has been |had been )?(?:set|changed"
rf"|reset|updated|rotated|switched|renewed|corrected)[ \t]+to|[ \t]+(?:to|saya|benim|now|mine|meine?s?))[ \t]+{_TOKEN}"
)),
    ("password", 5, "", rf"(?i)(?:^|[^a-zA-Z])(?:{_WORDS})(?:[ \t]+[a-z']+){{1,4}}(?:[ \t]*[:=]|[ \t]+(?:is|was|ist|war))[ \t]*{_TOKEN}"),
    # x as password, x (my password), x is my password
    ("password", 5, "", (
rf"(?i)(?:^|[\s(\"',])([^\s(\"',]+)[\"']?[ \t]*(?:as|als|comme|como|come|=|\()[ \t]*(?:my|"
rf"the|our|a|mein|das|mon|mi|minha)?[ \t]*(?:smtp |app |mail )?(?:{_WORDS})(?:[^a-zA-Z]|$)"
)),
    # log in with a@b.example and x; credentials are bob / x
    ("password", 5, "", (
rf"(?i)\b(?:log(?:ged|ging)?[ \-]?in|login|sign(?:ed)? in|auth\w*|account|anmelden|credentials?"
rf"|creds|zugangsdaten|zugang)\b[^.\n]*?{_MAIL}[\"']?(?:[ \t]+(?:and|und|et|y|e|with|mit)|"
rf"[ \t]*[,/|])?[ \t]+{_TOKEN}"
)),
    ("password", 5, "", (
rf"(?i)\b(?:credentials?|creds|login(?: data)?|user/pass|user/pw|user/password|zugangsdaten"
rf"|identifiants|credenciales|credenziali|inloggegevens|dane logowania)\b(?:[ \t]+\pL+){{0,2}}"
rf"(?:[ \t]+(?:are|is|sind|sont|son))?[ \t]*:?[ \t]*\[?[\"']?[\w.+@%\-]+[\"']?"
rf"[ \t]*(?:/|:|\||,|[ \t]and[ \t])[ \t]*{_TOKEN}"
)),
)  # fmt: skip
_COMPILED = tuple((kind, least, literal, later(pattern)) for kind, least, literal, pattern in _FORMS)
# a@b.example / tweet tweet 12: who logs in and with what, told in one breath.
_PAIR = later(rf"{_MAIL}[ \t]*(?:[/|]|[ \t]:)[ \t]*([^\s/|,;:\"'()<>@][^\n/|,;:\"'()<>@]{{3,40}}?)[ \t]*(?:$|[\n/|,;:()]|->|=>|→)")
_NEARBY = later(
    "(?i)pass|pw|login|log in|logged|sign|cred|auth|account|zugang|identif|"
    + "|".join(dict.fromkeys(word.split("[")[0][:4] for word in PASSWORD_WORDS))
)
# A quoted phrase of plain words behind "with the password".
_QUOTED = later(
    rf"(?i)\b(?:with|using|my|use|enter(?:ed)?|typed?|mit|avec|con|com)[ \t]+(?:the |my |das |"
    rf"le |la |el )?(?:smtp |mail |app )?(?:{_WORDS})[ \t]+[\"']([^\"'\n]+)[\"']"
)
# "password a and b": what stands beside one that was found.
_ALSO = later(r"^[\"']?[ \t]*(?:and|or|und|oder|et|ou|y|e|,|/|\||then|dann)[ \t]*(?:then |also |with |auch )?[\"']?([^\s\"',;()]+)")

# A pair of keys, public and secret: "keys a / b".
_OTHER_KEY = later(r"^[\"']?[ \t]*(?:/|,|:|\||and|und|et|y|e)[ \t]*[\"']?([A-Za-z0-9_\-]{16,64})\b")


def find(text: Text) -> Iterator[Span]:
    near = _NEARBY.found_in(text)
    for kind, least, literal, pattern in _COMPILED:
        if (literal and literal not in text.low) or (not literal and not near):
            continue
        for match in pattern.finditer(text):
            value = match.group(1).rstrip(".,;:!?)")
            if len(value) >= least and _secret(value, kind):
                end = match.start(1) + len(value)
                yield Span(kind, match.start(1), end)
                if (other := _OTHER_KEY.search(text.plain[end : end + 80])) and _secret(other.group(1), kind):
                    yield Span(kind, end + other.start(1), end + other.end(1))
    if "@" in text.plain:
        for match in _PAIR.finditer(text):
            if _paired(match.group(1)):
                yield Span("password", *match.span(1))
    if near:
        for match in _QUOTED.finditer(text):
            if not any(looks.plain_word(word) for word in match.group(1).split()) and not looks.placeholder(match.group(1)):
                yield Span("password", *match.span(1))


def beside(text: str, end: int) -> Iterator[Span]:
    """A second secret right behind one that ends at `end`: "password a and b"."""
    also = _ALSO.search(text[end : end + 80])
    if also is not None:
        value = also.group(1).rstrip(".,;:!?)")
        if looks.secret_word(value):
            yield Span("password", end + also.start(1), end + also.start(1) + len(value))


def _paired(value: str) -> bool:
    """Whether what stands behind an address and a slash is its password: one such word, or a few short ones with a digit among them."""
    parts = value.split()
    if len(parts) == 1:
        return looks.secret_word(value)
    return (
        len(parts) <= 4
        and looks.mixed(value)
        and all(part.isalnum() and not looks.plain_word(part) and part not in _PORTS for part in parts)
        and not any(part.lower() in ("port", "ssl", "tls", "starttls", "smtp") for part in parts)
    )


_PORTS = frozenset({"25", "465", "587", "2525"})


def _secret(value: str, kind: Kind) -> bool:
    if kind == "password":
        return looks.secret_word(value) and "=" not in value
    value = value.rstrip("=")  # the padding of base64; an equals sign inside is a setting
    digits, letters = sum(c.isdigit() for c in value), sum(c.isalpha() for c in value)
    return (
        (digits >= 2 or (digits == 1 and len(value) >= 20))
        and letters >= 2
        and looks.secret_word(value)
        and "=" not in value
        and "://" not in value
    )
