"""A certificate for 127.0.0.1, or a name, that nobody trusts but the test."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def write_certificate(directory: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """Write a private key and its self-signed certificate for a host; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (
        _write(directory / "key.pem", encoded),
        _write(directory / "certificate.pem", _certificate(key, name)),
    )


def trusted(certificate: Path) -> str:
    """Return what makes Chromium trust it: the digest of its public key."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    key = loaded.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _certificate(key: ec.EllipticCurvePrivateKey, host: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    is_address = host[0].isdecimal()
    address = x509.IPAddress(ipaddress.ip_address(host)) if is_address else x509.DNSName(host)
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
