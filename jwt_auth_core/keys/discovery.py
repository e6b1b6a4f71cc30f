"""Discovery: from an issuer's name to its key set, by what it says of itself under its own URL.

OpenID Connect Discovery 1.0 section 4 first, then RFC 8414 section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, cast
from urllib.parse import urlsplit

from jwt_auth_core.encoding import strict_json
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.keys.fetch import check_url, fetch

_OPENID: Final = "/.well-known/openid-configuration"
_OAUTH: Final = "/.well-known/oauth-authorization-server"
_LONGEST_NAME: Final = 200


class Discovery:
    """Fetches the key set of an issuer; a class because it is called again for every look at the keys.

    ``names`` are what the metadata may call the issuer: the *issuer* itself, to the letter, unless a
    profile says otherwise. ``http_hosts`` (``keycloak.auth.svc:8080``) may be asked over plain http, in
    a network that is trusted as such.

    Raises:
        ValueError: the issuer is no URL that may be asked.
    """

    def __init__(
        self,
        issuer: str,
        *,
        names: Collection[str] = (),
        http_hosts: Collection[str] = (),
        fetch: Callable[[str], bytes] = fetch,
    ) -> None:
        check_url(issuer, http_hosts=http_hosts)
        if urlsplit(issuer).query:
            raise ValueError("an issuer is a URL without a query")
        self._issuer = issuer
        self._names = frozenset({issuer, *names})
        self._http_hosts = frozenset(http_hosts)
        self._fetch = fetch

    def __call__(self, _issuer: str) -> bytes:
        """Return the key set that the issuer's metadata name.

        Raises:
            StoreUnavailableError: no metadata, or no key set, can be had.
            ValueError: they are another issuer's, or name no key set that may be asked.
        """
        return self._fetch(self.place(self.metadata(), "jwks_uri"))

    def metadata(self) -> dict[str, object]:
        """Return what the issuer says of itself, under its own name.

        Raises:
            StoreUnavailableError: no metadata can be had.
            ValueError: they are another issuer's.
        """
        members = self._metadata()
        named = members.get("issuer")
        if not isinstance(named, str) or named not in self._names:
            raise ValueError(
                f"the metadata of the issuer {self._issuer} name another one, {_shown(named)}; "
                "write it as they do"
            )
        return members

    def place(self, members: Mapping[str, object], name: str) -> str:
        """Return the URL that metadata have by a name.

        Raises:
            ValueError: there is none, or none that may be asked.
        """
        place = members.get(name)
        if not isinstance(place, str):
            raise ValueError(f"the metadata of the issuer {self._issuer} name no {name}")  # noqa: TRY004 - data
        try:
            return check_url(place, http_hosts=self._http_hosts)
        except ValueError as error:
            raise ValueError(f"the {name} of the issuer {self._issuer} is not asked: {error}") from None

    def _metadata(self) -> dict[str, object]:
        failures: list[str] = []
        for place in _places(self._issuer):
            try:
                found = strict_json(self._fetch(place))
            except StoreUnavailableError as error:
                failures.append(str(error))
                continue
            except ValueError:
                found = None
            if isinstance(found, dict):
                return cast("dict[str, object]", found)
            failures.append(f"{place} is not one strict JSON object")
        raise StoreUnavailableError(
            f"the issuer {self._issuer}", f"publishes no metadata: {'; '.join(failures)}"
        )


def _shown(name: object) -> str:
    """Return what metadata call an issuer, for a log; quoted, as it comes from elsewhere."""
    return repr(name)[:_LONGEST_NAME] if isinstance(name, str) else "which is no text"


def _places(issuer: str) -> Iterator[str]:
    yield issuer.rstrip("/") + _OPENID
    parts = urlsplit(issuer)
    # Between host and path, unlike OpenID's (RFC 8414 section 3.1).
    yield f"{parts.scheme}://{parts.netloc}{_OAUTH}{parts.path.rstrip('/')}"
