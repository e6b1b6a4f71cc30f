"""What is wrong with the machine: its memory beside what hashing needs, and who may read the keys."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jwt_auth_asgi.cli.findings.finding import Finding
from jwt_auth_asgi.executors.pool import cores
from jwt_auth_core.passwords.profile import profile
from jwt_auth_core.settings import Settings

CGROUPS: Final = Path("/sys/fs/cgroup")
_LIMITS: Final = ("memory.max", "memory/memory.limit_in_bytes")  # of version 2, and 1
_OTHERS_BYTES: Final = 128 * 1024 * 1024
"""What a process has besides hashes, about: its code, its connections, the requests under way."""
_MIB: Final = 1024 * 1024
_UNLIMITED: Final = 1 << 60  # version 1 says so by a number near 2 ** 63


def of_machine(settings: Settings, *, folder: Path, cgroups: Path = CGROUPS) -> Iterator[Finding]:
    """Yield the findings; ``folder`` is where ``.env`` is read."""
    yield from _of_memory(settings, cgroups)
    yield from _of_files(settings, folder)


def memory_limit(cgroups: Path) -> int | None:
    """Return how many bytes the cgroup of this process may have; None where there is no limit."""
    for name in _LIMITS:
        try:
            text = (cgroups / name).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        return int(text) if text.isdigit() and int(text) < _UNLIMITED else None
    return None


def _of_memory(settings: Settings, cgroups: Path) -> Iterator[Finding]:
    limit = memory_limit(cgroups)
    if limit is None:
        return
    threads = min(cores(), settings.hash_threads or cores())
    each = profile(settings.password_profile).memory_kib * 1024
    needed = threads * each + _OTHERS_BYTES
    if needed <= limit:
        return
    fitting = (limit - _OTHERS_BYTES) // each
    yield Finding(
        "D20",
        "error",
        "HASH_THREADS",
        f"makes {threads} hashes of {each // _MIB} MiB at once: with the rest {needed // _MIB} MiB, and this "
        f"container is killed above {limit // _MIB} MiB",
        f"export HASH_THREADS={fitting}" if fitting > 0 else _enlarged(needed // _MIB + 1),
    )


def _enlarged(mib: int) -> str:
    """Return what gives this container so much memory, on its host: Docker calls it by its own id."""
    return f"docker update --memory {mib}m --memory-swap {mib}m {socket.gethostname()}"


def _of_files(settings: Settings, folder: Path) -> Iterator[Finding]:
    dotenv = folder / ".env"
    if dotenv.is_file() and _is_readable(dotenv):
        yield Finding(
            "D21",
            "warning",
            None,
            f"{dotenv} may be read by every user of this machine",
            f"chmod 600 {dotenv}",
        )
    for path in _key_files(settings):
        if _is_readable(path):
            text = f"has a private key in {path}, which every user of this machine may read"
            yield Finding("D22", "error", "JWT_KEYS", text, f"chmod 600 {path}")


def _is_readable(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def _key_files(settings: Settings) -> list[Path]:
    text = "" if settings.jwt_keys is None else settings.jwt_keys.reveal()
    if not text or "{" in text or "-----" in text:  # the keys themselves
        return []
    return sorted([*Path(text).glob("*.jwk"), *Path(text).glob("*.pem")])
