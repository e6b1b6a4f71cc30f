"""A process that erases whom that concerns: ``eraser.py URL``; it names each user that is gone."""

from __future__ import annotations

import os
import sys
import time

from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.events import UserDeleted
from jwt_auth_core.settings import Settings

SETTINGS = {
    "JWT_KEY": "a key that signs nothing here at all",
    "ENCRYPTION_KEYS": "a key that seals what the erasers of the tests leave",
}


def main() -> None:
    """Erase for ever."""
    auth = Auth.from_settings(Settings.from_env({**SETTINGS, "DATABASE_URL": sys.argv[1]}))
    auth.check()
    auth.on(UserDeleted)(lambda event: os.write(1, f"{event.user_id}\n".encode()))
    os.write(1, b"ready\n")
    while True:
        try:
            auth.erase_users()
        except UnavailableError:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
