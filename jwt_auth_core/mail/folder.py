"""Letters as files of a folder: one ``.eml`` each, whole or not at all, for the owner's eyes alone."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from jwt_auth_core.mail.mailer import Mail, Undelivered
from jwt_auth_core.mail.mime import octets_of


class FolderMailer:
    """Writes letters into a folder, which it makes; a class as every mailer is one."""

    def __init__(self, path: str) -> None:
        self._folder = Path(path)

    def send(self, mail: Mail) -> Undelivered | None:
        """See `Mailer.send`; one that comes again takes the place of the file before."""
        octets = octets_of(mail)
        name = re.sub(r"[^0-9A-Za-z_-]", "_", mail.message_id.partition("@")[0])
        beside = self._folder / f".{name}.{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(beside, octets)
            beside.replace(self._folder / f"{name}.eml")
        except OSError:
            with suppress(OSError):
                beside.unlink()
            return Undelivered("folder_unwritable", is_down=True)
        return None


def _write(path: Path, octets: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
