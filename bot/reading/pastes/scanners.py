"""What did a TLS scanner see? testssl.sh and sslyze: the versions that are accepted, and the certificate's faults.

Their opinions (grades, "NOT ok") are passed over; only what was met is taken.
"""

from __future__ import annotations

import re

from bot.observations import (
    CertificateExpired,
    CertificateNameMismatch,
    CertificateUntrusted,
    Observation,
    OldTlsAccepted,
    OldTlsOnly,
    TcpConnected,
    TcpRefused,
    TcpTimedOut,
)
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where, endpoint
from bot.reading.patterns import lazily
from knowledge.terms import Security

_TESTSSL = lazily(r"(?m)testssl(?:\.sh)?\b|^\s*Start [\d\- :]+\s+-->> ")
_TESTSSL_PLACE = lazily(
    r"(?m)-->> ([0-9a-fA-F.:\[\]]+?):(\d{2,5}) \(([\w.\-]+)\) <<--|testssl(?:\.sh)?\b[^\n]*?\s\[?([\w.\-]+)\]?:(\d{2,5})\s*$"
)
_TESTSSL_VERSION = lazily(r"(?m)^\s*(SSLv2|SSLv3|TLS 1(?:\.[1-3])?)\s+(not offered|offered)")
_SSLYZE = lazily(r"(?i)\bsslyze\b|SCAN RESULTS FOR |\* TLS 1\.\d Cipher Suites|CHECKING CONNECTIVITY TO SERVER")
_SSLYZE_PLACE = lazily(
    r"(?m)SCAN RESULTS FOR ([\w.\-]+):(\d{2,5})(?: - ([0-9a-fA-F.:]+))?\s|sslyze\b[^\n]*?\s([\w.\-]+):(\d{2,5})\s*$"
    r"|^\s+([\w.\-]+):(\d{2,5})\s+=> ERROR: "
)
# What kept a scanner from the server.
_REFUSED = lazily(r"=> ERROR: Server rejected the connection;|(?s:connect: Connection refused.*Unable to open a socket to )")
_TIMED_OUT = lazily(r"=> ERROR: Connection to the server timed out;|(?s:Connection timed out.*Unable to open a socket to )")
_SSLYZE_VERSION = re.compile(r"\* (SSL 2\.0|SSL 3\.0|TLS 1\.[0-3]) Cipher Suites:(.*?)(?=\n\s*\* |\Z)", re.DOTALL)
_STARTTLS = lazily(r"(?i)(?:^|\s)(?:-t|--starttls)[ =]smtp\b|--starttls=smtp|via STARTTLS|STARTTLS via SMTP")
_EXPIRED = lazily(r"(?i)certificate validity[^\n]*expired|\bexpired\b[^\n]*NOT ok|certificate has expired|Not After:[^\n]*EXPIRED")
_MISMATCH = lazily(
    r"(?i)trust \(hostname\)\s+(?:certificate does not match|via .{0,20}not)|does not match supplied URI"
    r"|FAILED - Certificate does NOT match|leaf certificate has no matching subjectAltName"
)
_NAMES = lazily(r"(?m)^\s*(?:SubjAltName - DNS Names:\s+\[([^\]\n]+)\]|subjectAltName \(SAN\)[ \t]+([\w.*\- ]+?)[ \t]*)$")
# sslyze tries several stores and says no more of why.
_UNTRUSTED = lazily(r"FAILED - Certificate is NOT Trusted: validation failed: candidates exhausted")
_SELF = lazily(r"(?i)chain of trust[^\n]*self[- ]signed|self[- ]signed certificate(?:[^ \w]|$| [^i]| i[^n])")
_CHAIN = lazily(r"(?i)chain of trust[^\n]*(?:incomplete|chain incomplete)|unable to get local issuer")
_ORDER = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_SHORT = 6_000


def read(text: str, hint: Where) -> Pasted | None:
    if testssl := _TESTSSL.search(text):
        versions = [(name, state == "offered") for name, state in _TESTSSL_VERSION.findall(text)]
        found = _TESTSSL_PLACE.search(text)
        asked = Where()
        if found:
            asked = (
                Where(endpoint(found.group(3)).host, found.group(1), int(found.group(2)))
                if found.group(3)
                else endpoint(*found.group(4, 5))
            )
    elif _SSLYZE.search(text):
        versions = [(name, _accepted(body[:_SHORT])) for name, body in _SSLYZE_VERSION.findall(text)]
        found = _SSLYZE_PLACE.search(text)
        asked = Where()
        if found:
            asked = (
                Where(endpoint(found.group(1)).host, found.group(3) or "", int(found.group(2)))
                if found.group(1)
                else endpoint(found.group(4) or found.group(6), found.group(5) or found.group(7))
            )
    else:
        return None
    if not versions and testssl is None and not asked.host:
        return None
    mode = Security.STARTTLS if _STARTTLS.search(text) else Security.IMPLICIT_TLS if asked.port == 465 else None
    return Pasted(
        weight=1, host=asked.host or None, port=asked.port, security=mode, observations=tuple(_facts(text, asked.or_else(hint), versions))
    )


def _accepted(body: str) -> bool:
    return "accepted the following" in body or re.search(r"^\s+TLS_\w+", body, re.MULTILINE) is not None


def _facts(text: str, where: Where, versions: list[tuple[str, bool]]) -> list[Observation]:
    if where.port is None:
        return []
    at = where.fields()
    if not versions and "SCAN RESULTS FOR" not in text:
        return [TcpRefused(**at)] if _REFUSED.search(text) else [TcpTimedOut(**at)] if _TIMED_OUT.search(text) else []
    seen: list[Observation] = [TcpConnected(**at)]
    offered = [name for word in versions if word[1] and (name := _name(word[0])) in _ORDER]
    old = [name for name in _ORDER[:2] if name in offered]
    if old and "TLSv1.2" not in offered and "TLSv1.3" not in offered:
        seen.append(OldTlsOnly(version=old[-1], **at))
    elif old:
        seen.append(OldTlsAccepted(version=old[0], **at))
    if _EXPIRED.search(text):
        seen.append(CertificateExpired(not_after=None, **at))
    if _CHAIN.search(text):
        seen.append(CertificateUntrusted(reason="incomplete_chain", **at))
    elif _SELF.search(text):
        seen.append(CertificateUntrusted(reason="self_signed", **at))
    elif _UNTRUSTED.search(text):
        seen.append(CertificateUntrusted(reason="other", **at))
    if _MISMATCH.search(text):
        found = _NAMES.search(text)
        names = re.findall(r"[\w.*\-]+", found.group(1) or found.group(2)) if found else []
        seen.append(CertificateNameMismatch(names=tuple(names[:50]), **at))
    return seen


def _name(word: str) -> str:
    """`TLS 1` and `TLS 1.0` are `TLSv1`."""
    return word.replace("TLS ", "TLSv").removesuffix(".0")
