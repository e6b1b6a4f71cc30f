"""any_of: several issuers behind one verifier, each asked only about its own tokens."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final, Protocol, TypeVar, cast

from jwt_auth_core.encoding import b64url_decode, strict_json
from jwt_auth_core.errors import TokenError, TokenInvalidError, UnavailableError
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.presented import text_of, without_traces
from jwt_auth_core.tokens.reader import Members, members_reader
from jwt_auth_core.tokens.verifier import TokenVerifier

T = TypeVar("T")

_REMEMBERED: Final = 8192


class HasTokens(Protocol):
    """An `Auth`, as far as it matters here."""

    @property
    def tokens(self) -> AccessTokens:
        """Return what verifies the tokens that it issues."""
        ...


class AnyOf:
    """Verifies the tokens of several issuers; made by `any_of`.

    The ``iss`` of a token is looked at before anything is verified, and decides nothing but which verifier
    is asked. ``auth`` is the `Auth` among the parts, if there is one, and ``own`` its tokens.
    """

    __slots__ = ("_longest", "_parts", "_read_fast", "_seen", "auth", "own")

    def __init__(self, parts: tuple[TokenVerifier, ...], *, auth: HasTokens | None) -> None:
        self._parts = parts
        self._longest = max((part.limits.characters for part in parts), default=0)
        self._read_fast = members_reader()
        self._seen: OrderedDict[bytes, TokenVerifier] = OrderedDict()
        self.auth = auth
        self.own = None if auth is None else auth.tokens

    def part_of(self, token: str | bytes) -> TokenVerifier:
        """Return the verifier of the issuer that a token names; how long it may be is for that one to say.

        Raises:
            TokenInvalidError: it names none of these issuers, or is no token.
        """
        try:
            return self._part_by(_issuer_of(text_of(token, longest=self._longest), self._read_fast))
        except TokenInvalidError as error:
            token = ""
            raise without_traces(error) from None

    def _part_by(self, issuer: str | None) -> TokenVerifier:
        for part in self._parts:
            if part.parties.issuers is not None and issuer is not None and part.parties.may_be_by(issuer):
                return part
        for part in self._parts:
            if part.parties.issuers is None or (issuer is None and part.parties.unnamed is not None):
                return part
        raise TokenInvalidError("it is not by one of the expected issuers (iss)")

    def verify(self, token: str | bytes, *, now: int | None = None) -> wire.Claims:
        """Return what *token* says, as the verifier of its issuer has it; see `AccessTokens.verify`."""
        try:
            return self.part_of(token).verify(token, now=now)
        except (TokenError, UnavailableError) as error:
            token = ""
            raise without_traces(error) from None

    def verify_header(
        self,
        value: bytes,
        token_of: Callable[[bytes], bytes | None],
        caller_of: Callable[[wire.Claims], T],
    ) -> T | None:
        """Return the caller of an Authorization header's *value*; see `TokenVerifier.verify_header`."""
        token: bytes | None = None
        try:
            part = self._seen.get(value)
            if part is None:
                token = token_of(value)
                if token is None:
                    return None
                part = self.part_of(token)
            caller = part.verify_header(value, token_of, caller_of)
        except (TokenError, UnavailableError) as error:
            value, token = b"", None
            raise without_traces(error) from None
        if len(value) <= part.memorable:
            self._seen[value] = part
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return caller

    def now(self) -> float:
        """Return the time by which tokens are judged, in seconds since the epoch."""
        return self._parts[0].now() if self._parts else time.time()

    def close(self) -> None:
        """End the threads that follow the keys of the parts; an `Auth` among them is its owner's to close."""
        for part in self._parts:
            if part is not self.own:
                part.close()

    def __iter__(self) -> Iterator[TokenVerifier]:
        return iter(self._parts)


def any_of(*parts: HasTokens | TokenVerifier) -> AnyOf:
    """Return what verifies the tokens of any of several issuers: one `Auth` at most, and `AccessTokens`.

    Each names its issuer, no two the same; at most one has none, and is asked about the tokens of issuers
    that nobody here is. One whose profile knows no ``iss`` is in its place, for tokens that name nobody.

    Raises:
        ValueError: no part, two of one issuer, two without an issuer, or two of which one is an `Auth`.
        TypeError: a part that is neither.
    """
    auths = [part for part in parts if not isinstance(part, TokenVerifier)]
    if not all(isinstance(getattr(auth, "tokens", None), TokenVerifier) for auth in auths):
        raise TypeError("any_of takes an Auth and AccessTokens")
    if not parts or len(auths) > 1:
        raise ValueError("any_of takes at least one part, and one Auth at most")
    verifiers = tuple(part if isinstance(part, TokenVerifier) else part.tokens for part in parts)
    _check_issuers(verifiers)
    return AnyOf(verifiers, auth=auths[0] if auths else None)


def _check_issuers(parts: tuple[TokenVerifier, ...]) -> None:
    if sum(part.parties.issuers is None or part.parties.unnamed is not None for part in parts) > 1:
        raise ValueError("at most one part of any_of has no issuer, or tokens that name none")
    if any(one.parties.shares(other.parties) for one, other in combinations(parts, 2)):
        raise ValueError("two parts of any_of have the same issuer")


def _issuer_of(token: str, read_fast: Members) -> str | None:
    """Return what an unverified token says of its issuer; None where it says nothing readable."""
    payload = token.partition(".")[2].rpartition(".")[0].encode("ascii", "replace")
    try:
        members: object = read_fast(payload)
        if members is None:
            members = strict_json(b64url_decode(payload))
    except ValueError:
        return None
    issuer = cast("dict[str, object]", members).get(wire.ISSUER) if isinstance(members, dict) else None
    return issuer if isinstance(issuer, str) else None
