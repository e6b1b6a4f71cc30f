"""Limits: the group that flows, edges and applications ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jwt_auth_core.assemble.storage import Stores
from jwt_auth_core.flows.address_limits import LOGIN, LOGIN_FAILURES, MAIL_ADDRESS, REFRESH, REGISTER, TOKEN
from jwt_auth_core.flows.mail.ask_letter import MAIL
from jwt_auth_core.flows.sessions.login_limits import ACCOUNT_FAILURES, DEVICE_FAILURES, TYPOS
from jwt_auth_core.flows.user_limits import CODES
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.rate_limits.fallback import FallbackLimits
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rate import Rate
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.rate_limits.settings import RateLimitSettings
from jwt_auth_core.settings import Settings

_PURPOSE: Final = b"jwt-auth rate limits"
_LOGIN_GROUP: Final = "login"
_OF_A_DEVICE: Final = (Rate(5, 300),)
_OF_A_TYPO: Final = (Rate(1, 300),)  # for how long the same wrong password is no other guess


def rate_limits(settings: Settings, stores: Stores) -> RateLimits:
    """Return the group; what is counted is under digests that only the holder of ``JWT_KEY`` can make."""
    secret = PreparedMac(settings.jwt_key.reveal().encode()).digest(_PURPOSE)
    return RateLimits(
        FallbackLimits(stores.limits),
        {rule.name: rule for rule in _rules(settings.rate_limits)},
        PreparedMac(secret),
        is_on=settings.rate_limits.limits != "off",
    )


def _rules(settings: RateLimitSettings) -> list[Rule]:
    return [
        Rule(LOGIN, settings.login, group=_LOGIN_GROUP),
        Rule(LOGIN_FAILURES, settings.login_failures, group=_LOGIN_GROUP),
        Rule(ACCOUNT_FAILURES, _account_rates(settings), group=_LOGIN_GROUP),
        Rule(DEVICE_FAILURES, _OF_A_DEVICE if settings.account_failures else (), group=_LOGIN_GROUP),
        Rule(TYPOS, _OF_A_TYPO),
        Rule(REGISTER, settings.register),
        Rule(REFRESH, settings.refresh),
        Rule(CODES, settings.codes),
        Rule(MAIL, settings.mail),
        Rule(MAIL_ADDRESS, settings.mail_address),
        Rule(TOKEN, settings.token),
    ]


def _account_rates(settings: RateLimitSettings) -> Sequence[Rate]:
    return [replace(rate, backoff=settings.account_backoff) for rate in settings.account_failures]
