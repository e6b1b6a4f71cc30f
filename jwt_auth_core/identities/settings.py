"""What can be configured of providers: who they are, and who we are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, cast

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import Family, SettingsRecord
from jwt_auth_core.variables.words import texts
from jwt_auth_core.vocabulary import Secret

PRESETS: Final = ("google", "microsoft", "apple", "gitlab", "discord", "github")
"""Whose issuers are known, so that ``OIDC_GOOGLE_ISSUER`` need not be set."""

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST_NAME: Final = 32
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+", re.ASCII)
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)  # RFC 6749 section 3.3
_URL: Final = re.compile(
    r"(?:https://(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)|http://(?:localhost|127\.0\.0\.1|\[::1\]))"
    r"(?::[0-9]{1,5})?(?:/[0-9A-Za-z._~!$&'()*+,;=:@%/-]*)?",
    re.ASCII,
)
_MEMBERS: Final = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPES", "TEAM_ID", "KEY_ID", "PRIVATE_KEY")
_OF_APPLE: Final = ("team_id", "key_id", "private_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """One provider: what its routes are called here, and who we are to it.

    Attributes:
        name: ``acme`` is ``/auth/oauth/acme`` and ``OIDC_ACME_...``.
        client_id: what the provider calls us.
        client_secret: by which it knows us; None for a public client, or where Apple's key makes it.
        issuer: its own name, to the letter, under which it says of itself where everything is; None where it
            is one of `PRESETS`.
        scopes: what we ask for; none means what is needed.
        team_id, key_id, private_key: Apple's, which make the client secret; the key is PEM text.
    """

    name: str
    client_id: str
    client_secret: Secret | None = None
    issuer: str | None = None
    scopes: tuple[str, ...] = ()
    team_id: str | None = None
    key_id: str | None = None
    private_key: Secret | None = None

    def __str__(self) -> str:
        return self.name if self.issuer is None else f"{self.name} {self.issuer}"

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with it, the variable's name first."""
        known = self.name.upper().replace("-", "_")
        if self.issuer is None and self.name not in PRESETS:
            yield f"OIDC_{known}_ISSUER is required: only {', '.join(PRESETS)} are known"
        if self.issuer is not None and not _is_text(self.issuer, _URL):
            yield f"OIDC_{known}_ISSUER must be an https URL without a query; http is for this machine"
        if not _is_text(self.client_id, _PRINTABLE):
            yield f"OIDC_{known}_CLIENT_ID is required, of printable ASCII characters"
        if self.client_secret is not None and not _is_secret(self.client_secret):
            yield f"OIDC_{known}_CLIENT_SECRET must be a Secret of printable ASCII characters"
        if not all(_is_text(scope, _SCOPE) for scope in self.scopes):
            yield f"OIDC_{known}_SCOPES must be words of printable ASCII characters"
        yield from self._problems_of_apple(known)

    def _problems_of_apple(self, known: str) -> Iterator[str]:
        given = [name for name in _OF_APPLE if getattr(self, name) is not None]
        if given and self.name != "apple":
            yield f"OIDC_{known}_{given[0].upper()} is for apple alone"
        elif given and len(given) < len(_OF_APPLE):
            missing = next(name for name in _OF_APPLE if name not in given)
            yield f"OIDC_{known}_{missing.upper()} is required with the others that make the client secret"
        elif given and not isinstance(self.private_key, Secret):
            yield f"OIDC_{known}_PRIVATE_KEY must be a Secret"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in texts(text) if is_provider_name(name))


def is_provider_name(name: object) -> bool:
    """Tell whether a provider may be called so here: in variables, and in the paths of its routes."""
    return isinstance(name, str) and len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def _variables(text: str) -> Sequence[str]:
    return [f"OIDC_{name.upper().replace('-', '_')}_{one}" for name in _names(text) for one in _MEMBERS]


def _providers(text: str, given: Mapping[str, str]) -> tuple[ProviderSettings, ...]:
    """Read what is set of each name; one that is none stays, for the check to say so."""
    return tuple(_provider(name, given) for name in texts(text))


def _provider(name: str, given: Mapping[str, str]) -> ProviderSettings:
    def value(member: str) -> str | None:
        return given.get(f"OIDC_{name.upper().replace('-', '_')}_{member}") or None

    secret, key = value("CLIENT_SECRET"), value("PRIVATE_KEY")
    return ProviderSettings(
        name=name,
        client_id=value("CLIENT_ID") or "",
        client_secret=None if secret is None else Secret(secret),
        issuer=value("ISSUER"),
        scopes=tuple((value("SCOPES") or "").replace(",", " ").split()),
        team_id=value("TEAM_ID"),
        key_id=value("KEY_ID"),
        # In one line of an environment the ends of lines are written as \n.
        private_key=None if key is None else Secret(key.replace("\\n", "\n")),
    )


def _are_providers(value: object) -> str | None:
    several = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (None,)
    providers = [one for one in several if isinstance(one, ProviderSettings)]
    if len(providers) < len(several):
        return "must be a tuple, each a ProviderSettings"
    names = [one.name for one in providers]
    if not all(map(is_provider_name, names)):
        return f"must be names of lower-case letters, digits and '-', at most {_LONGEST_NAME} characters each"
    if len(set(names)) < len(names):
        return "has one name twice"
    problems = [problem for one in providers for problem in one.problems()]
    return f"needs more: {'; '.join(problems)}" if problems else None


def _is_text(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_secret(value: object) -> bool:
    return isinstance(value, Secret) and _PRINTABLE.fullmatch(value.reveal()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings(SettingsRecord):
    """Whom users may sign in with.

    Attributes:
        providers: in the order in which they are offered; the variable has their names, others the rest.
    """

    providers: Annotated[
        tuple[ProviderSettings, ...],
        Family(name="OIDC_PROVIDERS", check=_are_providers, names=_variables, make=_providers),
    ] = ()
