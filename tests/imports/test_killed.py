"""An import that is killed: what is there is whole, and the same command goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jwt_auth_core.flows.imports.import_users import BATCH
from tests.imports.conftest import HASH, SETTINGS, TOTP

pytestmark = pytest.mark.slow

USERS = 10 * BATCH
COUNTS = """
    SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM auth_accounts) AS accounts,
           (SELECT COUNT(*) FROM auth_verified_emails) AS verified, (SELECT COUNT(*) FROM auth_totp) AS apps,
           (SELECT COUNT(*) FROM auth_accounts WHERE factor_kinds = 1) AS asked,
           (SELECT COUNT(*) FROM auth_accounts WHERE disabled_at IS NOT NULL) AS disabled,
           (SELECT COUNT(*) FROM auth_audit WHERE name = 'users_imported') AS events
"""


@pytest.fixture
def command(tmp_path, world):
    """Return the command and its environment; every user is verified and disabled, with an app."""
    lines = [f"user{number}@example.com,{HASH},t,t,{TOTP}" for number in range(USERS)]
    text = "\n".join(["email,password_hash,verified,disabled,totp_secrets", *lines])
    (tmp_path / "users.csv").write_text(text, "utf-8")
    words = [Path(sys.executable).with_name("jwt-auth"), "import", "users.csv", "--from", "csv", "--json"]
    return {"args": words, "cwd": tmp_path, "env": {**os.environ, **SETTINGS, "DATABASE_URL": world.url}}


def counts(world):
    """Return how many rows of each kind there are."""
    return dict(world.auth.database.query(COUNTS, fetch="one"))


def of(batches):
    """Return the counts of so many whole batches."""
    names = ("users", "accounts", "verified", "apps", "asked", "disabled")
    return {**dict.fromkeys(names, batches * BATCH), "events": batches}


def test_a_killed_import_leaves_whole_batches_and_goes_on(world, command):
    """Each with its users' accounts, verified addresses, factors and event; SIGKILL asks nobody."""
    with subprocess.Popen(**command, stdout=subprocess.DEVNULL) as running:
        while counts(world)["users"] < 2 * BATCH:
            assert running.poll() is None
        running.send_signal(signal.SIGKILL)
    found = counts(world)
    assert running.returncode == -signal.SIGKILL
    assert found == of(found["users"] // BATCH)
    assert found["users"] < USERS
    again = json.loads(subprocess.run(**command, capture_output=True, text=True, check=True).stdout)
    # A server may have had the last COMMIT already.
    assert again["there"] in {found["users"], found["users"] + BATCH}
    assert (again["created"], again["refused"]) == (USERS - again["there"], 0)
    assert counts(world) == of(USERS // BATCH)
