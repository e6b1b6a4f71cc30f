"""Keys and attestations of new passkeys: what could not be used, or is not right, is refused at once."""

import importlib
import sys

import cbor2
import pytest
from webauthn.helpers.exceptions import UnsupportedAlgorithm

from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.passkeys import webauthn
from jwt_auth_core.passkeys.ceremony import read_answer
from tests.passkeys import authenticator
from tests.passkeys.authenticator import Authenticator, b64, unb64
from tests.passkeys.test_ceremonies import CEREMONIES, HANDLE, RP_ID, TO_MAKE, is_refused, registered


@pytest.mark.parametrize(
    "change",
    [
        {3: -65535},
        {3: -37},
        {3: -36},
        {3: -8},
        {3: None},
        {3: "ES256"},
        {-1: 2},
        {-1: 3},
        {-2: b"\1" * 32},
        {-2: b""},
        {-2: b"\0" + bytes(32)},
        {-3: "y" * 32},
        {1: 1},
        {1: 3},
        {1: 4},
        {1: 7},
        {1: None},
    ],
)
def test_a_key_that_could_not_be_used_is_refused_at_once(change):
    """Of another algorithm, on another curve, off its curve, of another length or kind."""
    device = Authenticator()
    device.public = device.public | change
    assert is_refused(lambda: registered(device))


@pytest.mark.parametrize(
    "change",
    [{-1: b"\xff" * 128}, {-1: b"\xff" * 1024}, {-1: b"\0" + b"\xff" * 255}, {-2: b"\1"}, {-2: b"\3"}],
)
def test_an_rsa_key_has_limits(change):
    """Neither small nor so large that it keeps a core busy."""
    device = Authenticator(algorithm=authenticator.RS256)
    device.public = device.public | change
    assert is_refused(lambda: registered(device))


@pytest.mark.parametrize(
    ("algorithm", "change"),
    [
        (authenticator.EDDSA, {-2: b"\1" * 57}),
        (authenticator.EDDSA, {-1: 7}),
        (authenticator.ML_DSA_44, {3: -49}),
    ],
)
def test_other_keys_have_the_form_of_their_algorithm(algorithm, change):
    """Of Ed25519 and ML-DSA, too."""
    device = Authenticator(algorithm=algorithm)
    device.public = device.public | change
    assert is_refused(lambda: registered(device))


@pytest.mark.parametrize(
    "attestation",
    [
        {"fmt": "compound"},
        {"fmt": 5},
        {"attStmt": {"sig": b"x"}},
        {"attStmt": 5},
        {"fmt": "packed"},
        {"authData": b""},
    ],
)
def test_an_attestation_that_is_none_is_refused(attestation):
    """Nobody asked for one; what comes all the same has to be right."""
    assert is_refused(lambda: registered(Authenticator(), **attestation))


def test_a_packed_attestation_by_the_key_itself_is_taken():
    """Some browsers bring it though it was not asked for."""
    device = Authenticator()
    device.rp_id, device.handle = RP_ID, unb64(HANDLE)
    made = device.create(TO_MAKE)
    data = cbor2.loads(unb64(made["response"]["attestationObject"]))["authData"]
    said = authenticator.hashlib.sha256(unb64(made["response"]["clientDataJSON"])).digest()
    statement = {"alg": -7, "sig": authenticator.sign(device.key, data + said)}
    whole = cbor2.dumps({"fmt": "packed", "attStmt": statement, "authData": data})
    made["response"]["attestationObject"] = b64(whole)
    assert CEREMONIES.register(read_answer(made)).credential_id == made["id"]


def test_an_algorithm_that_the_build_lacks_is_not_offered(monkeypatch):
    """As some builds of OpenSSL lack ML-DSA."""

    def lacking(_key):
        raise UnsupportedAlgorithm

    monkeypatch.setattr(webauthn, "decoded_public_key_to_cryptography", lacking)
    assert webauthn._algorithms() == (-8, -7, -257)


def test_a_missing_library_says_what_to_install(monkeypatch):
    """In the error that whoever asks for a passkey gets."""
    monkeypatch.setitem(sys.modules, "webauthn", None)
    monkeypatch.delitem(sys.modules, "jwt_auth_core.passkeys.webauthn")
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[passkeys\]'"):
        importlib.import_module("jwt_auth_core.passkeys.webauthn")
