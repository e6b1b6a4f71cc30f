"""How the pages look and where they lead: what an application says of them, in one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from jwt_auth_asgi.http.site_path import path_of_ours
from jwt_auth_asgi.pages.markup import Markup
from jwt_auth_asgi.pages.view import View
from jwt_auth_core.records import dataclass

Template = Callable[[View], Markup]
"""Makes what stands between header and footer of a page: a pure function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What is an application's own of the pages.

    Attributes:
        logo: a picture in the place of the service's name: a path of this site.
        stylesheet: read after ours, to set its variables: a path of this site.
        home: where a browser goes after a login that no page asked for; None means the account.
        templates: functions in the place of ours, by the name of the page, such as ``login`` or
            ``admin/users``; what surrounds a page is the same for all.
    """

    logo: str | None = None
    stylesheet: str | None = None
    home: str | None = None
    templates: Mapping[str, Template] = field(default_factory=dict[str, Template])

    def __post_init__(self) -> None:
        """Refuse what leads elsewhere.

        Raises:
            ValueError: names what is no path of this site.
        """
        for name, path in (("logo", self.logo), ("stylesheet", self.stylesheet), ("home", self.home)):
            if path is not None and path_of_ours(path) != path:
                msg = f'{name} is a path of this site, percent-encoded, such as "/{name}", not {path!r}'
                raise ValueError(msg)


def theme_of(*, pages: Theme | bool) -> Theme | None:
    """Return how the pages are to look; None where there are to be none."""
    if isinstance(pages, Theme):
        return pages
    return Theme() if pages else None
