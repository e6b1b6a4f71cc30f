"""Readers: what a file of each system says of its users, in one record each."""

from __future__ import annotations

import json
from base64 import b32encode
from dataclasses import replace

import pytest

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.imports import ImportedUser, Remark, imported_id
from jwt_auth_core.imports.firebase import HashConfig
from jwt_auth_core.imports.jwt_auth import line
from jwt_auth_core.vocabulary import Secret
from tests.imports.conftest import FILES, entries, read

TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT = 1_556_964_000
NO_ADDRESS = "it has no e-mail address"


def shown(found):
    """Return each user as what is told of it, and of the others the line and the reason."""
    return [
        (one.old_id, one.email, f"{one.first_name} {one.last_name}".strip(), one.is_verified, one.is_disabled)
        if isinstance(one, ImportedUser)
        else (one.line, one.reason)
        for one in found
    ]


def secrets_of(user):
    """Return a user's secrets as texts."""
    return [secret.reveal() for secret in user.totp_secrets]


@pytest.mark.parametrize("name", ["django.json", "django.jsonl"])
def test_users_of_django_are_read(name):
    """As an array and as lines; who has no address is none, who has no password has none."""
    found = entries("django", name)
    assert shown(found)[:3] == [
        ("1", "Ada@Example.com", "Ada Lovelace", False, False),
        ("2", "ada@example.com", "Eva Twin", False, False),
        ("3", "gone@example.com", "Gil Gone", False, True),
    ]
    assert (found[3].reason, found[4].password_hash, found[0].created_at) == (NO_ADDRESS, None, AT)
    assert found[0].password_hash.startswith("pbkdf2_sha256$1000$")


@pytest.mark.parametrize(("name", "group"), [("django.json", "editors"), ("django.jsonl", "1")])
def test_apps_and_groups_of_django_are_read(name, group):
    """By the key of their user, or by its name; an app with eight digits stays behind."""
    ada = entries("django", name)[0]
    assert (secrets_of(ada), ada.left_behind) == ([TOTP], ("totp",))
    assert ada.roles == {group, "is_staff"}


def test_a_name_that_is_the_key_of_another_gets_no_app():
    """A user that is called "1" is not the one with the key 1."""
    device = '{"model": "otp_totp.totpdevice", "fields": {"user": 1, "confirmed": true, "key": "%s"}}'
    user = '{"model": "auth.user", "pk": %s, "fields": {"username": "%s", "email": "%s@example.com"}}'
    lines = [user % (1, "ada", "ada"), user % (2, "1", "one"), device % ("3132333435363738393031" * 2)]
    ada, one = read("django", "\n".join(lines))
    assert (len(ada.totp_secrets), one.totp_secrets) == (1, ())


def test_a_model_of_ones_own_and_apps_that_are_not_confirmed():
    """A file with records and no user of the model is refused, and of an app that waits nothing is read."""
    device = '{"model": "otp_totp.totpdevice", "fields": {"user": 1, "confirmed": %s, "key": "zz"}}'
    user = '{"model": "shop.member", "pk": 1, "fields": {"email": "ada@example.com", "is_active": true}}'
    text = f"{user}\n[1]\n{device % 'false'}\n"
    with pytest.raises(InvalidInputError, match=r"no record of auth\.user; --model names another"):
        read("django", text)
    assert read("django", "[]") == []
    (ada,) = read("django", text, model="shop.member")
    assert (ada.email, ada.totp_secrets, ada.left_behind) == ("ada@example.com", (), ())
    (ada,) = read("django", f"{user}\n{device % 'true'}", model="shop.member")
    assert ada.left_behind == ("totp",)


def test_a_line_of_django_that_is_damaged_is_told():
    """It may have been a user, or an app; the others come."""
    user = '{"model": "auth.user", "pk": 1, "fields": {"email": "ada@example.com"}}'
    assert read("django", f"{user}\n{user[:40]}\n")[1] == Remark(2, "it is no JSON")


def test_users_of_fastapi_users_are_read():
    """With their ids; who is superuser has that role."""
    ada, eva, gil = entries("fastapi-users", "fastapi-users.csv")
    assert shown([ada])[0][1:] == ("ada@example.com", "", True, False)
    assert ada.password_hash.startswith("$argon2id$")
    assert (ada.roles, eva.roles) == ({"is_superuser"}, frozenset())
    assert (eva.is_verified, gil.is_disabled) == (False, True)
    (bob,) = read("fastapi-users", "id,email,hashed_password,is_active,is_verified\n1,b@example.com,,,")
    assert (bob.is_disabled, bob.is_verified) == (False, False)


def test_users_of_auth0_are_read():
    """Both forms of a line, factors of both kinds, and who has no address."""
    found = entries("auth0", "auth0.ndjson")
    assert shown(found) == [
        ("auth0|5f7c8ec7c33c6c004bbafe82", "ada@example.com", "", True, False),
        ("auth0|5f7c8ec7c33c6c004bbafe83", "eva@example.com", "Eva Example", False, False),
        ("google-oauth2|103547991597142817347", "gil@example.com", "Gil Gone", True, True),
        (4, NO_ADDRESS),
    ]
    assert (secrets_of(found[1]), found[1].left_behind) == ([TOTP], ("phone",))
    assert found[2].password_hash is None


@pytest.mark.parametrize(
    ("fields", "old_id", "stored", "name"),
    [
        ('"user_id": "7"', "auth0|7", None, ""),
        ('"_id": "7", "name": "ada@example.com"', "auth0|7", None, ""),
        ('"_id": {"$oid": 7}, "name": "Ada"', "auth0|7", None, "Ada"),
        (
            '"custom_password_hash": {"algorithm": "argon2", "hash": {"value": "$argon2id$x"}}',
            "",
            "$argon2id$x",
            "",
        ),
    ],
)
def test_other_forms_of_auth0_are_read(fields, old_id, stored, name):
    """An array as bulk imports take it, ids without the connection's name, hashes of others."""
    (ada,) = read("auth0", f'[{{"email": "ada@example.com", {fields}}}]')
    assert (ada.old_id, ada.password_hash, ada.first_name) == (old_id, stored, name)


def test_users_of_firebase_are_read():
    """Hashes are written out with the project's parameters."""
    config = HashConfig.parse((FILES / "hash_config.txt").read_text("utf-8"))
    found = entries("firebase", "firebase.json", hash_config=config)
    assert shown(found)[:2] == [
        ("R4l5LDUp8pQ9C1GnOxBqvw3YTfM2", "ada@example.com", "Ada Lovelace", True, False),
        ("k2", "gil@example.com", "Gil", False, True),
    ]
    assert found[0].password_hash.startswith("$fbscrypt$v=1,n=4,r=8,p=1,ss=Bw==,sk=")
    assert (found[0].created_at, found[1].password_hash, found[2].reason) == (AT, None, NO_ADDRESS)


def test_a_password_of_firebase_needs_the_parameters():
    """Without them its user is none; the parameters say what they lack."""
    found = entries("firebase", "firebase.json")
    assert found[0].reason == "its password needs the project's hash parameters: --hash-config"
    whole = 'base64_signer_key: "eA==", base64_salt_separator: "", rounds: 8, mem_cost: 14'
    for wrong, message in [("rounds", "there is no rounds"), ("x", "neither base64")]:
        broken = whole.replace(wrong, "other") if wrong == "rounds" else whole.replace("eA==", "!")
        with pytest.raises(InvalidInputError, match=message):
            HashConfig.parse(broken.replace('""', "Bw=="))


def test_a_salt_separator_may_be_missing_from_a_hash():
    """An empty one is left out, as the reader of such hashes wants it."""
    assert ",ss=" not in HashConfig(Secret("eA=="), "", 8, 14).stored("eA", "eA")


def test_users_of_keycloak_are_read():
    """A realm with clients beside its users; who has no address is none."""
    found = entries("keycloak", "keycloak.json")
    assert shown(found)[0] == (
        "f6b0e1c2-8d1f-4a53-9b0a-3f5f5c6b7a81",
        "ada@example.com",
        "Ada Example",
        True,
        False,
    )
    assert found[0].roles == {"default-roles-shop", "editor"}
    assert found[0].password_hash.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert [one.password_hash.split("$")[1] for one in found[1:4]] == [
        "pbkdf2-sha512",
        "pbkdf2-sha256",
        "pbkdf2",
    ]
    assert (found[4].password_hash, found[4].is_disabled) == (None, True)
    assert found[5].reason == "its password is hashed by an algorithm of an extension"
    assert found[6].reason == NO_ADDRESS


def test_apps_of_keycloak_are_read():
    """A secret is its text's bytes, or base32 where that is said; an app with eight digits stays behind."""
    ada, bob, cyd = entries("keycloak", "keycloak.json")[:3]
    assert secrets_of(ada) == [b32encode(b"Dk2vXn7PqR4sTzUbWm9c").decode()]
    assert secrets_of(bob) == [TOTP]
    assert (secrets_of(cyd), cyd.left_behind) == ([], ("otp",))


HEX = {"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1", "secretEncoding": "HEX"}


@pytest.mark.parametrize(
    ("credential", "left"),
    [
        ({"type": "webauthn"}, ("webauthn",)),
        ({"type": "password-history", "secretData": "{}"}, ()),
        ({"type": "otp", "secretData": '{"value": "x"}', "credentialData": json.dumps(HEX)}, ("otp",)),
    ],
)
def test_what_we_cannot_check_stays_behind(credential, left):
    """Security keys, and secrets in an encoding of others; old passwords are none."""
    users = {"users": [{"email": "ada@example.com", "credentials": [credential]}]}
    (ada,) = read("keycloak", json.dumps(users))
    assert (ada.left_behind, ada.password_hash) == (left, None)


def test_users_of_supabase_are_read():
    """Names of the metadata, who is banned still, and a secret that the project has encrypted."""
    ada, eva, gil, none = entries("supabase", "supabase.csv")
    assert (ada.first_name, ada.last_name, ada.is_verified, ada.created_at) == ("Ada", "Lovelace", True, AT)
    assert (secrets_of(ada), secrets_of(eva), eva.left_behind) == ([TOTP], [], ("totp",))
    assert (eva.first_name, eva.is_verified, eva.is_disabled) == ("Eva", False, False)
    assert (gil.password_hash, gil.is_disabled, none.reason) == (None, True, NO_ADDRESS)


def test_columns_of_csv_may_have_other_names():
    """Those that are there are read, by our names or theirs."""
    ada, wrong, _ = entries("csv", "people.csv", columns={"id": "uid"})
    assert (ada.old_id, ada.line, wrong.line, ada.created_at) == ("1", 2, 3, AT)
    (whole,) = read("csv", f"email,roles,totp_secrets,disabled\r\nada@example.com,a b,{TOTP} short é,t\r\n")
    assert (whole.roles, secrets_of(whole), whole.left_behind) == ({"a", "b"}, [TOTP], ("totp", "totp"))
    assert whole.is_disabled


def test_our_own_lines_are_read():
    """What is written of a user comes back."""
    user = ImportedUser(
        line=1,
        old_id="f6b0e1c2-8d1f-4a53-9b0a-3f5f5c6b7a88",
        email="ada@example.com",
        first_name="Ada",
        last_name="Lovelace",
        password_hash="$argon2id$x",
        is_verified=True,
        is_disabled=True,
        created_at=AT,
        roles=frozenset({"editor"}),
        totp_secrets=(Secret(TOTP),),
    )
    assert read("jwt-auth", line(user)) == [user]
    bare = replace(user, password_hash=None, totp_secrets=(), is_disabled=False)
    assert "password_hash" not in line(bare)
    assert read("jwt-auth", line(bare)) == [bare]


def test_an_id_is_kept_or_made():
    """A UUID is kept in our spelling; anything else is always the same, and of its issuer."""
    assert imported_id("x", "F6B0E1C28D1F4A539B0A3F5F5C6B7A88") == "f6b0e1c2-8d1f-4a53-9b0a-3f5f5c6b7a88"
    assert imported_id("x", "1") == imported_id("x", "1")
    assert imported_id("x", "1") != imported_id("y", "1")
    assert len({imported_id("x", old) for old in ("1", "2", "auth0|" + "a" * 60)}) == 3
