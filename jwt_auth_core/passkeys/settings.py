"""What can be configured of passkeys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final, cast

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import between, texts

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_ADDRESS: Final = re.compile(r"[0-9.]+", re.ASCII)
_PORT: Final = r"(?::[1-9][0-9]{0,4})?"
_ORIGIN: Final = re.compile(
    rf"https://(?P<host>{_LABEL}(?:\.{_LABEL})*){_PORT}"
    rf"|http://(?:[a-z0-9-]+\.)*localhost{_PORT}"  # which browsers trust without TLS
    r"|android:apk-key-hash:[A-Za-z0-9_-]{43}"
    r"|(?:chrome|moz|safari-web)-extension://[A-Za-z0-9-]{1,64}",
    re.ASCII,
)


def _is_rp_id(value: object) -> str | None:
    if value is None or (isinstance(value, str) and is_host_name(value)):
        return None
    return "must be the name of a host in lower case, such as example.com, without scheme and port"


def _are_origins(value: object) -> str | None:
    origins = list(cast("Iterable[object]", value)) if isinstance(value, tuple | list) else None
    if origins is None:
        return "must be a tuple of origins such as https://app.example.com"
    if all(isinstance(one, str) and _ORIGIN.fullmatch(one) for one in origins):
        return None
    return (
        "each must be an origin in lower case such as https://app.example.com, http://localhost:8000 or "
        "android:apk-key-hash:..., without a path"
    )


def is_host_name(text: str) -> bool:
    """Tell whether a text names a host, as browsers want it of an RP ID: no address, ASCII in lower case."""
    return _NAME.fullmatch(text) is not None and _ADDRESS.fullmatch(text) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeySettings(SettingsRecord):
    """For whom passkeys are, and how many.

    Attributes:
        rp_id: the domain that they belong to; None means the host of ``public_url``.
        rp_name: what people read when they make one; None means ``service_name``.
        rp_origins: the pages and applications that may ask for one; none means that of ``public_url``.
        per_user: how many a user may have; 0: none can be made.
    """

    rp_id: Annotated[str | None, Variable("RP_ID", check=_is_rp_id)] = None
    rp_name: Annotated[str | None, Variable("RP_NAME")] = None
    rp_origins: Annotated[tuple[str, ...], Variable("RP_ORIGINS", texts, _are_origins)] = ()
    per_user: Annotated[int, Variable("PASSKEYS_PER_USER", int, between(0, 1000))] = 20
