"""Which values of a pasted configuration are secrets? `KEY=value`, `key: value`, `'key' => 'value'`, `<key>value</key>` of any kind.

Environment references, placeholders and names of variables stay: they name a secret and show none.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.secrets import looks
from bot.secrets.later import later
from bot.secrets.span import Kind, Span
from bot.secrets.text import Text
from bot.secrets.words import CJK_PASSWORD_WORDS, PASSWORD_WORDS

_WORD = "|".join(
    PASSWORD_WORDS
    + CJK_PASSWORD_WORDS
    + (
        "secrets?",
        "tokens?",
        r"api[ _\-]?key[_\-](?:private|secret)",
        r"api[ _\-]?keys?",
        r"(?:access|private|smtp|auth|account|secret|server|client|signing|encryption)[_\-]?key",
        "authcode",
    )
)
_KEY = rf"(?i)([\w.\-$>]*?(?:{_WORD})(?:[_\-.]?(?:\d{{1,2}}|value|plain|text|string|raw|clear|cleartext))?)"
_AFTER_KEY = r"(?:[ \t]*\([^()\n]+\))?[\\'\"`\])*_]{0,4}"
_SEPARATOR = r"[ \t]*(?:=>|:=|==|->|=|:|：|＝|→|\|)[ \t]*(?:\*{1,2}[ \t]+)?(?:\|-?[ \t]*\n\s+|>-?[ \t]*\n\s+)?"
_VALUE = (
    r"(?:\"\"\"([^\n]+?)\"\"\"|'''([^\n]+?)'''|[brufBRUF@$]{0,2}\"((?:[^\"\\\n]|\\.)+)\"|[brufBRUF@$]{0,2}'((?:[^'\\\n]|\\.)+)'"
    r"|`([^`\n]+)`|[“„«‘]([^\n”“»’]+)[”“»’]|\\\"([^\"\\\n]+)\\\"|([^\s'\"`“„«]\S*))"
)
_BARE = 9  # the group of an unquoted value
# Without any of these there is no key that names a secret.
_ANY_KEY = later(
    "(?i)"
    + "|".join(
        dict.fromkeys(
            (
                "pass",
                "pw",
                "secret",
                "token",
                "key",
                "cred",
                "auth",
                *(word.split("[")[0][:4] for word in PASSWORD_WORDS + CJK_PASSWORD_WORDS),
            )
        )
    )
)
_ASSIGNED = later(_KEY + _AFTER_KEY + _SEPARATOR + _VALUE)
_XML = later(r"(?i)<(?:[\w\-]+:)?[\w.\-]*(?:password|passwd|pass|pwd|secret|token|api[_\-]?key)>([^<>\n]+)<")
_XML_ATTRIBUTE = later(r"(?i)\bkey=\"[\w.:\-]*(?:password|pass|pwd|secret)\"\s+value=\"([^\"\n]+)\"")
_YAML_PAIR = later(
    r"(?im)name:[ \t]*[\"']?[\w.\-]*(?:password|passwd|pass|pwd|secret|token|api_?key)[\"']?[ "
    r"\t]*\r?\n[ \t]*(?:-[ \t]*)?value:[ \t]*(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s'\"#]\S*))"
)
_MSMTP = later(r"(?im)^[ \t]*(?:password|smtp[-_]auth[-_]password|AuthPass|smtp_pass)[ \t]+(?:\"([^\"\n]+)\"|'([^'\n]+)'|(\S+))[ \t]*$")
_DEFAULT = later(r"(?i)(?::-|\?\?|\|\||,)\s*(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s'\"{}()]+)\})")
_VARIABLE = later(r"^(?:\$?[A-Za-z_][\w]*(?:(?:\.|->|::|\[['\"]?)[A-Za-z_][\w'\"\]]*)*(?:\(\))?)$")
_NEXT_KEY = later(r"[\s,;&|]+(?:-[a-zA-Z]\s+)?['\"]?[A-Za-z_][\w.\-]+['\"]?\s?(?:=>|=|:\s|:$)")
_INLINE_COMMENT = later(r"\s(?:#|//|--|;|<!--)")
_SENTENCE = later(
    r"(?i)\b(?:[245]\d\d[ \-]|error|failed|failure|exception|refused|timeout|timed out|denied)"
    r"|->|=>|→|\bbut\b|\band\b|\bit\b|\bsays?\b|\bi\b"
)
# the last part of a key that makes it a name of something else: where the secret is, how it is checked
_OTHER = later(
    r"(?i)(?:maps?|file|path|eval|cmd|command|hash|salt|length|policy|reset|expiry|url|uri|type"
    r"|method|mode|field|name|enabled|required|auth|mechanism|hint|through|port|count|max|min"
    r"|limit)$"
)
_TRAILING = ",;)}]>\"'`"


def find(text: Text) -> Iterator[Span]:
    if _ANY_KEY.found_in(text):
        yield from _assigned(text.plain, text, 0, again=True)
    if "<" in text.plain:
        for match in _XML.finditer(text):
            yield from _quoted("password", match.start(1), match.group(1))
        for match in _XML_ATTRIBUTE.finditer(text):
            yield from _quoted("password", match.start(1), match.group(1))
    for pattern in (_YAML_PAIR, _MSMTP):
        for match in pattern.finditer(text):
            group = match.lastindex or 1
            value = match.group(group)
            if not looks.reference(value):
                yield from _quoted("password", match.start(group), value)


def _assigned(text: str, piece: Text, begin: int, *, again: bool) -> Iterator[Span]:
    """The assignments in a piece of the text that begins at `begin`. `again`: also in values of other keys."""
    taken = 0
    for match in _ASSIGNED.finditer(piece):
        group = match.lastindex or 2
        start = begin + match.start(group)
        if start < taken:
            continue
        key_start = begin + match.start()
        value = match.group(group)
        kind = _kind(match.group(1), text[max(0, key_start - 1) : key_start])
        if kind is None:
            if again:
                yield from _assigned(text, Text(value), start, again=False)
        elif group < _BARE and (looks.verdict(value) or (len(value.split()) > 5 and (_SENTENCE.within(value) or ". " in value))):
            continue  # 'normal password: "Sending of the message failed. …"': a sentence
        elif group < _BARE:
            yield from _quoted(kind, start, value)
        else:
            line_end = text.find("\n", start, start + 400)
            span = _bare(kind, text, key_start, start, text[start : line_end if line_end >= 0 else start + 400])
            if span is not None:
                yield span
                taken = span.end


def _kind(key: str, before: str) -> Kind | None:
    """What a key names: by its last words. `smtp_sasl_password_maps`, `/etc/postfix/sasl_passwd` and `bypass` name no secret."""
    if before == "/":
        return None
    low = key.lower().rstrip("0123456789_-.")
    if _OTHER.within(low):
        return None
    if low.endswith(("token", "tokens", "authcode")):
        return "token"
    if low.endswith(("key", "keys", "key_private", "key-private")):
        return "api_key"
    tail = low.replace("-", "_").replace(".", "_").replace(">", "_").split("_")[-1]
    for short in ("pass", "pw", "ww", "clave", "sandi"):
        if tail.endswith(short) and tail != short:
            stem = key.rstrip("0123456789_-.")[: -len(short)].split("_")[-1].split(".")[-1].split("-")[-1].split(">")[-1]
            camel = key.rstrip("0123456789_-.")[-len(short)].isupper()
            if not camel and stem.lower().removeprefix("$") not in (
                "smtp",
                "auth",
                "mail",
                "email",
                "user",
                "db",
                "my",
                "imap",
                "wpms",
                "app",
                "u",
                "login",
                "smtpauth",
                "gmail",
                "sasl",
                "host",
            ):
                return None
    if "app" in low and "pass" in low:
        return "app_password"
    return "password"


def _quoted(kind: Kind, start: int, value: str) -> Iterator[Span]:
    if looks.reference(value):
        yield from _defaults(kind, start, value)
    elif not looks.placeholder(value):
        yield Span(kind, start, start + len(value))


def _defaults(kind: Kind, start: int, value: str) -> Iterator[Span]:
    """The value that stands in for an absent variable: `${SMTP_PASS:-secret}`, `env('MAIL_PASSWORD', 'secret')`."""
    for match in _DEFAULT.finditer(Text(value)):
        group = match.lastindex or 1
        if not looks.placeholder(match.group(group)):
            yield Span(kind, start + match.start(group), start + match.end(group))


def _bare(kind: Kind, text: str, key_start: int, start: int, rest: str) -> Span | None:
    """An unquoted value: one word, or the whole rest of a line that is one assignment."""
    if not rest.strip():  # RE2 takes U+2028 and the like for signs, `str` for space
        return None
    if looks.reference(rest):
        return next(_defaults(kind, start, rest), None)
    line_start = max(text.rfind("\n", max(0, key_start - 200), key_start) + 1, key_start - 200)
    alone = not text[line_start:key_start].strip(" \t-*>|$'\"`").removeprefix("export").removeprefix("set").strip()
    word = rest.split(None, 1)[0]
    if (alone or any(sign in word for sign in ",;&|")) and (following := _NEXT_KEY.search(rest)):
        rest = rest[: following.start()]
        word = next(iter(rest.split(None, 1)), "")
    if alone and (comment := _INLINE_COMMENT.search(rest)):
        rest = rest[: comment.start()]
    separator = text[max(0, start - 3) : start].strip()[-1:]
    if (
        alone
        and len(parts := rest.split()) <= 6
        and not looks.plain_word(word)
        and (separator == "=" or all(len(part) > 2 for part in parts))
        and not _SENTENCE.within(rest)
    ):
        value = rest.rstrip()
    else:
        value = word
    value = value.rstrip(".") if not alone else value
    while value and value[-1] in _TRAILING and not _balanced(value):
        value = value[:-1]
    following_sign = text[start + len(value) : start + len(value) + 1]
    if looks.placeholder(value) or looks.plain_word(value) or (looks.no_secret_shape(value) and not alone and separator not in ("=", ">")):
        return None
    if (
        _VARIABLE.within(value)
        and not looks.mixed(value.replace("_", "").replace("$", ""))
        and (following_sign in (",", ")", ";", "}", "]") or "." in value or "->" in value)
        and not alone
        and not _environment(text[key_start:start])
    ):
        return None
    if kind in ("token", "api_key") and (len(value) < 8 or value.isalpha()):
        return None
    return Span(kind, start, start + len(value))


def _environment(lead: str) -> bool:
    """`MAIL_PASSWORD=`: what stands behind is a value and never the name of a variable."""
    return lead.endswith("=") and lead.strip("=").replace("_", "").isalnum() and lead.isupper()


def _balanced(value: str) -> bool:
    """Whether the bracket or quote at the end belongs to the value: it opens inside."""
    last = value[-1]
    opening = {")": "(", "}": "{", "]": "[", ">": "<"}.get(last)
    if opening:
        return opening in value
    return last in "'\"`" and value.count(last) % 2 == 0
