"""``docs/adoption.md``: its statement makes scopes of roles, and an older application's hashes open."""

from __future__ import annotations

import re

import argon2
import pytest

from jwt_auth_core import Auth, Client
from jwt_auth_core.flows.sessions.login import LoginAttempt
from tests.house.sources import ROOT
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers

PAGE = (ROOT / "docs" / "adoption.md").read_text("utf-8")
(ROLES,) = re.findall(r"```sql\n(UPDATE auth_accounts.*?)```", PAGE, re.DOTALL)
KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
PASSWORD = "a long and quiet river"
USERS = """
CREATE TABLE users (user_id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL, first_name TEXT NOT NULL DEFAULT '', last_name TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, role TEXT)
"""
PASSLIB = argon2.PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)  # what passlib takes


@pytest.fixture
def auth(postgres_url):
    """Return an `Auth` on a table of an older application, whose users have roles."""
    execute(postgres_url, USERS)
    auth = Auth.from_env({"JWT_KEY": KEY, "DATABASE_URL": postgres_url})
    for name, role in (("ada", "client"), ("bob", None)):
        row = f"{name}@example.com", PASSLIB.hash(PASSWORD), role
        auth.database.query("INSERT INTO users (email, password_hash, role) VALUES (%s, %s, %s)", row)
    auth.migrate()
    yield auth
    auth.close()


def granted(auth, name):
    """Return the scopes of the token that a login gives."""
    attempt = LoginAttempt.parse({"email": f"{name}@example.com", "password": PASSWORD})
    return auth.tokens.verify(auth.login(attempt, Client()).access_token).scopes


def test_a_role_becomes_a_scope(auth, postgres_url):
    """Of whoever has one."""
    execute(postgres_url, ROLES)
    assert (granted(auth, "ada"), granted(auth, "bob")) == ({"client"}, frozenset())


def test_a_hash_of_passlib_opens_and_stays(auth):
    """It costs more than one of ours."""
    asked = "SELECT password_hash FROM users WHERE email = %s"
    before = auth.database.query(asked, ("ada@example.com",), fetch="one")
    granted(auth, "ada")
    assert auth.database.query(asked, ("ada@example.com",), fetch="one") == before
