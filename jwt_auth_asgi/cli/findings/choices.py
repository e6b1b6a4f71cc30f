"""What is wrong with settings that are valid: nothing is asked for that but the settings."""

from __future__ import annotations

from collections.abc import Iterator

from jwt_auth_asgi.cli.findings.finding import Finding
from jwt_auth_asgi.cli.findings.mending import NEW_KEY
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret


def of_choices(settings: Settings) -> Iterator[Finding]:
    """Yield the findings."""
    if not settings.encryption_keys:
        yield Finding(
            "D10",
            "warning",
            "ENCRYPTION_KEYS",
            "is not set: rows of the audit are stored unsealed, and what is edited there is not found",
            f'export ENCRYPTION_KEYS="$({NEW_KEY})"',
        )
    if not settings.cookie_secure:
        yield Finding(
            "D11",
            "warning",
            "COOKIE_SECURE",
            "is false: the refresh token goes over plain http",
            "export COOKIE_SECURE=",
        )
    if settings.rate_limits.limits == "off":
        yield Finding(
            "D12", "warning", "LIMITS", "is off: passwords may be guessed without end", "export LIMITS="
        )
    if settings.jwt_key in settings.jwt_previous_keys:
        yield Finding(
            "D13",
            "warning",
            "JWT_KEY",
            "is among JWT_PREVIOUS_KEYS: the key was not rotated, and what it signed goes on",
            f'export JWT_PREVIOUS_KEYS="$JWT_KEY" JWT_KEY="$({NEW_KEY})"',
        )
    if settings.mail.url is not None:
        yield from _of_mail(settings)


def _of_mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail.account_url is None:
        yield Finding(
            "D14",
            "warning",
            "ACCOUNT_URL",
            "is not set: links lead to PUBLIC_URL/auth/account; say so, if pages=True serves ours there",
            "export ACCOUNT_URL=https://www.example.com/account",
        )
    if settings.mail.url == Secret("memory:"):
        yield Finding(
            "D15",
            "warning",
            "MAIL_URL",
            "is memory: nobody gets a letter",
            "export MAIL_URL=smtp://user:password@mail.example.com:587",
        )
