"""For the tests of applications: callers that a test makes up, and proof that no route is forgotten."""

from jwt_auth_asgi.testing.clock import AuthClock
from jwt_auth_asgi.testing.examination import Examination, Finding, State
from jwt_auth_asgi.testing.headers import headers_for
from jwt_auth_asgi.testing.protection import UnknownRoutesWarning, assert_all_protected

__all__ = [
    "AuthClock",
    "Examination",
    "Finding",
    "State",
    "UnknownRoutesWarning",
    "assert_all_protected",
    "headers_for",
]
