# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of the calls that the README shows."""

from __future__ import annotations

from typing import assert_type

from fastapi import APIRouter, FastAPI

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import AccessTokens, Auth, Claims, Client, KeyRing, Secret, Settings, decode_access_token
from jwt_auth_core.errors import AuthError
from jwt_auth_core.events import LoginFailed, PasswordChanged
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.identities.provider import Answer, Person, Question
from jwt_auth_core.vocabulary import UserId
from jwt_auth_fastapi import CurrentUser, OptionalUser, auth_router


def access_tokens(secret: Secret) -> None:
    """A token is text, its claims are typed and read-only."""
    tokens = AccessTokens(KeyRing.from_secret(secret), issuer=None, audience="api", ttl_seconds=900)
    token = tokens.issue(subject="42", scopes={"topics:read"}, session_id="5e", now=None)
    assert_type(token, str)
    claims = tokens.verify(token, now=1_700_000_000)
    assert_type(claims, Claims)
    assert_type(claims.scopes, frozenset[str])
    claims.subject = "43"  # type: ignore[misc]
    tokens.verify(42)  # type: ignore[arg-type]
    tokens.issue("42")  # type: ignore[call-arg]


class Intranet:
    """A provider of an application's own."""

    name = "intranet"

    def url(self, question: Question) -> str:
        """Return where to send a browser."""
        return f"https://intranet.example/?state={question.state}"

    def person(self, question: Question, answer: Answer) -> Person:
        """Return who was brought back."""
        assert_type(question.verifier, Secret)
        return Person(issuer="https://intranet.example", subject=answer.code.reveal())


def providers(settings: Settings) -> None:
    """An object with the two methods will do; nothing is inherited."""
    assert_type(Auth.from_settings(settings, providers=[Intranet()]).identities.providers, tuple[str, ...])
    Auth.from_settings(settings, providers=[object()])  # type: ignore[list-item]


def settings_and_auth(secret: Secret) -> None:
    """Settings take typed keywords only; an Auth comes from them or from the environment."""
    settings = Settings(jwt_key=secret, access_token_ttl_seconds=600)
    assert_type(Settings.from_env({"JWT_KEY": "x"}), Settings)
    assert_type(Auth.from_settings(settings), Auth)
    assert_type(Auth.from_env(), Auth)
    Settings(jwt_key="not a Secret")  # type: ignore[arg-type]
    settings.jwt_key = secret  # type: ignore[misc]


def use_cases(auth: Auth) -> None:
    """A refresh answers each token with a grant or with its error."""
    for answer in auth.refresh(["token"]):
        if isinstance(answer, AuthError):
            assert_type(answer.code, str)
        else:
            assert_type(answer, Grant)
            assert_type(answer.access_token, str)


def logins(auth: Auth, attempt: LoginAttempt) -> None:
    """A login answers with a grant or with what else is asked for."""
    match auth.login(attempt, Client()):
        case Grant(access_token=token):
            assert_type(token, str)
        case Challenge(factors=factors):
            assert_type(factors, tuple[str, ...])


def events(auth: Auth) -> None:
    """A subscriber takes the type that it asked for, and stays the function that it is."""

    @auth.on(PasswordChanged, LoginFailed)
    def note(event: PasswordChanged | LoginFailed) -> int:
        assert_type(event.user_id, UserId | None)
        return event.at

    assert_type(note(PasswordChanged(at=1)), int)
    auth.on("password_changed")  # type: ignore[arg-type]


def applications(auth: Auth, app: FastAPI) -> None:
    """The middleware and the routers fit where the frameworks want them."""
    app.add_middleware(BearerMiddleware, auth=auth, public={"/health"})
    assert_type(auth_router(auth), APIRouter)
    app.include_router(auth_router())
    app.mount("/auth", create_app(auth))


def dependencies(user: CurrentUser, perhaps: OptionalUser) -> None:
    """A current user is there; an optional one may be None."""
    assert_type(user.identity, str)
    len(perhaps.identity)  # type: ignore[union-attr]
    assert_type(decode_access_token("token"), str)
