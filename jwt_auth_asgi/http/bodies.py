"""Request bodies: bounded while they stream in, one of the media types that a route takes, strict.

Nothing here knows what a field means; a body becomes a mapping, or one of our request errors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Final, cast
from urllib.parse import parse_qsl

from jwt_auth_asgi.asgi import Receive
from jwt_auth_asgi.errors import BodyTimeoutError, BodyTooLargeError, RequestError, UnsupportedMediaTypeError
from jwt_auth_asgi.http.headers import Headers
from jwt_auth_asgi.http.timeouts import timeout_if_pending
from jwt_auth_core.encoding import ANY_INTEGER, strict_json
from jwt_auth_core.errors import FieldError, InvalidInputError

LIMIT_BYTES: Final = 16 * 1024
LIMIT_FIELDS: Final = 32  # of a form; the OAuth2 password form has seven
TIMEOUT_SECONDS: Final = 10.0  # for the whole body (F-31)

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

Fields = Mapping[str, object]
Parser = Callable[[bytes], Fields]


async def read(headers: Headers, receive: Receive) -> bytes:
    """Return the body.

    Raises:
        BodyTooLargeError: it is, or says that it is, longer than ``LIMIT_BYTES``.
        BodyTimeoutError: it did not arrive within ``TIMEOUT_SECONDS``.
        RequestError: the client went away.
    """
    for declared in headers.get(b"content-length", ()):
        if _exceeds(declared):
            raise BodyTooLargeError(LIMIT_BYTES)
    try:
        return await timeout_if_pending(TIMEOUT_SECONDS, _stream(receive))
    except TimeoutError:
        raise BodyTimeoutError from None


def _exceeds(declared: str) -> bool:
    digits = declared.lstrip("0")
    # Longer than any number worth reading; int() itself refuses thousands of digits.
    return digits.isascii() and digits.isdigit() and (len(digits) > 9 or int(digits) > LIMIT_BYTES)  # noqa: PLR2004


async def _stream(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise RequestError("the request ended before its body")
        body += message.get("body", b"")
        if len(body) > LIMIT_BYTES:
            raise BodyTooLargeError(LIMIT_BYTES)
        more = message.get("more_body", False)
    return bytes(body)


def media_type(headers: Headers) -> str:
    """Return the body's media type in lower case, without parameters; empty when none is declared.

    Raises:
        UnsupportedMediaTypeError: declared twice, in another charset than UTF-8, or compressed.
    """
    declared, coded = headers.get(b"content-type", ()), headers.get(b"content-encoding", ())
    if len(declared) > 1:
        raise UnsupportedMediaTypeError("send one Content-Type")
    if any(coding.strip().lower() not in {"", "identity"} for coding in coded):
        raise UnsupportedMediaTypeError("send the body without Content-Encoding")
    return _media_type(declared[0]) if declared else ""


@lru_cache(maxsize=32)  # clients have the same few
def _media_type(declared: str) -> str:
    kind, *parameters = declared.lower().split(";")
    if not all(map(_is_utf8, parameters)):
        raise UnsupportedMediaTypeError("send the body in UTF-8")
    return kind.strip()


def _is_utf8(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() != "charset" or value.strip().strip('"') in {"utf-8", "utf8"}


async def parsed(headers: Headers, receive: Receive, parsers: Mapping[str, Parser]) -> Fields:
    """Return the body's fields, read by the parser of its media type.

    Raises:
        UnsupportedMediaTypeError: ``parsers`` has none for it; nothing was read.
        RequestError: the body is not what it says, too large, or did not arrive.
        InvalidInputError: it is JSON and no object.
    """
    parse = _parser(headers, parsers)
    return parse(await read(headers, receive))


async def parsed_or_empty(headers: Headers, receive: Receive, parsers: Mapping[str, Parser]) -> Fields:
    """Return the same as `parsed`, and no fields for an empty body of whatever type."""
    body = await read(headers, receive)
    return _parser(headers, parsers)(body) if body else {}


def _parser(headers: Headers, parsers: Mapping[str, Parser]) -> Parser:
    try:
        return parsers[media_type(headers)]
    except KeyError:
        raise UnsupportedMediaTypeError("send " + " or ".join(parsers)) from None


def from_json(body: bytes) -> Fields:
    """Parse strict JSON: UTF-8, one object, no duplicate names, nothing beyond RFC 8259.

    A number too large for us is one all the same: whose field it is says so.
    """
    try:
        value = strict_json(body, ANY_INTEGER)
    except (ValueError, RecursionError):
        raise RequestError("the body is not valid JSON in UTF-8, or names a field twice") from None
    if not isinstance(value, dict):
        raise InvalidInputError([FieldError("body", "wrong_type", "must be a JSON object")])
    return cast("Fields", value)


JSON_ALONE: Final[Mapping[str, Parser]] = {JSON: from_json}
"""Of a route that takes nothing else."""


def from_form(body: bytes, *, lists: Collection[str] = ()) -> Fields:
    """Parse a urlencoded form: UTF-8, at most ``LIMIT_FIELDS`` fields, each named once.

    Only the fields of ``lists`` may be named more often, and each of them that is there is a list.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=LIMIT_FIELDS,
        )
    except ValueError:
        raise RequestError("the body is not a urlencoded form of a few UTF-8 fields") from None
    once = [(name, text) for name, text in pairs if name not in lists]
    fields = dict(once)
    if len(fields) != len(once):
        raise RequestError("the form names a field twice")
    named = {name: [text for one, text in pairs if one == name] for name in lists}
    return {**fields, **{name: texts for name, texts in named.items() if texts}}
