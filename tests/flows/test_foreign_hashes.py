"""Hashes of other systems, at login: they open once, and are ours from then on."""

import json
from pathlib import Path

import pytest

from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.vocabulary import Secret

VECTORS = Path(__file__).parents[1] / "vectors" / "foreign_hashes.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"]
DJANGO = next(case for case in CASES if case["stored"].startswith("pbkdf2_sha256$"))
KINDS = [*{case["stored"].split("$")[0] + case["stored"].split("$")[1][:8]: case for case in CASES}.values()]
NEW = "another quite long phrase"


def adopt(world, case):
    """Have Ada's row bear the hash that another system made; return the user."""
    user = world.register()
    put(world, user, case["stored"])
    return user


def put(world, user, stored):
    """Write a hash into the row, as another application does."""
    sql = "UPDATE users SET password_hash = %s WHERE user_id = %s"
    world.auth.database.query(sql, (stored, user.user_id))


def stored(world, user):
    """Return the hash in the row."""
    return world.stores.users.find(user.user_id).password_hash


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case["stored"][:14])
def test_the_first_login_upgrades(world, case):
    """The old password opens, and the row bears Argon2id afterwards, which opens as well."""  # PW-09
    user = adopt(world, case)
    grant = world.login(password=case["password"])
    assert stored(world, user).startswith("$argon2id$v=19$")
    assert world.auth.claims_of(grant.access_token).subject == user.user_id
    assert world.login(password=case["password"]).user.user_id == user.user_id


def test_a_wrong_password_changes_nothing(world):
    """The old hash stays until its owner comes."""
    user = adopt(world, DJANGO)
    with pytest.raises(InvalidCredentialsError):
        world.login(password="not the password")
    assert stored(world, user) == DJANGO["stored"]


def test_a_password_that_was_changed_meanwhile_is_not_overwritten(world, monkeypatch):
    """Who changes it while an old hash is upgraded wins, and the login with the old one fails."""  # RF-11
    user = adopt(world, DJANGO)
    passwords, changed = world.auth.login.passwords, world.auth.login.passwords.hash(Secret(NEW))
    upgrade = passwords.upgrade

    def slowly(_self, password, old):
        put(world, user, changed)
        return upgrade(password, old)

    monkeypatch.setattr(type(passwords), "upgrade", slowly)
    with pytest.raises(InvalidCredentialsError):
        world.login(password=DJANGO["password"])
    assert stored(world, user) == changed
