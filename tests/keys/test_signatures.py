"""The quick checks of signatures say what the driver's own say, of whatever was forged."""

from __future__ import annotations

import hashlib
import importlib
import sys

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

import jwt_auth_core.keys.signatures
from jwt_auth_core.encoding import ALPHABET, b64url_octets
from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.keys.signatures.cryptography import verifier

ACCELERATORS = ("awscrt", "msgspec", "nacl")
MESSAGE = b"header.payload"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OCTETS = RSA.key_size // 8
CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
INFO = {
    "256": "3031300d060960864801650304020105000420",
    "384": "3041300d060960864801650304020205000430",
    "512": "3051300d060960864801650304020305000440",
}


@pytest.fixture(params=["accelerators", "none"], autouse=True)
def accelerators(request, monkeypatch):
    """Check signatures with what makes it quicker, and once more without."""  # SUP-1
    for name in ACCELERATORS if request.param == "none" else ():
        monkeypatch.setitem(sys.modules, f"jwt_auth_core.keys.signatures.{name}", None)
        # A name that was imported once is found without looking for the module.
        monkeypatch.delattr(jwt_auth_core.keys.signatures, name, raising=False)


def test_a_missing_driver_says_what_to_install(monkeypatch):
    """One error with the exact line."""
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    monkeypatch.delitem(sys.modules, verifier.__module__)
    monkeypatch.delattr(jwt_auth_core.keys.signatures, "cryptography")
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[jwt\]'"):
        importlib.import_module(verifier.__module__)


def is_right(algorithm, key, signature, kind="RSA"):
    """Return what we say of a signature, whole and with a prepared opening: the same."""
    text = b64url_octets(signature)
    said = verifier(kind, key, algorithm)(MESSAGE, text)
    assert verifier(kind, key, algorithm, MESSAGE[:7])(MESSAGE[7:], text) is said
    return said


def drivers_word(verify, signature, *more):
    """Return what the driver says."""
    try:
        verify(signature, MESSAGE, *more)
    except InvalidSignature:
        return False
    return True


def raised(encoded):
    """Return the signature that is an encoded message raised to the private power, whatever it is."""
    numbers = RSA.private_numbers()
    return pow(int.from_bytes(encoded), numbers.d, numbers.public_numbers.n).to_bytes(OCTETS)


def filled(content, *, octet=b"\xff", start=b"\0\1"):
    """Return an encoded message of PKCS #1 v1.5 with this content."""
    return start + octet * (OCTETS - len(start) - 1 - len(content)) + b"\0" + content


def encodings(bits):
    """Yield every way that an encoded message was ever wrong, and the right one first."""
    info, digest = bytes.fromhex(INFO[bits]), hashlib.new(f"sha{bits}", MESSAGE).digest()
    other = bytes.fromhex(INFO["384" if bits == "256" else "256"])
    yield filled(info + digest)
    without_null = info.replace(b"\5\0\4", b"\4")
    yield filled(bytes([info[0], info[1] - 2, info[2], info[3] - 2]) + without_null[4:] + digest)
    yield from (
        filled(one) for one in (digest, other + digest, info + digest[:-1], info, b"", b"\0" + digest)
    )
    yield from (filled(info + digest + more) for more in (b"\0", b"x", b"\5\0"))
    yield filled(info + digest, octet=b"\xfe")
    yield filled(info + digest, start=b"\0\2")
    yield filled(info + digest, start=b"\0\0", octet=b"\0")
    yield b"\0\1" + b"\xff" * 8 + b"\0" + info + digest + b"\0" * (OCTETS - 11 - len(info + digest))
    yield b"\0\1" + b"\xff" * 7 + b"\0" * (OCTETS - 9 - len(info + digest)) + info + digest
    yield filled(bytes([info[0]]) + b"\x81" + info[1:] + digest)
    yield filled(info + hashlib.sha512(b"another").digest()[: len(digest)])


@pytest.mark.parametrize("bits", INFO)
def test_only_the_one_encoding_of_a_digest_is_signed(bits):
    """Of all the encodings only the right one passes, for us as for the driver's verify."""  # JWT-04
    public, scheme, digest = RSA.public_key(), padding.PKCS1v15(), HASHES[bits]
    for place, encoded in enumerate(encodings(bits)):
        signature = raised(encoded)
        assert is_right(f"RS{bits}", public, signature) is (place == 0)
        assert drivers_word(public.verify, signature, scheme, digest) is (place == 0)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_numbers_outside_the_modulus_sign_nothing(algorithm):
    """Zero, one, the modulus and what is above it are no signatures, nor is another length."""
    public, modulus = RSA.public_key(), RSA.public_key().public_numbers().n
    numbers = [0, 1, modulus - 1, modulus, modulus + 1, 2 ** (8 * OCTETS) - 1]
    found = [is_right(algorithm, public, number.to_bytes(OCTETS)) for number in numbers]
    found += [is_right(algorithm, public, raised(b"")[:length]) for length in (0, 1, OCTETS - 1)]
    assert not any(found)


@pytest.mark.parametrize("algorithm", CURVES)
def test_integers_of_any_length_are_read(algorithm):
    """Signatures whose integers begin with zeros, or with a set bit, pass; zeros and foreign ones do not."""
    key, digest = ec.generate_private_key(CURVES[algorithm]), HASHES[algorithm[2:]]
    octets = (key.curve.key_size + 7) // 8
    kind = {32: "P-256", 48: "P-384", 66: "P-521"}[octets]
    seen = set()
    for _ in range(600):
        numbers = utils.decode_dss_signature(key.sign(MESSAGE, ec.ECDSA(digest)))
        parts = [number.to_bytes(octets) for number in numbers]
        kinds = tuple(min(part[0], 1) + (part[0] >> 7) for part in parts)
        if kinds not in seen:
            seen.add(kinds)
            assert is_right(algorithm, key.public_key(), b"".join(parts), kind)
            assert not is_right(algorithm, key.public_key(), b"".join(reversed(parts)), kind)
    for wrong in (
        bytes(2 * octets),
        b"\xff" * 2 * octets,
        bytes(octets) + parts[1],
        parts[0] + bytes(octets),
        parts[0],
        b"",
    ):
        assert not is_right(algorithm, key.public_key(), wrong, kind)


@pytest.mark.parametrize("zeros", [(1, 0), (0, 1), (2, 3), (31, 31)])
def test_leading_zeros_are_written_as_the_driver_wants_them(zeros):
    """What begins with zeros reaches the driver as the two numbers that it is."""
    from jwt_auth_core.keys.signatures import cryptography as checks  # noqa: PLC0415 - its inner step

    parts = [bytes(count) + b"\x80" * (32 - count) for count in zeros]
    found = utils.decode_dss_signature(checks._in_der(32)(b"".join(parts)))
    assert found == tuple(map(int.from_bytes, parts))


@pytest.mark.parametrize("first", [1, 0x7F, 0x80, 0xFF])
@pytest.mark.parametrize("half", [32, 48, 66])
def test_the_quick_spelling_is_the_driver_s(first, half):
    """Sign bits and lengths are written as `encode_dss_signature` writes them."""
    from jwt_auth_core.keys.signatures import cryptography as checks  # noqa: PLC0415 - its inner step

    for second in (1, 0x7F, 0x80, 0xFF):
        parts = bytes([first]) * half, bytes([second]) * half
        assert checks._in_der(half)(b"".join(parts)) == utils.encode_dss_signature(
            *map(int.from_bytes, parts)
        )


ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group of Ed25519 (RFC 8032 section 5.1)


def test_only_the_key_s_own_signature_of_a_message_passes():
    """Another bit, message, key or length, and the number that is the same modulo the order, do not."""
    key, other = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
    right, public = key.sign(MESSAGE), key.public_key()
    assert is_right("EdDSA", public, right, "Ed25519")
    numbers = int.from_bytes(right, "little")
    wrong = [(numbers ^ 1 << place).to_bytes(64, "little") for place in range(512)]
    wrong += [key.sign(MESSAGE + b"x"), other.sign(MESSAGE), right[:-1], right + b"\0", right[32:], b""]
    again = int.from_bytes(right[32:], "little") + ORDER
    wrong += [right[:32] + again.to_bytes(32, "little"), bytes(64), b"\xff" * 64]
    assert not any(is_right("EdDSA", public, one, "Ed25519") for one in wrong)
    assert [one for one in wrong if drivers_word(public.verify, one)] == []


def test_a_signature_has_one_spelling():
    """A foreign character, padding, another last character or a space makes it another text."""  # JWT-03
    text = b64url_octets(RSA.sign(MESSAGE, padding.PKCS1v15(), HASHES["256"]))
    check = verifier("RSA", RSA.public_key(), "RS256")
    assert check(MESSAGE, text)
    wrong = [text[:-1] + bytes([octet]) for octet in ALPHABET if octet != text[-1]]
    for foreign in b'+/=!"\\ \n\0\x80\xff':
        wrong += [text[:place] + bytes([foreign]) + text[place + 1 :] for place in (0, 7, -3, -2)]
    wrong += [text + b"=", text + b"==", text + b"\n", b" " + text, text[:-1], text + b"A", b""]
    assert not any(check(MESSAGE, one) for one in wrong)


def test_a_long_exponent_is_checked_by_the_driver():
    """What an accelerator does not take is a key all the same."""
    numbers, exponent = RSA.private_numbers(), 2**33 + 17  # a prime
    public = rsa.RSAPublicNumbers(exponent, numbers.public_numbers.n).public_key()
    private = pow(exponent, -1, (numbers.p - 1) * (numbers.q - 1))
    encoded = filled(bytes.fromhex(INFO["256"]) + hashlib.sha256(MESSAGE).digest())
    signature = pow(int.from_bytes(encoded), private, numbers.public_numbers.n).to_bytes(OCTETS)
    assert is_right("RS256", public, signature)
    assert not is_right("RS256", public, raised(encoded))
