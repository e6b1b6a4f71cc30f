"""Keys that encrypt: one in use must be there, and older ones give way."""

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.keys.derived import key_ids
from jwt_auth_core.keys.encryption.vault import EncryptionNotConfiguredError
from jwt_auth_core.vocabulary import Secret
from tests.factors.apps import KEYS, NEWEST, OLDER, AppStory
from tests.flows.parts import process


@pytest.fixture
def variables():
    """Return the older key alone: that of before."""
    return {"ENCRYPTION_KEYS": OLDER}


@pytest.fixture
def story(world):
    """Return Ada, with an app whose secret is under the older key."""
    made = AppStory(world)
    made.app, _ = made.enrolled()
    return made


def keys_in_use(story):
    """Return the ids of keys that rows name."""
    rows = story.auth.database.query("SELECT DISTINCT key_id FROM auth_totp", fetch="all")
    return tuple(row["key_id"] for row in rows)


def test_start_up_refuses_keys_that_lack_one_in_use(story):
    """It names the key by its id, and what mends it."""
    for keys in ((), (Secret(NEWEST),)):
        with process(story.world, encryption_keys=keys) as other, pytest.raises(SettingsError) as refused:
            other.check()
        assert f"ENCRYPTION_KEYS lacks {key_ids([Secret(OLDER)])[0]}, which authenticator apps" in str(
            refused.value
        )


def test_an_older_key_reads_what_it_encrypted(story):
    """Behind a newer one, which encrypts."""
    with process(story.world, encryption_keys=(Secret(NEWEST), Secret(OLDER))) as other:
        other.check()
        story.auth = other
        assert isinstance(story.log_in(story.app), Grant)


def test_what_older_keys_encrypted_is_encrypted_anew(story):
    """Then the older key may go, and the app is as good as before."""
    with process(story.world, encryption_keys=tuple(map(Secret, KEYS.split(", ")))) as other:
        assert (other.factors.reencrypt(), other.factors.reencrypt()) == (1, 0)
    assert keys_in_use(story) == key_ids([Secret(NEWEST)])
    with process(story.world, encryption_keys=(Secret(NEWEST),)) as other:
        other.factors.reencrypt.check()
        story.auth = other
        assert isinstance(story.log_in(story.app), Grant)


def test_what_stopped_goes_on(story, monkeypatch):
    """Each value is under one key or the other."""
    monkeypatch.setattr("jwt_auth_core.flows.factors.reencrypt.AT_ONCE", 1)
    for number in range(3):
        AppStory(story.world, f"eve{number}@example.com").enrolled()
    with process(story.world, encryption_keys=(Secret(NEWEST), Secret(OLDER))) as other:
        assert other.factors.reencrypt.apps.reencrypt(other.factors.reencrypt.vault, most=2) == 2
        assert len(keys_in_use(story)) == 2
        assert other.factors.reencrypt() == 2
    assert keys_in_use(story) == key_ids([Secret(NEWEST)])


def test_a_code_that_is_used_meanwhile_stays_used(story):
    """What is encrypted anew is the secret, and nothing besides."""
    with process(story.world, encryption_keys=(Secret(NEWEST), Secret(OLDER))) as other:
        before = story.listed.apps[0].last_step
        other.factors.reencrypt()
    assert story.listed.apps[0].last_step == before > 0


def test_without_keys_there_is_nothing_to_encrypt_with(story):
    """The error names the setting."""
    with process(story.world, encryption_keys=()) as other, pytest.raises(EncryptionNotConfiguredError):
        other.factors.reencrypt()
