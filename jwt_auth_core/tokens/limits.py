"""Limits: how much of everything an access token may have, and how many are remembered."""

from __future__ import annotations

from typing import Final

from jwt_auth_core.records import dataclass

MAX_LEEWAY_SECONDS: Final = 60
_LEAST_REMEMBERED: Final = 1024
_LEAST_CHARACTERS: Final = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of verification; the defaults suit access tokens in an HTTP header.

    ``characters`` is the longest token that is looked at (8 KiB). ``lifetime_seconds`` is the longest
    time from ``iat`` to ``exp`` (a day). ``leeway_seconds`` is for issuers whose clock is ahead of
    ours, and never extends a token's life. ``remembered`` is how many verified tokens are
    recognised without a second verification (0 for none), about 1 KiB each; tokens over
    ``remembered_characters`` are not among them.

    Raises:
        ValueError: a value outside its range.
    """

    characters: int = 8192
    lifetime_seconds: int = 86_400
    leeway_seconds: int = MAX_LEEWAY_SECONDS
    remembered: int = 8192
    remembered_characters: int = 2048

    def __post_init__(self) -> None:
        if self.characters < _LEAST_CHARACTERS:
            msg = f"characters is at least {_LEAST_CHARACTERS}"
            raise ValueError(msg)
        if self.lifetime_seconds < 1:
            raise ValueError("lifetime_seconds is at least 1")
        if not 0 <= self.leeway_seconds <= MAX_LEEWAY_SECONDS:
            msg = f"leeway_seconds is 0 to {MAX_LEEWAY_SECONDS}"
            raise ValueError(msg)
        if self.remembered != 0 and self.remembered < _LEAST_REMEMBERED:
            msg = f"remembered is 0 or at least {_LEAST_REMEMBERED}"
            raise ValueError(msg)
