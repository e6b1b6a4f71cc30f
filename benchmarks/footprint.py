"""What importing costs, and what an installation brings (S10).

    python -m benchmarks.footprint            # 15 rounds of imports; sizes of what is installed here

Import: milliseconds of processor time of a new interpreter that imports one module, less those of one that
imports nothing. Size: every distribution that a requirement pulls in on this platform, its files with
compiled modules, without byte code.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from functools import partial
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.measuring import interleaved, show, target

BARE = "(bare Python)"
MODULES = {
    BARE: "pass",
    "jwt_auth_core": "import jwt_auth_core",
    "jwt_auth_core: AccessTokens": "from jwt_auth_core import AccessTokens",
    "jwt_auth_core: Auth": "from jwt_auth_core import Auth",
    "jwt_auth_asgi": "import jwt_auth_asgi",
    "jwt_auth_fastapi": "import jwt_auth_fastapi",
    "PyJWT": "import jwt",
    "joserfc": "import joserfc.jwt",
    "Authlib": "import authlib.jose",
    "python-jose": "import jose.jwt",
    "Starlette": "import starlette.applications",
    "FastAPI": "import fastapi",
    "Litestar JWT": "import litestar.security.jwt",
    "AuthX": "import authx",
    "fastapi-users": "import fastapi_users, fastapi_users.authentication",
}
EXTRAS = ("argon2", "jwt", "redis", "postgres", "starlette", "fastapi", "server", "fast", "all")
PEERS = (
    "pyjwt",
    "joserfc",
    "authlib",
    "python-jose",
    "fastapi-jwt",
    "authx",
    "fastapi-users",
    "fastapi-users[sqlalchemy]",
    "guardpost[jwt]",
    "litestar",
)
OURS = "jwt-auth-asgi"
PACKAGES = ("jwt_auth_core", "jwt_auth_asgi", "jwt_auth_fastapi")
MOST_MILLISECONDS = 15
SHARE_OF_FASTAPI_USERS = 1 / 30


def start(statement: str) -> float:
    """Return the milliseconds of processor time of a new interpreter that runs one statement."""
    started = _children()
    subprocess.run([sys.executable, "-W", "ignore", "-c", statement], check=True)  # noqa: S603 - our own words
    return (_children() - started) * 1000


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def over_bare(found: dict[str, list[float]]) -> tuple[float, dict[str, float]]:
    """Return what bare Python takes, and what each case takes more, round by round; medians."""
    bare = found.pop(BARE)
    over = {
        name: statistics.median(one - base for one, base in zip(each, bare, strict=True))
        for name, each in found.items()
    }
    return statistics.median(bare), over


def imports(rounds: int) -> None:
    found = interleaved({name: partial(start, words) for name, words in MODULES.items()}, rounds=rounds)
    bare, over = over_bare(found)
    rows = [{"module": name, "ms over bare Python": round(figure, 1)} for name, figure in over.items()]
    show("S10 imports", rows, title=f"Imports; bare Python {bare:.1f} ms")
    core = over["jwt_auth_core"]
    target("S10", "import jwt_auth_core, ms over bare Python", core, at_most=MOST_MILLISECONDS)
    target("S10", "import, of fastapi-users", core / over["fastapi-users"], at_most=SHARE_OF_FASTAPI_USERS)


def pulled_in(text: str, seen: dict[str, metadata.Distribution]) -> dict[str, metadata.Distribution]:
    """Return every distribution that a requirement brings, itself included."""
    wanted = Requirement(text)
    found = metadata.distribution(wanted.name)
    seen[canonicalize_name(wanted.name)] = found
    for line in found.requires or ():
        one = Requirement(line)
        needed = any(_applies(one, extra) for extra in (wanted.extras or {""}) | {""})
        if needed and (one.extras or canonicalize_name(one.name) not in seen):
            pulled_in(str(_plain(one)), seen)
    return seen


def _applies(one: Requirement, extra: str) -> bool:
    return one.marker is None or one.marker.evaluate({"extra": extra})


def _plain(one: Requirement) -> Requirement:
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    return Requirement(f"{one.name}{extras}")


def megabytes(found: metadata.Distribution) -> float:
    """Return the size of a distribution's files; ours is installed in place, so its folders are counted."""
    if canonicalize_name(found.name) == OURS:
        root = Path(__file__).parents[1]
        paths = [path for package in PACKAGES for path in (root / package).rglob("*")]
    else:
        paths = [Path(str(path.locate())) for path in found.files or ()]
    sizes = (path.stat().st_size for path in paths if path.is_file() and path.suffix != ".pyc")
    return sum(sizes) / 1e6


def sizes() -> None:
    rows = []
    for text in (OURS, *(f"{OURS}[{extra}]" for extra in EXTRAS), *PEERS):
        found = pulled_in(text, {})
        whole = sum(megabytes(one) for one in found.values())
        rows.append({"installed": text, "distributions": len(found), "MB": round(whole, 2)})
    show("S10 sizes", rows, title="What an installation brings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    imports(options.rounds)
    sizes()


if __name__ == "__main__":
    main()
