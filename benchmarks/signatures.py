"""Verifying tokens that were not seen before, per algorithm, beside the bare check of their signature.

    python -m benchmarks.signatures              # tables, then one line of JSON a measurement
    python -m benchmarks.signatures --rounds 7   # quicker and rougher
    python -m benchmarks.signatures --check      # exits with 1 where a bound is exceeded

`cryptography alone` is one call of the key's `verify` (HS256: of `hmac.digest` and a comparison), the
message and the signature's octets in its hands: no text is taken apart, nothing read. PyJWT, and the Rust
libraries oxyjwt and webtoken where they are installed, are given a prepared key and demand the claims
that we demand. `least Python` takes the token apart, checks it by cryptography and reads its JSON, and
judges nothing: the floor. Tokens have iss, aud, sub, iat, exp, jti and scope, and are those of `from_jwks`.

Cases take turns within each round, so that a busy moment hits all of them, and what is counted is processor
time; a ratio is the median of the rounds' ratios. Warm: tokens that were seen before, as with busy
clients. Followed: cold, by keys that a thread follows. The last table has the tokens of each provider,
with the profile of its name.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.floor import checks, verifying
from benchmarks.measuring import ratio, show, target, version
from benchmarks.peers.jwt_libraries import VERIFYING
from benchmarks.tokens import AUDIENCE, EXPECTED, ISSUER, claims
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.keys import Hs256Key, signatures
from jwt_auth_core.keys.key import Key
from jwt_auth_core.keys.pyjwt import PyJwtKey
from jwt_auth_core.keys.remote import RemoteKeys
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens

ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")
OURS = "jwt-auth"
BARE = "cryptography alone"
WARM = "jwt-auth, warm"
FOLLOWED = "jwt-auth, keys followed"
PLAIN = "jwt-auth without awscrt, PyNaCl"
LEAST = "least Python"
BOUNDS = {
    "RS256": {BARE: ("S14", 1.20), "PyJWT": ("S14", 0.35)},
    "ES256": {BARE: ("S14", 1.10), "PyJWT": ("S14", 0.60)},
    "EdDSA": {BARE: ("S14", 1.12), "PyJWT": ("S14", 0.70), "oxyjwt": ("S15", 1.15)},
    "HS256": {"oxyjwt": ("S13", 1.0)},
}
AS_WARM = 1.25  # of HS256's: the same look into a dictionary, of a text whose signature is longer
AS_FOLLOWED = 1.05  # of a fixed ring's: nothing but the noise of the rounds
TOKENS_A_ROUND = 200
SECRET = secrets.token_hex(32)
PROVIDERS = Path(__file__).parents[1] / "tests" / "vectors" / "providers"

Run = Callable[[list[str]], None]


@dataclass(frozen=True, slots=True)
class Case:
    """Work on a list of tokens, and what is done with the same tokens before the clock starts."""

    run: Run
    prepare: Run = lambda _tokens: None


def key_of(algorithm: str) -> Key:
    if algorithm == "HS256":
        return Hs256Key(SECRET)
    if not algorithm.startswith("RS"):
        return PyJwtKey.generate(algorithm)
    # As issuers have them; one of 3072 bits would hide what is around the check.
    made = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return PyJwtKey.from_pem(made.private_bytes(*form), algorithm=algorithm)


def signed(key: Key, header: Mapping[str, Any], members: Mapping[str, Any]) -> str:
    parts = (b64url_encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, members))
    message = ".".join(parts).encode()
    return (message + b"." + key.sign(message)).decode()


def ring_of(key: Key) -> KeyRing:
    return KeyRing.from_jwks({"keys": [key.public_jwk()]}) if isinstance(key, PyJwtKey) else KeyRing([key])


def of_ours(tokens: AccessTokens, another: str) -> tuple[Run, Run]:
    """Return verify, and what makes it forget all tokens; *another* token shows it the header again."""
    ring = tokens.keys

    def verify(batch: list[str]) -> None:
        for token in batch:
            tokens.verify(token)

    def forget(_batch: list[str]) -> None:
        tokens.replace_keys(ring)
        tokens.verify(another)

    return verify, forget


@contextmanager
def without_accelerators() -> Iterator[None]:
    """Have signatures checked by cryptography, whatever is installed, by keys that are prepared meanwhile."""
    names = ("awscrt", "nacl")
    held = {name: vars(signatures).pop(name) for name in names if name in vars(signatures)}
    with patch.dict(sys.modules, {f"{signatures.__name__}.{name}": None for name in names}):
        yield
    vars(signatures).update(held)


def followed(ring: KeyRing, document: bytes) -> AccessTokens:
    """Return what verifies by keys that a thread follows, once it has them."""
    source = RemoteKeys(f"{ISSUER}/jwks", fetch=lambda _url: document)
    tokens = AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE)
    tokens.follow(source)
    source.step()
    return tokens


def cases(key: Key, tokens: list[str], another: str) -> dict[str, Case]:
    """Return what is done with tokens of a key, by name."""
    ring = ring_of(key)
    found = {BARE: Case(_bare(list(checks(key, SECRET, tokens))))}
    fixed = AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE)
    verify, forget = of_ours(fixed, another)
    found |= {OURS: Case(verify, forget), WARM: Case(verify, verify), LEAST: Case(verifying(key, SECRET))}
    if isinstance(key, PyJwtKey):
        with without_accelerators():
            plain = AccessTokens(ring_of(key), issuer=ISSUER, audience=AUDIENCE)
        run, unprepared = of_ours(plain, another)
        found[PLAIN] = Case(run, without_accelerators()(unprepared))
        keys = followed(ring, json.dumps({"keys": [key.public_jwk()]}).encode())
        found[FOLLOWED] = Case(*of_ours(keys, another))
    for name, make in VERIFYING.items():
        with suppress(ImportError):
            found[name] = Case(make(key, SECRET, EXPECTED))
    return found


def _bare(prepared: list[Callable[[], object]]) -> Run:
    def run(_batch: list[str]) -> None:
        for check in prepared:
            check()

    return run


def provided() -> Iterator[tuple[str, dict[str, Case], list[str]]]:
    """Yield each provider's token, its cases, and tokens of its own shape."""
    keys = {"RS256": key_of("RS256"), "ES256": key_of("ES256"), "EdDSA": key_of("EdDSA")}
    for path in sorted(PROVIDERS.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        for one in document["tokens"]:
            key = keys.get(one["algorithm"])
            if key is None:
                continue
            header = {**one["header"], "kid": key.key_id}
            another, *tokens = [signed(key, header, _now(one["claims"])) for _ in range(TOKENS_A_ROUND)]
            known = {"issuer": one["issuer"], "audience": one["audience"], "profile": document["profile"]}
            ours = AccessTokens(ring_of(key), **known)
            found = {
                BARE: Case(_bare(list(checks(key, SECRET, tokens)))),
                OURS: Case(*of_ours(ours, another)),
            }
            yield f"{document['profile']}: {one['name']}", found, tokens


def _now(members: Mapping[str, Any]) -> dict[str, Any]:
    now = int(time.time())
    timed = {
        name: now + value["seconds_from_now"]
        for name, value in members.items()
        if isinstance(value, dict) and "seconds_from_now" in value
    }
    return {**members, **timed, "x": secrets.token_hex(4)}


def measured(running: Mapping[str, Case], tokens: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the nanoseconds of one token in each round, by case."""
    found: dict[str, list[float]] = {name: [] for name in running}
    for number in range(rounds + 1):
        for name, case in running.items():
            case.prepare(tokens)
            # As a server makes them, request by request: new texts, whose hash nobody knows yet.
            fresh = [token.encode().decode() for token in tokens]
            gc.collect()
            started = time.thread_time_ns()
            case.run(fresh)
            if number:  # the first round warms caches and adaptive bytecode
                found[name].append((time.thread_time_ns() - started) / len(fresh))
    return found


def rows(algorithm: str, found: Mapping[str, list[float]]) -> list[dict[str, Any]]:
    return [
        {
            "algorithm": algorithm,
            "library": name,
            "us": round(statistics.median(times) / 1000, 3),
            "of cryptography alone": round(ratio(times, found[BARE]), 3),
            "of PyJWT": round(ratio(times, found["PyJWT"]), 3),
        }
        for name, times in sorted(found.items(), key=lambda one: statistics.median(one[1]))
    ]


def kept(found: Mapping[str, Mapping[str, list[float]]]) -> list[bool]:
    """Print every bound; return which were kept."""
    met = [
        target(name, f"{algorithm} cold, of {other}", ratio(times[OURS], times[other]), at_most=bound)
        for algorithm, times in found.items()
        for other, (name, bound) in BOUNDS[algorithm].items()
        if other in times
    ]
    warm = statistics.median(found["HS256"][WARM])
    for algorithm, times in found.items():
        if FOLLOWED in times:
            as_warm = statistics.median(times[WARM]) / warm
            cost = ratio(times[FOLLOWED], times[OURS])
            met.append(target("S14", f"{algorithm} warm, of HS256 warm", as_warm, at_most=AS_WARM))
            met.append(target("S14", f"{algorithm}, keys followed, of fixed", cost, at_most=AS_FOLLOWED))
    return met


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=31, help="measured rounds (default 31)")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bound is exceeded")
    arguments = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("cryptography", *VERIFYING))
    print(f"CPython {platform.python_version()}, {versions}")
    found = {}
    for algorithm in ALGORITHMS:
        key = key_of(algorithm)
        header = {"alg": algorithm, "kid": key.key_id, "typ": "at+jwt"}
        another, *tokens = [signed(key, header, claims()) for _ in range(TOKENS_A_ROUND)]
        found[algorithm] = measured(cases(key, tokens, another), tokens, arguments.rounds)
    lines = [row for algorithm, times in found.items() for row in rows(algorithm, times)]
    show("S13", lines, title="Verifying a token that was not seen before, by algorithm")
    providers = []
    for name, running, tokens in provided():
        times = measured(running, tokens, arguments.rounds)
        us = {case: round(statistics.median(each) / 1000, 3) for case, each in times.items()}
        of_bare = round(ratio(times[OURS], times[BARE]), 3)
        providers.append({"token": name, "us": us[OURS], BARE: us[BARE], "ratio": of_bare})
    show("S13 profiles", providers, title="Verifying a provider's token by its profile")
    met = kept(found)
    return 1 if arguments.check and not all(met) else 0


if __name__ == "__main__":
    sys.exit(main())
