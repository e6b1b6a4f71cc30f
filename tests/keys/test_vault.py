"""Encryption at rest: AES-256-GCM, each value bound to its place."""

import pytest

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.keys.encryption.cryptography import AesGcm
from jwt_auth_core.keys.encryption.vault import (
    Encrypted,
    EncryptionNotConfiguredError,
    UndecipherableError,
    Vault,
)

NEW, OLD = bytes(32), bytes(range(32))
PLACE = "auth_totp.secret totp_1 u1"


@pytest.fixture
def vault():
    """Return a vault of two keys."""
    return Vault({"new": NEW, "old": OLD}, AesGcm)


def test_what_was_encrypted_is_read_again(vault):
    """Under the newest key, and each time to another text."""
    one, other = (vault.encrypt(b"secret", place=PLACE) for _ in range(2))
    assert one.key_id == "new"
    assert one != other
    assert vault.decrypt(one, place=PLACE) == b"secret"


def test_an_older_key_still_reads(vault):
    """What it encrypted itself."""
    value = Encrypted("old", AesGcm().encrypt(OLD, b"secret", PLACE.encode()))
    assert vault.decrypt(value, place=PLACE) == b"secret"


def test_a_vector_of_the_standard():
    """Test case 16 of the GCM specification, with our nonce in front."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    place = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    assert AesGcm().decrypt(key, b64url_encode(nonce + sealed), place) == plain


@pytest.mark.parametrize("place", ["auth_totp.secret totp_2 u1", "auth_totp.secret totp_1 u2", ""])
def test_at_another_place_it_is_nothing(vault, place):
    """Neither in another row nor for another user."""
    with pytest.raises(UndecipherableError):
        vault.decrypt(vault.encrypt(b"secret", place=PLACE), place=place)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64url!", b64url_encode(bytes(40))])
def test_what_was_changed_is_nothing(vault, text):
    """However it was."""
    with pytest.raises(UndecipherableError):
        vault.decrypt(Encrypted("new", text), place=PLACE)


def test_under_an_unknown_key_it_is_nothing(vault):
    """The message names that key."""
    with pytest.raises(UndecipherableError, match="gone"):
        vault.decrypt(Encrypted("gone", "AAAA"), place=PLACE)


def test_without_keys_nothing_is_encrypted():
    """The error names the setting."""
    with pytest.raises(EncryptionNotConfiguredError, match="ENCRYPTION_KEYS"):
        Vault({}, AesGcm).encrypt(b"secret", place=PLACE)


def test_keys_that_lack_one_in_use_are_refused(vault):
    """All that is missing is named at once."""
    vault.require(["new", "old"], whose="rows")
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS lacks a, b, which rows name"):
        vault.require(["new", "a", "b"], whose="rows")


def test_keys_are_shown_nowhere(vault):
    """Not by a representation."""  # LOG-1
    assert "new" not in repr(vault)
