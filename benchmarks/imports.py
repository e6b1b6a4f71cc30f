"""How long an import takes, and how much memory: of the command itself, in a process of its own.

python -m benchmarks.imports --users 20000    # into a temporary SQLite file, or an empty --database URL
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HASH = "pbkdf2_sha256$1000000$seasaltseasalt12$vTp/+LeQNC1sZOtBKW30EA3S9rRtiqIA9p459W1JXhA="
NAMES = ("id", "email", "password_hash", "first_name", "last_name", "verified", "created_at")


def write(path: Path, users: int) -> None:
    """Write a file of users with passwords of Django, every second one verified."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(NAMES)
        for number in range(users):
            names = (f"user{number}@example.com", HASH, "Ada", "Lovelace")
            rows.writerow((number, *names, number % 2, "2019-05-04T10:00:00Z"))


def measure(name: str, command: list[str | Path], env: dict[str, str], users: int) -> None:
    """Print how long a command takes; the memory is the most that any so far has held."""
    began = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own command
    taken = time.perf_counter() - began
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{name:<22}{taken:8.1f} s  {users / taken:9,.0f} users a second  {held:5} MiB")


def main() -> None:
    """Write a file, import it, and import it again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--database", help="postgresql://...; empty, it is filled")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, jwt_auth = Path(folder) / "users.csv", Path(sys.executable).with_name("jwt-auth")
        write(file, arguments.users)
        url = arguments.database or f"sqlite:///{Path(folder) / 'imports.db'}"
        env = {**os.environ, "JWT_KEY": "a key for figures, and for nothing else", "DATABASE_URL": url}
        subprocess.run([jwt_auth, "migrate"], env=env, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
        command = [jwt_auth, "import", file, "--from", "csv"]
        print(f"{arguments.users:,} users")
        measure("dry run", [*command, "--dry-run"], env, arguments.users)
        measure("import", command, env, arguments.users)
        measure("the same once more", command, env, arguments.users)


if __name__ == "__main__":
    main()
