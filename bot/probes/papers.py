"""Which certificate does a server show, and what would a client hold against it? Notes facts; the handshake is over by then."""

from __future__ import annotations

from typing import Any

from bot.observations import (
    AnsweredAsAnother,
    CertificateExpired,
    CertificateNameMismatch,
    CertificateNotYetValid,
    CertificateShown,
    CertificateUntrusted,
    IntermediateMissing,
)
from bot.probes import dns, tls
from bot.probes.visit import Here, Visit


def shown(visit: Visit, here: Here, tls_object: Any, greeted_as: str) -> tls.Certificate | None:
    """The certificate of a finished handshake and its faults, noted; its names are looked at by `names`. None: none was shown.

    `greeted_as` is the name that the server gave itself, "" where it gave none."""
    chain = tls.chain_of(tls_object)
    certificate = visit.trust.judge(chain) if chain else None
    if certificate is None:
        return None
    book = visit.book
    now = book.clock()
    book.see(
        CertificateShown,
        **here,
        names=certificate.names or ((certificate.common_name,) if certificate.common_name else ()),
        issuer=certificate.issuer,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        trusted=certificate.distrust is None,
        hostname_ok=certificate.covers(visit.host),
        key=certificate.key,
        chain=certificate.chain,
    )
    if certificate.expired(now):
        book.see(CertificateExpired, **here, not_after=certificate.chain_expired or certificate.not_after)
    if certificate.not_yet_valid(now):
        book.see(CertificateNotYetValid, **here, not_before=certificate.not_before)
    if certificate.distrust is not None:
        book.see(CertificateUntrusted, **here, reason=certificate.distrust, issuer=certificate.issuer)
    if certificate.missing is not None:
        book.see(IntermediateMissing, **here, issuer=certificate.missing[0], url=certificate.missing[1])
    if visit.documented and not any(certificate.covers(name) for name in visit.documented):
        book.see(AnsweredAsAnother, **here, names=certificate.names, greeted_as=greeted_as)
    return certificate


async def names(visit: Visit, here: Here, certificate: tls.Certificate, greeted_as: str) -> None:
    """Note that the certificate is for other names than the one asked for, with those of them that would pass."""
    passing = await dns.passing_names(certificate.names, greeted_as, here["address"], visit.network)
    visit.book.see(CertificateNameMismatch, **here, names=certificate.names, passing=passing)
