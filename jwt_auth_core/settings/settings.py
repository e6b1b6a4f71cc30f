"""Settings: one frozen object, from arguments or from the environment; nothing is read at import.

Each field carries its environment variable, how its text is read and its limits, so that
`from_env`, direct construction and the documentation test all look at one place. A capability's
are a record in its room (`SettingsRecord`), which is one field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Self

from jwt_auth_core.admin.settings import AdminSettings
from jwt_auth_core.api_keys.settings import ApiKeySettings
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.factors.settings import FactorSettings
from jwt_auth_core.identities.settings import IdentitySettings
from jwt_auth_core.mail.settings import MailSettings
from jwt_auth_core.passkeys.settings import PasskeySettings
from jwt_auth_core.places.settings import PlaceSettings
from jwt_auth_core.rate_limits.settings import RateLimitSettings
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings.environment import not_named_in, read_all, readable
from jwt_auth_core.variables.dotenv import Source, database_conflicts, environment, with_database_url
from jwt_auth_core.variables.keys import (
    Clients,
    are_clients,
    are_encryption_keys,
    are_previous_keys,
    clients,
    is_key,
    is_key_place,
    previous_keys,
    secret_texts,
)
from jwt_auth_core.variables.record import problems_of, variables_of
from jwt_auth_core.variables.urls import (
    are_origins,
    is_database_url,
    is_public_url,
    is_redis_url,
    is_service_url,
)
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import (
    are_columns,
    between,
    flag,
    is_cookie_name,
    is_flag,
    one_of,
    rule_or_scopes,
    texts,
)
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.settings import WebhookSettings

EMBEDDED_DATABASE: Final = Secret("sqlite:///var/jwt-auth.sqlite3")
PASSWORD_PROFILES: Final = ("owasp", "rfc9106-low-memory", "rfc9106-high-memory")
PASSWORD_POLICIES: Final = ("default", "nist")
REGISTRATIONS: Final = ("open", "quiet", "closed")
VERIFICATIONS: Final = ("off", "login")
CSRF_MODES: Final = ("default", "strict")
REVOCATION_CHECKS: Final = ("feed", "always", "off")
REVOCATION_POLICIES: Final = ("stateless", "strict")

_DAY: Final = 86_400
_OTHER_COOKIES: Final = ("device", "login_binding", "oauth_browser", "registration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be configured; raises `SettingsError` with all problems at once.

    Attributes:
        jwt_key: HS256 signing secret, at least 32 bytes.
        jwt_previous_keys: older secrets that still verify, newest first.
        jwt_keys: asymmetric keys for access tokens: a directory of key files, or PEM or JWK text.
        encryption_keys: what encrypts and seals, newest first, at least 32 bytes each; no signing secret.
        jwt_issuer: ``iss`` of access tokens, checked when set (RFC 7519 §4.1.1).
        jwt_audience: ``aud`` of access tokens, checked when set (RFC 7519 §4.1.3).
        jwt_client_id: ``client_id`` of access tokens (RFC 9068 §2.2); None means ``service_name``.
        access_token_ttl_seconds: lifetime of an access token.
        refresh_token_ttl_seconds: idle lifetime of a session, renewed by use.
        session_max_age_seconds: absolute lifetime of a session.
        fresh_login_seconds: how long ago a login may be where credentials are changed.
        sessions_per_user: how many a user may have; a login beyond it ends the oldest.
        database_url: ``postgresql://`` or ``sqlite:///``; a Secret, since it may hold a password.
        database_pool_size: the most connections to PostgreSQL that one process holds.
        redis_url: where refresh sessions live; None keeps them in the database.
        public_url: where clients reach the application; what is told of URLs is made of it, not of a Host.
        cookie_secure: False only for plain-http development.
        cookie_name: the refresh cookie's name, which ``__Host-`` goes before where ``cookie_secure``.
        access_cookie_name: that of the access token's, for browser sessions.
        csrf: ``default``, or ``strict`` to refuse clients that send neither Origin nor Fetch Metadata.
        allowed_origins: other origins that may refresh and log out with the cookie.
        trusted_proxy_count: how many hops of ``X-Forwarded-For`` and ``-Proto`` to believe, from the right.
        password_profile: the Argon2id cost: ``owasp``, ``rfc9106-low-memory``, ``rfc9106-high-memory``.
        registration: ``open``, ``quiet`` (an address that is taken is answered alike, and told by letter), or
            ``closed``: the route answers 403, and users are added by you alone.
        email_verification: ``off``; ``login``: nobody logs in before the address is verified; or the scopes
            that nobody is granted before.
        password_policy: ``default`` (8 characters) or ``nist`` (15).
        password_breach_url: a service to ask for breached passwords, by Pwned Passwords' range protocol.
        hash_threads: threads that hash passwords; 0 means one a core.
        hash_queue: logins that may wait for one of them; beyond it 503.
        revocation_check: verified tokens are looked up in memory (``feed``), the stores (``always``), or not.
        revocation_policy: what a silent feed means: ``stateless`` goes on, ``strict`` answers 503.
        revocation_max_silence_seconds: from when on the feed counts as silent.
        admin: how fresh the login of an admin is.
        rate_limits: how often something may be done.
        api_keys: how many API keys a user may have.
        oauth_clients: who may introspect and revoke tokens: pairs of a client id and its secret.
        service_name: refused as a password, shown in ``WWW-Authenticate``, and as ``client_id`` in tokens.
        webhooks: where events are posted to.
        mail: how letters are sent.
        factors: who has to have a second factor.
        passkeys: for whom passkeys are, and how many a user may have.
        identities: the providers that users may sign in with.
        places: who knows where addresses are.
        user_columns: the further columns of the table ``users`` that `User.columns` has.
    """

    jwt_key: Annotated[Secret, Variable("JWT_KEY", Secret, is_key)]
    jwt_previous_keys: Annotated[
        tuple[Secret, ...], Variable("JWT_PREVIOUS_KEYS", previous_keys, are_previous_keys)
    ] = ()
    jwt_keys: Annotated[Secret | None, Variable("JWT_KEYS", Secret, is_key_place)] = None
    encryption_keys: Annotated[
        tuple[Secret, ...], Variable("ENCRYPTION_KEYS", secret_texts, are_encryption_keys)
    ] = ()
    jwt_issuer: Annotated[str | None, Variable("JWT_ISSUER")] = None
    jwt_audience: Annotated[str | None, Variable("JWT_AUDIENCE")] = None
    jwt_client_id: Annotated[str | None, Variable("JWT_CLIENT_ID")] = None
    access_token_ttl_seconds: Annotated[int, Variable("ACCESS_TOKEN_TTL_SECONDS", int, between(10, _DAY))] = (
        900
    )
    refresh_token_ttl_seconds: Annotated[
        int, Variable("REFRESH_TOKEN_TTL_SECONDS", int, between(60, 366 * _DAY))
    ] = 14 * _DAY
    session_max_age_seconds: Annotated[
        int, Variable("SESSION_MAX_AGE_SECONDS", int, between(60, 3660 * _DAY))
    ] = 90 * _DAY
    fresh_login_seconds: Annotated[int, Variable("FRESH_LOGIN_SECONDS", int, between(10, _DAY))] = 600
    sessions_per_user: Annotated[int, Variable("SESSIONS_PER_USER", int, between(1, 1000))] = 20
    database_url: Annotated[Secret, Variable("DATABASE_URL", Secret, is_database_url)] = EMBEDDED_DATABASE
    database_pool_size: Annotated[int, Variable("DB_POOL_SIZE", int, between(1, 1000))] = 10
    redis_url: Annotated[Secret | None, Variable("REDIS_URL", Secret, is_redis_url)] = None
    public_url: Annotated[str | None, Variable("PUBLIC_URL", check=is_public_url)] = None
    cookie_secure: Annotated[bool, Variable("COOKIE_SECURE", flag, is_flag)] = True
    cookie_name: Annotated[str, Variable("COOKIE_NAME", check=is_cookie_name)] = "refresh_token"
    access_cookie_name: Annotated[str, Variable("ACCESS_COOKIE_NAME", check=is_cookie_name)] = "access_token"
    csrf: Annotated[str, Variable("CSRF", check=one_of(*CSRF_MODES))] = "default"
    allowed_origins: Annotated[tuple[str, ...], Variable("ALLOWED_ORIGINS", texts, are_origins)] = ()
    trusted_proxy_count: Annotated[int, Variable("TRUSTED_PROXY_COUNT", int, between(0, 10))] = 0
    password_profile: Annotated[str, Variable("PASSWORD_PROFILE", check=one_of(*PASSWORD_PROFILES))] = "owasp"
    registration: Annotated[str, Variable("REGISTRATION", check=one_of(*REGISTRATIONS))] = "open"
    email_verification: Annotated[
        str, Variable("EMAIL_VERIFICATION", check=rule_or_scopes(*VERIFICATIONS))
    ] = "off"
    password_policy: Annotated[str, Variable("PASSWORD_POLICY", check=one_of(*PASSWORD_POLICIES))] = "default"
    password_breach_url: Annotated[str | None, Variable("PASSWORD_BREACH_URL", check=is_service_url)] = None
    hash_threads: Annotated[int, Variable("HASH_THREADS", int, between(0, 256))] = 0
    hash_queue: Annotated[int, Variable("HASH_QUEUE", int, between(0, 10_000))] = 64
    revocation_check: Annotated[str, Variable("REVOCATION_CHECK", check=one_of(*REVOCATION_CHECKS))] = "feed"
    revocation_policy: Annotated[str, Variable("REVOCATION_POLICY", check=one_of(*REVOCATION_POLICIES))] = (
        "stateless"
    )
    revocation_max_silence_seconds: Annotated[
        int, Variable("REVOCATION_MAX_SILENCE_SECONDS", int, between(1, 3600))
    ] = 10
    admin: AdminSettings = AdminSettings()
    rate_limits: RateLimitSettings = RateLimitSettings()
    api_keys: ApiKeySettings = ApiKeySettings()
    oauth_clients: Annotated[Clients, Variable("OAUTH_CLIENTS", clients, are_clients)] = ()
    service_name: Annotated[str, Variable("SERVICE_NAME")] = "jwt-auth"
    webhooks: WebhookSettings = WebhookSettings()
    mail: MailSettings = MailSettings()
    factors: FactorSettings = FactorSettings()
    passkeys: PasskeySettings = PasskeySettings()
    identities: IdentitySettings = IdentitySettings()
    places: PlaceSettings = PlaceSettings()
    user_columns: Annotated[tuple[str, ...], Variable("USER_COLUMNS", texts, are_columns)] = ()

    def __post_init__(self) -> None:
        """Check every field, those of the capabilities' records too, then raise once."""
        if problems := problems_of(self) or [*self._shared(), *self._unfit_for_mail()]:
            raise SettingsError(problems)

    def _shared(self) -> list[str]:
        problems: list[str] = []
        if not {self.jwt_key, *self.jwt_previous_keys}.isdisjoint(self.encryption_keys):
            problems.append(
                "ENCRYPTION_KEYS must not have a key of JWT_KEY or JWT_PREVIOUS_KEYS: those rotate away"
            )
        if self.access_cookie_name in {self.cookie_name, *_OTHER_COOKIES}:
            problems.append(
                "ACCESS_COOKIE_NAME must differ from COOKIE_NAME and from our other cookies' names"
            )
        if self.identities.providers and not self.public_url:
            problems.append("PUBLIC_URL is required with OIDC_PROVIDERS: they lead back to it, to the letter")
        return problems

    def _unfit_for_mail(self) -> list[str]:
        if self.mail.url is None:
            return []
        problems = [] if self.public_url else ["PUBLIC_URL is required with MAIL_URL: links are made of it"]
        if not self.service_name.isprintable():
            problems.append("SERVICE_NAME must be printable: it stands in the subjects of letters")
        return problems

    @classmethod
    def from_env(cls, mapping: Mapping[str, str] | None = None, *, dotenv: bool = True) -> Self:
        """Read the variables from ``mapping``, or from the process environment when it is left out.

        Then a `.env` file of the working directory is read, too, where there is one; the
        environment wins, ``dotenv=False`` leaves the file alone.

        Raises:
            SettingsError: with every missing or wrong variable, its limit, and never its value.
        """
        source = environment(dotenv=dotenv) if mapping is None else Source(mapping, "the given mapping")
        given, unreadable = readable(variables(cls), source.variables)
        values, unread = read_all(cls, with_database_url(given))
        if "jwt_key" not in values:
            values["jwt_key"] = Secret("")  # fails its own check, so that the other fields are checked too
            unread.append(f"JWT_KEY is required and is not set; looked for in {source.place}")
        problems = [*unreadable, *not_named_in(unreadable, (*unread, *database_conflicts(given)))]
        try:
            settings = cls(**values)
        except SettingsError as error:
            raise SettingsError([*problems, *not_named_in(problems, error.problems)]) from None
        if problems:
            raise SettingsError(problems)
        return settings


def variables(settings: type[Settings] = Settings) -> Mapping[str, Variable]:
    """Return every field with its environment variable; one of a capability's record is ``record.field``."""
    return variables_of(settings)
