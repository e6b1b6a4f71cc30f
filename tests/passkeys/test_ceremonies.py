"""The ceremonies: what a browser is asked, and every way in which its answer may be wrong."""

import json
from dataclasses import replace

import pytest

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.passkeys.ceremony import CeremonyError, read_answer
from jwt_auth_core.passkeys.passkey import Passkey, new_handle
from jwt_auth_core.passkeys.relying_party import RelyingParty
from jwt_auth_core.passkeys.webauthn import ALGORITHMS, WebauthnCeremonies
from tests.passkeys import authenticator
from tests.passkeys.authenticator import BE, BS, HAND, UP, UV, Authenticator, b64, unb64

ORIGIN, RP_ID = "https://app.example", "app.example"
APP = "android:apk-key-hash:" + "A" * 43
CHALLENGE, OTHER = b64url_encode(bytes(32)), b64url_encode(b"\1" * 32)
CEREMONIES = WebauthnCeremonies(RelyingParty(RP_ID, "Shop", (ORIGIN, APP)))
HANDLE = new_handle()
TO_MAKE = CEREMONIES.registration(CHALLENGE, handle=HANDLE, name="ada", display_name="Ada", known=())
TO_USE = CEREMONIES.login(OTHER)


def registered(device, **attestation):
    """Return the passkey that a device makes."""
    made = CEREMONIES.register(read_answer(device.create(TO_MAKE, **attestation)))
    return Passkey(
        passkey_id="pk_1",
        user_id="u",
        credential_id=made.credential_id,
        public_key=made.public_key,
        handle=HANDLE,
        sign_count=made.sign_count,
        name="n",
        transports=made.transports,
        aaguid=made.aaguid,
        is_synced=made.is_synced,
        is_backed_up=made.is_backed_up,
        is_user_verified=made.is_user_verified,
        created_at=0,
    )


def used(device, passkey, **named):
    """Return what a device proves with a passkey."""
    return CEREMONIES.verify(read_answer(device.get(TO_USE)), passkey, **named)


def is_refused(step):
    """Tell whether a step is refused as an answer, and by no other error."""
    try:
        step()
    except CeremonyError:
        return True
    return False


def test_a_browser_is_asked_for_a_passkey_that_it_finds_by_itself():
    """Discoverable, verified where that can be, without a word of who made the device."""
    chosen = TO_MAKE["authenticatorSelection"]
    assert chosen["residentKey"] == "required"
    assert chosen["userVerification"] == "preferred"
    assert (TO_MAKE["attestation"], TO_MAKE["timeout"]) == ("none", 300_000)
    assert (TO_MAKE["rp"], TO_MAKE["challenge"]) == ({"id": RP_ID, "name": "Shop"}, CHALLENGE)
    assert TO_MAKE["user"] == {"id": HANDLE, "name": "ada", "displayName": "Ada"}


def test_the_algorithms_are_those_that_are_verified():
    """Three that all have, and the three of ML-DSA where the build has them; JSON has them as numbers."""
    offered = [one["alg"] for one in json.loads(json.dumps(TO_MAKE["pubKeyCredParams"]))]
    assert offered == [-8, -7, -257, -48, -49, -50]
    assert offered == list(ALGORITHMS)


def test_a_sign_in_asks_for_whatever_passkey_is_there():
    """By its user, verified; what comes second to a password may be a key alone."""
    assert TO_USE["allowCredentials"] == []
    assert (TO_USE["userVerification"], TO_USE["rpId"], TO_USE["timeout"]) == ("required", RP_ID, 300_000)
    passkey = registered(Authenticator())
    asked = CEREMONIES.login(OTHER, allowed=[passkey], must_verify_user=False)
    assert asked["userVerification"] == "preferred"
    named = {"id": passkey.credential_id, "type": "public-key", "transports": ["hybrid", "internal"]}
    assert asked["allowCredentials"] == [named]


def test_a_device_is_asked_for_no_second_passkey():
    """Those of the user are named."""
    passkey = registered(Authenticator())
    asked = CEREMONIES.registration(CHALLENGE, handle=HANDLE, name="a", display_name="A", known=[passkey])
    assert [one["id"] for one in asked["excludeCredentials"]] == [passkey.credential_id]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_passkey_of_each_algorithm_is_made_and_used(algorithm):
    """The list is the same at both ceremonies."""
    device = Authenticator(algorithm=algorithm, counts=True)
    passkey = registered(device)
    assertion = used(device, passkey)
    assert (passkey.sign_count, assertion.sign_count) == (1, 2)
    assert assertion.methods == ("hwk", "user")


@pytest.mark.parametrize(
    ("flags", "methods"),
    [(UP | UV | BE, ("swk", "user")), (UP | UV | BE | BS, ("swk", "user")), (UP, ("hwk",))],
)
def test_what_was_proven_is_said_in_words(flags, methods):
    """A key that may be copied is of software; a user who was not verified is not said to be."""
    device = Authenticator(flags=flags)
    passkey = registered(device)
    assert used(device, passkey, must_verify_user=False).methods == methods
    assert passkey.is_backed_up == bool(flags & BS)


def test_who_was_not_verified_is_refused_where_that_is_asked():
    """By the server's word, not by the browser's."""  # PK-2
    device = Authenticator(flags=UP)
    passkey = registered(device)
    assert is_refused(lambda: used(device, passkey))


@pytest.mark.parametrize("origin", [ORIGIN, APP])
def test_pages_and_applications_may_ask(origin):
    """Each origin that is named, as it is spelled."""
    device = Authenticator(origin=origin)
    assert used(device, registered(device)).is_user_verified


WRONG = {
    "another challenge": {"client_data": {"challenge": b64(b"\2" * 32)}},
    "no challenge": {"client_data": {"challenge": None}},
    "a challenge that is no text": {"client_data": {"challenge": 5}},
    "another type": {"client_data": {"type": "payment.get"}},
    "no type": {"client_data": {"type": None}},
    "another origin": {"origin": "https://app.example.attacker"},
    "an origin in capitals": {"origin": "https://APP.example"},
    "an origin with a port": {"origin": "https://app.example:8443"},
    "an origin without TLS": {"origin": "http://app.example"},
    "a domain below": {"origin": "https://evil.app.example"},
    "an origin with a path": {"origin": "https://app.example/"},
    "no origin": {"origin": "null"},
    "several origins": {"origin": ["https://app.example"]},
    "a frame of others": {"client_data": {"crossOrigin": True}},
    "a frame in words": {"client_data": {"crossOrigin": "false"}},
    "a page around it": {"client_data": {"topOrigin": ORIGIN}},
    "another relying party": {"rp_id": "example"},
    "nobody there": {"flags": UV},
    "a copy of what cannot be copied": {"flags": HAND | BS},
    "extensions that are not there": {"flags": HAND | 0x80},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_new_passkey_with_something_wrong_is_refused(wrong):
    """Though its key signs nothing here."""  # PK-2
    device = Authenticator(**WRONG[wrong])
    made = device.create(TO_MAKE)
    answer = {"another challenge": OTHER}.get(wrong, CHALLENGE)
    assert is_refused(lambda: CEREMONIES.register(replace(read_answer(made), challenge=answer)))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_use_with_something_wrong_is_refused(wrong):
    """Though the signature is right."""  # PK-2
    device = Authenticator()
    passkey = registered(device)
    for name, value in WRONG[wrong].items():
        setattr(device, name, value)
    assert is_refused(
        lambda: CEREMONIES.verify(replace(read_answer(device.get(TO_USE)), challenge=OTHER), passkey)
    )


def flipped(octets):
    """Yield octets with one bit of each another, one at a time."""
    for place in range(len(octets)):
        yield octets[:place] + bytes([octets[place] ^ 1 << place % 8]) + octets[place + 1 :]


def test_no_octet_of_what_is_signed_may_be_another():
    """Neither of what the browser says, nor of what the authenticator does, nor of the signature."""
    device = Authenticator(algorithm=authenticator.EDDSA)
    passkey, made = registered(device), device.get(TO_USE)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for octets in flipped(unb64(made["response"][part])):
            changed = {**made, "response": {**made["response"], part: b64(octets)}}
            assert is_refused(lambda c=changed: CEREMONIES.verify(read_answer(c), passkey)), (part, octets)


def test_another_key_opens_nothing():
    """Its signature is right, and it is not the one that is kept."""
    device, other = Authenticator(), Authenticator()
    passkey = registered(device)
    other.credential_id, other.handle, other.rp_id = device.credential_id, device.handle, RP_ID
    assert is_refused(lambda: used(other, passkey))


def test_another_credential_than_the_one_that_is_kept_is_refused():
    """Whatever the key."""
    device = Authenticator()
    passkey = registered(device)
    device.credential_id = b"another"
    assert is_refused(lambda: used(device, passkey))


def test_a_key_that_may_be_copied_from_now_on_is_refused():
    """Its kind never changes (section 7.2)."""
    device = Authenticator()
    passkey = registered(device)
    device.flags |= BE
    assert is_refused(lambda: used(device, passkey))


def test_an_answer_of_one_ceremony_is_none_of_the_other():
    """Nor the other way round."""  # PK-1
    device = Authenticator()
    passkey = registered(device)
    made, got = device.create({**TO_MAKE, "challenge": OTHER}), device.get({**TO_USE, "challenge": CHALLENGE})
    assert is_refused(lambda: CEREMONIES.verify(read_answer(made), passkey))
    assert is_refused(lambda: CEREMONIES.register(read_answer(got)))
    assert is_refused(
        lambda: CEREMONIES.verify(
            read_answer({**got, "response": {**got["response"], **made["response"]}}), passkey
        )
    )


def test_the_credential_is_the_one_that_was_attested():
    """What the browser calls it beside that is not believed."""
    device = Authenticator()
    made = device.create(TO_MAKE)
    name = b64(b"another")
    assert is_refused(lambda: CEREMONIES.register(read_answer({**made, "id": name, "rawId": name})))


@pytest.mark.parametrize("attachment", ["platform", "embedded-in-the-wall", None, 5, ["platform"]])
def test_an_attachment_that_nobody_knows_is_no_error(attachment):
    """It is dropped: nothing here depends on it."""
    device = Authenticator()
    made = CEREMONIES.register(read_answer({**device.create(TO_MAKE), "authenticatorAttachment": attachment}))
    passkey = replace(registered(device), public_key=made.public_key)
    got = {**device.get(TO_USE), "authenticatorAttachment": attachment}
    assert CEREMONIES.verify(read_answer(got), passkey).is_user_verified


def test_a_transport_that_nobody_knows_is_dropped():
    """The others are kept in order, each once."""
    device = Authenticator(transports=("usb", "thought", "nfc", "usb", 5, None, ["ble"]))
    assert registered(device).transports == ("nfc", "usb")


@pytest.mark.parametrize("transports", [None, "usb", {}, 5])
def test_transports_may_be_anything(transports):
    """Browsers that do not know of them leave them out."""
    made = Authenticator().create(TO_MAKE)
    made["response"]["transports"] = transports
    assert CEREMONIES.register(read_answer(made)).transports == ()
