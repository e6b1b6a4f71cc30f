"""Derived keys: one a purpose, none of them the secret."""

from jwt_auth_core.keys.derived import derived_keys, hkdf, key_ids
from jwt_auth_core.vocabulary import Secret

SECRETS = [Secret("newest " * 6), Secret("oldest " * 6)]


def test_the_first_vector_of_the_standard():
    """RFC 5869, A.1."""
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    made = hkdf(b"\x0b" * 22, salt=bytes(range(13)), info=info, size=42)
    assert made.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_each_purpose_has_a_key_of_its_own():
    """What one purpose gives away is of no use to another."""
    rows, seals = (derived_keys(SECRETS, purpose=purpose)[0] for purpose in ("rows", "seals"))
    assert rows.mac.digest(b"x") != seals.mac.digest(b"x")
    assert rows.key_id == seals.key_id == key_ids(SECRETS)[0]


def test_the_newest_comes_first():
    """The order is that of the secrets, and each has an id of its own."""
    assert [key.key_id for key in derived_keys(SECRETS, purpose="p")] == [*key_ids(SECRETS)]
    assert len(set(key_ids(SECRETS))) == 2
