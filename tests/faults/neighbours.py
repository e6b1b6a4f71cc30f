"""Those who use the embedded file of a running application: clients by http, and whoever comes by."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from jwt_auth_asgi import cli
from jwt_auth_core import Auth, Client, Settings, assemble
from tests.cheap import cheap_passwords
from tests.end_to_end.serving import BIN
from tests.end_to_end.site import PLAIN
from tests.end_to_end.visitor import PASSWORD, Visitor
from tests.examples.serving import run


@dataclass
class Promised:
    """What was answered for: the users who were told that they exist, the sessions that were opened."""

    emails: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)

    def missing_in(self, path: Path) -> set[str]:
        """Return what a file does not have, and what is wrong with it."""
        with closing(sqlite3.connect(path)) as raw:
            have = {text for (text,) in raw.execute("SELECT email FROM users")}
            have |= {text for (text,) in raw.execute("SELECT session_id FROM auth_sessions")}
            verdict = {text for (text,) in raw.execute("PRAGMA integrity_check")}
        return ((self.emails | self.sessions) - have) | (verdict - {"ok"})


def visit(origin: str, name: str, promised: Promised) -> None:
    """Register, log in and refresh; note what was answered with success."""
    visitor = Visitor(origin, name)
    with closing(visitor), suppress(httpx.TransportError):
        if visitor.register().is_success:
            promised.emails.add(visitor.email)
            if visitor.login().is_success:
                promised.sessions.add(_session(visitor.access))
                visitor.refresh()


@contextmanager
def visited(origin: str, promised: Promised, *, crowd: int = 2) -> Generator[None]:
    """Have a crowd visit, one new visitor after the other, for as long as the block runs."""
    over = threading.Event()

    def come(place: int) -> None:
        number = 0
        while not over.is_set():
            visit(origin, f"visitor-{place}-{number}", promised)
            number += 1

    threads = [threading.Thread(target=come, args=(place,)) for place in range(crowd)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def command_line(path: Path, email: str, promised: Promised) -> None:
    """Add a user as an administrator does."""
    run(str(BIN / "jwt-auth"), *_adding(email), directory=path.parent, env=on(path), text=PASSWORD)
    promised.emails.add(email)


def command(path: Path, email: str, promised: Promised) -> None:
    """Do the same in this process, which the interpreter's start does not keep waiting."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()):
        for name, text in on(path).items():
            patch.setenv(name, text)
        patch.setattr(sys, "stdin", io.StringIO(PASSWORD))
        patch.setattr(assemble, "passwords", lambda _: cheap_passwords())
        assert cli.main(_adding(email)) == 0
    promised.emails.add(email)


def shell(path: Path) -> None:
    """Look at the file with SQLite's own shell, or with Python's where that is not installed."""
    statement = "SELECT count(*) FROM users"
    try:
        subprocess.run(["sqlite3", path, statement], check=True, capture_output=True)
    except FileNotFoundError:
        code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()"
        subprocess.run([sys.executable, "-c", code, path, statement], check=True)


def third_auth(path: Path, email: str, promised: Promised) -> None:
    """Register a user as a script does that has an `Auth` for a moment."""
    with closing(Auth.from_settings(Settings.from_env(on(path)), passwords=cheap_passwords())) as auth:
        names = {"first_name": "A", "last_name": "B"}
        auth.register(auth.register.parse({"email": email, "password": PASSWORD, **names}), Client())
    promised.emails.add(email)


def on(path: Path) -> dict[str, str]:
    """Return the settings of a process on a file."""
    return {**PLAIN, "DATABASE_URL": f"sqlite:///{path}"}


def _adding(email: str) -> list[str]:
    return ["users", "add", email, "--first-name", "A", "--last-name", "B"]


def _session(access: str) -> str:
    octets = access.split(".")[1].encode()
    return str(json.loads(base64.urlsafe_b64decode(octets + b"=="))["sid"])
