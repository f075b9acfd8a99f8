"""Which server, port and mode does a call in pasted code name? One row a call; the arguments are read, nothing is run."""

from __future__ import annotations

import re2

from bot.reading import hosts
from bot.reading.pastes.configuration import host_value
from bot.reading.pastes.pasted import Pasted
from knowledge.terms import Security

IMPLICIT, START, NONE = Security.IMPLICIT_TLS, Security.STARTTLS, Security.NONE
_H = r"[\"']([\w.:/\-\[\]]+)[\"']"
_P = r"(?:\s*,\s*(?:port\s*[=:]\s*)?[\"']?(\d{2,5})[\"']?)?"

# (client, call with host and port as groups, mode that the call itself means)
_CALLS: tuple[tuple[str | None, str, Security | None], ...] = (
    ("python-smtplib", rf"\bSMTP_SSL\(\s*(?:host\s*=\s*)?{_H}{_P}", IMPLICIT),
    ("python-smtplib", rf"\bsmtplib\.SMTP\(\s*(?:host\s*=\s*)?{_H}{_P}", None),
    ("python-smtplib", rf"\b(?:aiosmtplib\.)?SMTP\(\s*(?:host(?:name)?\s*=\s*)?{_H}{_P}", None),
    ("go-smtp", rf"\bsmtp\.(?:SendMail|Dial|DialStartTLS)\(\s*{_H}{_P}", None),
    ("go-smtp", rf"\b(?:smtp\.DialTLS|tls\.Dial)\(\s*(?:\"tcp\"\s*,\s*)?{_H}{_P}", IMPLICIT),
    ("go-smtp", rf"\b(?:gomail\.|mail\.)(?:NewDialer|NewPlainDialer|NewClient)\(\s*{_H}{_P}", None),
    ("mailkit", rf"\bConnect(?:Async)?\(\s*{_H}{_P}", None),
    ("dotnet-systemnet", rf"\bnew SmtpClient\(\s*{_H}{_P}", None),
    ("rails", rf"\bNet::SMTP\.(?:new|start)\(\s*{_H}{_P}", None),
    ("lettre", rf"\bstarttls_relay\(\s*{_H}{_P}", START),
    ("lettre", rf"\b(?:SmtpTransport|AsyncSmtpTransport(?:::<\w+>)?)::relay\(\s*{_H}{_P}", IMPLICIT),
    ("lettre", rf"\bbuilder_dangerous\(\s*{_H}{_P}", None),
    ("powershell", r"(?i)\bSend-MailMessage\b.*?-SmtpServer\s+[\"']?([\w.\-]+)[\"']?(?:.*?-Port\s+(\d{2,5}))?", None),
    ("javamail", rf"\b(?:transport|tr)\.connect\(\s*{_H}{_P}", None),
    (None, rf"\bwithSMTPServer(?:Host)?\(\s*{_H}{_P}", None),
    ("javamail", rf"\bsetHostName\(\s*{_H}{_P}", None),
    ("symfony", rf"\bEsmtpTransport\(\s*{_H}{_P}", None),
    ("php", rf"\bSwift_SmtpTransport(?:::newInstance)?\(\s*{_H}{_P}", None),
    ("php", rf"\b(?:fsockopen|stream_socket_client)\(\s*{_H}{_P}", None),
    ("nodemailer", rf"(?i)\bcreateTransport\(\s*{_H}{_P}", None),
)
_COMPILED = tuple((client, re2.compile("(?s)" + call if client == "powershell" else call), mode) for client, call, mode in _CALLS)
_OPTION = re2.compile(r"SecureSocketOptions\.(\w+)")
_OPTIONS = {"SslOnConnect": IMPLICIT, "StartTls": START, "StartTlsWhenAvailable": START, "None": NONE}
_STRATEGY = re2.compile(r"\bTransportStrategy\.(SMTPS|SMTP_TLS|SMTP)\b")  # Simple Java Mail
_STRATEGIES = {"SMTPS": IMPLICIT, "SMTP_TLS": START, "SMTP": NONE}
_ENCRYPTION = re2.compile(r"ENCRYPTION_(STARTTLS|SMTPS)")
_STARTTLS_CALL = re2.compile(
    r"(?i)(?:\.|\b)(?:start_?tls|enable_starttls(?:_auto)?)\s*(?:\(|$|\s)|\bstart_?tls\s*[=:]\s*true"
    r"|(?i)-UseSsl\b|\bMailSSLType|WithTLSPolicy\(mail\.TLSMandatory"
)
_NO_STARTTLS = re2.compile(r"(?i)\b(?:no|without|missing|not? calling|removed|never call(?:ed)?|skipp?(?:ed|ing)?)\b[^.\n]{0,20}start_?tls")
_IMPLICIT_CALL = re2.compile(
    r"(?i)\benable_(?:tls|ssl)\b|\buse_tls\s*=\s*true.*aiosmtplib|aiosmtplib.*\buse_tls\s*=\s*true"
    r"|WithSSL\b|\.SSL\s*=\s*true|implicit_tls\s*[:=]\s*true"
)
_SWIFT = re2.compile(r"(?:Swift_SmtpTransport|EsmtpTransport)\([^)]*,\s*['\"](ssl|tls)['\"]")
_CONNECT_BOOL = re2.compile(r"\bConnect(?:Async)?\([^)\n]*,\s*\d+\s*,\s*(true|false)\s*[,)]")


def read(text: str) -> Pasted | None:
    """The first call that names a server; with it the mode that it or a call beside it (`starttls()`) means."""
    if "(" not in text and "Send-MailMessage" not in text:
        return None
    host = port = None
    client = security = None
    for name, pattern, mode in _COMPILED:
        match = pattern.search(text)
        if match is None:
            continue
        host, inner, secure = host_value(match.group(1), "host")
        port = int(match.group(2)) if match.group(2) else inner
        client, security = name, mode or secure
        break
    if option := _OPTION.search(text):
        client, security = client or "mailkit", _OPTIONS.get(option.group(1), security)
    elif strategy := _STRATEGY.search(text):
        security = _STRATEGIES[strategy.group(1)]
    elif encryption := _ENCRYPTION.search(text):
        security = IMPLICIT if encryption.group(1) == "SMTPS" else START
    elif swift := _SWIFT.search(text):
        security = IMPLICIT if swift.group(1) == "ssl" else START
    elif boolean := _CONNECT_BOOL.search(text):
        security = IMPLICIT if boolean.group(1) == "true" else None
    elif security is None and _NO_STARTTLS.search(text):
        security = NONE if host or client else None
    elif security is None and (host or client):
        security = IMPLICIT if _IMPLICIT_CALL.search(text) else START if _STARTTLS_CALL.search(text) else None
    if host is None and security is None and client is None:
        return None
    if host is not None and hosts.placeholder(host):
        host = None
    return Pasted(weight=2, host=host, port=port, security=security, client=client)
