"""A login code: what a browser hands to an application that has it sign in, good once and for a minute.

It names no tokens, and none are kept: the session opens when the application brings the code and what it
alone knows, the verifier (as RFC 7636 has it). So whoever reads the address of the browser has nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from jwt_auth_core.encoding import b64url_encode, same
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.one_time.code import CodeStore, Purpose
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

LOGIN_CODE: Final = Purpose("login_code", ttl_seconds=60)

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


def is_challenge(text: str) -> bool:
    """Tell whether a text may be the S256 of a verifier (RFC 7636 section 4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class LoginCodes:
    """A part of the flows: whose login a code stands for; the store sees a digest of it alone."""

    codes: CodeStore

    def new(self, identity: tuple[str, str], challenge: str) -> Secret:
        """Return a code for whom an issuer calls so: issuer and subject.

        Raises:
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        code, kept = LOGIN_CODE.new(), json.dumps([*identity, challenge])
        digest = LOGIN_CODE.digest_of(code.reveal())
        self.codes.keep(digest, kept, seconds=LOGIN_CODE.ttl_seconds)
        return code

    def spend(self, code: Secret, verifier: Secret) -> tuple[str, str]:
        """Return whom a code is for, this once: issuer and subject.

        Raises:
            InvalidCodeError: it is unknown, spent or too old, or the verifier is another.
            UnavailableError: the store does not answer; nobody knows whether it is spent.
        """
        try:
            digest = LOGIN_CODE.digest_of(code.reveal())
        except TokenInvalidError:
            raise InvalidCodeError from None
        (kept,) = self.codes.redeem([digest])
        if isinstance(kept, AuthError):
            raise kept
        if kept is None:
            raise InvalidCodeError
        issuer, subject, challenge = json.loads(kept)
        if not same(_challenge_of(verifier).encode(), challenge.encode()):
            raise InvalidCodeError
        return issuer, subject


def _challenge_of(verifier: Secret) -> str:
    text = verifier.reveal()
    if not _VERIFIER.fullmatch(text):
        raise InvalidCodeError
    return b64url_encode(hashlib.sha256(text.encode()).digest())
