"""Cross-site request forgery: whether a request that brings or receives the cookie may act (CK-04, CK-06).

Fetch Metadata first, because no proxy changes it and no page can forge it; then Origin, compared
exactly. The decision is a pure function of five header facts and two settings.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.http import client_address
from jwt_auth_asgi.http.headers import lines
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.idna import to_a_label
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings

_OF_PAGES: Final = {"ws": "http", "wss": "https"}  # whose pages open websockets of the origin
_OF_NOBODY_ELSE: Final = frozenset({"none", "same-origin", "same-site"})
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a request says of the page that sent it; one entry a header line, in raw text.

    ``own`` is the origin that the request was sent to, as `origin` writes it.
    """

    fetch_site: tuple[str, ...]
    origin: tuple[str, ...]
    own: str


@dataclass(frozen=True, slots=True)
class CsrfRule:
    """Which pages may act: this origin's, ``allowed_origins``, and, unless strict, no page at all."""

    allowed_origins: frozenset[str] = frozenset()
    strict: bool = False

    @classmethod
    def from_settings(cls, settings: Settings) -> CsrfRule:
        """Take the configured origins, in the form in which browsers write them.

        Raises:
            SettingsError: one has a host that cannot exist.
            MissingDriverError: one has a host beyond ASCII, and idna is not installed.
        """
        origins = frozenset(map(_as_browsers_send, settings.allowed_origins))
        return cls(origins, strict=settings.csrf == "strict")

    def allows(self, sender: Provenance) -> bool:
        """Decide; what is contradictory, repeated or unknown is refused."""
        if len(sender.fetch_site) > 1 or len(sender.origin) > 1:
            return False
        match sender.fetch_site:
            case ("same-origin",):
                return True
            case ("same-site",) | ("cross-site",):
                return _among(sender.origin, self.allowed_origins)
            case () | ("none",):
                return self._allows_origin(sender)
            case _:
                return False

    def _allows_origin(self, sender: Provenance) -> bool:
        if not sender.origin:
            # No browser sends a POST so: the cookie of SameSite=Strict came from a client of its own.
            return not self.strict
        return _among(sender.origin, {sender.own, *self.allowed_origins})


def is_same_origin(sender: Provenance, public_url: str | None, *, is_websocket: bool) -> bool:
    """Tell whether a page of our own origin is behind a request: it must say so, one way or the other.

    Stricter than `CsrfRule`: a cookie that is Lax comes along with more, so nobody's word is not enough, and
    no other origin may act with it. Of a websocket the Origin decides, which every browser sends.
    """
    if len(sender.fetch_site) > 1 or len(sender.origin) > 1:
        return False
    if is_websocket or sender.fetch_site in {(), ("none",)}:
        return _among(sender.origin, {sender.own, *_origin_of(public_url)})
    return sender.fetch_site == ("same-origin",)


def is_from_elsewhere(scope: Scope) -> bool:
    """Tell whether another site's page leads a browser here; one that says nothing is not led.

    A link, a redirect or a script of another site says so. What an application has the system's browser open
    is of no page (``none``), as what somebody types is.
    """
    return any(value not in _OF_NOBODY_ELSE for value in lines(scope, b"sec-fetch-site"))


def _origin_of(url: str | None) -> tuple[str, ...]:
    if url is None:
        return ()
    parts = urlsplit(url)
    return (origin(scheme=parts.scheme, host=parts.netloc),)


def provenance(scope: Scope, *, trusted_proxy_count: int = 0) -> Provenance:
    """Read a request's provenance; a missing or repeated Host leaves no origin of our own."""
    host = lines(scope, b"host")
    scheme = client_address.scheme(scope, trusted_proxy_count=trusted_proxy_count)
    scheme = _OF_PAGES.get(scheme, scheme)
    own = origin(scheme=scheme, host=host[0] if len(host) == 1 else "")
    return Provenance(lines(scope, b"sec-fetch-site"), lines(scope, b"origin"), own)


def _as_browsers_send(text: str) -> str:
    scheme, _, host = text.partition("://")
    if not host.isascii():
        name, colon, port = host.partition(":")
        try:
            name = ".".join(label if label.isascii() else to_a_label(label) for label in name.split("."))
        except ValueError:
            problem = "ALLOWED_ORIGINS has one whose host is no domain name by IDNA 2008; write it as xn--..."
            raise SettingsError([problem]) from None
        host = name + colon + port
    return origin(scheme=scheme, host=host)


def _among(origin: tuple[str, ...], allowed: Collection[str]) -> bool:
    # "null" is what sandboxed pages send: it is never an origin of ours, whatever is configured.
    return all(one != "null" and one in allowed for one in origin) and bool(origin)


def origin(*, scheme: str, host: str) -> str:
    """Return an origin in the form in which browsers write it (RFC 6454 §6.1)."""
    scheme, host = scheme.lower(), host.lower()
    default = _DEFAULT_PORTS.get(scheme, "")
    return f"{scheme}://{host.removesuffix(default) if default else host}"
