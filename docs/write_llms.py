"""Writes ``docs/llms.txt``: what there is to read, a line a page, for programs that read (llmstxt.org)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("site")))

from nav import papers, sections

TARGET = Path(__file__).with_name("llms.txt")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
SENTENCE = re.compile(r"(?<=[.:])\s|(?<=[.:])$")
HEAD = """# jwt-auth

> Authentication for Python's ASGI world (FastAPI, Starlette, any ASGI application): Argon2 passwords,
> short-lived JWT access tokens, rotating refresh sessions, second factors, passkeys, sign-in with others.

Distribution `jwt-auth-asgi`, Python 3.11 or newer. Import `Auth`, `Settings`, `AccessTokens`, `KeyRing`,
`safe_query` from `jwt_auth_core`; `BearerMiddleware`, `create_app`, `require` from `jwt_auth_asgi`;
`auth_router`, `CurrentUser`, `OptionalUser`, `require_scopes` from `jwt_auth_fastapi`. Every setting and
route is in the README, every error code in errors.md.
"""


def told(path: Path) -> tuple[str, str]:
    """Return the heading of a page, and the first sentence beneath it."""
    text = path.read_text("utf-8")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    paragraphs = re.split(r"\n\s*\n", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    prose = (one for one in paragraphs if one.strip() and one.lstrip()[0] not in "#|!*-<")
    first = LINK.sub(r"\1", " ".join(next(prose, "").split()))
    return (title[1] if title else path.stem), SENTENCE.split(first)[0].rstrip(".:")


def lines() -> Iterator[str]:
    """Yield the text line by line."""
    pages = papers()
    yield HEAD
    for section in sections():
        yield f"## {section.title}"
        yield ""
        for name in section.pages:
            if name in pages:
                title, sentence = told(pages[name])
                place = pages[name].name if pages[name].parent == TARGET.parent else f"../{pages[name].name}"
                yield f"- [{title}]({place}): {sentence}"
        yield ""


def text() -> str:
    """Return the whole file."""
    return "\n".join(lines()).rstrip() + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
