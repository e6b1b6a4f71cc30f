"""What a request can get wrong before any use case sees it; the edge's own part of the error tree.

    AuthError
    ├── StartupFailedError            startup_failed
    └── RequestError                  bad_request             400
        ├── NotFoundError             not_found               404
        ├── MethodNotAllowedError     method_not_allowed      405  allow
        ├── BodyTimeoutError          body_timeout            408
        ├── BodyTooLargeError         too_large               413  limit_bytes
        ├── UnsupportedMediaTypeError unsupported_media_type  415
        ├── UnknownHostError          unknown_host            400
        ├── CrossSiteError            cross_site              403
        ├── RegistrationClosedError   registration_closed     403
        ├── NotAuthenticatedError     not_authenticated       401
        ├── InvalidBearerError        invalid_request         400
        ├── InvalidClientError        invalid_client          401
        ├── UnsupportedTokenTypeError unsupported_token_type  400
        ├── UnsupportedGrantTypeError unsupported_grant_type  400
        ├── SecondFactorRequiredError second_factor_required  401  challenge, factors, expires_in
        └── EnrolmentRequiredError    enrolment_required      403  token, expires_in

The third column is the HTTP status.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from jwt_auth_core.errors import AuthError
from jwt_auth_core.vocabulary import Secret


class StartupFailedError(AuthError):
    """Raised when a served application did not start; its own sentence was logged."""

    code = "startup_failed"


class RequestError(AuthError):
    """Raised when a request cannot be read: no JSON, not UTF-8, a body that is no object."""

    code = "bad_request"
    status: ClassVar[int] = 400


class NotFoundError(RequestError):
    """Raised when no route has the path."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("no such route")


class MethodNotAllowedError(RequestError):
    """Raised when the route exists and takes other methods; ``allow`` names them."""

    code = "method_not_allowed"
    status = 405

    def __init__(self, allow: Iterable[str]) -> None:
        self.allow = tuple(sorted(allow))
        super().__init__("use " + ", ".join(self.allow))


class BodyTimeoutError(RequestError):
    """Raised when a body does not arrive in time: a slow network, or a slow-loris (F-31)."""

    code = "body_timeout"
    status = 408

    def __init__(self) -> None:
        super().__init__("the body did not arrive in time")


class BodyTooLargeError(RequestError):
    """Raised when a body exceeds ``limit_bytes``; the rest of it was not read."""

    code = "too_large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(f"the body exceeds {limit_bytes} bytes")


class UnsupportedMediaTypeError(RequestError):
    """Raised when a body comes as something other than the media types that the route takes."""

    code = "unsupported_media_type"
    status = 415


class UnknownHostError(RequestError):
    """Raised when nothing but the Host of a request says where we are: it may be anybody's."""

    code = "unknown_host"

    def __init__(self) -> None:
        super().__init__("this host is not known; PUBLIC_URL names the one that is")


class CrossSiteError(RequestError):
    """Raised when another site's page made the browser send our cookie (CK-04)."""

    code = "cross_site"
    status = 403

    def __init__(self) -> None:
        super().__init__("cross-site request refused")


class RegistrationClosedError(RequestError):
    """Raised when somebody wants to register where only you add users (``REGISTRATION=closed``)."""

    code = "registration_closed"
    status = 403

    def __init__(self) -> None:
        super().__init__("Registration is closed")


class NotAuthenticatedError(RequestError):
    """Raised when a resource needs a token and the request offers none."""

    code = "not_authenticated"
    status = 401

    def __init__(self) -> None:
        super().__init__("Not authenticated")


class InvalidBearerError(RequestError):
    """Raised when a request offers several credentials, or a websocket offers one in a wrong form."""

    code = "invalid_request"
    status = 400


class InvalidClientError(RequestError):
    """Raised when a service that asks about tokens does not prove which client it is (RFC 6749 §5.2)."""

    code = "invalid_client"
    status = 401

    def __init__(self, reason: str | None = None) -> None:
        super().__init__("client authentication failed" + (f": {reason}" if reason else ""))


class UnsupportedTokenTypeError(RequestError):
    """Raised when a token cannot be revoked: an access token without a session (RFC 7009 §2.2.1)."""

    code = "unsupported_token_type"

    def __init__(self) -> None:
        super().__init__("an access token without a session ends by expiring")


class UnsupportedGrantTypeError(RequestError):
    """Raised when the token endpoint is asked for a grant that it does not have (RFC 6749 §5.2)."""

    code = "unsupported_grant_type"

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__("grant_type must be one of " + ", ".join(known))


class SecondFactorRequiredError(RequestError):
    """Raised when a login is right so far; one of ``factors`` completes it, within ``expires_in`` seconds."""

    code = "second_factor_required"
    status = 401

    def __init__(self, challenge: Secret, factors: Iterable[str], expires_in: int) -> None:
        self.challenge, self.factors, self.expires_in = challenge, tuple(factors), expires_in
        super().__init__("a second factor is required")

    @property
    def members(self) -> dict[str, object]:
        """What the problem says of it."""
        challenge = self.challenge.reveal()
        return {"challenge": challenge, "factors": self.factors, "expires_in": self.expires_in}


class EnrolmentRequiredError(RequestError):
    """Raised when a login is right, and its user has yet to enrol a second factor, by ``token``."""

    code = "enrolment_required"
    status = 403

    def __init__(self, token: Secret, expires_in: int) -> None:
        self.token, self.expires_in = token, expires_in
        super().__init__("enrol a second factor to go on")

    @property
    def members(self) -> dict[str, object]:
        """What the problem says of it."""
        return {"enrolment_token": self.token.reveal(), "expires_in": self.expires_in}
