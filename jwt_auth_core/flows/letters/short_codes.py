"""Short codes, or the links beside them: how they are read, and which letter a code is of.

That takes as long whoever is asked for.
"""

from __future__ import annotations

from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.sessions.login import email_in
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.one_time.proof import ProofStore, bound_to
from jwt_auth_core.one_time.user_code import UserCodes
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Email, Secret, UserId


@dataclass(frozen=True, slots=True)
class ShortCodes:
    """Finds the link that a typed code stands for, with a limit on tries."""

    proofs: ProofStore
    codes: UserCodes

    def digest_of_link(
        self, purpose: Purpose, email: Email, user: User | None, code: Secret, *, about: str = ""
    ) -> str | None:
        """Return the digest of the link beside a code; None where the code is not good.

        Each look is counted before anybody knows, and takes as long where no ``user`` has the ``email``.

        Raises:
            UnavailableError: the store does not answer.
        """
        user_id = UserId(f"? {email}") if user is None else user.user_id
        bound = bound_to(purpose, user_id)
        for one in self.proofs.attempt(purpose, user_id, about=about):
            if self.codes.matches(bound, code, expected_digest=one.code_digest):
                return one.digest
        return None


def link_or_code_in(fields: Fields) -> tuple[Secret | None, Email, Secret]:
    """Return the field ``token``, else whom ``email`` names and the ``code``; note what is wrong."""
    token = fields.secret_if_given("token")
    if token is not None:
        return token, Email(""), Secret("")
    return None, email_in(fields), fields.secret("code")
