"""The relying party: for whom passkeys are, of what is set and what follows from where the application is."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.passkeys.settings import PasskeySettings, is_host_name
from jwt_auth_core.records import dataclass

_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom passkeys are: its id, what people read, and where its pages and applications are."""

    rp_id: str
    name: str
    origins: tuple[str, ...]


def relying_party(
    settings: PasskeySettings, *, public_url: str | None, service_name: str
) -> RelyingParty | None:
    """Return for whom passkeys are; None where nothing says it, or nothing that browsers take.

    What is not set is that of ``public_url``; where that is elsewhere, the RP ID by TLS.

    Raises:
        SettingsError: there are origins, and no RP ID.
    """
    parts = urlsplit((public_url or "").lower())
    host = parts.hostname or ""
    rp_id = settings.rp_id or (host if is_host_name(host) else None)
    if rp_id is None:
        if settings.rp_origins:
            raise SettingsError(["RP_ORIGINS needs RP_ID, or a PUBLIC_URL with the name of a host"])
        return None
    own = _origin(parts) if is_below(host, rp_id) else f"https://{rp_id}"
    return RelyingParty(rp_id, settings.rp_name or service_name, settings.rp_origins or (own,))


def is_below(host: str, rp_id: str) -> bool:
    """Tell whether pages of a host may ask for passkeys of a domain by themselves."""
    return host == rp_id or host.endswith(f".{rp_id}")


def _origin(parts: SplitResult) -> str:
    """Return the origin of a URL as browsers write it: without the port that goes without saying."""
    port = None if parts.port == _PORTS.get(parts.scheme) else parts.port
    return f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}"
