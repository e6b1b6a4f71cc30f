"""What can be configured of webhooks: where to, signed with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, cast

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import flag, is_flag
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.signature import MOST_SECRETS, problem_of, secrets_of
from jwt_auth_core.webhooks.target import target


def _is_url(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, Secret):
        return 'must be a Secret: wrap the text as Secret("...")'
    try:
        target(value.reveal())
    except ValueError as error:
        return str(error)
    return None


def _are_secrets(value: object) -> str | None:
    secrets = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    if not all(isinstance(secret, Secret) for secret in secrets):
        return 'must be a tuple, each a Secret: wrap the text as Secret("...")'
    if len(secrets) > MOST_SECRETS:
        return f"must be at most {MOST_SECRETS} secrets"
    return next(filter(None, map(problem_of, cast("tuple[Secret, ...]", secrets))), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings(SettingsRecord):
    """Where events are sent; nowhere as long as ``url`` is None.

    Attributes:
        url: where each event is posted; a Secret, since whoever gave it may know us by its path or query.
        secrets: sign what is sent, all of them, newest first.
        allow_private: whether it may be in a private network, and on this machine without https.
    """

    url: Annotated[Secret | None, Variable("WEBHOOK_URL", Secret, _is_url)] = None
    secrets: Annotated[tuple[Secret, ...], Variable("WEBHOOK_SECRET", secrets_of, _are_secrets)] = ()
    allow_private: Annotated[bool, Variable("WEBHOOK_ALLOW_PRIVATE", flag, is_flag)] = False

    def conflicts(self) -> Sequence[str]:
        """Return what is wrong between them."""
        if self.url is None:
            return ()
        problems = [] if self.secrets else ["WEBHOOK_SECRET is required with WEBHOOK_URL"]
        if not self.allow_private and not target(self.url.reveal()).is_https:
            problems.append(
                "WEBHOOK_URL must be https; http is for this machine, with WEBHOOK_ALLOW_PRIVATE=true"
            )
        return problems
