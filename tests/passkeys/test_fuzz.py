"""What is no answer at all: whatever a stranger writes, the error is ours."""

import copy
import random

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.passkeys.ceremony import CeremonyError, read_answer
from tests.passkeys.authenticator import Authenticator, b64, unb64
from tests.passkeys.test_ceremonies import CEREMONIES, TO_MAKE, TO_USE, is_refused, registered

DEVICE = Authenticator()
PASSKEY = registered(DEVICE)
MADE, GOT = DEVICE.create(TO_MAKE), DEVICE.get(TO_USE)
JUNK = [None, 0, -1, True, 1.5, "", "x", "é", "\ud800", "A" * 5000, [], [[]], {}, {"a": 1}]


def paths(value, path=()):
    """Yield where everything in a document is."""
    if isinstance(value, dict):
        for name in value:
            yield (*path, name)
            yield from paths(value[name], (*path, name))


def changed(document, path, value):
    """Return a document with one thing another, or without it."""
    whole = copy.deepcopy(document)
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    if value is paths:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return whole


def both(document):
    """Take an answer through both ceremonies; only our error comes out."""
    for step in (CEREMONIES.register, lambda answer: CEREMONIES.verify(answer, PASSKEY)):
        try:
            step(read_answer(document))
        except CeremonyError:
            continue


@pytest.mark.parametrize("document", [MADE, GOT], ids=["made", "got"])
def test_every_member_may_be_anything(document):
    """Missing, of another type, empty, long, no text at all."""
    for path in list(paths(document)):
        for junk in (*JUNK, paths):
            both(changed(document, path, junk))


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
def test_octets_may_be_anything(part):
    """Cut short, prolonged, others in their place."""
    chance = random.Random(13)  # noqa: S311 - the same each time
    octets = unb64(MADE["response"][part])
    for _ in range(300):
        place, size = chance.randrange(len(octets)), chance.randrange(12)
        other = octets[:place] + chance.randbytes(chance.randrange(4)) + octets[place + size :]
        both(changed(MADE, ("response", part), b64(other)))
    for end in range(len(octets)):
        assert is_refused(
            lambda end=end: CEREMONIES.register(
                read_answer(changed(MADE, ("response", part), b64(octets[:end])))
            )
        )


@given(
    st.recursive(
        st.none() | st.integers() | st.binary(max_size=40) | st.text(max_size=9),
        lambda some: (
            st.lists(some, max_size=4)
            | st.dictionaries(st.integers(-5, 5) | st.text(max_size=4), some, max_size=5)
        ),
        max_leaves=12,
    )
)
@settings(max_examples=200, deadline=None)
def test_cbor_may_be_anything(value):
    """As a key, as a statement, as the whole."""
    device = Authenticator()
    device.public = value
    both(device.create(TO_MAKE))
    both(DEVICE.create(TO_MAKE, attStmt=value))
    both(changed(MADE, ("response", "attestationObject"), b64(cbor2.dumps(value))))


@pytest.mark.parametrize("depth", [500, 5000])
def test_depth_is_no_way_out(depth):
    """A document that nests deeper than it is worth is refused."""
    deep = b"\x81" * depth + b"\x00"
    assert is_refused(
        lambda: CEREMONIES.register(read_answer(changed(MADE, ("response", "attestationObject"), b64(deep))))
    )
    said = b'{"challenge":' + b"[" * depth + b"]" * depth + b"}"
    assert is_refused(lambda: read_answer(changed(MADE, ("response", "clientDataJSON"), b64(said))))


def test_an_id_has_a_length():
    """At most 1023 octets, as the standard has it, and at least one."""
    for size, is_good in ((0, False), (1, True), (1023, True), (1024, False)):
        device = Authenticator(credential_id=bytes(size))
        assert is_refused(lambda device=device: registered(device)) is not is_good
