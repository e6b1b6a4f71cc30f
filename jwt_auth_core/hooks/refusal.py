"""What hooks answer with when they let somebody not go on, and what is answered when one fails."""

from __future__ import annotations

import re
from typing import Final

from jwt_auth_core.errors import AuthError, UnavailableError

_REASON: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class RefusedError(AuthError):
    """Raised when a hook of the application refuses; ``reason`` is a word of its own, in snake case.

    The client reads both, the reason and the message.

    Raises:
        ValueError: the reason is no such word.
    """

    code = "refused"

    def __init__(self, reason: str, message: str = "refused by the application") -> None:
        if not _REASON.fullmatch(reason):
            msg = "a reason is a word in snake_case of at most 64 letters, digits and underscores"
            raise ValueError(msg)
        self.reason = reason
        super().__init__(message)


class HookFailedError(UnavailableError):
    """Raised when a hook of the application failed, or did not answer in time; nothing was issued."""

    code = "hook_failed"

    def __init__(self, hook: str) -> None:
        self.hook = hook
        super().__init__(f"the hook {hook} gave no answer")
