"""Rotation: each key waits, signs, verifies and goes, in this order and not too early."""

from __future__ import annotations

import json
import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import KeyRing, files, rotation
from jwt_auth_core.keys.pyjwt import PyJwtKey
from tests.keys.made import ED, NOW, OTHER

TTL = 900
LEAD = 600


def make(directory, *, now=NOW):
    """Make an EdDSA key; return its name."""
    return rotation.make(directory, algorithm="EdDSA", now=now).key_id


def rotate(directory, *, now, lead=LEAD):
    """Rotate; return the name of the key that will sign."""
    return rotation.rotate(directory, algorithm="EdDSA", lead_seconds=lead, now=now).key_id


def retire(directory, key_id, *, now):
    """Retire a key with the overlap of its tokens."""
    rotation.retire(directory, key_id, overlap_seconds=TTL, now=now)


def states(directory, *, now):
    """Return the state of each key by its name."""
    found = rotation.statuses(directory, overlap_seconds=TTL, now=now)
    return {one.file.key_id: one.state for one in found}


def names(directory):
    """Return the names of the files of a directory."""
    return [path.name for path in directory.iterdir()]


@pytest.fixture
def place(tmp_path):
    """Return a directory that is yet to be made."""
    return tmp_path / "keys"


def test_the_first_key_signs_at_once(place):
    """A directory of its own, and a key in it, readable by their owner only."""
    name = make(place)
    path = place / f"{name}.jwk"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert KeyRing.from_files(place, now=NOW).newest.key_id == name
    assert names(place) == [path.name]


def test_a_second_key_waits(place):
    """It verifies, is published, and does not sign until it is rotated in."""  # JWT-18
    first, second = make(place), make(place, now=NOW + 5)
    assert states(place, now=NOW + 99) == {first: "signing", second: "waiting"}
    assert [key.key_id for key in KeyRing.from_files(str(place), now=NOW + 99).keys] == [first, second]


def test_a_key_signs_once_it_was_published_long_enough(place):
    """From the lead on, not earlier; the old key goes on verifying."""  # JWT-18
    first, second = make(place), make(place, now=NOW + 100)
    assert rotate(place, now=NOW + 101) == second
    assert states(place, now=NOW + 699) == {first: "signing", second: "waiting"}
    assert states(place, now=NOW + 700) == {first: "verifying", second: "signing"}


def test_a_key_that_waited_long_signs_at_once(place):
    """With the next second."""
    make(place)
    second = make(place)
    rotate(place, now=NOW + 5000)
    assert states(place, now=NOW + 5001)[second] == "signing"


def test_rotating_makes_a_key_where_none_waits(place):
    """So one command, now and then, is all that it takes."""
    first = make(place)
    second = rotate(place, now=NOW + 10)
    assert states(place, now=NOW + 609) == {first: "signing", second: "waiting"}
    assert states(place, now=NOW + 610)[second] == "signing"


def test_rotating_an_empty_directory_makes_the_first(place):
    """It signs at once: there is nothing to overlap with."""
    name = rotate(place, now=NOW)
    assert states(place, now=NOW) == {name: "signing"}


def test_one_rotation_at_a_time(place):
    """While a key is set to sign, another rotation is refused."""
    make(place)
    rotate(place, now=NOW)
    with pytest.raises(WeakKeyError, match="set to sign already"):
        rotate(place, now=NOW + 1)


def test_the_lead_has_a_floor(place):
    """Running processes must have heard of a key before it signs."""
    with pytest.raises(WeakKeyError, match="at least 5 seconds"):
        rotate(place, now=NOW, lead=4)


def test_a_key_is_not_retired_while_its_tokens_live(place):
    """The overlap is a token's life and some slack; then the key goes."""  # JWT-18
    first = make(place)
    second = rotate(place, now=NOW)
    gone = NOW + LEAD + TTL + rotation.SLACK_SECONDS
    for now in (NOW + LEAD, gone - 1):
        with pytest.raises(WeakKeyError, match="may be alive for"):
            retire(place, first, now=now)
    retire(place, first, now=gone)
    assert states(place, now=gone) == {second: "signing"}


def test_the_signing_key_is_not_retired(place):
    """Nobody could sign then."""
    with pytest.raises(WeakKeyError, match="the key signs"):
        retire(place, make(place), now=NOW + 10**6)


def test_a_waiting_key_may_go(place):
    """It never signed."""
    first, second = make(place), make(place)
    retire(place, second, now=NOW)
    assert states(place, now=NOW) == {first: "signing"}


def test_three_keys_end_one_after_the_other(place):
    """Each key's end counts from when the next one began, not from the newest."""
    first = make(place)
    rotate(place, now=NOW)
    rotate(place, now=NOW + 10_000)
    ends = {s.file.key_id: s.ends_at for s in rotation.statuses(place, overlap_seconds=TTL, now=NOW + 20_000)}
    assert ends[first] == NOW + LEAD + TTL + rotation.SLACK_SECONDS
    assert list(ends.values())[:2] == [None, NOW + 10_000 + LEAD + TTL + rotation.SLACK_SECONDS]


def test_a_leaked_key_goes_at_once(place):
    """The waiting key takes over in the same moment; a verifying one just goes."""
    first, second = make(place), make(place)
    rotation.withdraw(place, first, now=NOW + 3)
    assert states(place, now=NOW + 3) == {second: "signing"}
    third = rotate(place, now=NOW + 4)
    rotation.withdraw(place, third, now=NOW + 5)
    assert states(place, now=NOW + 5) == {second: "signing"}


def test_the_last_key_is_not_taken_away(place):
    """First there must be another."""
    with pytest.raises(WeakKeyError, match="keys new first"):
        rotation.withdraw(place, make(place), now=NOW)


def test_an_unknown_name_is_told(place):
    """Nothing is removed."""
    make(place)
    with pytest.raises(WeakKeyError, match="no key of that name"):
        retire(place, "nobody", now=NOW)
    with pytest.raises(WeakKeyError, match="no key of that name"):
        rotation.withdraw(place, "nobody", now=NOW)


def test_a_directory_does_not_overflow(place):
    """Sixteen keys are plenty; more would be tried in vain."""
    for _ in range(files.MOST_FILES):
        make(place)
    with pytest.raises(WeakKeyError, match="holds 16 keys"):
        make(place)


def test_a_name_never_looks_like_an_option(place, monkeypatch):
    """A thumbprint that begins with a hyphen is thrown again."""
    hyphen = PyJwtKey.from_jwk({**OTHER.private_jwk(), "kid": "-x"})
    plain = PyJwtKey.from_jwk({**OTHER.private_jwk(), "kid": "x"})  # any other begins with a hyphen at times
    made = iter([hyphen, plain])
    monkeypatch.setattr(PyJwtKey, "generate", lambda _algorithm: next(made))
    assert make(place) == "x"


def test_public_keys_only_verify(place):
    """A directory of public keys makes a ring that verifies; each may go at any time."""
    place.mkdir()
    (place / "a.jwk").write_text(json.dumps(ED.public_jwk()))
    assert states(place, now=NOW) == {ED.key_id: "public"}
    assert not KeyRing.from_files(place).newest.can_sign
    retire(place, ED.key_id, now=NOW)
    assert names(place) == []


def test_a_pem_signs_since_it_was_written(place):
    """An operator's own PEM file works as it is, with the time of the file."""
    place.mkdir()
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (place / "mine.pem").write_bytes(pem)
    os.utime(place / "mine.pem", (NOW, NOW))
    (status,) = rotation.statuses(place, overlap_seconds=TTL, now=NOW)
    assert (status.state, status.file.made_at) == ("signing", NOW)


def test_other_files_are_no_keys(place):
    """Hidden files, directories and other suffixes are not read."""
    name = make(place)
    (place / ".draft.jwk").write_text("{")
    (place / "README").write_text("keys")
    (place / "old.jwk").mkdir()
    assert states(place, now=NOW) == {name: "signing"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "strict JSON"),
        ("[]", "strict JSON"),
        ("{}", "its kty"),
        (json.dumps({**ED.private_jwk(), "iat": "now"}), "no time"),
        (json.dumps({**ED.private_jwk(), "nbf": -1}), "no time"),
        (json.dumps({**ED.private_jwk(), "nbf": True}), "no time"),
        (json.dumps({**ED.private_jwk(), "iat": 10**12}), "no time"),
    ],
)
def test_a_broken_file_is_named(place, text, reason):
    """The message has the file and the fault, and nothing of the key."""  # JWT-16
    place.mkdir()
    (place / "broken.jwk").write_text(text)
    with pytest.raises(WeakKeyError, match=rf"broken\.jwk: .*{reason}") as caught:
        KeyRing.from_files(place)
    assert ED.private_jwk()["d"] not in str(caught.value)


def test_an_unreadable_file_is_named(place, monkeypatch):
    """What the system says stands in the message."""
    make(place)
    monkeypatch.setattr(
        files, "_octets", lambda _path: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(WeakKeyError, match=r"\.jwk: Permission denied"):
        KeyRing.from_files(place)


def test_a_directory_must_be_there_and_hold_keys(place):
    """Missing, empty, overfull, or with one key twice."""
    with pytest.raises(WeakKeyError, match="cannot be read: No such file"):
        KeyRing.from_files(place)
    place.mkdir()
    with pytest.raises(WeakKeyError, match=r"ends in \.jwk or \.pem"):
        KeyRing.from_files(place)
    for number in range(files.MOST_FILES + 1):
        (place / f"{number}.jwk").write_text(json.dumps(ED.public_jwk()))
    with pytest.raises(WeakKeyError, match="at most 16 key files, not 17"):
        KeyRing.from_files(place)
    for number in range(2, files.MOST_FILES + 1):
        (place / f"{number}.jwk").unlink()
    with pytest.raises(WeakKeyError, match="of the same name"):
        KeyRing.from_files(place)


def test_a_directory_in_which_nothing_signs_is_refused(place):
    """Private keys that all wait make no ring."""
    place.mkdir()
    (place / "a.jwk").write_text(json.dumps(ED.private_jwk()))
    with pytest.raises(WeakKeyError, match="no key of the directory signs yet"):
        KeyRing.from_files(place, now=NOW)


def test_a_failing_disk_is_told(place, monkeypatch):
    """Writing and removing fail with one sentence, and leave no half a file."""
    name = make(place)
    monkeypatch.setattr(
        files.os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(WeakKeyError, match="cannot be written: No space left"):
        make(place)
    assert names(place) == [f"{name}.jwk"]
    monkeypatch.undo()
    waiting = make(place)
    monkeypatch.setattr(
        files.Path, "unlink", lambda _path: (_ for _ in ()).throw(OSError(30, "Read-only file system"))
    )
    with pytest.raises(WeakKeyError, match="cannot be removed: Read-only"):
        retire(place, waiting, now=NOW)
