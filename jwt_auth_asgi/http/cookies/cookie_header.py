"""Cookies of ours: how they are named and written, and read strictly (CK-02): by the whole name, or not.

Nothing decodes or unquotes here: the alphabet of what we set needs no quoting, so whatever is quoted was
not written by us. No starlette.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jwt_auth_core.vocabulary import Secret

PREFIX: Final = "__Host-"  # makes browsers insist on Secure, Path=/, no Domain

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
DOTTED_TOKEN: Final = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
"""The characters of an access token."""

_AROUND: Final = " \t\r\n\v\f"


def cookie_name(plain_name: str, *, secure: bool) -> str:
    """Return the name of a cookie of ours: with the prefix wherever browsers accept that."""
    return PREFIX + plain_name if secure else plain_name


def cookie_line(  # noqa: PLR0913 - a cookie has that many attributes
    name: str, value: str, *, max_age_seconds: int, secure: bool, same_site: str, path: str = "/"
) -> str:
    """Return the Set-Cookie value of a cookie of ours, which no script reads."""
    flags = f"HttpOnly{'; Secure' if secure else ''}; SameSite={same_site}"
    return f"{name}={value}; Max-Age={max_age_seconds}; Path={path}; {flags}"


def read_cookie(lines: Sequence[str], name: str, form: re.Pattern[str] = TOKEN) -> Secret | None:
    """Return the value of a cookie among the Cookie header's lines, None when none is there that we have set.

    One that comes twice, quoted, with spaces, or beside a nameless one of its text is never guessed at.
    """
    found: tuple[str, str] | None = None
    for one, value in _pairs(lines):
        if one == name or _claims_to_be(name, one, value):
            if found is not None:
                return None
            found = one, value
    if found is None:
        return None
    one, value = found
    return Secret(value) if one == name and form.fullmatch(value) else None


def is_claimed(lines: Sequence[str], name: str) -> bool:
    """Tell whether the Cookie header's lines have one that claims to be this cookie, be it of use or not."""
    for line in lines:
        if name in line:  # seldom, and then it is worth a closer look
            return any(_claims_to_be(name, one, value) for one, value in _pairs(lines))
    return False


def _claims_to_be(name: str, one: str, value: str) -> bool:
    # "=__Host-x=1" and " __Host-x=1" are cookies that a sibling subdomain or plain http can plant and
    # that a lenient parser would take for ours (CVE-2023-23934). One whose name differs in case, or has
    # quotation marks, is another cookie: refusing beside it would lock out for ever, out of our reach.
    return one == name or (one or value.lstrip("=").partition("=")[0]).strip(_AROUND) == name


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and raw value; HTTP/2 may split the header into lines (RFC 9113 §8.2.3)."""
    for crumb in ";".join(lines).split(";"):
        # A browser puts exactly one space between two cookies.
        name, _, value = crumb.removeprefix(" ").partition("=")
        yield name, value
