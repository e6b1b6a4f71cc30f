"""The table of the profiles. ``python -m tests.house.profiles`` writes it into docs/resource-server.md."""

from __future__ import annotations

from jwt_auth_core.tokens.profile import ALGORITHMS, TokenProfile
from jwt_auth_core.tokens.profiles import PROFILES
from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "resource-server.md"
MARK = "<!-- profiles -->\n"
HEAD = (
    "| profile | tokens | `typ` | `alg` | audience | scopes | roles | also needed | never | longest "
    "| source |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def table() -> str:
    """Return the table as Markdown."""
    return HEAD + "".join(map(_row, PROFILES.values()))


def _row(profile: TokenProfile) -> str:
    marks = [f"`{name}` {_values(values)}" for name, values in sorted(profile.marks.items())]
    needed = [f"`{name.replace('|', '` or `')}`" for name in sorted(profile.required)]
    past = [f"`{name}` in the past" for name in profile.past]
    cells = [
        f"`{profile.name}`",
        profile.signs,
        _values(profile.types),
        "any" if profile.algorithms == ALGORITHMS else " ".join(sorted(profile.algorithms)),
        f"`{profile.audience}`",
        _names(profile.scopes),
        _names(profile.roles),
        ", ".join([*marks, *needed, *past]) or "-",
        _names(sorted(profile.refused)),
        _span(profile.lifetime_seconds),
        profile.source,
    ]
    return f"| {' | '.join(cells)} |\n"


def _values(values) -> str:
    return " or ".join(sorted(value or "absent" for value in values))


def _names(names) -> str:
    return ", ".join(f"`{name}`" for name in names) or "-"


def _span(seconds: int) -> str:
    hours = seconds // 3600
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


def page() -> str:
    """Return the page with the table as it is now."""
    before, _, after = PAGE.read_text("utf-8").partition(MARK)
    rest = after[after.index("\n## ") :]
    return f"{before}{MARK}\n{table()}{rest}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
