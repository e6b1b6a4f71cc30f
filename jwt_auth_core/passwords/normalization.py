"""One spelling for each password: the limits, NFC for hashing, folding for comparisons.

Setting and checking a password both come through here, so that they agree (PW-04).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.vocabulary import Secret

MAX_CODE_POINTS: Final = 1024
"""The longest password, in code points after NFC; so at most 4 KiB of UTF-8."""

# No code point decomposes canonically into more than four, so nothing longer can shrink to the limit.
_MAX_TYPED: Final = 4 * MAX_CODE_POINTS
_SEPARATORS: Final = re.compile(r"[\s._@+'\u2019-]+")


def fault_of(password: Secret) -> FieldError | None:
    """Say why ``password`` can never be hashed: over the limit, or not Unicode text (PW-02, PW-05)."""
    if len(password.reveal()) > _MAX_TYPED or len(_nfc(password)) > MAX_CODE_POINTS:
        return FieldError("password", "too_long", f"must have at most {MAX_CODE_POINTS} characters")
    if any("\ud800" <= character <= "\udfff" for character in password.reveal()):
        return FieldError("password", "not_unicode", "must be Unicode text, without lone surrogates")
    return None


def spelled(password: Secret) -> Secret:
    """Return what is hashed: the password in NFC (SP 800-63B-4 §3.1.1.2), nothing trimmed or changed.

    Raises:
        InvalidInputError: the password is over the limit or has lone surrogates.
    """
    # The text stays out of local variables here: error reporters record those of raising frames.
    fault = fault_of(password)
    if fault is not None:
        raise InvalidInputError([fault])
    return Secret(_nfc(password))


def folded(text: str) -> str:
    """Return the form in which two texts are compared without regard to case or width."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def squeezed(text: str) -> str:
    """Return the folded text without spaces, dots, hyphens and the like."""
    return _SEPARATORS.sub("", folded(text))


def _nfc(password: Secret) -> str:
    return unicodedata.normalize("NFC", password.reveal())
