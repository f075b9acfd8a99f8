"""Which certificate did the server show, would a client accept it, and if not, why? Reads what a finished handshake left.

The handshake itself verifies nothing, so that a certificate that fails is read all the same; the judgement is made here, by OpenSSL's
own verification over the chain that was sent. Opens no connection.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID
from OpenSSL import crypto

from bot.probes.smtp import clean

MAX_CHAIN = 10
MAX_NAMES = 50
LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT; Python names it from 3.12 on
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME; pyOpenSSL has no name for it

Distrust = Literal["self_signed", "unknown_issuer", "incomplete_chain", "other"]
HandshakeFault = Literal["not_tls", "protocol_too_old", "no_shared_cipher", "client_certificate_demanded", "closed", "silent", "other"]


@cache
def modern_context() -> ssl.SSLContext:
    """TLS 1.2 and 1.3 as today's clients speak them; accepts any certificate, for it is judged afterwards. Shared."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@cache
def old_context() -> ssl.SSLContext:
    """TLS 1.0 and 1.1 and the ciphers of their time, for servers that have nothing newer. Shared."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # OpenSSL 3 allows neither version above level 0
    context.options |= LEGACY_SERVER_CONNECT
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context


def hello(name: str) -> bytes:
    """The bytes that open a TLS connection to `name`, for a look at what answers them."""
    outgoing = ssl.MemoryBIO()
    half_open = modern_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with suppress(ssl.SSLWantReadError):
        half_open.do_handshake()
    return outgoing.read()


@dataclass(frozen=True, slots=True)
class Certificate:
    """The leaf and what is to be said of it. `names` are those of the subjectAltName (DNS names and addresses); `common_name` is shown
    where there are none. `distrust` is None where the chain leads to a trusted authority, whatever the dates and names say."""

    names: tuple[str, ...]
    common_name: str
    issuer: str
    not_before: datetime.datetime
    not_after: datetime.datetime
    key: str
    distrust: Distrust | None
    chain_expired: datetime.datetime | None = None
    chain: tuple[str, ...] = ()
    missing: tuple[str, str] | None = None  # the authority whose certificate was not sent, and where it is to be had

    def expired(self, now: datetime.datetime) -> bool:
        return self.not_after < now or self.chain_expired is not None

    def not_yet_valid(self, now: datetime.datetime) -> bool:
        return now < self.not_before

    def covers(self, host: str) -> bool:
        """Whether one of `names` is for `host`, a name or an address. Source: RFC 9525 section 6.3; the common name does not count."""
        return any(name_covers(name, host) for name in self.names)


def name_covers(pattern: str, host: str) -> bool:
    """Whether the certificate's name `pattern` stands for `host`: equal, or "*." for exactly one label; an address only for itself."""
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        try:
            return ipaddress.ip_address(pattern) == address
        except ValueError:
            return False
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if pattern.startswith("*."):
        label, dot, parent = host.partition(".")
        return bool(label and dot) and "." in parent and parent == pattern[2:]
    return pattern == host


def chain_of(ssl_object: Any) -> tuple[bytes, ...]:
    """The certificates that the peer sent, leaf first, DER. At least the leaf; () without one.

    Python shows the whole chain from 3.13 on (`get_unverified_chain`); before that the same method stands one object below.
    """
    below = getattr(ssl_object, "_sslobj", None)
    method = getattr(ssl_object, "get_unverified_chain", None) or getattr(below, "get_unverified_chain", None)
    sent = (method() if method is not None else None) or ()
    chain = tuple(item if isinstance(item, bytes) else ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in sent[:MAX_CHAIN])
    if chain:
        return chain
    leaf = ssl_object.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()


class Trust:
    """The authorities that are believed: the system's (certifi's where the system has none) and those of `ca_file`.

    Raises OSError or ValueError where `ca_file` cannot be read or holds no certificate.
    """

    def __init__(self, ca_file: str | None = None) -> None:
        self._now = _store(ca_file)
        self._timeless = _store(ca_file)
        self._timeless.set_flags(NO_CHECK_TIME)

    def judge(self, chain: tuple[bytes, ...]) -> Certificate | None:
        """What is to be said of the chain's first certificate, or None where it cannot be read at all."""
        try:
            parsed = tuple(x509.load_der_x509_certificate(der) for der in chain)
            leaf = parsed[0]
            names = _names(leaf)
            distrust = self._distrust(parsed)
            expired = None if distrust else self._chain_expired(parsed)
            return Certificate(
                names=names,
                common_name=_attribute(leaf.subject, NameOID.COMMON_NAME),
                issuer=_attribute(leaf.issuer, NameOID.ORGANIZATION_NAME) or _attribute(leaf.issuer, NameOID.COMMON_NAME),
                not_before=leaf.not_valid_before_utc,
                not_after=leaf.not_valid_after_utc,
                key=_key(leaf),
                distrust=distrust,
                chain_expired=expired,
                chain=tuple(_whose(certificate.subject) for certificate in parsed[1:]),
                missing=(_whose(parsed[-1].issuer), _issuer_url(parsed[-1]) or "") if distrust == "incomplete_chain" else None,
            )
        except (ValueError, IndexError, x509.InvalidVersion, crypto.Error):
            return None

    def _distrust(self, chain: tuple[x509.Certificate, ...]) -> Distrust | None:
        error = _verify(self._timeless, chain)
        if error is None:
            return None
        if error == 18:  # X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
            return "self_signed"
        if error == 19:  # X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
            return "unknown_issuer"
        if error in (2, 20, 21, 27):  # the issuer of the last certificate is not to be had, here or in the chain
            last = chain[-1]
            return "incomplete_chain" if last.subject != last.issuer and _issuer_url(last) is not None else "unknown_issuer"
        return "other"

    def _chain_expired(self, chain: tuple[x509.Certificate, ...]) -> datetime.datetime | None:
        if _verify(self._now, chain) != 10:  # X509_V_ERR_CERT_HAS_EXPIRED
            return None
        return min(certificate.not_valid_after_utc for certificate in chain)


def _verify(store: crypto.X509Store, chain: tuple[x509.Certificate, ...]) -> int | None:
    certificates = [crypto.X509.from_cryptography(certificate) for certificate in chain]
    try:
        crypto.X509StoreContext(store, certificates[0], certificates[1:]).verify_certificate()
    except crypto.X509StoreContextError as error:
        code = error.errors[0] if error.errors else 1
        return int(code)
    return None


def _store(ca_file: str | None) -> crypto.X509Store:
    store = crypto.X509Store()
    paths = ssl.get_default_verify_paths()
    system_file = paths.cafile if paths.cafile and os.path.isfile(paths.cafile) and os.path.getsize(paths.cafile) else None
    system_folder = paths.capath if paths.capath and os.path.isdir(paths.capath) and os.listdir(paths.capath) else None
    if system_file or system_folder:
        store.load_locations(system_file, system_folder)
    else:
        store.load_locations(certifi.where())
    if ca_file:
        with open(ca_file, "rb") as handle:
            extra = x509.load_pem_x509_certificates(handle.read())
        for certificate in extra:
            store.add_cert(crypto.X509.from_cryptography(certificate))
    return store


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        held = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    assert isinstance(held, x509.SubjectAlternativeName)
    dns_names = [clean(name, 253).lower() for name in held.get_values_for_type(x509.DNSName)]
    numbers = [str(address) for address in held.get_values_for_type(x509.IPAddress)]
    return tuple(dict.fromkeys(dns_names + numbers))[:MAX_NAMES]


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return clean(str(found[0].value), 120) if found else ""


def _whose(name: x509.Name) -> str:
    return _attribute(name, NameOID.COMMON_NAME) or _attribute(name, NameOID.ORGANIZATION_NAME)


def _issuer_url(certificate: x509.Certificate) -> str | None:
    """Public authorities write into each certificate where its issuer's is to be had (RFC 5280 section 4.2.2.1); home-made ones do not."""
    try:
        held = certificate.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return None
    assert isinstance(held, x509.AuthorityInformationAccess)
    places = [entry.access_location.value for entry in held if entry.access_method == AuthorityInformationAccessOID.CA_ISSUERS]
    return clean(str(places[0]), 200) if places else None


def _key(leaf: x509.Certificate) -> str:
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519"
    return "Ed448" if isinstance(key, ed448.Ed448PublicKey) else "other"


# Reasons are OpenSSL's names of its errors, as Python's ssl.SSLError.reason has them (3.0 to 3.5).
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "BAD_RECORD_TYPE")
_TOO_OLD = ("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION", "NO_PROTOCOLS_AVAILABLE", "INAPPROPRIATE_FALLBACK")
_NO_CIPHER = ("HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "INSUFFICIENT_SECURITY", "DH_KEY_TOO_SMALL", "NO_CIPHERS_AVAILABLE")


def handshake_fault(error: BaseException) -> tuple[HandshakeFault, str]:
    """Why a handshake broke, from the exception that ended it, with OpenSSL's own word for it ("" where there is none)."""
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "closed", ""
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        detail = clean(reason.replace("_", " ").lower(), 120)
        if "CERTIFICATE_REQUIRED" in reason:
            return "client_certificate_demanded", detail
        for words, fault in _BY_REASON:
            if any(word in reason for word in words):
                return fault, detail
        return "other", detail
    if isinstance(error, TimeoutError | ConnectionAbortedError):  # asyncio ends a slow handshake with the latter
        return "silent", ""
    return ("closed", "") if isinstance(error, OSError | EOFError) else ("other", "")


_BY_REASON: tuple[tuple[tuple[str, ...], HandshakeFault], ...] = (
    (_NOT_TLS, "not_tls"),
    (_TOO_OLD, "protocol_too_old"),
    (_NO_CIPHER, "no_shared_cipher"),
)
