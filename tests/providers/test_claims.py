"""Each claim of each provider's token is made wrong: it is refused for that, or it counts for nothing."""

from __future__ import annotations

import logging

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens.profiles import PROFILES
from tests.asgi.apps import on_fastapi, on_starlette
from tests.asgi.drive import bearer, get, shake
from tests.providers.signed import ABSENT, NOW, VECTORS, named

APPS = {"starlette": on_starlette.app, "fastapi": on_fastapi.app}
ODD = (7, -1.5, True, None, "", "x", [], [7], {}, {"x": {}}, ABSENT)
NO_TIMES = ("1", None, True, [NOW], {})
NO_TEXTS = ("", 7, None, [], ["u1"], {"x": 1})
NOTHING = (ABSENT, None, "", [], {})
NO_WORDS = (7, True, [7], [""], [["x"]])
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"


def parties(vector):
    """Return whom a token is by and for, and what is wrong with it there."""
    profile, audience = PROFILES[vector.profile], PROFILES[vector.profile].audience
    wrong = ("https://evil.example", vector.claims["iss"] + "x", 7, None, [vector.claims["iss"]], ABSENT)
    others = ("other", vector.audience + "x", 7, None, [], ["other"], [vector.audience, 1], {}, ABSENT)
    found = {
        "iss": dict.fromkeys(map(Wrong, wrong), "it is not by the expected issuer (iss)"),
        audience: dict.fromkeys(map(Wrong, others), f"it is not for this audience ({audience})"),
    }
    if profile.tenant:
        tenants = (OTHER_TENANT, 7, None, "", ABSENT)
        found[profile.tenant] = dict.fromkeys(map(Wrong, tenants), "its tid is not the tenant of its issuer")
    return found


def times(vector):
    """Return the times of a token, and what is wrong with them."""
    longest = PROFILES[vector.profile].lifetime_seconds
    found = {
        name: {Wrong(value): f"its {name} is no number of seconds" for value in NO_TIMES}
        for name in ("iat", "exp", "nbf", *PROFILES[vector.profile].past)
        if name in vector.claims
    }
    found["exp"][Wrong(NOW + longest + 1)] = "its lifetime is too long"
    for name in set(found) - {"exp"}:
        found[name][Wrong(NOW + 61)] = "it is from the future"
    return found


def kinds(vector):
    """Return what tells this kind of token from others, and what is wrong with it."""
    profile = PROFILES[vector.profile]
    found = {}
    for name in profile.marks:
        values = ["ID", "", 7, None, [], [*profile.marks[name]]] + [ABSENT] * (
            None not in profile.marks[name]
        )
        found[name] = dict.fromkeys(map(Wrong, values), f"its claim {name} is not that of")
    for either in profile.required - {profile.tenant, profile.audience}:
        for name in set(either.split("|")) & set(vector.claims):
            found.setdefault(name, {}).update(dict.fromkeys(map(Wrong, NOTHING), "it has no"))
    return found


def words(vector):
    """Return where texts, scopes and roles stand, and what is wrong with them."""
    profile, claims = PROFILES[vector.profile], vector.claims
    found = {
        name: dict.fromkeys(map(Wrong, NO_TEXTS), f"its {name} is no text, or empty")
        for name in (profile.subject, profile.token_id, profile.session_id, "client_id")
        if name in claims and name != profile.audience
    }
    for place in set(profile.scopes) & set(claims):
        said = f"its {place} is not of printable ASCII words between single spaces"
        found[place] = dict.fromkeys(map(Wrong, ('a"', "a  b", " a", "é", ["é"])), said)
    for place in (*profile.scopes, *profile.roles):
        name, dot, inner = place.partition(".")
        if place in claims:
            values = dict.fromkeys(map(Wrong, NO_WORDS), f"its {place} is neither a text")
            found.setdefault(place, {}).update(values)
        elif dot and name in claims:
            values = {Wrong({inner: value}): f"its {place} is neither a text" for value in NO_WORDS}
            found[name] = {**values, **dict.fromkeys(map(Wrong, (7, "x", [])), f"its {name} is no object")}
    return found


class Wrong:
    """A value of a claim that is wrong, whatever it is: as a key of a dictionary."""

    def __init__(self, value):
        self.value = value


def wrongs(vector):
    """Return each claim that counts with its wrong values and the reasons that are given for them."""
    found = {}
    for part in (parties(vector), times(vector), kinds(vector), words(vector)):
        for name, values in part.items():
            found.setdefault(name, {}).update(values)
    said = [(name, one.value, reason) for name, values in found.items() for one, reason in values.items()]
    needed = {name for name, _, reason in said if reason == "it has no"}
    # Of a claim that is needed and says nothing that is said first.
    return [one for one in said if one[2] == "it has no" or one[1] or one[0] not in needed]


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_each_claim_that_counts_is_refused_with_its_reason(vector):
    """Whatever is wrong with it, alone in a token that is right otherwise."""
    tokens = vector.tokens()
    for name, value, reason in wrongs(vector):
        with pytest.raises(TokenInvalidError) as caught:
            tokens.verify(vector.token(**{name: value}), now=NOW)
        assert caught.value.reason.startswith(reason), (name, value)
    with pytest.raises(TokenExpiredError):
        tokens.verify(vector.token(exp=NOW), now=NOW)


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_every_other_claim_counts_for_nothing(vector):
    """No claim is left over: what is not refused changes neither subject nor rights, whatever it says."""
    tokens = vector.tokens()
    expected = tokens.verify(vector.token(), now=NOW)
    free = set(vector.claims) - {name for name, value, _ in wrongs(vector) if value is not ABSENT}
    needed = {name for name, value, _ in wrongs(vector) if value is ABSENT}
    for name in sorted(free):
        for value in ODD[: -1 if name in needed else None]:
            found = tokens.verify(vector.token(**{name: value}), now=NOW)
            assert (found.subject, found.scopes, found.roles, found.session_id, found.issuer) == (
                *(expected.subject, expected.scopes, expected.roles, expected.session_id, expected.issuer),
            )


@pytest.mark.parametrize("framework", APPS)
@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_wrong_claim_is_refused_at_every_door(vector, framework, caplog):
    """On http and websocket the client hears 401 and no reason, the developer's log has it."""
    caplog.set_level(logging.INFO, "jwt_auth.bearer")
    app = BearerMiddleware(APPS[framework], vector.tokens(clock=lambda: NOW), explain=True)
    firsts = {name: (name, value, reason) for name, value, reason in reversed(wrongs(vector))}
    for name, value, reason in firsts.values():
        token = vector.token(**{name: value})
        refused = get(app, "/whoami", bearer(token))
        assert (refused.status, refused.json["detail"]) == (401, "Invalid access token"), name
        assert shake(app, "/ws", bearer(token))[0]["status"] == 401, name
        assert len([said for said in caplog.messages if reason in said]) == 2, name
        assert not any(part in caplog.text for part in token.split("."))
        caplog.clear()
