"""A process that is killed between the change and its letter: the letter comes from another."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing

from jwt_auth_core import Auth, Client, Settings
from jwt_auth_core.mail.settings import MailSettings
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_passwords
from tests.house.sources import ROOT

KEY = "a key that only this test of a killed process knows"
VICTIM = """
import os, signal, sys
from tests.faults.test_killed_before_letter import OLD, auth
from jwt_auth_core import Client
from jwt_auth_core.flows.password.change_password import PasswordChange

made = auth(sys.argv[1])
asked = PasswordChange.parse({"current_password": OLD, "new_password": OLD + ", another"})
made.change_password(sys.argv[2], asked, Client())
os.kill(os.getpid(), signal.SIGKILL)
"""
OLD = "a long enough pass phrase"


def auth(url):
    """Return an `Auth` whose letters stay in the process that sends them."""
    settings = Settings(
        jwt_key=Secret(KEY),
        database_url=Secret(url),
        public_url="https://example.com",
        mail=MailSettings(url=Secret("memory:"), sender="no-reply@example.com"),
    )
    return Auth.from_settings(settings, passwords=cheap_passwords())


def test_letter_of_a_killed_process_is_sent_by_another(tmp_path):
    """What was kept with the change waits for whoever can send it."""
    # F-25
    url = f"sqlite:///{tmp_path}/auth.sqlite3"
    with closing(auth(url)) as made:
        fields = {"email": "ada@example.com", "password": OLD, "first_name": "A", "last_name": "L"}
        user = made.register(made.register.parse(fields), Client())
        command = [sys.executable, "-c", VICTIM, url, user.user_id]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
        assert made.outbox.run() == (1, 0)
        assert [mail.recipient for mail in made.mail.mailer.sent] == ["ada@example.com"]
