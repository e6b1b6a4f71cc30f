"""Where another issuer's keys are: at a URL of their own, or where its metadata say."""

from __future__ import annotations

from collections.abc import Collection

from jwt_auth_core.keys.discovery import Discovery
from jwt_auth_core.keys.remote import RemoteKeys


def keys_at(url: str, *, http_hosts: Collection[str], rsa_algorithm: str) -> RemoteKeys:
    """Return the keys of a key set's URL."""
    return RemoteKeys(url, http_hosts=http_hosts, rsa_algorithm=rsa_algorithm)


def keys_of(
    issuer: str, *, names: Collection[str], http_hosts: Collection[str], rsa_algorithm: str
) -> RemoteKeys:
    """Return the keys of an issuer, which its metadata may call by one of the *names*, too."""
    find = Discovery(issuer, names=names, http_hosts=http_hosts)
    return RemoteKeys(issuer, fetch=find, http_hosts=http_hosts, rsa_algorithm=rsa_algorithm)
