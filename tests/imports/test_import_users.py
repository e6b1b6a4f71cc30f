"""Importing: who is made, who is there, who is refused, and what is kept when it is killed."""

from __future__ import annotations

import time
from dataclasses import replace

import pyotp
import pytest

from jwt_auth_core import Client
from jwt_auth_core.errors import AuthError, MissingDriverError
from jwt_auth_core.flows.imports import import_users
from jwt_auth_core.flows.imports.import_users import MOVED, RESERVED, TAKEN, TWICE
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.imports import ImportedUser, Remark
from jwt_auth_core.imports.firebase import HashConfig
from jwt_auth_core.vocabulary import Secret
from tests.imports.conftest import FILES, HASH, PASSWORD, TOTP, entries, of

ADA = ImportedUser(line=1, old_id="1", email="Ada@Example.com", first_name="Ada", last_name="Lovelace")


@pytest.mark.parametrize(
    ("source", "name", "who"),
    [
        ("auth0", "auth0.ndjson", ["ada"]),
        ("csv", "people.csv", ["ada"]),
        ("django", "django.json", []),
        ("fastapi-users", "fastapi-users.csv", ["ada", "eva"]),
        ("firebase", "firebase.json", ["ada"]),
        ("keycloak", "keycloak.json", ["dan"]),
        ("supabase", "supabase.csv", ["eva"]),
    ],
)
def test_old_passwords_open_and_are_replaced(world, source, name, who):
    """Of every system; the login stores one of our own hashes."""
    config = HashConfig.parse((FILES / "hash_config.txt").read_text("utf-8"))
    world.bring(entries(source, name, hash_config=config), brings_factors=False)
    for one in who:
        before = world.row(f"{one}@example.com", "password_hash")
        assert world.opens(f"{one}@example.com") == "opened"
        after = world.row(f"{one}@example.com", "password_hash")
        assert after != before
        assert after.startswith("$argon2id$v=19$m=19456")
        assert world.opens(f"{one}@example.com") == "opened"


@pytest.mark.parametrize("who", ["ada", "bob", "cyd", "dan"])
def test_every_hash_of_keycloak_opens(world, who):
    """Argon2, and PBKDF2 with each digest."""
    world.bring(entries("keycloak", "keycloak.json"), brings_factors=False)
    assert world.opens(f"{who}@example.com") == "opened"


def test_an_app_of_the_old_system_is_asked_for(world):
    """Its code opens; the one that was good when it was imported does not."""
    world.bring([replace(ADA, password_hash=HASH, totp_secrets=(Secret(TOTP),))])
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD})
    assert isinstance(world.auth.login(attempt, Client()), Challenge)
    user = world.auth.end_user.find("ada@example.com")
    (app,) = world.auth.factors.list.apps.of_user(user.user_id)
    codes, totp = world.auth.factors.confirm_totp.codes, pyotp.TOTP(TOTP)
    step = int(time.time()) // 30
    assert codes.step_of(app, Secret(totp.generate_otp(app.last_step))) is None
    assert codes.step_of(app, Secret(totp.generate_otp(step + 1))) == step + 1


def test_facts_come_along(world):
    """Id, names, time of joining, verified address, and that somebody is disabled."""
    own = "f6b0e1c2-8d1f-4a53-9b0a-3f5f5c6b7a88"
    facts = {"password_hash": HASH, "is_verified": True, "is_disabled": True, "created_at": 1_556_964_000}
    (batch,) = world.bring([replace(ADA, old_id=own, **facts), of(2, password_hash=HASH)])
    user = world.auth.end_user.find("ada@example.com")
    assert (batch.created, user.user_id, user.first_name, user.last_name) == (2, own, "Ada", "Lovelace")
    assert user.disabled_at is not None
    assert [world.opens(f"{name}@example.com") for name in ("ada", "user2")] == [
        "invalid_credentials",
        "opened",
    ]
    assert world.auth.verify_email.prove_address.verified.has(own)
    world.auth.end_user.enable(own)
    assert world.opens("ada@example.com") == "opened"
    (exported,) = [one for one in world.auth.imports.export() if one.old_id == own]
    assert exported.created_at == 1_556_964_000


def test_who_has_no_password_gets_in_by_a_letter(world):
    """Nobody's password opens the account until one is set."""
    world.bring([ADA])
    assert (world.row("Ada@example.com", "password_hash"), world.opens("ada@example.com")) == (
        "!",
        "invalid_credentials",
    )


def test_an_import_may_be_repeated(world):
    """Who is there is left alone, whatever happened to the account since."""
    records = [of(number, is_disabled=True) for number in range(1, 4)]
    world.bring(records[:2])
    user = world.auth.end_user.find("user1@example.com")
    world.auth.end_user.enable(user.user_id)
    (batch,) = world.bring(records)
    assert (batch.created, batch.there, batch.refused) == (1, 2, ())
    assert world.auth.end_user.find("user1@example.com").disabled_at is None


def test_who_cannot_come_is_refused_with_a_reason(world):
    """Those around them come."""
    world.auth.register(
        world.auth.register.parse(
            {"email": "taken@example.com", "password": PASSWORD, "first_name": "T", "last_name": "T"}
        ),
        Client(),
    )
    world.bring([of(1)])
    records = [
        of(1, email="other@example.com"),
        of(2, email="TAKEN@example.com"),
        of(3, email="no address"),
        of(4),
        of(4, email="four@example.com"),
        of(6, email="USER4@example.com"),
        Remark(7, "it is no object"),
        of(8, first_name="\x1b[31m"),
        of(9, password_hash="md5"),
        of(10, totp_secrets=(Secret(TOTP),) * 11),
        of(11, old_id="\udc80"),
    ]
    (batch,) = world.bring(records)
    reasons = {one.line: one.reason for one in batch.refused}
    assert (batch.created, batch.there) == (1, 0)
    assert [reasons[line] for line in (1, 2, 4, 6, 7)] == [MOVED, TAKEN, TWICE, TWICE, "it is no object"]
    assert "must have exactly one @" in reasons[3]
    assert "first_name: must not contain control characters" in reasons[8]
    assert "no scheme that is read" in reasons[9]
    assert "totp_secrets: must be at most 10" in reasons[10]
    assert reasons[11] == "id: must not contain NUL or lone surrogates"


def test_an_address_that_somebody_may_get_back_is_nobody_elses(world):
    """For the hours in which a change of address can be undone."""
    world.bring([of(1)])
    user = world.auth.end_user.find("user1@example.com")
    sql = """
        INSERT INTO auth_email_changes (letter_id, user_id, number, old_email, old_canonical, new_email,
                                        new_canonical, version, asked_at, confirmed_at, undo_until)
        VALUES ('x', %s, 1, 'old@example.com', 'old@example.com', 'n', 'n', 0, 1, 1, %s)
    """
    world.auth.database.query(sql, (user.user_id, int(time.time()) + 60))
    (batch,) = world.bring([of(2, email="old@example.com")])
    assert [one.reason for one in batch.refused] == [RESERVED]


def test_unknown_hashes_come_for_an_application_that_knows_them(world):
    """Where that is said; and never one that no database holds."""
    records = [of(1, password_hash="md5"), of(2, password_hash="a\0b")]
    (batch,) = world.bring(records, keeps_unknown_hashes=True)
    assert (batch.created, [one.line for one in batch.refused]) == (1, [2])
    assert world.row("user1@example.com", "password_hash") == "md5"


def test_roles_are_granted_that_were_named(world):
    """By their old names; any other is left."""
    world.auth.roles.define("editor", {"posts:*"})
    world.bring([of(1, roles=frozenset({"editors", "is_staff"}))], roles={"editors": "editor"})
    assert world.auth.end_user.find("user1@example.com").roles == {"editor"}


@pytest.mark.parametrize(
    ("roles", "code"),
    [({"a": "nothing"}, "role_not_found"), ({"a": "wide0", "b": "wide1", "c": "wide2"}, "invalid_input")],
)
def test_roles_that_cannot_be_granted_stop_an_import_at_once(world, roles, code):
    """Before anybody is written: one that is none, and too many for a token."""
    for number in range(3):
        world.auth.roles.define(f"wide{number}", {"x" * 900})
    with pytest.raises(AuthError) as refused:
        world.bring([of(1)], roles=roles)
    assert (refused.value.code, world.count()) == (code, 0)


def test_factors_that_stay_behind_are_told(world):
    """Of those who came."""
    records = [of(1, left_behind=("webauthn", "\x1b[31m")), of(2, email="x", left_behind=("otp",))]
    (batch,) = world.bring(records)
    assert batch.left_behind == (Remark(1, "came without: webauthn, another factor"),)


def test_without_keys_nobody_comes_without_a_second_factor(world):
    """Unless an operator wants it so."""
    users = replace(world.auth.imports.users, vault=replace(world.auth.imports.users.vault, keys={}))
    world.auth = type(world)(imports=type(world)(users=users), database=world.auth.database)
    records = [of(1, totp_secrets=(Secret(TOTP),)), of(2)]
    (batch,) = world.bring(records)
    assert [one.line for one in batch.refused] == [1]
    assert "needs ENCRYPTION_KEYS" in batch.refused[0].reason
    (batch,) = world.bring(records, brings_factors=False)
    assert (batch.created, batch.there) == (1, 1)


def test_a_rehearsal_tells_the_same_and_writes_nothing(world, monkeypatch):
    """Also of records that are alike in two batches."""
    monkeypatch.setattr(import_users, "BATCH", 2)
    records = [of(1), of(2), of(3, email="user1@example.com"), of(4, email="x"), of(2), of(6)]
    rehearsed = world.bring(records, rehearsed=True)
    assert world.count() == 0
    assert sum(batch.created for batch in rehearsed) == 3
    assert [one.line for batch in rehearsed for one in batch.refused] == [3, 4, 2]
    written = world.bring(records)
    assert sum(batch.created for batch in written) == world.count() == 3


def test_a_domain_beyond_ascii_is_decided_at_once(world):
    """Nothing of it is left in the queue of rows that others wrote."""
    world.bring([of(1, email="far@bücher.example")])
    assert world.auth.end_user.find("FAR@bücher.example").email == "far@xn--bcher-kva.example"
    assert world.auth.database.query("SELECT COUNT(*) AS n FROM auth_unadopted", fetch="one")["n"] == 0


def test_a_hash_whose_package_is_missing_is_refused_with_what_installs_it(world):
    """Nobody finds out at the first login."""

    def knows_hash(_stored):
        raise MissingDriverError("bcrypt", extra="bcrypt")

    users = replace(world.auth.imports.users, knows_hash=knows_hash)
    world.auth = type(world)(imports=type(world)(users=users))
    (batch,) = world.bring([of(1, password_hash="$2b$"), of(2)])
    assert batch.created == 1
    assert "pip install 'jwt-auth-asgi[bcrypt]'" in batch.refused[0].reason
