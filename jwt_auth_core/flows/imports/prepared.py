"""A prepared user: what a record of another system comes to once all was checked that needs no database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Final

from jwt_auth_core.errors import InvalidInputError, MissingDriverError
from jwt_auth_core.factors.factor import TOTP
from jwt_auth_core.factors.totp import MOST_APPS, STEP_SECONDS, TotpApp
from jwt_auth_core.flows.fields import Fields, is_storable
from jwt_auth_core.imports import ImportedUser, imported_id
from jwt_auth_core.keys.encryption.vault import Encrypted, Vault
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.bulk import NewAccount
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.vocabulary import Secret, UserId

APP_NAME: Final = "Authenticator app"
_ID_BYTES: Final = 12
_UNKNOWN_HASH: Final = (
    "its password hash is of no scheme that is read, or costs too much (--keep-unknown-hashes)"
)
_NEEDS_KEYS: Final = "its second factor needs ENCRYPTION_KEYS (--without-factors)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an operator decided beforehand.

    ``issuer`` is that of the old system's tokens: of it and the old id ours is made. ``roles`` are those that
    are granted, by their old names.
    """

    source: str
    issuer: str
    roles: Mapping[str, str] = field(default_factory=dict[str, str])
    brings_factors: bool = True
    keeps_unknown_hashes: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A user of a line of the file, ready to be written."""

    line: int
    account: NewAccount
    secrets: tuple[Secret, ...]
    roles: tuple[str, ...]

    def apps(self, vault: Vault, *, now: int) -> list[TotpApp]:
        """Return its authenticator apps; a code that was good in the old system until now is good no more.

        Raises:
            MissingDriverError: the package that encrypts is not installed.
        """
        return [_app(self.account.user_id, secret, vault, now=now) for secret in self.secrets]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Checks records; a class because what it checks by is the same for all of them."""

    plan: ImportPlan
    knows_hash: Callable[[str], bool]
    has_keys: bool
    widths: Mapping[str, int]
    has_hex_ids: bool
    now: int

    def __call__(self, user: ImportedUser) -> Prepared:
        """Return what a record comes to.

        Raises:
            InvalidInputError: it is no user; says why of each field, and shows none.
        """
        address = parse_email(user.email)
        fields = Fields({"first_name": user.first_name, "last_name": user.last_name})
        first, last = (self._name(fields, name) for name in ("first_name", "last_name"))
        stored = self._hash(fields, user.password_hash)
        self._check_width(fields, "email", address.stored)
        if not is_storable(user.old_id):
            fields.note("id", "invalid_character", "must not contain NUL or lone surrogates")
        if user.totp_secrets and self.plan.brings_factors:
            if not self.has_keys:
                fields.note("totp_secrets", "encryption_not_configured", _NEEDS_KEYS)
            if len(user.totp_secrets) > MOST_APPS:
                fields.note("totp_secrets", "too_many", f"must be at most {MOST_APPS}")
        fields.raise_problems()
        secrets = user.totp_secrets if self.plan.brings_factors else ()
        account = NewAccount(
            user_id=self._id(user.old_id or f"mailto:{address.canonical}"),
            email=address.stored,
            canonical=address.canonical,
            typed=address.typed,
            password_hash=stored,
            first_name=first,
            last_name=last,
            created_at=user.created_at,
            is_verified=user.is_verified,
            disabled_at=self.now if user.is_disabled else None,
            factor_kinds=TOTP if secrets else 0,
        )
        roles = {self.plan.roles[role] for role in user.roles if role in self.plan.roles}
        return Prepared(user.line, account, secrets, tuple(sorted(roles)))

    def _id(self, old_id: str) -> UserId:
        user_id = imported_id(self.plan.issuer, old_id)
        return UserId(user_id.replace("-", "")) if self.has_hex_ids else user_id

    def _name(self, fields: Fields, name: str) -> str:
        """Return a name; none is none, as some systems know none."""
        text = fields.text(name)
        if not text.strip():
            return ""
        text = fields.name(name)
        self._check_width(fields, name, text)
        return text

    def _hash(self, fields: Fields, stored: str | None) -> str:
        if stored is None or stored == NO_PASSWORD:
            return NO_PASSWORD
        is_kept = self.plan.keeps_unknown_hashes and is_storable(stored)
        try:
            if not (is_kept or self.knows_hash(stored)):
                fields.note("password_hash", "unknown_hash", _UNKNOWN_HASH)
        except MissingDriverError as error:
            fields.note("password_hash", "missing_driver", str(error))
        return stored

    def _check_width(self, fields: Fields, name: str, text: str) -> None:
        if name in self.widths and len(text) > self.widths[name]:
            fields.note(name, "too_long", f"must be at most {self.widths[name]} characters long")


def reason(error: InvalidInputError) -> str:
    """Return why a record was refused, in one line."""
    return "; ".join(f"{one.field}: {one.message}" for one in error.errors)


def _app(user_id: UserId, secret: Secret, vault: Vault, *, now: int) -> TotpApp:
    app = TotpApp(
        factor_id=f"totp_{secrets.token_hex(_ID_BYTES)}",
        user_id=user_id,
        name=APP_NAME,
        secret=Encrypted("", ""),
        created_at=now,
        last_step=now // STEP_SECONDS,
    )
    return replace(app, secret=vault.encrypt(secret.reveal().encode(), place=app.place))
