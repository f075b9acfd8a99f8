"""Which certificates do the servers of the tests show? Made anew for each test run, by two authorities: one trusted, one not."""

from __future__ import annotations

import datetime
import ssl
import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

DAY = datetime.timedelta(days=1)


class Papers:
    """Certificates for `host` by kind; `ca_file` holds the trusted authority."""

    def __init__(self, folder: Path, host: str = "mail.test") -> None:
        self.folder = folder
        self.host = host
        self.ca = trustme.CA()
        self.stranger = trustme.CA(organization_name="Unknown Authority")
        self.shield = trustme.CA(organization_name="Avast Web/Mail Shield", organization_unit_name="Avast Web/Mail Shield Root")
        self.ca_file = str(folder / "ca.pem")
        self.ca.cert_pem.write_to_path(self.ca_file)
        self._made: dict[str, tuple[Path, Path]] = {}

    def context(self, kind: str, **settings: Any) -> ssl.SSLContext:
        """A server's context with the papers of `kind`. `settings`: minimum, maximum (ssl.TLSVersion), ciphers, client (demand one)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if old := settings.get("maximum") in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context.set_ciphers("ALL:@SECLEVEL=0")
        if ciphers := settings.get("ciphers"):
            context.set_ciphers(ciphers)
        certificate, key = self.files(kind)
        context.load_cert_chain(certificate, key)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the old versions are the fault that is shown
            if old or settings.get("minimum"):
                context.minimum_version = settings.get("minimum", ssl.TLSVersion.TLSv1)
            if settings.get("maximum"):
                context.maximum_version = settings["maximum"]
        if settings.get("client"):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca_file)
        return context

    def files(self, kind: str) -> tuple[Path, Path]:
        """Certificate chain and key of `kind` as PEM files."""
        if kind not in self._made:
            chain, key = getattr(self, f"_{kind}")()
            paths = self.folder / f"{kind}.crt", self.folder / f"{kind}.key"
            paths[0].write_bytes(b"".join(chain))
            paths[1].write_bytes(key)
            self._made[kind] = paths
        return self._made[kind]

    def _from(self, leaf: trustme.LeafCert) -> tuple[list[bytes], bytes]:
        return [blob.bytes() for blob in leaf.cert_chain_pems], leaf.private_key_pem.bytes()

    def _good(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert(self.host))

    def _rsa(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert(self.host, key_type=trustme.KeyType.RSA))

    def _rsa_expired(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert(self.host, key_type=trustme.KeyType.RSA, not_after=_now() - 9 * DAY))

    def _expired(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert(self.host, not_after=_now() - 9 * DAY))

    def _not_yet_valid(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert(self.host, not_before=_now() + 9 * DAY))

    def _wrong_name(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert("mail.hoster.test", "elsewhere.test", "*.hoster.test"))

    def _unknown_issuer(self) -> tuple[list[bytes], bytes]:
        return self._from(self.stranger.issue_cert(self.host))

    def _mail_shield(self) -> tuple[list[bytes], bytes]:
        return self._from(self.shield.issue_cert(self.host))

    def _ip_address(self) -> tuple[list[bytes], bytes]:
        return self._from(self.ca.issue_cert("127.0.0.1"))

    def _self_signed(self) -> tuple[list[bytes], bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        return [_sign(key, key, self.host, self.host, x509.DNSName(self.host))], _pem(key)

    def _no_san(self) -> tuple[list[bytes], bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        return [_sign(key, self._root_key, self.host, "Test Root")], _pem(key)

    def _missing_intermediate(self) -> tuple[list[bytes], bytes]:
        return self._chain(send_intermediate=False)

    def _with_intermediate(self) -> tuple[list[bytes], bytes]:
        return self._chain(send_intermediate=True)

    def _chain(self, *, send_intermediate: bool) -> tuple[list[bytes], bytes]:
        middle, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        leaf = _sign(key, middle, self.host, "Test Intermediate", x509.DNSName(self.host), says_issuer=True)
        between = _sign(middle, self._root_key, "Test Intermediate", "Test Root", authority=True)
        return [leaf, between] if send_intermediate else [leaf], _pem(key)

    def _huge_chain(self) -> tuple[list[bytes], bytes]:
        chain, key = self._good()
        other = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(f"n{i}.padding.test") for i in range(900)]
        return chain + [_sign(other, other, f"Padding {i}", f"Padding {i}", *names) for i in range(12)], key

    @cached_property
    def _root_key(self) -> ec.EllipticCurvePrivateKey:
        """A second trusted root, made by hand because trustme's leaves always carry a subjectAltName."""
        key = ec.generate_private_key(ec.SECP256R1())
        with open(self.ca_file, "ab") as handle:
            handle.write(_sign(key, key, "Test Root", "Test Root", authority=True))
        return key

    def prepare(self) -> None:
        """Write what `ca_file` must hold before anyone reads it."""
        _ = self._root_key


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _sign(
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    subject: str,
    issuer: str,
    *names: x509.GeneralName,
    authority: bool = False,
    says_issuer: bool = False,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - DAY)
        .not_valid_after(_now() + 90 * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if says_issuer:
        where = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://pki.test/i.crt"))
        builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
