"""Settings for a developer's machine: keys of its own, plain http, embedded stores.

The keys are generated once and kept beside the embedded database, readable by its owner only.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.variables.dotenv import environment
from jwt_auth_core.variables.keys import is_key
from jwt_auth_core.variables.variable import not_utf8
from jwt_auth_core.vocabulary import Secret

_LOGGER: Final = logging.getLogger("jwt_auth.development")
KEY_FILE: Final = "development-key"
ENCRYPTION_KEY_FILE: Final = "development-encryption-key"
SENDER: Final = "accounts@example.com"


def development_settings(
    mapping: Mapping[str, str] | None = None, *, directory: Path = Path("var")
) -> Settings:
    """Return settings that need no preparation; what ``mapping`` says wins.

    Without a mapping it is the environment, and a `.env` file beneath it, as for `Settings.from_env`.
    Where ``JWT_KEY`` is not set, the key in ``directory`` is used, made on first use with mode
    0600, and a warning says so; another one is for ``ENCRYPTION_KEYS``.
    Cookies go without ``Secure`` unless ``COOKIE_SECURE`` is set.

    Raises:
        SettingsError: a variable that is set is outside its limits, or no key can be kept.
    """
    return Settings.from_env(development_variables(mapping, directory=directory))


def development_variables(
    mapping: Mapping[str, str] | None = None, *, directory: Path = Path("var")
) -> Mapping[str, str]:
    """Return the variables that `development_settings` reads."""
    given = environment(dotenv=True).variables if mapping is None else mapping
    values = {"COOKIE_SECURE": "false", **{name: text for name, text in given.items() if text}}
    if "JWT_KEY" not in values:
        values["JWT_KEY"] = _kept_key(directory / KEY_FILE, "JWT_KEY")
        _LOGGER.warning("development key in %s is used; set JWT_KEY in production", directory / KEY_FILE)
    if "ENCRYPTION_KEYS" not in values:
        with suppress(
            SettingsError
        ):  # it is not needed, and whoever keeps none learns that nothing is sealed
            values["ENCRYPTION_KEYS"] = _kept_key(directory / ENCRYPTION_KEY_FILE, "ENCRYPTION_KEYS")
    return values


def page_variables(*, port: int, directory: Path = Path("var")) -> Mapping[str, str]:
    """Return the variables of a developer's machine by which every page has something to show.

    Letters go to the error stream, links and passkeys are of ``http://localhost``: passkeys want a name, and
    ``127.0.0.1`` is none. What the environment or a `.env` file says of letters or of the URL wins.
    """
    given = development_variables(directory=directory)
    if any(given.get(name) for name in ("MAIL_URL", "MAIL_FROM", "PUBLIC_URL")):
        return given
    shown = {"PUBLIC_URL": f"http://localhost:{port}", "MAIL_URL": "console:", "MAIL_FROM": SENDER}
    return {**given, **shown}


def _kept_key(path: Path, name: str) -> str:
    try:
        key = _octets(path).decode("utf-8", "surrogateescape").strip()
    except OSError as error:
        problem = f"{name} is not set, and a development key cannot be kept in {path.absolute()}"
        raise SettingsError([f"{problem}: {error.strerror}"]) from None
    fault = not_utf8(key) or is_key(Secret(key))
    if fault:
        found = f"{name} is not set, and the development key in {path.absolute()} {fault}"
        raise SettingsError([f"{found}; delete the file, and a new one is made"])
    return key


def _octets(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_bytes()
