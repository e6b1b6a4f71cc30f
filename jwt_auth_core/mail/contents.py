"""What a letter is made of: one frozen record, and the words that it comes to in a language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from jwt_auth_core.mail.letter import KINDS, Language, LetterName
from jwt_auth_core.mail.mailer import Letter
from jwt_auth_core.mail.mint import LetterTokens
from jwt_auth_core.records import dataclass

LONGEST_NAME: Final = 40

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_UNITS: Final[Mapping[Language, Mapping[int, tuple[str, str]]]] = {
    "en": {_MINUTE: ("minute", "minutes"), _HOUR: ("hour", "hours"), _DAY: ("day", "days")},
    "de": {_MINUTE: ("Minute", "Minuten"), _HOUR: ("Stunde", "Stunden"), _DAY: ("Tag", "Tage")},
    "es": {_MINUTE: ("minuto", "minutos"), _HOUR: ("hora", "horas"), _DAY: ("día", "días")},
}
_HELLO: Final[Mapping[Language, str]] = {"en": "Hello", "de": "Guten Tag", "es": "Hola"}
_OF_NAMES: Final = frozenset("'\u2019- ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a letter says.

    Attributes:
        name: which letter it is.
        language: of its words.
        service: what the application calls itself.
        at: when it was asked for, or when what it tells of happened.
        link: made of ``ACCOUNT_URL`` and a token; empty where the letter has none.
        link_seconds: how long it is good for.
        code: to be typed; empty where the letter has none.
        code_seconds: how long it is good for.
        until: when something will happen; None where nothing will.
        first_name: of the user, as it was typed; `plain_name` says what may be shown of it.
    """

    name: LetterName
    language: Language
    service: str
    at: int
    link: str = ""
    link_seconds: int = 0
    code: str = ""
    code_seconds: int = 0
    until: int | None = None
    first_name: str = ""


Write = Callable[[Contents], Letter]
"""Makes a letter: a pure function."""

Letters = Mapping[tuple[LetterName, Language], Write]
"""Who writes which letter."""


def link(account_url: str, letter: LetterName, tokens: LetterTokens) -> str:
    """Return the link of a letter: the token stands behind ``#``, which no server and no proxy is told."""
    token = quote(tokens.token.text.reveal(), safe="")
    return f"{account_url.rstrip('/')}/{KINDS[letter].page}#token={token}"


def values_of(contents: Contents) -> dict[str, str]:
    """Return what templates put in the place of ``$link`` and its like; all of it may be shown as it is."""
    name, hello = plain_name(contents.first_name), _HELLO[contents.language]
    return {
        "service": contents.service,
        "link": contents.link,
        "link_lasts": lasts(contents.link_seconds, contents.language),
        "code": contents.code,
        "code_lasts": lasts(contents.code_seconds, contents.language),
        "at": _time(contents.at, "%Y-%m-%d %H:%M UTC"),
        "until": "" if contents.until is None else _time(contents.until, "%Y-%m-%d"),
        "first_name": name,
        "greeting": f"{hello} {name}," if name else f"{hello},",
    }


def lasts(seconds: int, language: Language) -> str:
    """Return how long something lasts, in words: minutes, from two hours on hours, from two days on days."""
    unit = next((size for size in (_DAY, _HOUR) if seconds >= 2 * size), _MINUTE)
    count = max(seconds // unit, 1)
    one, several = _UNITS[language][unit]
    return f"{count} {one if count == 1 else several}"


def plain_name(text: str) -> str:
    """Return a name if it is one that can be nothing else, or an empty text.

    Whoever registers writes it, with somebody else's address perhaps, and programs that show letters make
    links of whatever looks like one, a telephone number too. So letters, and what joins them, are shown;
    a text with a dot, a digit or a mark is left out whole, never mended.
    """
    name = unicodedata.normalize("NFC", text).strip()
    is_name = all(unicodedata.category(one)[0] in "LM" or one in _OF_NAMES for one in name)
    return name if is_name and len(name) <= LONGEST_NAME else ""


def _time(seconds: int, form: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(form)
