"""What hooks are told before a registration and a login; no password is among it."""

from __future__ import annotations

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client


@dataclass(frozen=True, slots=True)
class Registration:
    """Somebody wants an account; the input is checked, and nothing is stored.

    Attributes:
        email: the address as it would be stored.
        first_name, last_name: as they would be stored.
        client: where the request came from.
    """

    email: str
    first_name: str
    last_name: str
    client: Client


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody wants to log in; nothing is proven, and whether there is an account is not known.

    Attributes:
        email: the address in its canonical form; None where none is named.
        method: by what: ``pwd`` is a password, ``email`` a letter, ``passkey`` a passkey, ``fed`` a provider.
        client: where the request came from.
    """

    email: str | None
    method: str
    client: Client
