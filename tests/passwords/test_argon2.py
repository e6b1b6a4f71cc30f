"""Argon2id: vectors, stored form, floor, limits, failures of the driver."""

import errno
import importlib
import json
import re
import sys
import time
import traceback
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path

import pytest
from argon2 import low_level
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import MissingDriverError, OverloadedError, SettingsError
from jwt_auth_core.passwords import OWASP, PROFILES, Profile
from jwt_auth_core.passwords.argon2 import Argon2Hasher
from jwt_auth_core.vocabulary import Secret
from tests.cheap import CHEAP, cheap_hasher

VECTORS = Path(__file__).parents[1] / "vectors"
RFC_9106 = json.loads((VECTORS / "rfc9106.json").read_text("utf-8"))
REFERENCE = json.loads((VECTORS / "argon2_reference.json").read_text("utf-8"))["cases"]
UNUSABLE = json.loads((VECTORS / "unusable_hashes.json").read_text("utf-8"))["cases"]
OVER_THE_LIMITS = ["2 GiB in 10 passes", "just over 256 MiB", "11 passes", "17 lanes"]
STORED = cheap_hasher().hash(Secret("password"), salt=b"sixteen byte salt"[:16])
VERSION_16 = "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$"


def raw_tag(vector, variant):
    """Run the driver's C function with the vector's secret and associated data."""
    ffi = low_level.ffi
    given_bytes = {
        name: bytes.fromhex(vector[name]) for name in ("password", "salt", "secret", "associated_data")
    }
    buffers = {name: ffi.new("uint8_t[]", value) for name, value in given_bytes.items()}
    out, lanes = ffi.new("uint8_t[32]"), vector["lanes"]
    context = ffi.new("argon2_context *", {"out": out, "outlen": 32, "version": vector["version"]})
    names = {"pwd": "password", "salt": "salt", "secret": "secret", "ad": "associated_data"}
    for field, name in names.items():
        setattr(context, field, buffers[name])
        setattr(context, field + "len", len(given_bytes[name]))
    context.t_cost, context.m_cost = vector["passes"], vector["memory_kib"]
    context.lanes = context.threads = lanes
    assert low_level.core(context, low_level.Type[variant].value) == 0
    return bytes(ffi.buffer(out)).hex()


@pytest.mark.parametrize("variant", RFC_9106["tags"])
def test_the_driver_computes_the_vectors_of_rfc_9106(variant):
    """The installed Argon2 is the one of the RFC."""  # PW-01
    assert raw_tag(RFC_9106, variant) == RFC_9106["tags"][variant]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["stored"][:40])
def test_hashes_of_the_reference_implementation_verify(case):
    """A hash made elsewhere is checked, up to 256 MiB."""  # PW-01
    assert cheap_hasher().verify(Secret(case["password"]), case["stored"])
    assert not cheap_hasher().verify(Secret("passwore"), case["stored"])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["stored"][:40])
def test_the_hasher_makes_the_reference_hashes(case):
    """With the same salt and cost the same string comes out."""  # PW-01
    hasher = cheap_hasher(Profile(case["memory_kib"], case["passes"], case["lanes"]))
    assert hasher.hash(Secret(case["password"]), salt=case["salt"].encode()) == case["stored"]


def test_a_default_hash_has_the_owasp_cost_and_sizes():
    """A stored hash says 19 MiB, 2 passes, 1 lane, a 16-byte salt and a 32-byte tag."""  # PW-01
    stored = Argon2Hasher(OWASP).hash(Secret("correct horse"))
    head, salt, tag = re.fullmatch(r"\$(.*)\$([^$]+)\$([^$]+)", stored).groups()
    assert head == "argon2id$v=19$m=19456,t=2,p=1"
    assert (len(b64decode(salt + "==")), len(b64decode(tag + "="))) == (16, 32)
    assert Argon2Hasher(OWASP).verify(Secret("correct horse"), stored)


def test_two_hashes_of_one_password_differ():
    """Every hash has a salt of its own."""  # PW-01
    assert cheap_hasher().hash(Secret("password")) != cheap_hasher().hash(Secret("password"))


@pytest.mark.parametrize(
    "made", [Profile(*c) for c in [(8, 1), (19455, 2), (19456, 1), (47103, 1), (12288, 3)]]
)
def test_a_profile_under_the_floor_is_refused(made):
    """Less than 19 MiB in 2 passes or 46 MiB in one cannot be configured."""  # PW-01
    with pytest.raises(SettingsError, match="at least 19456 KiB in 2 passes or 47104 KiB in 1 passes"):
        Argon2Hasher(made)


@pytest.mark.parametrize("made", [*PROFILES.values(), Profile(47104, 1), Profile(19456, 2, 2)])
def test_a_profile_on_the_floor_is_accepted(made):
    """Every named profile, and what costs as much, can be used."""  # PW-01
    assert Argon2Hasher(made).profile is made


@pytest.mark.parametrize("stored", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_hash_is_neither_recognised_nor_executed(stored, argon2_calls):
    """A malformed or foreign string verifies nothing and costs nothing here."""  # PW-08
    assert not cheap_hasher().recognises(stored)
    assert not cheap_hasher().verify(Secret("password"), stored)
    assert argon2_calls == []


@pytest.mark.parametrize("name", OVER_THE_LIMITS)
def test_an_expensive_hash_is_refused_at_once(name):
    """The cost is read, and refused, in less than a millisecond."""  # PW-07
    hasher, times = cheap_hasher(), []
    for _ in range(5):
        start = time.thread_time()  # what the others of a busy machine take counts for nothing
        hasher.verify(Secret("password"), UNUSABLE[name])
        times.append(time.thread_time() - start)
    assert min(times) < 0.001


def test_the_limits_themselves_are_recognised():
    """256 MiB, 10 passes and 16 lanes are still executed."""  # PW-07
    for cost in ("m=262144,t=1,p=1", "m=256,t=10,p=1", "m=256,t=2,p=16"):
        assert cheap_hasher().recognises(STORED.replace("m=8,t=1,p=1", cost))


def test_a_profile_above_the_limits_raises_them():
    """Whoever chooses 2 GiB, or 11 passes, can also verify it."""  # PW-07
    expensive = STORED.replace("m=8,t=1,p=1", "m=2097152,t=11,p=4")
    assert cheap_hasher(Profile(2097152, 11, 4)).recognises(expensive)
    assert not cheap_hasher(Profile(2097152, 1, 4)).recognises(expensive)


@pytest.mark.parametrize(
    "stored",
    [
        cheap_hasher(Profile(16, 1)).hash(Secret("password")),
        cheap_hasher(Profile(8, 2)).hash(Secret("password")),
        cheap_hasher(Profile(16, 1, 2)).hash(Secret("password")),
        cheap_hasher().hash(Secret("password"), salt=b"somesalt"),
        STORED[:-3],
        STORED.replace("v=19", "v=16"),
    ],
    ids=["memory", "passes", "lanes", "salt", "tag", "version"],
)
def test_a_hash_with_other_parameters_is_outdated(stored):
    """Whatever a new hash would do otherwise makes the old one outdated."""  # PW-09
    dearer = cheap_hasher(Profile(16, 2))
    assert dearer.recognises(stored)
    assert dearer.outdated(stored)
    assert not dearer.outdated(dearer.hash(Secret("password")))


@pytest.mark.parametrize("cost", [Profile(16, 2), Profile(32, 1, 2), Profile(8, 3)], ids=str)
def test_a_hash_that_costs_more_is_kept(cost):
    """Where the stored hash is harder to guess than a new one would be, no login lowers that."""  # PW-09
    stored = cheap_hasher(cost).hash(Secret("password"))
    assert not cheap_hasher(Profile(8, 2)).outdated(stored)
    assert cheap_hasher(Profile(64, 2)).outdated(stored)


def test_an_unusable_hash_is_outdated():
    """Whatever cannot be verified, a new hash may replace."""  # PW-09
    assert cheap_hasher().outdated("$2b$12$bcrypt")


@pytest.mark.usefixtures("way")
def test_argon2_1_0_is_verified():
    """Version 16, the one before the RFC, still logs in."""  # PW-09
    made = low_level.hash_secret(b"password", b"somesalt", 2, 256, 1, 32, low_level.Type.ID, version=16)
    assert made.startswith(VERSION_16.encode())
    assert cheap_hasher().verify(Secret("password"), made.decode())


def no_block(*_args, **_options):
    """Be Argon2 when it gets no memory or no thread."""
    return low_level.lib.ARGON2_MEMORY_ALLOCATION_ERROR


def no_mapping(*_args, **_options):
    """Be a system that is out of memory."""
    raise OSError(errno.ENOMEM, "Cannot allocate memory")


@pytest.mark.parametrize("call", ["hash", "verify"])
@pytest.mark.parametrize(
    ("place", "failure"),
    [("argon2.low_level.core", no_block), ("jwt_auth_core.passwords.workspace.mmap", no_mapping)],
)
def test_want_of_memory_is_overload(place, failure, call, monkeypatch):
    """When there is no memory the caller is told to come again; the error holds no password."""
    monkeypatch.setattr(place, failure)
    hasher = cheap_hasher()
    use = {"hash": hasher.hash, "verify": lambda password: hasher.verify(password, STORED)}[call]
    with pytest.raises(OverloadedError) as caught:
        use(Secret("open sesame"))
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    assert caught.value.__context__ is None  # LOG-1
    assert "open sesame" not in str([frame.locals for frame in frames])


@settings(max_examples=30)
@given(password=st.text(min_size=1, max_size=70), lanes=st.integers(1, 3), passes=st.integers(1, 3))
def test_the_driver_itself_agrees(password, lanes, passes):
    """What we hash argon2-cffi verifies, and the other way round, whatever the cost."""  # PW-01
    hasher = cheap_hasher(Profile(memory_kib=8 * lanes + 5, passes=passes, lanes=lanes))
    octets = password.encode()
    assert low_level.verify_secret(hasher.hash(Secret(password)).encode(), octets, low_level.Type.ID)
    theirs = low_level.hash_secret(octets, b"somesalt", passes, 64, lanes, 24, low_level.Type.ID)
    assert hasher.verify(Secret(password), theirs.decode())
    assert not hasher.verify(Secret(password + "x"), theirs.decode())


def test_threads_hash_at_the_same_time():
    """Each has memory of its own: nobody gets another's hash."""
    hasher, words = cheap_hasher(), [f"password {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        stored = list(threads.map(lambda word: hasher.hash(Secret(word)), words))
        right = list(threads.map(lambda word, one: hasher.verify(Secret(word), one), words, stored))
        wrong = list(threads.map(lambda word, one: hasher.verify(Secret(word), one), words, stored[1:]))
    assert all(right)
    assert not any(wrong)


def test_a_workspace_that_is_too_small_is_not_touched(monkeypatch):
    """Argon2 never writes beyond the memory that was borrowed."""
    small = mmap(-1, 4096)
    monkeypatch.setattr("jwt_auth_core.passwords.workspace.mmap", lambda *_, **__: small)
    with pytest.raises(OverloadedError):
        cheap_hasher().hash(Secret("password"))
    assert not any(small[:])


def test_nothing_is_left_in_the_workspace():
    """Memory that waits for the next hash holds nothing of the last one."""
    hasher = cheap_hasher()
    hasher.hash(Secret("password"))
    (memory,) = hasher.workspaces.idle
    assert not any(memory[:])


def test_a_missing_driver_names_the_command(monkeypatch):
    """Without argon2-cffi the error contains the pip install line."""
    monkeypatch.setitem(sys.modules, "argon2", None)
    monkeypatch.delitem(sys.modules, "jwt_auth_core.passwords.argon2")
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[argon2\]'"):
        importlib.import_module("jwt_auth_core.passwords.argon2")


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(stored):
    """Any text is judged, none raises."""  # PW-08
    assert not cheap_hasher().recognises(stored)
    assert not cheap_hasher().verify(Secret("password"), stored)


@given(st.integers(0, len(STORED) - 1), st.sampled_from("$=,+/0129aAvmtpé\0\n "), st.booleans())
@settings(max_examples=300)
def test_an_edited_hash_verifies_nothing(place, character, replace):
    """One character exchanged or inserted: never the same password."""  # PW-08
    edited = STORED[:place] + character + STORED[place + replace :]
    assert edited == STORED or not cheap_hasher().verify(Secret("password"), edited)


def test_the_cheap_profile_is_no_profile():
    """What tests use cannot be named in settings."""
    assert CHEAP not in PROFILES.values()
