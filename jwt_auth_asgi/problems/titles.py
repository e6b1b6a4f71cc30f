"""The titles of problems: what a status is called."""

from __future__ import annotations

from typing import Final

# The phrases of RFC 9110 §15: without a `type`, that is what `title` holds (RFC 9457 §4.2.1).
TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    501: "Not Implemented",
    503: "Service Unavailable",
}
