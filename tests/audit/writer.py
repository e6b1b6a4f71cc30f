"""A process that writes and seals: ``writer.py URL [fork]``; it names each event that is written."""

from __future__ import annotations

import os
import sys
import time

from jwt_auth_core import assemble
from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.events import LoggedIn
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret, UserId
from tests.audit.desk import NEW

SETTINGS = {"JWT_KEY": "a key that signs nothing here at all"}


def main() -> None:
    """Write for ever; with ``fork`` also from a child that has a parent's connections and threads."""
    settings = Settings.from_env({**SETTINGS, "DATABASE_URL": sys.argv[1]})
    audit = Audit(assemble.open_database(settings), (Secret(NEW.reveal()),), clock=lambda: int(time.time()))
    audit._repeating._seconds = 0.01
    write(audit, 0)
    if sys.argv[2:] == ["fork"]:
        os.fork()
    number = 0
    while True:
        number += 1
        write(audit, number)


def write(audit: Audit, number: int) -> None:
    """Write one event, then say so."""
    name = f"{os.getpid()}-{number}"
    audit.append(LoggedIn(at=int(time.time()), user_id=UserId(name)))
    os.write(1, f"{name}\n".encode())  # in one piece, also beside a child: what a client was answered


if __name__ == "__main__":
    main()
