"""A letter's words as a text with ``$link``, ``$code`` and their like: ours, or an operator's instead.

The first line is ``Subject: ...``; the rest is plain text, of which HTML is made, unless that has a file of
its own. A paragraph that is a link alone becomes one that can be clicked; nothing else ever does.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from string import Template
from typing import Final

from jwt_auth_core.mail.contents import Contents, values_of
from jwt_auth_core.mail.letter import KINDS, LetterName
from jwt_auth_core.mail.mailer import Letter
from jwt_auth_core.records import dataclass

SUBJECT: Final = "Subject:"

_PAGE: Final = (
    '<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
    '<body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">\n{body}\n</body>\n</html>\n'
)
_PARAGRAPHS: Final = {
    "$link": '<p><a href="{0}">{0}</a></p>',
    "$code": '<p style="font-size: 150%"><b>{0}</b></p>',
}
_PARAGRAPH: Final = "<p>{0}</p>"
_GAP: Final = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """Writes one letter in one language; ``html`` None makes it of the text."""

    subject: str
    text: str
    html: str | None = None

    def __call__(self, contents: Contents) -> Letter:
        """Return the letter."""
        values = values_of(contents)
        escaped = {name: html.escape(value) for name, value in values.items()}
        subject = Template(self.subject).substitute(values)
        if self.html is None:
            body = "\n".join(_paragraph(one, escaped) for one in _GAP.split(self.text.strip()))
            page = _PAGE.format(language=contents.language, title=html.escape(subject), body=body)
        else:
            page = Template(self.html).substitute(escaped)
        return Letter(subject, Template(self.text).substitute(values), page)


def parse_template(letter: LetterName, text: str, page: str | None = None) -> LetterTemplate:
    """Return what a text, and perhaps a page of HTML, come to.

    Raises:
        ValueError: what is wrong with it.
    """
    first, _, rest = text.removeprefix("\ufeff").replace("\r\n", "\n").partition("\n")
    subject = first.removeprefix(SUBJECT).strip()
    if not first.startswith(SUBJECT) or not subject or not subject.isprintable():
        raise ValueError(f'must begin with a line "{SUBJECT} ..."')
    parts = [subject, rest] if page is None else [subject, rest, page]
    for part in parts:
        _check(part)
    if KINDS[letter].purpose and not all(_has_way(part) for part in parts[1:]):
        raise ValueError("must have $link or $code: without one nobody can do what it is about")
    return LetterTemplate(subject, rest.strip() + "\n", page)


def _check(text: str) -> None:
    template = Template(text)
    if not template.is_valid():
        raise ValueError("has a $ before no name: write $$ for the sign itself")
    if unknown := set(template.get_identifiers()) - _NAMES:
        known = ", ".join(f"${name}" for name in sorted(_NAMES))
        raise ValueError(f"has ${min(unknown)}, which is nothing; there are: {known}")


def _has_way(text: str) -> bool:
    return not {"link", "code"}.isdisjoint(Template(text).get_identifiers())


def _paragraph(text: str, escaped: Mapping[str, str]) -> str:
    """Return a paragraph as HTML; escaped first, so that its own words are no markup, either."""
    frame = _PARAGRAPHS.get(text.strip(), _PARAGRAPH)
    lines = html.escape(text.strip(), quote=False).split("\n")
    return frame.format(Template("<br>\n".join(lines)).substitute(escaped))


_NAMES: Final = frozenset(values_of(Contents(name="reset", language="en", service="", at=0)))
