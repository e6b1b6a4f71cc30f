"""What keeps a server from starting: errors of its configuration, never a store that is out of reach."""

from __future__ import annotations

from pathlib import Path

from jwt_auth_asgi.cli.findings.choices import of_choices
from jwt_auth_asgi.cli.findings.machine import CGROUPS, of_machine
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings


def refuse_errors(settings: Settings, *, cgroups: Path = CGROUPS) -> None:
    """Raise what the doctor calls an error of the settings, or of the machine that they do not fit.

    Raises:
        SettingsError: names all of them, each with what mends it.
    """
    found = [*of_choices(settings), *of_machine(settings, folder=Path.cwd(), cgroups=cgroups)]
    problems = [f"{one.variable} {one.text}; {one.fix}" for one in found if one.level == "error"]
    if problems:
        raise SettingsError(problems)
