"""Grant: what a client receives after a login or a refresh, and the part that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import partial
from typing import Final

from jwt_auth_core.assurance import level_of
from jwt_auth_core.flows.factor_scopes import NO_SCOPES, FactorScopes
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import Life
from jwt_auth_core.sessions.token import Minted
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Secret, SessionId

_SPREAD: Final = 20
"""Access tokens live up to a twentieth shorter than the setting says (F-21)."""


@dataclass(slots=True)  # a refresh makes one: filling a frozen one takes four times as long
class Grant:
    """An access token and the next refresh token, of one user's session.

    ``expires_in`` is the access token's lifetime and ``session_ends_in`` the longest that the
    refresh token can still be of use, both in seconds. ``device`` is the token of the browser or application
    in which the user has just signed in; None of a refresh. ``kept_from`` is when the account was to be
    erased, where this login took that back. ``issue`` makes the access token anew, with ``extra`` claims of
    the application.
    """

    access_token: str
    expires_in: int
    refresh_token: Secret
    session_id: SessionId
    session_ends_in: int
    user: User
    issue: Callable[..., str] = field(repr=False, compare=False)
    device: Secret | None = None
    kept_from: int | None = None


def lifetime_of(session_id: SessionId, *, ttl_seconds: int) -> int:
    """Return for how many seconds the access tokens of a session live: up to a twentieth less than others.

    What was issued all at once does not end all at once, and the sessions of a herd drift further apart with
    each refresh. The id is random, and has the same answer in every process.
    """
    return ttl_seconds - int(session_id[:8], 16) % (ttl_seconds // _SPREAD + 1)


def grant(  # noqa: PLR0913 - a grant has that many parts
    tokens: AccessTokens,
    *,
    user: User,
    session_id: SessionId,
    life: Life,
    refresh: Minted,
    now: int,
    factor_scopes: FactorScopes = NO_SCOPES,
) -> Grant:
    """Issue the access token that goes with a freshly minted refresh token.

    It carries the session's number, so that what ends the session ends it too, and nothing else does,
    whatever two clocks say. When and how the user was authenticated is the session's, and so a refresh
    makes nobody fresher or surer; without a second factor it grants none of the ``factor_scopes``.
    """
    level = level_of(life.methods)
    user = factor_scopes.granted(user, level)
    lifetime_seconds = lifetime_of(session_id, ttl_seconds=tokens.ttl_seconds)
    issue = partial(
        tokens.issue,
        subject=user.user_id,
        scopes=user.scopes,
        session_id=session_id,
        session_version=life.session_version,
        auth_time=life.authenticated_at,
        amr=life.methods,
        acr=level,
        token_version=user.token_version or None,  # not written where it is 0
        roles=user.roles,
        now=now,
        lifetime_seconds=lifetime_seconds,
    )
    return Grant(
        access_token=issue(),
        expires_in=lifetime_seconds,
        refresh_token=refresh.text,
        session_id=session_id,
        session_ends_in=max(0, life.ends_at - now),
        user=user,
        issue=issue,
    )
