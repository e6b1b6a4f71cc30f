"""The authorization code grant as a client has it (RFC 6749 section 4.1, RFC 7636), by Authlib.

Authlib writes the requests and reads the answers; what is sent goes through `exchange`, bounded and without
redirects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from jwt_auth_core.encoding import strict_json
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.identities.provider import (
    Answer,
    ProviderRefusedError,
    ProviderUnavailableError,
    Question,
)
from jwt_auth_core.keys.fetch import Reply, exchange
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_OK: Final = 200
_GRANT: Final = "authorization_code"
_OURS: Final = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})
"""What a token endpoint says where our settings are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthlibClient:
    """A `CodeClient`.

    ``secret`` makes what it knows us by, None of a public client; ``scopes`` is what we ask for, and
    ``response_mode`` how the answer is to come, where that is not by the URL.
    """

    client_id: str
    secret: Callable[[], Secret | None]
    scopes: tuple[str, ...]
    response_mode: str | None = None

    def url(self, endpoint: str, question: Question) -> str:
        """See `CodeClient.url`."""
        more = {} if self.response_mode is None else {"response_mode": self.response_mode}
        found: str
        found, _ = self._client(question, None).create_authorization_url(
            endpoint,
            state=question.state,
            code_verifier=question.verifier.reveal(),
            nonce=question.nonce,
            **more,
        )
        return found

    def redeem(self, endpoint: str, method: str, question: Question, answer: Answer) -> Mapping[str, object]:
        """See `CodeClient.redeem`."""
        try:
            tokens: object = self._client(question, method).fetch_token(
                endpoint,
                grant_type=_GRANT,
                code=answer.code.reveal(),
                code_verifier=question.verifier.reveal(),
            )
        except OAuth2Error as error:
            word = str(error.error)
            if word in _OURS:
                raise ProviderUnavailableError(f"a provider answers us {word}: mend OIDC_...") from None
            raise ProviderRefusedError("code_refused") from None
        except UnavailableError as error:
            raise ProviderUnavailableError(str(error)) from None
        except (ValueError, TypeError):  # of what the other side wrote nothing is told
            raise ProviderUnavailableError(f"{_name(endpoint)} answers with tokens that are none") from None
        return dict(cast("Mapping[str, object]", tokens))

    def _client(self, question: Question, method: str | None) -> Any:
        secret = None if method is None else self.secret()
        return OAuth2Client(
            _Session(),
            client_id=self.client_id,
            client_secret=None if secret is None else secret.reveal(),
            token_endpoint_auth_method=method if secret else "none",
            scope=" ".join(self.scopes),
            redirect_uri=question.redirect_uri,
            code_challenge_method="S256",
        )


class _Response:
    """An answer as Authlib reads it."""

    def __init__(self, reply: Reply, name: str) -> None:
        self.status_code = reply.status
        self._body, self._name = reply.body, name

    def json(self) -> object:
        """Return what the body says: tokens where all went well, else an error, and nothing besides."""
        said = strict_json(self._body)
        members = cast("dict[str, object]", said) if isinstance(said, dict) else None
        if members is None or (self.status_code != _OK and "error" not in members):
            raise ValueError("neither tokens nor an error")
        return members

    def raise_for_status(self) -> None:
        """Say that there is no answer to be read."""
        raise UnavailableError(f"{self._name} answers {self.status_code}")


class _Session:
    """What Authlib posts with; a class because it asks for one that looks like that of requests."""

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> _Response:
        """Post a form, to which ``auth`` adds who we are."""
        place, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        reply = exchange(place, name=_name(url), headers=sent, body=body.encode("ascii"))
        return _Response(reply, _name(url))


def _name(url: str) -> str:
    return url.partition("?")[0]
