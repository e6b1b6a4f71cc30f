"""Where the pages of the admin's desk are: plain data, no framework is imported here.

All are one level below ``/admin``, as those of the account are below theirs; the API is at ``/admin/api``.
"""

from __future__ import annotations

from typing import Final

FOLDER: Final = "/admin"

PAGES: Final = ("users", "new-user", "user", "sessions", "audit", "keys", "outbox", "health")
"""Each is a path, a template in `desk.registry`, a module ``desk-NAME.js``, and a text ``NAME.title``."""

LINKED: Final = ("users", "sessions", "audit", "keys", "outbox", "health")
"""Those that every page links to, in this order, as far as there are such."""

FILES: Final = (
    "ask.js",
    "desk.js",
    "lists.js",
    "timeline.js",
    "desk-refused.js",
    *(f"desk-{name}.js" for name in PAGES),
)
"""What they load besides what pages of the account do."""
