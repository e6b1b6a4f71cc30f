"""What a page is made of: one frozen record, and the words of a language in it."""

from __future__ import annotations

from collections.abc import Mapping

from jwt_auth_core.mail.letter import Language
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that a page shows before its script has asked for anything; nothing of a user is among it.

    Attributes:
        page: its name, which is the last segment of its path.
        language: of its words.
        texts: its words by their keys.
        service: what the application calls itself.
        version: of the files that pages load.
        onward: where a login leads to: a path, or a page beside this one.
        asked: the query that takes the way back along to another page, or an empty text.
        registers: whether strangers may make accounts.
        mails: whether letters can be sent.
        passkeys: whether passkeys are configured.
        providers: the names of whom users may sign in with.
        logo, stylesheet: paths of an application's own, or None.
        is_acting: whether an admin acts for a user in the browser that asks.
        by_cookie: whether the application knew by a cookie who asked for the page.
        account: what leads from this page to those of the account, empty beside them.
    """

    page: str
    language: Language
    texts: Mapping[str, str]
    service: str
    version: str
    onward: str = "profile"
    asked: str = ""
    registers: bool = True
    mails: bool = True
    passkeys: bool = True
    providers: tuple[str, ...] = ()
    logo: str | None = None
    stylesheet: str | None = None
    account: str = ""
    by_cookie: bool = False
    is_acting: bool = False

    def __getitem__(self, key: str) -> str:
        """Return a text by its key."""
        return self.texts[key].replace("{service}", self.service)

    def file(self, name: str) -> str:
        """Return the reference to a file that pages load, from any of them."""
        return f"{self.account}static/{name}?v={self.version}"
