"""A finding: something that is wrong, and what mends it."""

from __future__ import annotations

from typing import Literal

from jwt_auth_core.records import dataclass

Level = Literal["error", "warning", "note"]
"""What must be mended; what should be; what is good to know, and no fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and what mends it.

    Attributes:
        number: its section in docs/doctor.md.
        variable: the setting that it is about, None where it is none's.
        fix: a command, or what to do where none helps.
    """

    number: str
    level: Level
    variable: str | None
    text: str
    fix: str
