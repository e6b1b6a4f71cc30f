"""What a provider says to whoever has an access token of it (RFC 6750), as JSON."""

from __future__ import annotations

import re
from typing import Final

from jwt_auth_core.encoding import strict_json
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.identities.provider import ProviderRefusedError, ProviderUnavailableError
from jwt_auth_core.keys.fetch import fetch

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)  # RFC 6750 section 2.1


def resource(url: str, access_token: str) -> object:
    """Return what is answered.

    Raises:
        ProviderRefusedError: the token has another form than such tokens.
        ProviderUnavailableError: no answer in time, another status than 200, or no JSON.
    """
    if not _TOKEN.fullmatch(access_token):
        raise ProviderRefusedError("access_token")
    headers = {"Accept": "application/json", "Authorization": f"Bearer {access_token}"}
    try:
        return strict_json(fetch(url, headers=headers))
    except StoreUnavailableError as error:
        raise ProviderUnavailableError(str(error)) from None
    except ValueError:
        raise ProviderUnavailableError(f"{url} does not answer in JSON") from None
