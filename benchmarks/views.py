"""What the charts show of each table: which column, which rows, under which title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.chart import Bar, Panel, drawn

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

LESS = "(less is better)"
COST = f"microseconds of the server's processor time {LESS}"
OURS = ("jwt-auth", "jwt_auth", "BearerMiddleware", "CurrentUser")


@dataclass(frozen=True, slots=True)
class View:
    """One panel: ``column`` of the rows that have one and that ``label`` names."""

    title: str
    column: str
    label: Callable[[Row], str]
    all_ours: bool = False

    def panel(self, rows: Sequence[Row]) -> Panel:
        return Panel(
            self.title,
            [
                Bar(label, row[self.column], self.all_ours or any(name in label for name in OURS))
                for row in rows
                if (label := self.label(row)) and row.get(self.column) not in {None, "-"}
            ],
        )


def _in(column: str) -> Callable[[Row], str]:
    return lambda row: str(row[column])


def _verifying(row: Row) -> str:
    work = row["work"].removeprefix("verify").strip()
    return "" if row["work"] in {"issue", "verify foreign"} else f"{row['library']} {work}".strip()


def _issuing(row: Row) -> str:
    return row["library"] if row["work"] == "issue" else ""


def _of(work: str) -> Callable[[Row], str]:
    return lambda row: row["library"] if row["work"] == work else ""


def _of_algorithm(row: Row) -> str:
    return f"{row['algorithm']}: {row['library']}"


def _of_size(row: Row) -> str:
    return f"{row['users and sessions']:,} users and sessions"


def _milliseconds(row: Row) -> str:
    return row["what"] if "ms" in row["what"] else ""


def _entries(row: Row) -> str:
    ended = row["ended sessions"]
    return ended if ended == "unchecked" else f"{ended} ended sessions"


ADDED = f"Added to a request, microseconds {LESS}"
VIEWS: Mapping[str, Sequence[View]] = {
    "S1-S3": (
        View(f"Verifying a token, microseconds {LESS}", "us", _verifying),
        View(f"Issuing a token, microseconds {LESS}", "us", _issuing),
    ),
    "S13 HS256": (
        View(f"Verifying a token not seen before, HS256, microseconds {LESS}", "us", _of("verify")),
        View(f"Issuing a token, HS256, microseconds {LESS}", "us", _of("issue")),
    ),
    "S13": (View(f"Verifying a token not seen before, microseconds {LESS}", "us", _of_algorithm),),
    "S13 profiles": (
        View(f"A provider's token by its profile, microseconds {LESS}", "us", _in("token"), all_ours=True),
    ),
    "S4": (View(ADDED, "added us", _in("middleware")),),
    "S4 cold": (View(ADDED, "added us", _in("case")),),
    "S4 warm": (View(ADDED, "added us", _in("case")),),
    "S5": (
        View("Requests a second under uvicorn (more is better)", "requests/s", _in("application")),
        View(f"A request under uvicorn, {COST}", "server us a request", _in("application")),
    ),
    "S6": (
        View("Refreshes a second (more is better)", "refreshes/s", _in("application")),
        View(f"A refresh with its stores, {COST}", "server us a refresh", _in("application")),
    ),
    "rotations": (View("Rotations a second at the store", "rotations/s", _in("store"), all_ours=True),),
    "S7": (
        View("Logins a second (more is better)", "logins/s", _in("what")),
        View(f"p99 of an unrelated request, milliseconds {LESS}", "unrelated p99 ms", _in("what")),
        View(f"Peak memory, MiB {LESS}", "peak MiB", _in("what")),
    ),
    "S8": (View("A thousand logins at once, milliseconds", "figure", _milliseconds, all_ours=True),),
    "S9": (
        View("A login, milliseconds, by users and sessions", "login ms", _of_size, all_ours=True),
        View("A refresh, milliseconds, by users and sessions", "refresh ms", _of_size, all_ours=True),
        View("Bytes a session in Redis", "bytes a session in all", _of_size, all_ours=True),
    ),
    "S10 imports": (
        View(f"Import, milliseconds over bare Python {LESS}", "ms over bare Python", _in("module")),
    ),
    "S10 sizes": (View(f"Installed, megabytes {LESS}", "MB", _in("installed")),),
    "S11": (View(f"Memory of a websocket, KiB {LESS}", "KiB a websocket", _in("application")),),
    "S12": (View("A remembered header, nanoseconds", "remembered header ns", _entries, all_ours=True),),
    "S12 way": (View("To another process, median milliseconds", "median ms", _in("stores"), all_ours=True),),
    "enumeration": (View("A failed login, median milliseconds", "median ms", _in("login"), all_ours=True),),
}
OVERVIEW = (("S1-S3", 0), ("S4 warm", 0), ("S5", 1), ("S6", 1), ("S9", 1))


def chart_of(table: str, rows: Sequence[Row]) -> str | None:
    """Return the chart of one table as SVG, None where there is nothing to draw."""
    panels = [view.panel(rows) for view in VIEWS.get(table, ())]
    return drawn(panels, told=f"The figures of the table {table}") if panels else None


def overview(tables: Tables) -> str:
    """Return the chart of the README: the panels whose figures were measured."""
    panels = [VIEWS[name][place].panel(tables[name]) for name, place in OVERVIEW if tables.get(name)]
    return drawn(panels, told="jwt-auth beside its peers")


def file_name(table: str) -> str:
    """Return the name of a table's chart."""
    return f"{table.lower().replace(' ', '-')}.svg"
