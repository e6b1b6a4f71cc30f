"""The payload under every profile: one strict JSON object, and each claim of its type, value and time."""

from __future__ import annotations

import json

import pytest

from jwt_auth_core.errors import TokenExpiredError
from jwt_auth_core.tokens import profile_rules
from jwt_auth_core.tokens.msgspec import members_in
from tests.providers.signed import ABSENT, NOW, compact
from tests.tokens import wrong

TIMES = ("iat", "exp", "nbf")
READERS = {"standard library": lambda _segment: None, "msgspec": members_in}


@pytest.fixture(autouse=True, scope="module", params=list(READERS))
def reader(request):
    """Read payloads with msgspec, and without it."""  # SUP-1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile_rules, "members_reader", lambda: READERS[request.param])
        yield


def test_strict_json_inside_a_claim(forge):
    """A value that is strict JSON is a claim; any other makes the token invalid."""  # JWT-10
    right = compact(forge.claims)[:-1] + b',"extra":'
    tokens = {v["name"]: forge.forged(right + wrong.document(v) + b"}") for v in wrong.STRICT_JSON}
    good = {v["name"] for v in wrong.STRICT_JSON if v["accepted"]} - set(wrong.TOO_DEEP)
    assert forge.believed(tokens.items()) == [name for name in tokens if name in good for _ in range(2)]


def test_other_json_is_no_payload(forge):
    """Nothing but an object with the claims is a payload, however well formed."""  # JWT-10
    documents = ((v["name"], wrong.document(v)) for v in wrong.STRICT_JSON)
    assert forge.believed(((name, forge.forged(octets)) for name, octets in documents)) == []


def test_a_name_twice_is_refused(forge):
    """Two members of one name are refused for each claim: as they are, and escaped."""  # JWT-10
    whole, tokens = compact(forge.claims), []
    for name, value in forge.claims.items():
        escaped = b"\\u00%02x" % ord(name[0]) + name[1:].encode()
        for again in (name.encode(), escaped):
            member = b'"' + again + b'":' + compact(value)
            tokens += [(name, forge.forged(whole[:-1] + b"," + member + b"}"))]
            tokens += [(name, forge.forged(b"{" + member + b"," + whole[1:]))]
    assert forge.believed(tokens) == []


def test_json_may_be_written_in_any_way(forge):
    """White space, escapes and another order change nothing."""
    spaced = json.dumps(forge.claims, indent=2).encode() + b"\n"
    turned = json.dumps(dict(reversed(forge.claims.items()))).encode()
    said = [forge.verify(forge.forged(payload)) for payload in (spaced, turned)]
    assert said == [forge.verify(forge.forged())] * 2


def test_both_segments_are_canonical_base64url(forge):
    """A signed header or payload segment in any other spelling is refused."""  # JWT-03
    header, payload = forge.segments()
    tokens = [(name, forge.sealed(header, change(payload))) for name, change in wrong.SEGMENTS.items()]
    tokens += [(name, forge.sealed(change(header), payload)) for name, change in wrong.SEGMENTS.items()]
    assert forge.believed(tokens) == []


def test_unused_bits_are_zero(forge):
    """A signed payload whose last character has bits to spare must leave them zero."""  # JWT-03
    octets = json.dumps(forge.claims).encode()
    header, payload = forge.segments(octets + b" " * ((1 - len(octets)) % 3))
    assert len(payload) % 4 == 2
    assert forge.verify(forge.sealed(header, payload))
    token = forge.sealed(header, payload[:-1] + chr(ord(payload[-1]) + 1))
    assert "base64url" in forge.refusals(token)[0].reason


def test_subject_and_ids_are_texts(forge):
    """The subject, and what a profile takes for ids of token and session, are texts."""  # JWT-14
    profile = forge.profile
    names = {profile.subject, profile.token_id, profile.session_id} - {None}
    tokens = [((n, v), forge.forged(forge.changed(**{n: v}))) for n in names for v in wrong.NO_TEXTS]
    assert forge.believed(tokens) == []


def test_scopes_are_words_between_single_spaces(forge):
    """A scope claim is RFC 6749's list, or a JSON array of such words; nothing else."""
    values = [v for v in wrong.SCOPES if v not in (None, ["a"], {})] + [[""], ["a b"], [1], [["a"]], {"": 1}]
    tokens = [((n, v), forge.forged(forge.changed(**{n: v}))) for n in forge.profile.scopes for v in values]
    assert forge.believed(tokens) == []


def test_times_are_numbers(forge):
    """Texts, booleans, numbers beyond every calendar and what is not finite are no times."""  # JWT-11
    tokens = [((n, v), forge.forged(forge.changed(**{n: v}))) for n in TIMES for v in wrong.NO_NUMBERS]
    for name in TIMES:
        rest = compact(forge.changed(**{name: ABSENT}))[:-1] + f',"{name}":'.encode()
        tokens += [((name, number), forge.forged(rest + number + b"}")) for number in wrong.NOT_FINITE]
    assert forge.believed(tokens) == []


@pytest.mark.parametrize("exp", [NOW, NOW - 1, NOW - 900, NOW - 0.5, float(NOW)])
def test_expired_is_expired(forge, exp):
    """From the second of exp on a token is expired, and the error says since when."""  # JWT-11
    token = forge.forged(forge.changed(iat=NOW - 1000, nbf=NOW - 1000, exp=exp))
    assert {e.expired_at for e in forge.refusals(token, error=TokenExpiredError)} == {-(-exp // 1)}


def test_the_last_second(forge):
    """A token is good until the second before exp, and fractions are rounded up."""  # JWT-11
    token = forge.forged(forge.changed(iat=NOW - 0.5, nbf=NOW, exp=NOW + 99.5))
    assert forge.verify(token, now=NOW + 99).expires_at == NOW + 100
    forge.refusals(token, now=NOW + 100, error=TokenExpiredError)


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_clock_that_is_ahead_has_a_minute(forge, name):
    """Issue and beginning may be 60 seconds ahead of our clock, not more."""  # JWT-11
    later = {"exp": NOW + 900}
    assert forge.verify(forge.forged(forge.changed(**{name: NOW + 60}, **later)))
    for moment in (NOW + 61, NOW + 60.5):
        token = forge.forged(forge.changed(**{name: moment}, **later))
        assert {e.reason for e in forge.refusals(token)} == {"it is from the future"}


def test_a_life_is_bounded(forge):
    """From iat to exp is as long as the profile says at most, and not a second more."""  # JWT-11
    longest = forge.profile.lifetime_seconds
    last = forge.forged(forge.changed(iat=NOW, exp=NOW + longest))
    assert forge.verify(last).expires_at == NOW + longest
    over = forge.forged(forge.changed(iat=NOW, exp=NOW + longest + 1))
    assert {error.reason for error in forge.refusals(over)} == {"its lifetime is too long"}
