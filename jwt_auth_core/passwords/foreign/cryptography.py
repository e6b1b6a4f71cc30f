"""AES in counter mode by cryptography, for the hashes of Firebase."""

from __future__ import annotations

from jwt_auth_core.errors import MissingDriverError

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ModuleNotFoundError as missing:
    raise MissingDriverError("cryptography", extra="jwt") from missing


def aes_ctr(key: bytes, data: bytes) -> bytes:
    """Return the data encrypted, with a counter that begins at zero."""
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    return encryptor.update(data) + encryptor.finalize()
