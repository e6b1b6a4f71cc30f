"""What all operations of the admin's API say: parameters, problems, and how they are put together; data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    REFUSED,
    STALE,
    TAG,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import USER_ID, Schema, always, object_of
from jwt_auth_asgi.http.bodies import JSON

Problems = Mapping[int, Mapping[str, str]]

NO_USER: Final = {"account_not_found": "no such user"}
NO_ROLE: Final = {"role_not_found": "there is no role 'editor'; `jwt-auth roles list` names those that are"}
NO_SESSION: Final = {"session_not_found": "no such session"}
INVALID: Final = {"invalid_input": "user_id: must be a UUID", "invalid_value": "a value cannot be stored"}
SHUT_OUT: Final = {
    "own_account": "an admin does not shut out itself; another admin can",
    "last_admin": "nobody else has auth:admin; give it to another user first",
}
REFUSALS: Final = {**REFUSED[403], "insufficient_scope": "scope needed: auth:admin"}
_ADMIN: Final[Problems] = {
    400: REFUSED[400],
    401: {**REFUSED[401], **STALE},
    403: REFUSALS,
}
_FRESH: Final = "Needs `auth:admin` and a fresh login (`FRESH_LOGIN_SECONDS`)."
_LATE: Final = "Needs `auth:admin` and a login of the last hour (`ADMIN_LOGIN_SECONDS`)."


def parameter(name: str, schema: Schema, *, place: str = "path") -> dict[str, Any]:
    """Return a parameter of a path, which is required, or of a query, which is not."""
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


ID: Final[Schema] = {"type": "string", "examples": USER_ID["examples"]}  # older tables have other spellings
USER: Final = parameter("user_id", ID)


def reading(
    name: str, summary: str, answer: tuple[str, Schema], problems: Problems, *parameters: Mapping[str, Any]
) -> Operation:
    """Return an operation that changes nothing; ``answer`` is its 200: what it says, and its schema."""
    return _operation(name, summary, _LATE, {200: success(*answer)}, problems, parameters)


def changing(
    name: str,
    summary: str,
    answer: tuple[str, Schema],
    problems: Problems,
    *parameters: Mapping[str, Any],
    about: str = "",
) -> Operation:
    """Return an operation that changes something and takes no body."""
    said = f"{about} {_FRESH}".lstrip()
    return _operation(name, summary, said, {200: success(*answer)}, problems, parameters)


def deferring(
    name: str, summary: str, answer: tuple[str, Schema], problems: Problems, about: str
) -> Operation:
    """Return an operation on a user of which most is done later: its answer is 202."""
    return _operation(name, summary, f"{about} {_FRESH}", {202: success(*answer)}, problems, (USER,))


def creating(
    name: str, summary: str, body: Schema, answer: tuple[str, Schema], problems: Problems
) -> Operation:
    """Return an operation that takes a JSON body; its answer is 201."""
    of_body = {**BODY_PROBLEMS, 400: {**BODY_PROBLEMS[400], **REFUSED[400]}, **problems}
    made = _operation(name, summary, _FRESH, {201: success(*answer)}, of_body, ())
    return {**made, "requestBody": {"required": True, "content": {JSON: {"schema": body}}}}


def done(status: str) -> Schema:
    """Return the schema of an answer that says no more than that it is done."""
    return object_of({"status": always(status)})


def _operation(  # noqa: PLR0913, PLR0917 - an operation has that many parts
    name: str,
    summary: str,
    said: str,
    successes: Mapping[int, Operation],
    problems: Problems,
    parameters: Sequence[Mapping[str, Any]],
) -> Operation:
    operation: Operation = {
        "operationId": name,
        "summary": summary,
        "description": said,
        "tags": [TAG],
        "security": AUTHENTICATED,
        "responses": responses(successes, {**_ADMIN, **problems}),
    }
    return {**operation, "parameters": list(parameters)} if parameters else operation
