"""Which kinds of second factors there are: a kind is one more here."""

from __future__ import annotations

from jwt_auth_core.factors.factor import Factor


def second_factors() -> tuple[Factor, ...]:
    """Return them in the order in which a challenge names them; nothing starts and no driver loads by that.

    Also those that the settings leave out: whoever has enrolled one is asked for it all the same.
    """
    return ()
