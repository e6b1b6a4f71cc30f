"""The shop of docs/pages.md: its blocks, and the letters that it writes."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

from tests.examples.serving import ROOT

PAGE = (ROOT / "docs" / "pages.md").read_text("utf-8")


def block(kind: str, word: str) -> str:
    """Return the one block of the page that has a word."""
    (found,) = [text for text in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) if word in text]
    return found


def filled(text: str, values: dict[str, str]) -> str:
    """Return a block in which what each machine has for itself stands as it is on this one."""
    for old, new in values.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def link(letters: Path) -> str:
    """Return the link of the one letter, which a worker writes when it is its turn; and forget the letter."""
    deadline = time.monotonic() + 60
    while not (found := [*letters.glob("*.eml")]):
        assert time.monotonic() < deadline
        time.sleep(0.02)  # a thread of another process writes it
    (path,) = found
    body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    path.unlink()
    (url,) = re.findall(r"https://\S+#token=\S+", body.get_content())
    return str(url)
