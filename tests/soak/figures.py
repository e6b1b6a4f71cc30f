"""What a soak counted, and how docs/reliability.md says so."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.soak.flat import Trend

FILE = "SOAK_FILE"
COUNTED = ("requests", "refused", "cut", "lost", "ended", "logouts")
LOOKED_AT = ("kept", "checked", "thefts")


@dataclass(frozen=True)
class Figures:
    """Of one storage world; see `SECTION` for what the words mean."""

    world: str
    seconds: float
    seed: int
    faults: dict[str, int]
    requests: int
    refused: int
    cut: int
    lost: int
    ended: int
    logouts: int
    kept: int
    checked: int
    thefts: int
    recovered_seconds: float
    memory: tuple[float, float, float]
    descriptors: tuple[float, float, float]

    @classmethod
    def of(cls, soak: Any, town: Any, measured: Any, trends: Sequence[Trend], **known: Any) -> Figures:
        """Gather it."""
        counted, people = measured.figures("F-30", "", ""), town.people
        memory, descriptors = trends
        return cls(
            world=soak.world,
            faults=dict(sorted(soak.harm.done.items())),
            **{name: getattr(counted, name) for name in COUNTED},
            **looked_at(people),
            memory=(memory.before, memory.after, memory.per_hour),
            descriptors=(descriptors.before, descriptors.after, descriptors.per_hour),
            **known,
        )


def looked_at(people: Iterable[Any]) -> dict[str, int]:
    """Return how often they had something to look at that could have gone wrong."""
    found = [(one.kept + len(one.spent), one.checked, getattr(one, "thefts", 0)) for one in people]
    return {name: sum(counts) for name, counts in zip(LOOKED_AT, zip(*found, strict=True), strict=True)}


def assert_looked(figures: Figures) -> None:
    """Refuse a soak that found nothing wrong because nothing was done, or nothing looked at."""
    without = [name for name in ("faults", "requests", *LOOKED_AT) if not getattr(figures, name)]
    assert without == [], figures


@contextmanager
def told(seed: int) -> Iterator[None]:
    """Have whatever fails say by which seed the same comes again."""
    try:
        yield
    except Exception as error:
        error.add_note(f"again: SOAK_SEED={seed}")
        raise


def write(figures: Figures) -> None:
    """Append a line of JSON to the file that ``SOAK_FILE`` names, where it names one."""
    if place := os.environ.get(FILE):
        with Path(place).open("a") as lines:
            lines.write(json.dumps(asdict(figures)) + "\n")


def read(place: Path) -> list[Figures]:
    """Return what was written."""
    return [Figures(**json.loads(line)) for line in place.read_text("utf-8").splitlines()]


HEADING = "## Soak"
SECTION = """## Soak

`make soak` (`make soak SECONDS=3600` for an hour) writes this section. Eight people and two with a thief use
two served workers, for so many seconds in each storage world, while one thing after the other is done to
workers and stores, chosen at random. It fails at once when a refresh with a good token is refused otherwise
than by 503, when a name that was confirmed is gone, a session that was logged out goes on, a copied token
does not end its session, or an access token is accepted more than a second after its logout was confirmed or
the stores answered again.

* **Kept**: renames and logouts that were confirmed, each looked at again later. **Checked**: access tokens
  that were presented again when they had to be refused. **Thefts**: copied tokens that were found.
* **Ready**: seconds from the end of a fault until both workers say that they are ready, at the slowest.
* **Memory**, **descriptors**: of the worker that lives all along. The first third of the samples (four a
  second) is warm-up; the median of the first half of the rest is held against that of the last half. More
  than {mebibytes} MiB and a twentieth, or {descriptors} descriptors, is growth, and fails.

"""
ROWS = (
    "| world | seconds | requests | refused | cut | lost | logouts | kept | checked | thefts | ready "
    "| memory | descriptors |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def section(figures: Iterable[Figures], *, mebibytes: int, descriptors: int) -> str:
    """Return the section of the page."""
    found = list(figures)
    rows = "".join(map(_row, found))
    harm = "".join(f"* {one.world}: {_list(one.faults)}; seed {one.seed}.\n" for one in found)
    head = SECTION.format(mebibytes=mebibytes, descriptors=descriptors)
    return f"{head}{ROWS}{rows}\nWhat was done, and how often:\n\n{harm}"


def _row(one: Figures) -> str:
    memory = " → ".join(f"{value / (1 << 20):.1f}" for value in one.memory[:2]) + " MiB"
    numbers = (one.requests, one.refused, one.cut, one.lost, one.logouts, one.kept, one.checked, one.thefts)
    counted = " | ".join(map(str, numbers))
    files = " → ".join(f"{value:.0f}" for value in one.descriptors[:2])
    ready = f"{one.recovered_seconds:.2f} s"
    return f"| {one.world} | {one.seconds:.0f} | {counted} | {ready} | {memory} | {files} |\n"


def _list(faults: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in faults.items())
