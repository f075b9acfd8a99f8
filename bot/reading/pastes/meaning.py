"""What does a key of a configuration set: server, port, mode, user? The words that most programs share; others are in `dialects`."""

from __future__ import annotations

from bot.reading.words import settings as words
from knowledge.terms import SUBMISSIONS, Security

_OTHER = frozenset(words.OTHER_PARTS.split())
_HOST = frozenset(words.HOST.split())
_USER = frozenset(words.USER.split())
_MODE = frozenset(words.MODE.split())
_MODE_PARTS = frozenset(words.MODE_PARTS.split())
_ABOUT_TLS = tuple(words.ABOUT_TLS.split())
_TRUE = frozenset(words.TRUE.split())
_FALSE = frozenset(words.FALSE.split())

IMPLICIT = frozenset(words.IMPLICIT.split())
STARTTLS = frozenset(words.STARTTLS.split())
PLAIN = frozenset(words.PLAIN.split())


# The numbers that Zabbix has for the modes. Source: its documentation of the media type object.
_ZABBIX = {"0": Security.NONE, "1": Security.STARTTLS, "2": Security.IMPLICIT_TLS}


def truth(value: str) -> bool | None:
    low = value.strip().lower().strip("\"'")
    return True if low in _TRUE else False if low in _FALSE else None


def role(path: str) -> str | None:
    """What a key sets: "host", "port", "security" or "user"; None for a key that says nothing of the way out."""
    parts = path.removeprefix("app_config_").split("_")
    if _OTHER.intersection(parts[:-1]) or parts[-1] in _OTHER:
        return None
    last = parts[-1]
    if last == "port" or last.endswith(("smtpport", "mailport", "serverport")):
        return "port"
    if last in _MODE or path == "secure_box":
        return "security"
    if _MODE_PARTS.intersection(parts):
        return "security"
    if last in _HOST or last.endswith(("smtphost", "smtpserver", "smtpaddress")):
        return "host"
    if last in _USER or last.endswith(("user", "username", "login", "sender", "from")) or (parts[-2:] == ["from", "address"]):
        return "user"
    return None


def mode_word(value: str) -> Security | None:
    """The mode that a value names without doubt; "tls" alone is not among them."""
    low = (
        value.strip()
        .lower()
        .strip("\"'")
        .rsplit("::", 1)[-1]
        .rsplit(".", 1)[-1]
        .replace("-", "_")
        .replace("/", "_")
        .replace("+", "_")
        .replace(" ", "_")
    )
    if low in IMPLICIT:
        return Security.IMPLICIT_TLS
    if low in STARTTLS:
        return Security.STARTTLS
    if low in PLAIN:
        return Security.NONE
    return None


def mode(path: str, value: str, port: int | None, tls_word: Security | None = None) -> Security | str | None:
    """The mode that one setting says: a Security, "tls" where it says only that, None where it says nothing.

    `tls_word` is what the program means by "tls", where that is known. A switch that is off says only what is not.
    """
    parts = path.split("_")
    joined = path.replace("_", "")
    on = truth(value)
    if path.endswith("smtp_security") and value in _ZABBIX:
        return _ZABBIX[value]
    if any(word in joined for word in _ABOUT_TLS):
        return None
    if joined.endswith(("ignoretls", "disabletls", "disablessl", "skiptls")):
        return Security.NONE if on else None
    if path.endswith("ssl_force_tls"):  # mutt, which takes STARTTLS or the URL's scheme
        return "tls" if on else None
    if path == "secure_box":  # which of the modes, the port says
        return "tls" if on else Security.NONE if on is False else None
    if joined.endswith("autotls"):  # PHPMailer takes STARTTLS by itself unless told not to
        return Security.NONE if on is False else None
    if path == "tls_starttls" and on is False:  # msmtp
        return Security.IMPLICIT_TLS
    if "starttls" in joined or joined.endswith("requiretls") or "explicittls" in joined or joined.endswith("requiretransportsecurity"):
        if mode_word(value) is Security.STARTTLS or on:
            return Security.STARTTLS
        return None
    if "wrappermode" in joined or "implicittls" in joined or "forcetls" in joined or joined.endswith(("smtps", "ssltls")):
        return Security.IMPLICIT_TLS if on else None
    if parts[-1] in ("protocol", "scheme", "transport", "mailer"):
        return mode_word(value) if value.lower().strip("\"'") in ("smtps", "ssl", "smtp+starttls", "starttls") else None
    if joined.endswith("enablessl"):  # System.Net.Mail knows STARTTLS only
        return Security.STARTTLS if on else Security.NONE if on is False else None
    word = mode_word(value)
    if word is not None and on is None:
        return word
    if value.lower().strip("\"'") in ("tls", "tlsv1.2", "usetls", "tls12", "encryption_tls"):
        return tls_word or "tls"
    if parts[-1] == "secure" or joined.endswith("smtpsecure"):
        if on:
            return Security.IMPLICIT_TLS
        if on is False:
            return None if port in (25, SUBMISSIONS, None) else Security.STARTTLS
        return None
    if "tls" in parts or joined.endswith("tls"):
        if on:
            return tls_word or (Security.STARTTLS if "use" in parts or joined.endswith("usetls") else "tls")
        return None
    if "ssl" in parts or joined.endswith("ssl"):
        return Security.IMPLICIT_TLS if on else None
    if parts[-1] in ("encryption", "security", "crypto", "enctype") and on is False:
        return Security.NONE
    return None
