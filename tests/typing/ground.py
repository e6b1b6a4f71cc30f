# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of the vocabulary and of the errors."""

from __future__ import annotations

from typing import assert_type

from jwt_auth_core.errors import FieldError, InvalidInputError, UnavailableError
from jwt_auth_core.vocabulary import Clock, Secret, SessionId, UserId


def _greet(user_id: UserId) -> None: ...


def identifiers_are_more_than_text(user_id: UserId, session_id: SessionId) -> None:
    """A UserId is a str, but neither a str nor a SessionId is a UserId."""
    assert_type(user_id.upper(), str)
    _greet(user_id)
    _greet("42")  # type: ignore[arg-type]
    _greet(session_id)  # type: ignore[arg-type]


def secrets_are_no_text(secret: Secret) -> None:
    """A Secret joins no text; only reveal() gives one."""
    assert_type(secret.reveal(), str)
    "password: " + secret  # type: ignore[operator]


def errors_carry_data(error: InvalidInputError | UnavailableError) -> None:
    """What an error knows is typed."""
    if isinstance(error, InvalidInputError):
        assert_type(error.errors, tuple[FieldError, ...])
    else:
        assert_type(error.retry_after_seconds, int)


def a_clock_tells_whole_seconds(clock: Clock) -> None:
    """Time is an int."""
    assert_type(clock(), int)
