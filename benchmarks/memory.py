"""Memory of a worker at rest under uvicorn, over the bare application's (S17).

    python -m benchmarks.memory            # 7 starts of each

What is a process's own (the unique set size) once the server listens; nobody has asked it anything. Every
optional package is installed, and no capability that needs one is switched on.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.measuring import interleaved, show, target
from benchmarks.resting import KEY
from benchmarks.serving import served

BARE = "(bare Starlette)"
CASES = {BARE: "bare", "BearerMiddleware": "middleware", "auth app": "auth_app"}


def mebibytes(factory: str) -> float:
    """Start a worker, return its unique set size and end it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{folder}/auth.sqlite3"}
        with served(f"benchmarks.resting:{factory}", environment) as server:
            lines = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    found = interleaved({name: partial(mebibytes, one) for name, one in CASES.items()}, rounds=options.rounds)
    own = {name: statistics.median(each) for name, each in found.items()}
    over = {name: own[name] - own[BARE] for name in CASES if name != BARE}
    rows = [{"worker": name, "MiB": round(own[name], 1), "over bare": over.get(name)} for name in CASES]
    show("S17", rows, title="A worker at rest under uvicorn, MiB of its own")
    target("S17", "MiB at rest, middleware", over["BearerMiddleware"], at_most=3)
    target("S17", "MiB at rest, auth app", over["auth app"], at_most=7)


if __name__ == "__main__":
    main()
