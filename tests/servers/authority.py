"""A private certificate authority for one test."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = dt.timedelta(days=1)
_NO_USE = dict.fromkeys(
    (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    ),
    False,
)
_USAGE = {
    True: x509.KeyUsage(**{**_NO_USE, "key_cert_sign": True, "crl_sign": True}),
    False: x509.KeyUsage(**{**_NO_USE, "digital_signature": True}),
}


class Authority:
    """``path`` holds its certificate; ``server`` gives the TLS side of a host."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._signed(_named("authority"), self._key, is_authority=True)
        self.path = directory / "authority.pem"
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, host: str) -> ssl.SSLContext:
        """Return the context of a server that may call itself ``host``."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(_named(host), key, is_authority=False)
        both = self._directory / f"{host}.pem"
        plain = serialization.NoEncryption()
        formats = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
        both.write_bytes(
            key.private_bytes(*formats, plain) + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool
    ) -> x509.Certificate:
        host = subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        now = dt.datetime.now(dt.UTC)
        public = self._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_named("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                _USAGE[is_authority], critical=True
            )  # without it Python 3.13 believes no authority
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(str(host))]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
