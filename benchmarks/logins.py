"""A login storm, and a thousand logins at once (S7, S8, S20).

    python -m benchmarks.logins            # 3 rounds of 8 seconds each, then the overload

The hash profile is the same on all sides: Argon2id with 19 MiB, 2 passes, 1 lane (OWASP's floor, our
default). Ours is the Starlette app on one SQLite file, fastapi-users the same through SQLAlchemy, AuthX holds
its users in a dictionary. An unrelated request is sent every 5 ms beside the 32 connections that log in.
AuthX answers all 32 at once, after they were all hashed: a round must hold many such bursts, or its rate
says mostly where the round happened to end.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from contextlib import contextmanager
from functools import partial
from urllib.parse import quote

from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.load import post
from benchmarks.measuring import interleaved, ratio, show, target
from benchmarks.passwords import MEMORY_KIB, PASSWORD, alone, stored
from benchmarks.serving import Served, all_served, put_load, send_herd, served
from benchmarks.stores import add_users, addresses, one_file
from jwt_auth_asgi.executors.pool import cores
from jwt_auth_core.auth import Auth

CONNECTIONS = 32
HERD = 1000
HERDS = 5
USERS = 200
OURS = "jwt-auth, Starlette app"
CASES = {
    OURS: "benchmarks.logins:our_app",
    "fastapi-users": "benchmarks.peers.fastapi_users:login_app",
    "AuthX": "benchmarks.peers.authx:login_app",
}
PING = "GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SLACK_MEGABYTES = 10


async def ping(_request):
    return JSONResponse({"status": "ok"})


def our_app():
    from jwt_auth_asgi.app import create_standalone  # noqa: PLC0415 - in the served process only

    app = create_standalone(Auth.from_env())
    app.router.routes.append(Route("/ping", ping))
    return app


def refusing_app():
    """Return a bare application that answers anything with one and the same 503."""

    async def app(scope, receive, send):
        assert scope["type"] in {"http", "lifespan"}
        if scope["type"] == "lifespan":
            return
        headers = [(b"retry-after", b"1"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return app


def logins(name: str, emails: list[str]) -> list[str]:
    if name != "fastapi-users":
        return [
            post("/auth/login", {"email": one, "password": PASSWORD, "transport": "body"}).decode()
            for one in emails
        ]
    return [_form({"username": one, "password": PASSWORD}) for one in emails]


def _form(fields: dict[str, str]) -> str:
    body = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
    head = "POST /auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}"


@contextmanager
def environments(emails: list[str]):
    """Yield the environment that all three understand."""
    hashed = stored()
    with one_file() as ours, tempfile.TemporaryDirectory() as folder:
        add_users(ours, emails, hashed)
        url = f"sqlite+aiosqlite:///{folder}/peer.sqlite3"
        yield {**ours, "PEER_DATABASE_URL": url, "PEER_HASH": hashed, "PEER_EMAILS": " ".join(emails)}


def storm(server: Served, texts: list[str], seconds: float, facts: dict[str, list[float]]) -> float:
    """Return logins a second; note how long an unrelated request took."""
    groups = [
        {"name": "logins", "connections": CONNECTIONS, "requests": texts},
        {"name": "ping", "connections": 1, "requests": [PING], "pause_seconds": 0.005},
    ]
    told = put_load({"port": server.port, "warm_seconds": 1.0, "seconds": seconds, "groups": groups})
    assert set(told["logins"]["statuses"]) == {"200"}, told["logins"]["statuses"]
    facts.setdefault("ping p50", []).append(told["ping"]["p50_ms"])
    facts.setdefault("ping p99", []).append(told["ping"]["p99_ms"])
    return told["logins"]["per_second"]


def at_rest(server: Served) -> float:
    """Return the megabytes of a server that has answered requests, but has hashed nothing."""
    group = {"name": "ping", "connections": CONNECTIONS, "requests": [PING]}
    put_load({"port": server.port, "warm_seconds": 0.2, "seconds": 0.3, "groups": [group]})
    return server.megabytes()


def measure_storm(rounds: int, seconds: float) -> None:
    emails = addresses(USERS)
    with environments(emails) as environment, all_served(CASES, environment) as servers:
        base = {name: at_rest(server) for name, server in servers.items()}
        facts: dict[str, dict[str, list[float]]] = {name: {} for name in CASES}
        cases = {
            name: partial(storm, servers[name], logins(name, emails), seconds, facts[name]) for name in CASES
        }
        found = interleaved({"argon2-cffi alone": partial(alone, seconds, cores()), **cases}, rounds=rounds)
        peak = {name: server.megabytes() for name, server in servers.items()}
    rate = {name: statistics.median(figures) for name, figures in found.items()}
    p99 = {name: statistics.median(facts[name]["ping p99"]) for name in CASES}
    rows = [
        {"what": f"argon2-cffi alone, {cores()} threads", "logins/s": round(rate["argon2-cffi alone"], 1)}
    ]
    rows += [
        {
            "what": name,
            "logins/s": round(rate[name], 1),
            "unrelated p50 ms": round(statistics.median(facts[name]["ping p50"]), 2),
            "unrelated p99 ms": round(p99[name], 2),
            "at rest MiB": round(base[name], 1),
            "peak MiB": round(peak[name], 1),
        }
        for name in CASES
    ]
    show("S7", rows, title=f"Login storm, {CONNECTIONS} connections")
    target("S7", "logins/s, of argon2-cffi alone", rate[OURS] / rate["argon2-cffi alone"], at_least=0.85)
    for other in ("fastapi-users", "AuthX"):
        target("S7", f"logins/s, times {other}", rate[OURS] / rate[other], at_least=1.75)
        target("S7", f"p99 of an unrelated request, of {other}", p99[OURS] / p99[other], at_most=1 / 60)
    target("S7", "peak MiB", peak[OURS], at_most=allowed(base[OURS]))


def allowed(base: float) -> float:
    return base + cores() * MEMORY_KIB / 1024 + SLACK_MEGABYTES


def beside_bare(server: Served, texts: list[str]) -> None:
    """Measure when the last of a herd is refused, beside a server that does nothing else (S20)."""
    last: dict[str, list[float]] = {"jwt-auth": [], "constant 503": []}
    with served("benchmarks.logins:refusing_app") as bare:
        send_herd(bare.port, texts)
        for _ in range(HERDS):
            herd = send_herd(server.port, texts)
            last["jwt-auth"].append(herd["refused_max_ms"])
            last["constant 503"].append(send_herd(bare.port, texts[: herd["refused"]])["refused_max_ms"])
    rows = [{"server": name, "last 503 within ms": statistics.median(each)} for name, each in last.items()]
    show("S20", rows, title="The last refusal of a herd")
    reached = ratio(last["jwt-auth"], last["constant 503"])
    target("S20", "ms until the last refusal, of a bare server's", reached, at_most=2.5)


def measure_overload() -> None:
    emails = addresses(USERS)
    texts = (logins(OURS, emails) * (HERD // USERS + 1))[:HERD]
    with environments(emails) as environment, served(CASES[OURS], environment) as server:
        send_herd(server.port, [PING] * HERD)  # what so many at once cost without a password
        base = server.megabytes()
    with environments(emails) as environment, served(CASES[OURS], environment) as server:
        at_rest(server)
        herd = send_herd(server.port, texts)
        beside_bare(server, texts)
        after = {"name": "after", "connections": 8, "requests": texts[:64]}
        later = put_load({"port": server.port, "warm_seconds": 0, "seconds": 2, "groups": [after]})["after"]
        peak = server.megabytes()
    row = {
        "logins at once": HERD,
        "let in": herd["let_in"],
        "503": herd["refused"],
        "with Retry-After": herd["retry_after"],
        "503 within ms, median": round(herd["refused_p50_ms"], 1),
        "503 within ms, last": round(herd["refused_max_ms"], 1),
        "last login ms": round(herd["max_ms"]),
        "refused afterwards": later["count"] - later["statuses"].get("200", 0),
        "at rest MiB": round(base, 1),
        "peak MiB": round(peak, 1),
    }
    show("S8", [{"what": name, "figure": figure} for name, figure in row.items()], title="Overload")
    assert herd["count"] == HERD
    assert set(herd["statuses"]) <= {200, 503}, herd["statuses"]
    target("S8", "ms until the last refusal", herd["refused_max_ms"], at_most=100)
    target("S8", "refusals without Retry-After", herd["refused"] - herd["retry_after"], at_most=0)
    target("S8", "refused afterwards", float(row["refused afterwards"]), at_most=0)
    target("S8", "peak MiB", peak, at_most=allowed(base))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    measure_storm(options.rounds, options.seconds)
    measure_overload()


if __name__ == "__main__":
    main()
