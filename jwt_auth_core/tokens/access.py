"""AccessTokens: issue and verify; another issuer's tokens are verified by its published keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from json.encoder import encode_basestring as quoted
from typing import Final, Self, Unpack, cast

from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.keys.source import FollowedKeys
from jwt_auth_core.tokens.actors import Actor, actors_text
from jwt_auth_core.tokens.authentication import authentication_text
from jwt_auth_core.tokens.expectations import Expectations, Expected, names_in_metadata, rsa_algorithm
from jwt_auth_core.tokens.ids import random_id
from jwt_auth_core.tokens.limits import Limits
from jwt_auth_core.tokens.parties import Names, Tenants
from jwt_auth_core.tokens.profile import TokenProfile
from jwt_auth_core.tokens.rules import Subject
from jwt_auth_core.tokens.scope import render_roles, render_scopes
from jwt_auth_core.tokens.template import Template, quoted_text
from jwt_auth_core.tokens.verifier import TokenVerifier
from jwt_auth_core.vocabulary import Clock, Secret

DEFAULT_LIMITS: Final = Limits()


class AccessTokens(TokenVerifier):
    """Issues access tokens and verifies them; a class because keys, rules and text are prepared once.

    One object serves all threads.

    ``issuer`` and ``audience``, where set, are written into tokens and demanded of them.
    ``client_id``, where set, is written into them (RFC 9068 section 2.2): the client that they are issued to.
    ``ttl_seconds`` is the lifetime of an issued token. ``clock`` tells the time where ``now``
    (whole seconds since the epoch) is not given; by default the system does.

    Tokens of another issuer are verified by its ``profile``, a TokenProfile or the name of one; then
    issuer and audience are needed, and each may be several. ``tenants`` are those of a profile that has
    some. ``subject`` makes a local id of the claims, or None. ``shared_secret`` is one that the issuer signs
    with by HS256 beside its published keys, whatever its tokens call it. Such an object issues nothing.

    Raises:
        TypeError: a name that is no str.
        ValueError: an empty issuer, audience or client id, an unknown profile, a lifetime under a second, a
            shared secret without a profile that accepts HS256.
        WeakKeyError: the shared secret is short, guessable, published, or a public key.
    """

    __slots__ = ("_client_id", "_own", "_template", "ttl_seconds")

    def __init__(  # noqa: PLR0913 - a constructor names all its parts
        self,
        keys: KeyRing,
        *,
        issuer: Names = None,
        audience: Names = None,
        client_id: str | None = None,
        ttl_seconds: int = 900,  # 15 minutes
        clock: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
        profile: TokenProfile | str | None = None,
        tenants: Tenants = None,
        subject: Subject | None = None,
        shared_secret: str | bytes | Secret | None = None,
    ) -> None:
        if ttl_seconds < 1:
            raise ValueError("ttl_seconds is at least 1")
        if client_id is not None:
            quoted_text(client_id, "client_id")
        expected = Expectations(
            profile,
            issuer=issuer,
            audience=audience,
            tenants=tenants,
            subject=subject,
            limits=limits,
            ttl_seconds=ttl_seconds,
            shared_secret=shared_secret,
        )
        super().__init__(keys, expected, clock=clock, limits=limits, secret=expected.secret)
        self.ttl_seconds = ttl_seconds
        self._own = own = expected.own
        self._client_id = client_id
        self._template = (
            None if own is None else Template(issuer=own[0], audience=own[1], client_id=client_id)
        )

    @classmethod
    def from_jwks(
        cls,
        place: str | bytes | Mapping[str, object],
        *,
        http_hosts: Collection[str] = (),
        **expected: Unpack[Expected],
    ) -> Self:
        """Return what verifies another service's tokens by its published keys, and issues none.

        *place* is the https URL of a key set (http only on this machine, or of *http_hosts*), or the key
        set itself. A URL is asked in a thread, from the first token on: `verify` never waits for it,
        and raises StoreUnavailableError while a key may yet become known (docs/keys.md).
        The rest is as for the class.

        Raises:
            ValueError: the URL is none that is asked, or the key set has too many keys, or two of one name.
            WeakKeyError: the key set is none, or has no key that can be used.
            MissingDriverError: PyJWT or cryptography is not installed.
        """
        algorithm = rsa_algorithm(expected.get("profile"))
        if not (isinstance(place, str) and place.lower().startswith(("https:", "http:"))):
            return cls(KeyRing.from_jwks(place, rsa_algorithm=algorithm), **expected)
        from jwt_auth_core.keys.published import keys_at  # noqa: PLC0415 - urllib, where it is used

        return cls._following(keys_at(place, http_hosts=http_hosts, rsa_algorithm=algorithm), expected)

    @classmethod
    def from_issuer(
        cls,
        url: str,
        *,
        http_hosts: Collection[str] = (),
        **expected: Unpack[Expected],
    ) -> Self:
        """Return what verifies the tokens of the issuer whose name *url* is, found by its own metadata.

        They are asked for in a thread, as `from_jwks` asks: OpenID Connect Discovery's place first, then
        RFC 8414's. They must name *url* as their issuer, to the letter. *http_hosts* (``keycloak:8080``)
        may be asked over plain http.

        Raises:
            ValueError: the URL is none that is asked; no audience, where a profile is given.
            MissingDriverError: PyJWT or cryptography is not installed.
        """
        from jwt_auth_core.keys.published import keys_of  # noqa: PLC0415 - urllib, where it is used

        expected.setdefault("issuer", url)
        profile = expected.get("profile")
        source = keys_of(
            url,
            names=names_in_metadata(profile),
            http_hosts=http_hosts,
            rsa_algorithm=rsa_algorithm(profile),
        )
        return cls._following(source, expected)

    @classmethod
    def _following(cls, source: FollowedKeys, expected: Expected) -> Self:
        tokens = cls(source.ring, **expected)
        tokens.follow(source)
        return tokens

    def issue(  # noqa: PLR0913 - a token has that many parts
        self,
        *,
        subject: str,
        scopes: Iterable[str] = (),
        session_id: str | None = None,
        session_version: int | None = None,
        auth_time: int | None = None,
        amr: Collection[str] = (),
        acr: str | None = None,
        token_version: int | None = None,
        roles: Iterable[str] = (),
        extra: Mapping[str, object] | None = None,
        token_id: str | None = None,
        now: int | None = None,
        client_id: str | None = None,
        audience: str | Sequence[str] | None = None,
        lifetime_seconds: int | None = None,
        actors: Sequence[str | Actor] = (),
    ) -> str:
        """Return a signed access token for *subject*, a user's id.

        ``session_version`` and ``token_version`` are the user's (`User.session_version`); without them a
        cut-off judges the token by its time. ``roles`` are only names: what they grant stands in ``scopes``.
        ``auth_time``, ``amr`` and ``acr`` say when and how its subject proved who they are: an
        endpoint that asks for that lets no silent token in. ``extra`` claims are JSON values under names
        that have no other meaning. Without a ``token_id`` one of 128 random bits is made. ``client_id`` and
        ``audience`` stand in the place of the usual ones, for a client on its own behalf or another API, or
        several. ``lifetime_seconds`` may be shorter than usual. ``actors`` call on the subject's behalf, the
        latest first (RFC 8693).

        Raises:
            TypeError: an argument of a wrong type.
            ValueError: an empty subject, session id, method or level, a negative time, a lifetime under a
                second or longer than usual, a lone surrogate, a
                scope or role outside RFC 6749's characters, an extra claim that is registered or too large, a
                token over the limit; or the newest key cannot sign, or these are another issuer's tokens.
            UnavailableError: the system gives no random bytes.
        """
        if self._template is None:
            raise ValueError("tokens of another issuer, or of several, are verified and not issued")
        if self._source is not None:
            self._source.look()
        cache = self._cache
        if now is None:
            now = int(self._clock())
        elif type(now) is not int:
            raise TypeError("now is an int, whole seconds since the epoch")
        if lifetime_seconds is None:
            lifetime_seconds = self.ttl_seconds
        elif not 1 <= lifetime_seconds <= self.ttl_seconds:
            raise ValueError(f"lifetime_seconds is from 1 to {self.ttl_seconds}")
        template = self._template
        if client_id is not None or audience is not None:
            template = self._template_for(client_id, audience)
        authentication = ""
        if amr != () or auth_time is not None or acr is not None or actors:
            authentication = authentication_text(auth_time, amr, acr)
            authentication += actors_text(actors) if actors else ""
        payload = template.write(
            quoted(subject) if type(subject) is str and subject else quoted_text(subject, "subject"),
            render_scopes(scopes),
            None if session_id is None else quoted_text(session_id, "session_id"),
            f'"{random_id()}"' if token_id is None else quoted_text(token_id, "token_id"),
            (now, now + lifetime_seconds),
            extra,
            session_version,
            authentication,
            token_version,
            render_roles(roles) if roles else "",
        )
        token = b"".join((cache.signing_prefix, payload, b".", cache.sign(payload)))
        if len(token) > self._longest:
            msg = f"the token has {len(token)} characters, at most {self._longest} are allowed"
            raise ValueError(msg)
        return token.decode()

    def addressed_to(self, audience: str) -> AccessTokens:
        """Return what verifies the tokens that are issued here for another audience; it remembers none.

        Raises:
            ValueError: these are another issuer's tokens.
        """
        if self._own is None:
            raise ValueError("tokens of another issuer, or of several, are for whom their profile says")
        return AccessTokens(
            self.keys,
            issuer=self._own[0],
            audience=audience,
            ttl_seconds=self.ttl_seconds,
            clock=cast("Clock", self._clock),
            limits=replace(self.limits, remembered=0),
        )

    def _template_for(self, client_id: str | None, audience: str | Sequence[str] | None) -> Template:
        issuer, usual = self._own or (None, None)
        one = cast("str | None", audience)  # or a wrong type, which the texts below refuse by name
        several = tuple(audience) if isinstance(audience, list | tuple) else (one,)
        if not several:
            raise ValueError("audience names somebody")
        for name, text in (("client_id", client_id), *(("audience", each) for each in several)):
            if text is not None:
                quoted_text(text, name)
        names = tuple(each for each in several if each is not None)
        return Template(
            issuer=issuer,
            audience=(names[0] if len(names) == 1 else names) if names else usual,
            client_id=self._client_id if client_id is None else client_id,
        )

    def __repr__(self) -> str:
        return f"AccessTokens({self._cache.keys!r}, ttl_seconds={self.ttl_seconds})"
