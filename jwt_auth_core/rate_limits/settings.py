"""What can be configured of limits: how often what is allowed, in the notation of the `limits` library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final, cast

from jwt_auth_core.rate_limits.rate import Backoff, Rate, parse_backoff, parse_rates
from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import one_of

SWITCH: Final = ("on", "off")
Rates = tuple[Rate, ...]


def _are_rates(value: object) -> str | None:
    if isinstance(value, str):  # what could not be read
        return _fault(value)
    rates = list(cast("Iterable[object]", value)) if isinstance(value, tuple) else [None]
    return None if all(isinstance(rate, Rate) for rate in rates) else "must be a tuple, each a Rate"


def _fault(text: str) -> str:
    try:
        parse_rates(text)
    except ValueError as error:
        return str(error)
    return "must be a tuple, each a Rate: parse_rates reads a text"


def _is_backoff(value: object) -> str | None:
    if not isinstance(value, str):
        return None if value is None or isinstance(value, Backoff) else "must be a Backoff, or None"
    try:
        parse_backoff(value)
    except ValueError as error:
        return str(error)
    return "must be a Backoff: Backoff.parse reads a text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitSettings(SettingsRecord):
    """How often something may be done; an empty tuple, ``off``, limits nothing.

    Attributes:
        limits: ``off`` turns all of them off.
        login: attempts of an address to log in.
        login_failures: wrong passwords from an address.
        account_failures: wrong passwords for an account, whoever sends them and whether there is one.
        account_backoff: the growing waits once those are used up; None for a steady rate.
        register: registrations of an address.
        refresh: refreshes of a session; what belongs to no session, of an address.
        codes: wrong codes and current passwords of a user.
        mail: letters to one address of a mailbox that somebody asked for.
        mail_address: letters that an address asked for.
        token: requests of a client to the token endpoint.
    """

    limits: Annotated[str, Variable("LIMITS", check=one_of(*SWITCH))] = "on"
    login: Annotated[Rates, Variable("LIMIT_LOGIN", parse_rates, _are_rates)] = (Rate(30, 60),)
    login_failures: Annotated[Rates, Variable("LIMIT_LOGIN_FAILURES", parse_rates, _are_rates)] = (
        Rate(10, 60),
    )
    account_failures: Annotated[Rates, Variable("LIMIT_ACCOUNT_FAILURES", parse_rates, _are_rates)] = (
        Rate(5, 300),
    )
    account_backoff: Annotated[
        Backoff | None, Variable("LIMIT_ACCOUNT_BACKOFF", parse_backoff, _is_backoff)
    ] = Backoff(60, 3600)
    register: Annotated[Rates, Variable("LIMIT_REGISTER", parse_rates, _are_rates)] = (Rate(20, 60),)
    refresh: Annotated[Rates, Variable("LIMIT_REFRESH", parse_rates, _are_rates)] = (Rate(150, 300),)
    codes: Annotated[Rates, Variable("LIMIT_CODES", parse_rates, _are_rates)] = (Rate(5, 300),)
    mail: Annotated[Rates, Variable("LIMIT_MAIL", parse_rates, _are_rates)] = (
        Rate(3, 3600),
        Rate(10, 86_400),
    )
    mail_address: Annotated[Rates, Variable("LIMIT_MAIL_ADDRESS", parse_rates, _are_rates)] = (
        Rate(20, 3600),
    )
    token: Annotated[Rates, Variable("LIMIT_TOKEN", parse_rates, _are_rates)] = (Rate(600, 60),)
