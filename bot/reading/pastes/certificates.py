"""What do OpenSSL's words about a certificate say? From `s_client`, curl, swaks, Python and others that pass them on."""

from __future__ import annotations

import re
from typing import Literal

from bot.observations import (
    CertificateExpired,
    CertificateNameMismatch,
    CertificateNotYetValid,
    CertificateShown,
    CertificateUntrusted,
    Observation,
)
from bot.reading.pastes.where import Where, moment
from bot.reading.patterns import lazily

_SELF_SIGNED = lazily(r"(?i)self[- ]signed certificate|\bnum=18\b|\(18\)|DEPTH_ZERO_SELF_SIGNED")
_UNKNOWN_ISSUER = lazily(
    r"(?i)self[- ]signed certificate in certificate chain|unable to get (?:local )?issuer|\bnum=(?:2"
    r"|19|20)\b|unknown ca\b|unknown issuer|certificate not trusted|PKIX path building"
)
_INCOMPLETE = lazily(r"(?i)unable to verify the (?:first|leaf) (?:certificate|signature)|\bnum=21\b|UNABLE_TO_VERIFY_LEAF")
_EXPIRED = lazily(r"(?i)certificate has expired|certificate is expired|\bnum=10\b|CERT_HAS_EXPIRED")
_NOT_YET = lazily(r"(?i)certificate is not yet valid|\bnum=9\b")
_MISMATCH = lazily(
    r"(?i)hostname mismatch|\bnum=62\b|does not match target host|no alternative certificate "
    r"subject name matches|altnames|subjectAltName does not match"
)
_NOT_AFTER = lazily(r"(?:notAfter=|NotAfter: ?|expire date: ?)([^;\n]+)")
_NOT_BEFORE = lazily(r"(?:notBefore=|NotBefore: ?|start date: ?)([^;\n]+)")
_ISSUER = lazily(r"(?m)^\s*\*?\s*issuer[=:] ?(.+)$")
_SUBJECT = lazily(r"(?m)^\s*\*?\s*subject[=:] ?(.+)$")
_CN = lazily(r"CN ?= ?([\w.*\-]+)")
_DNS = lazily(r"DNS:([\w.*\-]+)")


def observe(text: str, where: Where) -> list[Observation]:
    """The certificate as shown, and what was found wrong with it. Empty where no port is known."""
    if where.port is None:
        return []
    at = where.fields()
    not_after = moment(found.group(1)) if (found := _NOT_AFTER.search(text)) else None
    not_before = moment(found.group(1)) if (found := _NOT_BEFORE.search(text)) else None
    issuer = found.group(1).strip()[:300] if (found := _ISSUER.search(text)) else ""
    subject = _SUBJECT.search(text)
    names = tuple(dict.fromkeys([*_DNS.findall(text), *(_CN.findall(subject.group(1)) if subject else [])]))[:50]
    faults: list[Observation] = []
    if _EXPIRED.search(text):
        faults.append(CertificateExpired(not_after=not_after, **at))
    if _NOT_YET.search(text):
        faults.append(CertificateNotYetValid(not_before=not_before, **at))
    if _UNKNOWN_ISSUER.search(text):
        reason: Literal["incomplete_chain", "unknown_issuer"] = "incomplete_chain" if _INCOMPLETE.search(text) else "unknown_issuer"
        faults.append(CertificateUntrusted(reason=reason, issuer=issuer, **at))
    elif _INCOMPLETE.search(text):
        faults.append(CertificateUntrusted(reason="incomplete_chain", issuer=issuer, **at))
    elif _SELF_SIGNED.search(text):
        faults.append(CertificateUntrusted(reason="self_signed", issuer=issuer, **at))
    mismatch = _MISMATCH.search(text) is not None
    if mismatch:
        faults.append(CertificateNameMismatch(names=names, **at))
    verified = re.search(r"Verify return code: 0 \(ok\)|SSL certificate verify ok", text) is not None
    if not (names or issuer or not_after):
        return faults
    shown = CertificateShown(
        names=names,
        issuer=issuer,
        not_before=not_before,
        not_after=not_after,
        trusted=False if faults else True if verified else None,
        hostname_ok=False if mismatch else None,
        **at,
    )
    return [shown, *faults]
