"""The group of an `Auth`: start-up, keys, the thread that seals."""

import logging

import pytest

from jwt_auth_core import Auth, Client, Secret, Settings
from jwt_auth_core.errors import SettingsError, StoreUnavailableError
from jwt_auth_core.keys.derived import key_ids
from tests.audit.desk import NEW, OLD
from tests.cheap import cheap_passwords
from tests.revocations.parts import until

KEY = Secret("a key that signs what the tests of the audit sign")
ADA = {"email": "ada@example.com", "password": "a long and quiet river", "first_name": "A", "last_name": "B"}


def made(tmp_path, *keys):
    """Return an `Auth` on a file."""
    url = Secret(f"sqlite:///{tmp_path}/auth.sqlite3")
    settings = Settings(jwt_key=KEY, database_url=url, encryption_keys=keys)
    return Auth.from_settings(settings, passwords=cheap_passwords())


def test_start_up_says_once_that_nothing_is_sealed(tmp_path, caplog):
    """An operator who set no key learns that rows can be changed."""
    auth = made(tmp_path)
    for _ in range(2):
        auth.check()
    auth.close()
    told = [one for one in caplog.messages if "ENCRYPTION_KEYS" in one]
    assert told == ["the rows of the audit are not sealed: ENCRYPTION_KEYS is not set"]


def test_a_thread_seals(tmp_path, monkeypatch, caplog):
    """From the first event on, without anybody asking."""
    monkeypatch.setattr("jwt_auth_core.audit.audit.SEAL_SECONDS", 0.01)
    auth = made(tmp_path, NEW)
    with caplog.at_level(logging.INFO, "jwt_auth.audit.seals"):
        auth.register(auth.register.parse(ADA), Client())
        until(lambda: auth.audit.verify().seals == 1)
    auth.close()
    assert any(message.startswith("seal 1 over 1 rows") for message in caplog.messages)


def test_what_a_command_wrote_is_sealed_when_it_ends(tmp_path):
    """No server has to run for that."""
    auth = made(tmp_path, NEW)
    auth.register(auth.register.parse(ADA), Client())
    auth.close()
    other = made(tmp_path, NEW)
    assert (other.audit.verify().seals, other.audit.verify().unsealed) == (1, 0)
    other.close()


def test_start_up_refuses_keys_that_lack_one_in_use(tmp_path):
    """Its id is named, so that the operator finds it."""
    auth = made(tmp_path, OLD)
    auth.register(auth.register.parse(ADA), Client())
    auth.close()
    (key_id,) = key_ids([OLD])
    for keys in ((NEW,), ()):
        other = made(tmp_path, *keys)
        with pytest.raises(SettingsError, match=f"ENCRYPTION_KEYS lacks {key_id}"):
            other.check()
        other.close()
    both = made(tmp_path, NEW, OLD)
    both.check()
    both.close()


def test_start_up_refuses_keys_that_lack_one_of_unsealed_rows(desk):
    """A process that was killed before it sealed its rows leaves a key in use, too; old keys verify."""
    desk.write(audit=desk.audit(OLD))
    (key_id,) = key_ids([OLD])
    with pytest.raises(SettingsError, match=f"ENCRYPTION_KEYS lacks {key_id}"):
        desk.audit(NEW).start()
    desk.audit(NEW, OLD).start()
    assert desk.audit(NEW, OLD).verify().findings == ()


def test_a_seal_that_fails_is_made_later(desk, monkeypatch, caplog):
    """The thread goes on; after a minute the log says so, once."""
    audit = desk.audit(NEW)
    desk.write(1, audit)

    def down():
        raise StoreUnavailableError("database")

    monkeypatch.setattr(audit._sealer, "seal", down)
    for seconds in (0, 59, 1, 100):
        desk.now += seconds
        assert audit._step() is None
    assert audit.health() == {"is_sealing": True, "last_seal": None, "failing_since": desk.now - 160}
    told = [one for one in caplog.messages if "audit" in one]
    assert told == ["no row of the audit was sealed for 60 seconds: database does not answer"]
    monkeypatch.undo()
    audit.close()
    assert audit.health() == {"is_sealing": True, "last_seal": 1, "failing_since": None}


def test_without_keys_nothing_is_sealed(desk):
    """Rows are there, and say of themselves that they are not."""
    audit = desk.audit()
    desk.write(1, audit)
    assert audit.seal() == []
    assert not audit.is_sealing
    assert [row.mac for row in audit.newest(5)] == [None]
