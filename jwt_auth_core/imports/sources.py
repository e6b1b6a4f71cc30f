"""The systems whose files are read, by the names that a command takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import partial
from typing import Final, TextIO

from jwt_auth_core.imports import auth0, csv, django, fastapi_users, firebase, jwt_auth, keycloak, supabase
from jwt_auth_core.imports.imported_user import Entry
from jwt_auth_core.records import dataclass

Read = Callable[[TextIO], Iterator[Entry]]
"""Reads a file that can be gone back in, which was opened with ``newline=""``."""

SOURCES: Final = ("auth0", "csv", "django", "fastapi-users", "firebase", "jwt-auth", "keycloak", "supabase")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a file does not say: Firebase's parameters, columns of CSV by ours, Django's model of users."""

    hash_config: firebase.HashConfig | None = None
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    model: str = "auth.user"


def reader_of(source: str, options: ReadOptions) -> Read:
    """Return what reads files of one of `SOURCES`."""
    readers: Mapping[str, Read] = {
        "auth0": auth0.read,
        "csv": partial(csv.read, columns=options.columns),
        "django": partial(django.read, model=options.model),
        "fastapi-users": fastapi_users.read,
        "firebase": partial(firebase.read, config=options.hash_config),
        "jwt-auth": jwt_auth.read,
        "keycloak": keycloak.read,
        "supabase": supabase.read,
    }
    return readers[source]
