"""JSON schemas that capabilities share: fields with examples, objects, problems; data for OpenAPI 3.1.

Self-contained: no ``$ref``, so that any framework can inline them. Tests hold real answers
against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi.http.bodies import LIMIT_BYTES
from jwt_auth_asgi.problems.titles import TITLES

Schema = dict[str, Any]

USER_ID: Final[Schema] = {
    "type": "string",
    "format": "uuid",
    "examples": ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"],
}
EMAIL: Final[Schema] = {"type": "string", "examples": ["ada@example.com"]}
FIRST_NAME: Final[Schema] = {"type": "string", "examples": ["Ada"]}
LAST_NAME: Final[Schema] = {"type": "string", "examples": ["Lovelace"]}
PASSWORD: Final[Schema] = {
    "type": "string",
    "format": "password",
    "maxLength": 1024,
    "description": "Any characters, counted as code points; compared in NFC, never trimmed.",
    "examples": ["purple-otter-9-sings"],
}
ACCESS_TOKEN: Final[Schema] = {
    "type": "string",
    "description": "A signed JWT (RFC 9068): send it as `Authorization: Bearer ...`.",
    "examples": ["eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2ZjkuLi4ifQ.c2lnbmF0dXJl"],
}
REFRESH_TOKEN: Final[Schema] = {
    "type": "string",
    "description": "Opaque and good for one exchange; only for clients that hold it themselves.",
    "examples": ["AZ3uTm0rZk1vcGFxdWUtcmVmcmVzaC10b2tlbg"],
}
DEVICE: Final[Schema] = {
    "type": "string",
    "description": (
        "Tells a device at which the user has signed in before; opens nothing. Clients without cookies keep "
        "it and send it with the next login."
    ),
    "examples": ["b1JhbmRvbS10b2tlbi1vZi1hLWRldmljZS1pbi1iYXM"],
}
EXPIRES_IN: Final[Schema] = {
    "type": "integer",
    "minimum": 1,
    "description": "Lifetime of the access token in seconds.",
    "examples": [900],
}
TOTP_CODE: Final[Schema] = {
    "type": "string",
    "pattern": "^ *([0-9] *){6}$",
    "description": "What the authenticator app shows: six digits, good once.",
    "examples": ["287082"],
}
RECOVERY_CODE: Final[Schema] = {
    "type": "string",
    "description": "One of the recovery codes, good once; case and grouping do not matter.",
    "examples": ["WZ1J-Q46C-2DK8-3GJ3-G9V3-X6JR"],
}
LETTER_TOKEN: Final[Schema] = {
    "type": "string",
    "description": "What stands behind `#token=` in a mailed link: opaque, for one purpose, good once.",
    "examples": ["reset.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
}
USER_CODE: Final[Schema] = {
    "type": "string",
    "description": "Eight letters, in any case and groups.",
    "examples": ["WDJB-MJHT"],
}
TRANSPORT: Final[Schema] = {
    "type": "string",
    "enum": ["cookie", "cookies", "body"],
    "default": "cookie",
    "description": (
        "Where tokens travel: the refresh token in an HttpOnly cookie, both tokens in cookies of their own "
        "(browser sessions), or in JSON bodies (native apps)."
    ),
}

SAME_TRANSPORT: Final[Schema] = {
    **{name: value for name, value in TRANSPORT.items() if name != "default"},
    "description": "Left out, the way of the old ones, as the cookies of the request show it.",
}


def object_of(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Return the schema of an object; all but the *optional* properties are required."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def always(value: str) -> Schema:
    """Return the schema of a text that is always the same."""
    return {"type": "string", "const": value, "examples": [value]}


def of_length(schema: Schema, low: int, high: int) -> Schema:
    """Return a schema with limits of its length."""
    return {**schema, "minLength": low, "maxLength": high}


BASE64URL: Final[Schema] = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}


def browser_gave(call: str, **response: Schema) -> Schema:
    """Return the schema of what a call of WebAuthn level 3 gave, as a passkey travels."""
    members = {
        "id": BASE64URL,
        "rawId": BASE64URL,
        "type": always("public-key"),
        "response": object_of(response, optional=("transports", "userHandle")),
    }
    return {**object_of(members), "description": f"What `{call}` gave, as its `toJSON()` has it."}


PASSKEY_ANSWER: Final[Schema] = browser_gave(
    "navigator.credentials.get()",
    clientDataJSON=BASE64URL,
    authenticatorData=BASE64URL,
    signature=BASE64URL,
    userHandle={"type": ["string", "null"]},
)
LOGGED_IN: Final = object_of(
    {
        "access_token": ACCESS_TOKEN,
        "token_type": always("bearer"),
        "expires_in": EXPIRES_IN,
        "user_id": USER_ID,
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "status": always("logged in"),
        "refresh_token": REFRESH_TOKEN,
        "device": DEVICE,
    },
    optional=("refresh_token", "device"),
)

_CHALLENGED: Final[Mapping[str, Schema]] = {
    "challenge": {
        "type": "string",
        "description": "Stands for the login so far; opens nothing but its second step.",
        "examples": ["challenge.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
    },
    "factors": {
        "type": "array",
        "items": {"type": "string", "examples": ["totp", "recovery"]},
        "description": "What completes it, one of them.",
    },
    "expires_in": {"type": "integer", "minimum": 1, "description": "Seconds.", "examples": [300]},
}
"""What a problem has beside the others that asks for a second factor."""

_FIELD_ERRORS: Final[Schema] = {
    "type": "array",
    "description": "One entry a problem, every offending field at once.",
    "items": object_of(
        {
            "field": {"type": "string", "examples": ["email"]},
            "code": {"type": "string", "examples": ["missing"]},
            "message": {"type": "string", "examples": ["is required"]},
        }
    ),
}


def problem(status: int, codes: Mapping[str, str]) -> Schema:
    """Return the schema of an RFC 9457 problem; ``codes`` are its stable codes with their details."""
    members: dict[str, Schema] = {
        "status": {"type": "integer", "const": status},
        "title": {"type": "string", "const": TITLES[status]},
        "detail": {"type": "string", "examples": list(codes.values())},
        "code": {"type": "string", "enum": list(codes)},
    }
    if "invalid_input" in codes:
        members["errors"] = _FIELD_ERRORS
    if "refused" in codes:
        members["reason"] = {"type": "string", "description": "Why, in a word of the application's."}
    if "insufficient_user_authentication" in codes:
        members["max_age"] = {
            "type": "integer",
            "minimum": 1,
            "description": "How old the login may be that is asked for, in seconds (RFC 9470).",
        }
    if "second_factor_required" in codes:
        members |= _CHALLENGED
    if "enrolment_required" in codes:
        members |= {"enrolment_token": _CHALLENGED["challenge"], "expires_in": _CHALLENGED["expires_in"]}
    return object_of(members, optional=("errors", "max_age", "reason", *_CHALLENGED, "enrolment_token"))


def in_words(problem: Schema) -> Schema:
    """Return the schema of a problem that has OAuth's members, too (RFC 6749 §5.2)."""
    words: dict[str, Schema] = {
        "error": {"type": "string", "examples": ["invalid_grant"]},
        "error_description": {"type": "string"},
    }
    return {
        **problem,
        "properties": {**words, **problem["properties"]},
        "required": [*words, *problem["required"]],
    }


def problem_example(status: int, code: str, detail: str) -> Schema:
    """Return one problem document."""
    return {"status": status, "title": TITLES[status], "detail": detail, "code": code}


LIMIT_SENTENCE: Final = f"Bodies may have {LIMIT_BYTES // 1024} KiB."
