"""`jwt-auth mail list | retry | preview`."""

from __future__ import annotations

import json
import re
from contextlib import closing

import pytest

from jwt_auth_asgi import cli
from jwt_auth_core import Auth, Settings

ADA = ("users", "add", "ada@example.com", "--first-name", "Ada", "--last-name", "Byron")


@pytest.fixture
def says(place, monkeypatch, capsys):
    """Return what runs a command, whose letters cannot be written, and returns what it printed."""
    (place / "letters").touch()
    monkeypatch.setenv("MAIL_URL", f"file://{place}/letters")
    monkeypatch.setenv("MAIL_FROM", "no-reply@example.com")
    monkeypatch.setenv("PUBLIC_URL", "https://shop.example")

    def run(*words, status=0):
        assert cli.main([*words]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return run


@pytest.fixture
def kept(says):  # noqa: ARG001 - its settings
    """Return the ids of a letter, and of a message of another kind."""
    with closing(Auth.from_settings(Settings.from_env())) as auth:
        letter = auth.mail.queue("password_changed", "6f1c8a52-0000-4000-8000-000000000001", language="en")
        return letter, auth.outbox.add("webhook", "https://example.com", {"type": "login_failed"})


def bury(*ids):
    """Have messages tried no more."""
    with closing(Auth.from_settings(Settings.from_env())) as auth:
        for one in ids:
            kind = next(e.message.kind for e in auth.outbox.store.entries() if e.message.id == one)
            auth.outbox.store.claim(kind, owner="o", lease_seconds=30, most=9)
            auth.outbox.store.bury(one, owner="o", error="rcpt_550")


def test_list_shows_letters_alone(says, kept):
    """By name, recipient and state; a webhook is none."""
    letter, webhook = kept
    listed = says("mail", "list")
    assert letter in listed
    assert "password_changed" in listed
    assert webhook not in listed
    assert listed.endswith("waiting: 1, dead: 0\n")
    assert [one["id"] for one in json.loads(says("mail", "list", "--json"))] == [letter]
    assert says("mail", "list", "--dead") == "waiting: 1, dead: 0\n"


def test_retry_takes_letters_alone(says, kept):
    """One by its id, or all that are dead; a webhook is no letter, dead or not."""
    bury(*kept)
    letter, webhook = kept
    assert "rcpt_550" in says("mail", "list", "--dead")
    assert webhook in says("mail", "retry", webhook, status=1)
    assert says("mail", "retry", letter) == "to be tried again: 1\n"
    bury(letter)
    assert says("mail", "retry", "--dead") == "to be tried again: 1\n"
    assert says("outbox", "list", "--dead").endswith("waiting: 1, dead: 1\n")


def test_run_sends_letters_too(says, kept):
    """What the outbox delivers by hand are letters as well; that of a user who is gone just goes."""
    del kept
    assert says("outbox", "run") == "delivered: 0, failed: 0\n"
    assert says("mail", "list") == "waiting: 0, dead: 0\n"


@pytest.mark.parametrize(
    ("words", "begin"),
    [
        (("reset",), "Subject: Set a new password for jwt-auth\n\nSomebody asked"),
        (("reset", "--language", "de"), "Subject: Neues Passwort für jwt-auth\n\nJemand"),
        (("reset", "--html"), '<!doctype html>\n<html lang="en">'),
    ],
)
def test_preview_prints_a_letter(says, words, begin):
    """Its links lead where those of real ones do, and open nothing."""
    said = says("mail", "preview", *words)
    assert said.startswith(begin)
    assert "https://shop.example/auth/account/reset#token=only-a-sample" in said


@pytest.mark.parametrize(
    ("name", "lasts"),
    [
        ("verify", "24 hours"),
        ("reset", "30 minutes"),
        ("login", "15 minutes"),
        ("email_confirm", "24 hours"),
        ("email_changed", "3 days"),
    ],
)
def test_preview_says_how_long_its_link_lasts(says, name, lasts):
    """Each letter's own."""
    found = re.search(r"works for (\d+ \w+)", says("mail", "preview", name))
    assert found is not None
    assert found[1] == lasts


def test_preview_of_no_letter_names_those_there_are(says, capsys):
    """A wrong call."""
    with pytest.raises(SystemExit):
        says("mail", "preview", "rest")
    assert "already_registered" in capsys.readouterr().err
