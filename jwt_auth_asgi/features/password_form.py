"""OAuth2's password form (RFC 6749 §4.3.2): our fields under its names, and what is wrong with them, too."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from jwt_auth_asgi.http.bodies import Fields
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.flows.sessions.login import LoginAttempt

_NAMES: Final = {"email": "username"}  # what OAuth2 calls our fields


def form_login(form: Fields) -> LoginAttempt:
    """Return the login of OAuth2's password form, without a word on where the refresh token travels.

    Raises:
        InvalidInputError: names every offending field at once, as the form does.
    """
    with form_names():
        return LoginAttempt.parse(our_fields(form))


def our_fields(form: Fields) -> Fields:
    """Return a form's fields under our names; those that we have for it count only as it calls them."""
    known = {ours: form[theirs] for ours, theirs in _NAMES.items() if theirs in form}
    return {**{name: value for name, value in form.items() if name not in _NAMES}, **known}


@contextmanager
def form_names() -> Generator[None]:
    """Have complaints speak of the fields that the form has."""
    try:
        yield
    except InvalidInputError as error:
        renamed = [replace(one, field=_NAMES.get(one.field, one.field)) for one in error.errors]
        raise InvalidInputError(renamed) from None
