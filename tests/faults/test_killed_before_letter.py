"""A process that is killed between the change and its letter: the letter comes from another."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
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
CONFIRMING = """
import os, signal, sys
from tests.faults.test_killed_before_letter import auth
from jwt_auth_core import Client, Secret

auth(sys.argv[1]).email.confirm(Secret(sys.argv[2]), Client(), language="en")
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


def test_who_had_an_address_is_told_that_it_was_changed_all_the_same(tmp_path):
    """The process that changed it was killed: the link that undoes it comes from another."""
    # F-25, RST-5
    url = f"sqlite:///{tmp_path}/auth.sqlite3"
    with closing(auth(url)) as made:
        fields = {"email": "ada@example.com", "password": OLD, "first_name": "A", "last_name": "L"}
        user = made.register(made.register.parse(fields), Client())
        address = made.email.change.parse({"new_email": "ada@example.org"})
        login = made.tokens.issue(subject=user.user_id, auth_time=int(time.time()))
        made.email.change(user.user_id, address, Client(), made.tokens.verify(login), language="en")
        assert made.outbox.run() == (1, 0)
        command = [sys.executable, "-c", CONFIRMING, url, _token(made.mail.mailer.sent[0])]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
        assert made.outbox.run() == (1, 0)
        notice = made.mail.mailer.sent[1]
        assert notice.recipient == "ada@example.com"
        made.email.undo(Secret(_token(notice)), Client(), language="en")
        assert made.current_user(user.user_id).email == "ada@example.com"


def _token(mail):
    return mail.letter.text.partition("#token=")[2].split()[0]
