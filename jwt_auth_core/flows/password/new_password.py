"""A new password: what every use case asks of one before it is set."""

from __future__ import annotations

from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Secret


def check_new_password(passwords: Passwords, user: User, password: Secret, *, service_name: str) -> None:
    """Refuse what breaks the policy, contains what everybody knows of the user, or was breached.

    Raises:
        InvalidInputError: of the field ``new_password``.
    """
    fields = Fields({})
    local_part = user.email.partition("@")[0]
    context = [service_name, user.first_name, user.last_name, user.email, local_part]
    own = passwords.problems(password, context=context)
    for problem in own or passwords.breach_problems(password):
        fields.note("new_password", problem.code, problem.message)
    fields.raise_problems()
