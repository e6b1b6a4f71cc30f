"""Asymmetric keys: the published vectors, PyJWT both ways, what is refused, and what is shown."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

import jwt_auth_core.keys
from jwt_auth_core.encoding import ALPHABET
from jwt_auth_core.errors import MissingDriverError, WeakKeyError
from jwt_auth_core.keys import KeyRing
from jwt_auth_core.keys.cryptography import certified
from jwt_auth_core.keys.jwk import ALGORITHMS, KINDS, parse_jwk
from jwt_auth_core.keys.pyjwt import PyJwtKey
from jwt_auth_core.vocabulary import Secret
from tests.keys.made import ED25519, KEYS, P256, RSA, pem, public_pem

VECTORS = Path(__file__).parents[1] / "vectors"
SIGNED = ["rfc7515_a2", "rfc7515_a3", "rfc7515_a4", "rfc7520_4_1", "rfc8037_a"]
FOREIGN = ("RS384", "RS512", "PS384", "PS512", "ES384", "ES512")


def vector(name):
    """Return a vector by the name of its file."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def public(members):
    """Return the public half of a JWK's members."""
    return PyJwtKey.from_jwk(
        {name: members[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in members}
    )


@pytest.fixture(params=ALGORITHMS)
def key(request):
    """Return a private key of each algorithm."""
    return KEYS[request.param]


@pytest.mark.parametrize("name", SIGNED)
def test_the_examples_of_the_standards_verify(name):
    """RFC 7515 A.2 to A.4, RFC 7520 4.1, RFC 8037 A.5: the token as printed is right."""  # JWT-20
    case = vector(name)
    message, _, signature = case["token"].encode().rpartition(b".")
    private = PyJwtKey.from_jwk if case["algorithm"] in ALGORITHMS else public
    key = private(case["key"])
    assert key.algorithm == case["algorithm"]
    assert key.verify(message, signature)
    assert not key.verify(message + b"x", signature)


@pytest.mark.parametrize("name", ["rfc7520_4_1", "rfc8037_a"])
def test_the_examples_of_the_standards_are_signed_again(name):
    """Where the algorithm is deterministic the signature comes out as printed."""  # JWT-20
    case = vector(name)
    message, _, signature = case["token"].encode().rpartition(b".")
    assert PyJwtKey.from_jwk(case["key"]).sign(message) == signature


@pytest.mark.parametrize("name", ["rfc7638_3_1", "rfc8037_a"])
def test_a_key_is_called_by_its_thumbprint(name):
    """RFC 7638 3.1 and RFC 8037 A.3: the name comes out as printed."""  # JWT-20
    case = vector(name)
    members = {n: value for n, value in case["key"].items() if n != "kid"}
    assert PyJwtKey.from_jwk(members).key_id == case["thumbprint"]


def test_a_private_key_of_an_algorithm_that_only_verifies_is_refused():
    """RFC 7515 A.4: new tokens are signed by four algorithms, others are only believed."""  # JWT-07
    with pytest.raises(WeakKeyError, match="ES512 only verifies here"):
        PyJwtKey.from_jwk(vector("rfc7515_a4")["key"])


@pytest.mark.parametrize("algorithm", FOREIGN)
def test_what_others_sign_with_is_verified(algorithm):
    """Longer hashes and curves: PyJWT signs, and nothing but that one algorithm verifies it."""  # JWT-05
    private = foreign(algorithm)
    theirs = jwt.encode({"sub": "42"}, private, algorithm=algorithm).encode()
    message, _, signature = theirs.rpartition(b".")
    members = json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(private.public_key()))
    key = PyJwtKey.from_jwk({**members, "alg": algorithm, "key_ops": ["verify"]})
    assert (key.algorithm, key.verify(message, signature)) == (algorithm, True)
    assert not key.verify(message + b"x", signature)
    if algorithm[0] != "E":
        twin = PyJwtKey.from_jwk({**members, "alg": algorithm[:2] + "256", "key_ops": ["verify"]})
        assert not twin.verify(message, signature)


def foreign(algorithm):
    """Return a private key for an algorithm that we only verify."""
    curves = {"ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
    return ec.generate_private_key(curves[algorithm]) if algorithm in curves else RSA


def test_ed25519_is_eddsa_by_its_other_name():
    """RFC 9864 calls the algorithm by its curve: the same key, under both names."""
    jwk = KEYS["EdDSA"].public_jwk()
    ring = KeyRing.from_jwks({"keys": [{**jwk, "alg": "Ed25519"}]})
    found = [ring.find(algorithm=name, key_id=jwk["kid"]) for name in ("EdDSA", "Ed25519", "Ed448", "ES256")]
    assert [len(keys) for keys in found] == [1, 1, 0, 0]
    assert found[0][0].verify(b"m", KEYS["EdDSA"].sign(b"m"))


def test_an_rsa_key_without_alg_is_for_one_algorithm():
    """RS256, unless the issuer's profile names another; never RS and PS both."""  # JWT-05
    jwk = {name: value for name, value in KEYS["RS256"].public_jwk().items() if name != "alg"}
    for named, algorithm in (({}, "RS256"), ({"rsa_algorithm": "PS512"}, "PS512")):
        ring = KeyRing.from_jwks({"keys": [jwk]}, **named)
        assert [key.algorithm for key in ring.keys] == [algorithm]


def test_certificates_are_a_key_set():
    """An object of X.509 certificates by name, as Google publishes those of Firebase."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "securetoken.example")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, RSA.public_key(), 7, begin, begin + timedelta(days=16))
    text = made.sign(RSA, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    ring = KeyRing.from_jwks(json.dumps({"a1": text}))
    assert [(key.key_id, key.algorithm) for key in ring.keys] == [("a1", "RS256")]
    assert ring.keys[0].verify(b"m", PyJwtKey.from_pem(pem(RSA)).sign(b"m"))
    broken = text.replace("M", "N")
    assert [key.key_id for key in KeyRing.from_jwks({"a1": broken, "a2": text}).keys] == ["a2"]
    with pytest.raises(WeakKeyError, match=r"no X\.509 certificate"):
        KeyRing.from_jwks({"a1": broken})


def test_pyjwt_reads_what_we_sign(key):
    """A token that one of our keys signed verifies in PyJWT by the public JWK."""
    head = jwt.utils.base64url_encode(json.dumps({"alg": key.algorithm}).encode())
    message = head + b"." + jwt.utils.base64url_encode(b'{"sub":"42"}')
    theirs = jwt.PyJWK(key.public_jwk())
    token = message + b"." + key.sign(message)
    assert jwt.decode(token, theirs, algorithms=[key.algorithm])["sub"] == "42"


def test_we_read_what_pyjwt_signs(key):
    """A token that PyJWT signed with our private JWK verifies here."""
    token = jwt.encode({"sub": "42"}, jwt.PyJWK(key.private_jwk()), algorithm=key.algorithm)
    message, _, signature = token.encode().rpartition(b".")
    assert key.verify(message, signature)


@settings(max_examples=40)
@given(st.binary(max_size=200), st.integers(0, 85), st.sampled_from(ALPHABET.decode()))
def test_an_edited_signature_is_wrong(message, place, letter):
    """No single edit of a signature survives, nor one of the message."""  # JWT-19
    for key in (KEYS["EdDSA"], KEYS["ES256"]):
        signature = bytearray(key.sign(message))
        assert key.verify(message, bytes(signature))
        edited = bytes(signature[:place]) + letter.encode() + bytes(signature[place + 1 :])
        assert key.verify(message, edited) == (edited == signature)


def test_only_the_canonical_text_is_a_signature(key):
    """Padding, another alphabet, set bits, a byte more or less: refused without raising."""  # JWT-03
    right = key.sign(b"message")
    last = bytes([ALPHABET[ALPHABET.index(right[-1]) ^ 1]])
    others = [right + b"=", right[:-1], right[:-1] + last, b"", right + b"A", b"+" * len(right), right[::-1]]
    assert key.verify(b"message", right)
    assert not any(key.verify(b"message", other) for other in others)


def test_one_key_has_one_algorithm(key):
    """No key verifies what another algorithm's key signed, not even the same numbers (PS256, RS256)."""
    # JWT-05
    others = [other for name, other in KEYS.items() if name != key.algorithm]
    assert not any(key.verify(b"message", other.sign(b"message")) for other in others)
    if key.algorithm in KINDS["RSA"].algorithms:
        (name,) = {"RS256", "PS256"} - {key.algorithm}
        twin = PyJwtKey.from_jwk({**key.private_jwk(), "alg": name})
        assert not twin.verify(b"message", key.sign(b"message"))


def test_a_public_key_verifies_and_cannot_sign(key):
    """The public half knows the signature and refuses to make one."""
    public = PyJwtKey.from_jwk(key.public_jwk())
    assert (public.can_sign, public.key_id) == (False, key.key_id)
    assert public.verify(b"message", key.sign(b"message"))
    with pytest.raises(WeakKeyError, match="verifies only"):
        public.sign(b"message")
    with pytest.raises(WeakKeyError, match="no private half"):
        public.private_jwk()


def test_a_key_survives_its_jwk(key):
    """What is written is read again as the same key."""
    again = PyJwtKey.from_jwk(json.loads(json.dumps(key.private_jwk())))
    assert (again.algorithm, again.key_id, again.can_sign) == (key.algorithm, key.key_id, True)
    assert key.verify(b"message", again.sign(b"message"))
    assert again.private_jwk() == key.private_jwk()


@pytest.mark.parametrize(("made", "algorithm"), [(RSA, "RS256"), (P256, "ES256"), (ED25519, "EdDSA")])
def test_a_pem_is_read(made, algorithm):
    """Private and public PEM, as text, bytes or Secret, are the same key under the same name."""
    keys = [PyJwtKey.from_pem(text) for text in (pem(made), pem(made).decode(), Secret(pem(made).decode()))]
    public = PyJwtKey.from_pem(public_pem(made))
    assert {one.key_id for one in [*keys, public]} == {public.key_id}
    assert {(one.algorithm, one.can_sign) for one in keys} == {(algorithm, True)}
    assert not public.can_sign
    assert public.verify(b"message", keys[0].sign(b"message"))


def test_a_pem_of_rsa_may_be_for_pss():
    """What a PEM cannot say is an argument."""
    assert PyJwtKey.from_pem(pem(RSA), algorithm="PS256").algorithm == "PS256"
    with pytest.raises(WeakKeyError, match="algorithm is none of RS256, PS256"):
        PyJwtKey.from_pem(pem(RSA), algorithm="ES256")


@pytest.mark.parametrize("absent", ["jwt", "cryptography.exceptions"])
def test_a_missing_driver_says_what_to_install(monkeypatch, absent):
    """One error with the exact line, whichever of the two is missing."""
    monkeypatch.setitem(sys.modules, absent, None)
    monkeypatch.delitem(sys.modules, PyJwtKey.__module__)
    monkeypatch.delitem(sys.modules, certified.__module__)
    monkeypatch.delattr(jwt_auth_core.keys, "cryptography")
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[jwt\]'"):
        importlib.import_module(PyJwtKey.__module__)


def test_nothing_shows_a_private_key(key):
    """The repr of a key and of what it was read from have public words only."""  # JWT-16
    jwk = key.private_jwk()
    shown = repr(key) + repr(parse_jwk(jwk))
    assert repr(key) == f"PyJwtKey({key.algorithm}, key_id={key.key_id!r}, can_sign=True)"
    assert jwk["d"] not in shown


def test_a_traceback_with_variables_does_not_show_a_refused_key(key):
    """What a crash reporter collects from our frames has no private member (JWT-16)."""
    jwk = {**key.private_jwk(), "x": "AA", "n": "AA"}
    try:
        PyJwtKey.from_jwk(jwk)
    except WeakKeyError as error:
        inner = traceback.walk_tb(error.__traceback__.tb_next)
        report = "".join(traceback.StackSummary.extract(inner, capture_locals=True).format())
        assert error.__context__ is None or error.__suppress_context__
    assert "from_jwk" in report
    assert jwk["d"] not in report
