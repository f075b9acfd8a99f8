"""Does a word look like somebody's secret, like a placeholder for one, or like neither? Pure judgements about one word."""

from __future__ import annotations

import itertools

from bot.secrets import words
from bot.secrets.later import later

# One character that stands for a marker already in the text; see `redaction`.
MARKER = "\x1a"

_PLACEHOLDER = later(
    r"(?i)^(?:[*•●xX.#_\-?…=]+|\*{2,}[\w ]*(?:removed|redacted|hidden|masked|sensitive|secret)[\w ]*\*{2,}"
    r"|<[^0-9]*>?|\[.*\]|\{\{.*|\$\{.*|\$\(.*|%[A-Za-z_.]+%|(?-i:%[A-Z0-9_.]+%)|\$[A-Za-z_][A-Za-z_.>\-]*"
    r"|\$\w*(?i:pass|pw|secret|key|token)\w*|!secret.*|!ENV.*|!env_var.*|@\w+@|__\w+__"
    r"|(?:your|dein|deine|ihr|votre|tu|su|seu|sua|uw|example|sample|dummy|fake"
    r"|app|smtp|mail|email|gmail|user|db|account)?"
    r"[\s_.\-]*(?:(?:app|smtp|mail|email|gmail|account|application|secret|user)[\s_.\-]*){0,2}"
    r"(?:password|passwd|passwort|pass|pwd|secret|contraseña|senha|kennwort|key|api[_\-]?key|"
    r"token|hier|here)(?:[\s_.\-]*(?:here|hier|value))?"
    r"|(?:your|dein|deine|votre)[\s_\-].*|[A-Z0-9]+(?:_[A-Z0-9]+)*_(?:PASSWORD|PASS|PASSWD|PWD|SECRET|KEY|TOKEN)"
    r"|(?:[<\[({]*)?(?:redacted|removed|hidden|censored|masked|snip|snipped|omitted|deleted|stripped"
    r"|change[_\-]?me|change[_\-]?it|entfernt|geheim"
    r"|oculto|masqué|credentials hidden|placeholder|todo|tbd|foobar|foo|bar|string|str|n/a|none"
    r"|null|nil|undefined|true|false|yes|no|on|off|empty|blank|leer|vide|vacío"
    r"|required|optional|default|prompt|ask|same|unchanged|set|unset|not[ _]set|ok|correct|wrong|incorrect|invalid|bad)(?:[>\])}]*))$"
)

# What names a secret and shows none: variables of the environment, references of configuration languages.
_REFERENCES = (
    "${", "$(", "$__", "{{", "$env:", "process.env", "os.environ", "os.getenv", "getenv", "env(", "env.", "env[", "system.getenv",
    "environment.", "config(", "config.", "configuration.", "credentials.", "rails.", "settings.", "secrets.", "$_env", "$_server",
    "decouple", "!secret", "!env", "!ref", "!sub", "<%=", "valuefrom", "secretkeyref", "vault:", "op://", "sops",
)  # fmt: skip

# Words that follow "password" in ordinary sentences and are no password. Endings (-ed, -ly, -ing …) are judged in `plain_word`.
_PROSE = frozenset(words.PROSE.split())

_ENDINGS = ("ed", "ly", "ing", "ion", "ions", "ment", "ness", "able", "ible", "ität", "ung", "wird", "mente", "ción", "ções", "ção")
# A dotted word is taken for a host only with an ending that hosts have; "summer.2024" is a password.
_HOST = later(
    r"(?i)^[a-z0-9_\-]+(?:\.[a-z0-9_\-]+)*\.(?:com|net|org|edu|gov|info|biz|io|co|example|test"
    r"|invalid|local|lan|localhost|internal|corp|cloud|email|mail"
    r"|online|site|app|dev|[a-z]{2})\.?(?::\d{1,5})?$"
)
_CODE = later(
    r"(?i)^[(\[#]?(?:\d{3}[ \-]?)?\d?\.?\d{1,3}\.\d{1,3}[)\].,:;]*$|^[(\[#]?\d{1,3}[)\].,:;%]*$"
    r"|^0x[0-9a-f]+[.,;:)]*$|^#?5\d\d-?5?\.?\d?\.?\d*$"
)
_CODES_BEGIN = frozenset("([#.0123456789")
_URLISH = later(r"(?i)^(?:[a-z][a-z0-9+.\-]*://|www\.|[/~\\][^\s/\\]*[/\\]|[a-z]:\\)")
_FILE = later(
    r"(?i)^[\w./\\\-]+\.(?:py|php|js|ts|rb|go|java|cs|ya?ml|env|conf|cfg|ini|log|txt|json|toml"
    r"|properties|xml|html?|sh|ps1|exe|c|h)(?::\d+)?[.,:;)]*$"
)
_UUID = later(r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def reference(value: str) -> bool:
    """Whether the value begins with the name of a variable or the like: `${SMTP_PASS`, `process.env`, `!secret`."""
    return value[:16].lower().startswith(_REFERENCES)


def placeholder(value: str) -> bool:
    """Whether the value only stands for a secret: `***`, `<password>`, `${VAR}`, `your_password`, `null`, a word such as "wrong"."""
    value = value.strip()
    return (
        not value
        or MARKER in value
        or len(value) < 3
        or (len(value) < 4 and value.isdigit())
        or value.lower().rstrip(".,;:!") in _PROSE
        or reference(value)
        or _PLACEHOLDER.within(value)
    )


def plain_word(word: str) -> bool:
    """Whether the word is one of an ordinary sentence: known, or only letters with an ending that words have."""
    low = word.lower().strip(".,;:!?()\"'")
    return low in _PROSE or not low or (low.replace("-", "").replace("'", "").isalpha() and low.endswith(_ENDINGS))


_VERDICTS = frozenset(words.VERDICTS.split())


def verdict(value: str) -> bool:
    """Whether several words say what came of a login ("Login denied"): each is one of ordinary sentences, and one of them refuses."""
    said = value.lower().split()
    return 2 <= len(said) <= 6 and all(map(plain_word, said)) and any(word.strip(".,;:!") in _VERDICTS for word in said)


def no_secret_shape(word: str) -> bool:
    """Whether the word is a host, a code, an address, a file, a URL: something that stands near passwords without being one."""
    bare = word.strip("\"'<>()[]{},;")
    if (
        "@" in bare
        and "." in bare.rsplit("@", 1)[1]
        and bare.rsplit("@", 1)[0].replace(".", "").replace("_", "").replace("-", "").replace("+", "").isalnum()
    ):
        return True
    dotted = "." in bare
    return (
        (dotted and _HOST.within(bare) and not bare.replace(".", "").isdigit())
        or (bare[:1] in _CODES_BEGIN and _CODE.within(bare))
        or (any(sign in bare for sign in "/\\.") and _URLISH.within(bare))
        or (dotted and _FILE.within(bare))
    )


def mixed(word: str) -> bool:
    """Whether letters stand with digits, or with signs that words do not have inside: `hunter2`, `Wh1te/Label`, `s3cr$t`."""
    letters = any(c.isalpha() for c in word)
    digits = any(c.isdigit() for c in word)
    signs = any(c in "!@#$%^&*+?~=_|" for c in word[:-1]) or word.endswith(("!", "$", "#", "*", "%"))
    return (letters and (digits or signs)) or (digits and signs)


def secret_word(word: str) -> bool:
    """Whether a word right after "password", with nothing between, is to be taken for one: mixed, of some length, no host, no code."""
    return 5 <= len(word) <= 128 and mixed(word) and not plain_word(word) and not no_secret_shape(word) and not placeholder(word)


def uuid(word: str) -> bool:
    return _UUID.within(word)


# Pairs of consonants that words of European languages have; a group of four random letters mostly has another.
_PAIRS = frozenset(words.CONSONANT_PAIRS.split())
_VOWELS = "aeiouy"


def pronounceable(group: str) -> bool:
    """Whether four lower-case letters could be a word; of groups of a made-up app password few could."""
    for a, b in itertools.pairwise(group):
        if a not in _VOWELS and b not in _VOWELS and a + b not in _PAIRS:
            return False
        if a == "q" and b != "u":
            return False
    return any(c in _VOWELS for c in group)
