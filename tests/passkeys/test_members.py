"""Every member of an answer, one at a time: another one, one of another kind, or none is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.passkeys.ceremony import read_answer
from tests.passkeys.authenticator import Authenticator, b64
from tests.passkeys.test_ceremonies import CEREMONIES, OTHER, TO_MAKE, TO_USE, is_refused, registered

ANOTHER = b64(b"another credential")
OUTER = {
    "another id": {"id": ANOTHER},
    "another rawId": {"rawId": ANOTHER},
    "no id": {"id": None},
    "no rawId": {"rawId": None},
    "an id that is no text": {"id": 5, "rawId": 5},
    "an empty id": {"id": "", "rawId": ""},
    "another type": {"type": "password"},
    "no type": {"type": None},
    "no response": {"response": None},
    "a response that is a list": {"response": []},
}
WRONG = (None, "", "?", 5, [], {}, b64(b"{}"), b64(b"\x00" * 37))
MADE = ("clientDataJSON", "attestationObject")
GOT = ("clientDataJSON", "authenticatorData", "signature")


def verified(members, passkey):
    """Verify a use as what it says it is."""
    return CEREMONIES.verify(replace(read_answer(members), challenge=OTHER), passkey)


@pytest.mark.parametrize("wrong", OUTER)
def test_what_surrounds_an_answer_is_as_it_was(wrong):
    """The two names of the credential are one, and say which it is; its type is of passkeys."""  # PK-2
    device = Authenticator()
    made = device.create(TO_MAKE)
    assert is_refused(lambda: CEREMONIES.register(read_answer({**made, **OUTER[wrong]})))
    passkey = registered(device)
    assert is_refused(lambda: verified({**device.get(TO_USE), **OUTER[wrong]}, passkey))


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_no_part_of_a_new_passkey_may_be_something_else(name, value):
    """Nor missing."""  # PK-2
    made = Authenticator().create(TO_MAKE)
    changed = {**made, "response": {**made["response"], name: value}}
    assert is_refused(lambda: CEREMONIES.register(read_answer(changed)))


@pytest.mark.parametrize("name", GOT)
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_no_part_of_a_use_may_be_something_else(name, value):
    """Nor missing."""  # PK-2
    device = Authenticator()
    passkey, got = registered(device), device.get(TO_USE)
    assert is_refused(lambda: verified({**got, "response": {**got["response"], name: value}}, passkey))
