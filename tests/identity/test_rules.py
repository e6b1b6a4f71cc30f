"""Rules: scopes by path and method, for applications that cannot be edited."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_asgi.identity.rules import _KNOWN, Rules
from tests.asgi.drive import http_scope

RULES = Rules(
    [
        ("/admin", "admin:use"),
        ("/admin/help", None),
        ("/reports", {"GET": "reports:read", "*": "reports:write"}),
        ("/reports/daily", {"POST": ("reports:write", "reports:send")}),
        ("/files", "authenticated"),
        ("/chat", {"WEBSOCKET": "chat:join"}),
    ]
)
ADMIN = [
    "/admin",
    "/admin/",
    "/admin/users",
    "//admin",
    "/ADMIN/users",
    "/./admin",
    "/x/../admin",
    "/help/../admin/users",
    "/admin;v=1/users",
    "/;x/admin",
    "\\admin",
    "/x\\..\\admin",
    "/%61dmin",
    "/admin%2fusers",
    "/admin\0",
    "/admin ",
    "/admin./users",
    "/ａdmin",
    "admin",
    "/%2561dmin",
    "/%252561dmin",
    "/x/%252e%252e/admin",
    "/%25%36%31dmin",
    "/admin::$DATA",
    "/admin:$I30:$INDEX_ALLOCATION/users",
    "/ADM\u0130N",
    "/admi\u0307n",
    "/adm\u0131n",
    "/admin/" + "x/" * 5_000,
    "/admin/HELP",
    "/admin//help",
    "/admin/help/..",
    "/admin/help/../users",
    "/x/../admin/help/../users",
    "/admin/help;x",
]


def needed(path, method="GET", kind="http", **more):
    """Return what the rules say of one request, in alphabetical order."""
    return sorted(RULES.needed(http_scope(path, method=method, **more) | {"type": kind}))


@pytest.mark.parametrize("path", ADMIN)
def test_no_spelling_of_a_path_escapes_its_rule(path):
    """What some application may take for the path needs what the path needs."""
    # ASGI-08
    assert "admin:use" in needed(path)


@pytest.mark.parametrize("path", ["/", "", "/administration", "/x/admin", "/reportsx", "/adm"])
def test_what_no_rule_names_needs_nothing(path):
    """A rule is for whole segments, from the root on."""
    assert needed(path) == []


def test_the_longest_rule_wins():
    """A rule for a part of another one's paths says less, or more."""
    assert needed("/admin/help/passwords") == []
    assert needed("/reports/daily", "POST") == ["reports:send", "reports:write"]


@pytest.mark.parametrize(
    ("method", "scopes"),
    [
        ("GET", ["reports:read"]),
        ("HEAD", ["reports:read"]),
        ("get", ["reports:read"]),
        ("POST", ["reports:write"]),
        ("OPTIONS", ["reports:write"]),
        ("BREW", ["reports:write"]),
    ],
)
def test_methods_need_their_scopes(method, scopes):
    """HEAD is GET, and a star is every method that is not named."""
    assert needed("/reports/7", method) == scopes


def test_a_method_that_a_longer_rule_leaves_out_is_the_shorter_ones():
    """Only a rule that names the method decides."""
    assert needed("/reports/daily", "DELETE") == ["reports:write"]


def test_a_request_without_a_method_is_every_other_one():
    """A scope that lacks it is no way around."""
    assert RULES.needed({"type": "http", "path": "/reports"}) == {"reports:write"}


def test_a_preflight_needs_nothing():
    """Browsers send it without credentials; the application answers what may come."""
    asks = [(b"origin", b"https://app.example"), (b"access-control-request-method", b"GET")]
    assert needed("/reports", "OPTIONS", headers=asks) == []
    assert needed("/reports", "OPTIONS", headers=asks[1:]) == ["reports:write"]


def test_websockets_have_a_name_of_their_own():
    """A websocket is no GET."""
    assert needed("/chat/7", kind="websocket") == ["chat:join"]
    assert needed("/chat/7") == []
    assert needed("/reports", kind="websocket") == ["reports:write"]


def test_paths_are_below_the_mount_point():
    """What stands before the application is not its own."""
    assert needed("/api/admin", root_path="/api") == ["admin:use"]


def test_a_rule_for_the_root_is_for_everything():
    """Whole segments below / are all there are."""
    everywhere = Rules([("/", "app:use")])
    assert all(everywhere.needed(http_scope(path)) for path in ("/", "", "/x", "/x/y", "x"))


@given(st.text(st.sampled_from("/aA.%;\\ 2f\0b"), max_size=12))
def test_rules_never_fail(path):
    """Whatever the path, there is an answer, and a path of plain words has the exact one."""
    rules = Rules([("/a", "a"), ("/a/b", "ab")])
    found = rules.needed(http_scope(path))
    assert found <= {"a", "ab"}
    assert ("a" in found) or not path.startswith(("/a/a", "/a/A"))


PATHS = st.lists(st.sampled_from(["a", "b", "a:b", "a.b"]), max_size=4).map(
    lambda names: "/" + "/".join(names)
)


@given(st.sets(PATHS, max_size=5), st.sets(PATHS, max_size=2), PATHS, st.sampled_from(["", "/"]))
def test_an_ordinary_path_needs_what_its_longest_rule_says(places, exempt, path, end):
    """However deep, it is found as by comparing every rule, and an exempt path needs nothing."""
    rules = Rules([(place, f"at:{place}") for place in places], exempt=exempt)
    asked = path.rstrip("/") + end
    above = [place for place in places if f"{asked}/".startswith(place.rstrip("/") + "/")]
    expected = {f"at:{max(above, key=len)}"} if above and asked not in exempt else set()
    for _ in range(2):
        assert rules.needed(http_scope(asked)) == expected
        assert rules.needed(http_scope(f"/r{asked}", root_path="/r")) == expected


@pytest.mark.parametrize(
    ("rules", "error", "words"),
    [
        ([("admin", "x")], ValueError, 'starts with "/"'),
        ([("/a//b", "x")], ValueError, "write what they mean"),
        ([("/a/../b", "x")], ValueError, "write what they mean"),
        ([("/a%2fb", "x")], ValueError, "write what they mean"),
        ([("/a", "x"), ("/a/", "y")], ValueError, "two rules"),
        ([("/a", ())], ValueError, "names no scope"),
        ([("/a", "two words")], ValueError, "contains a space"),
        ([("/a", {"get": "x"})], ValueError, "is no method"),
        ([("/a", {"HEAD": "x"})], ValueError, "name GET"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rules, error, words):
    """The middleware is not made with a slip of the pen."""
    with pytest.raises(error, match=words):
        Rules(rules)


def test_what_was_asked_for_lately_is_forgotten_in_time():
    """However many paths are asked for, so many are known; each gets the same answer again."""
    rules = Rules([("/admin", "admin:use")])
    scopes = [http_scope(f"//admin/{number}") for number in range(_KNOWN + 1)]
    for _ in range(2):
        assert {rules.needed(scope) for scope in scopes} == {frozenset({"admin:use"})}
    assert 0 < len(rules._tables["GET"].known) <= _KNOWN


def test_a_method_in_small_letters_is_that_method():
    """And shares no answer with others."""
    assert needed("/reports", "post") == needed("/reports", "POST") == ["reports:write"]
    assert needed("/reports", "get") == ["reports:read"]


@pytest.mark.parametrize("path", ["/A/b", "/a/b", "/A/B", "/a/b/", "/A/b/c", "//a/b", "/%41/b"])
def test_a_rule_with_capitals_holds_without_them(path):
    """As one without holds for capitals; what it does not need it does not need as it is written."""
    # ASGI-08
    assert Rules([("/A/b", "ab:x")]).needed(http_scope(path)) == {"ab:x"}
    assert Rules([("/", "app:use"), ("/A/b", None)]).needed(http_scope("/a/b")) == frozenset()


@pytest.mark.parametrize("path", ["/a/*", "/*", "/users/{id}", "/users/<int:id>", "/a?x", "/a#x"])
def test_a_pattern_is_no_path(path):
    """It would have held for nothing."""
    with pytest.raises(ValueError, match="is a pattern or has a query"):
        Rules([(path, "x")])


def test_a_rule_for_no_method_is_none():
    """It would have held for nothing."""
    with pytest.raises(ValueError, match="'/a' names no method"):
        Rules([("/a", {})])


@pytest.mark.parametrize(
    "rules", ["x", "/a", ("/a",), ["/a", "x"], [("/a", "x", "y")], [(1, "x")], {"/a": "x"}]
)
def test_rules_are_pairs(rules):
    """The error shows what was meant."""
    with pytest.raises(TypeError, match="rules are pairs of a path and scopes"):
        Rules(rules)


def test_a_path_beyond_ascii_is_refused_in_its_own_words():
    """It has no dotted segments."""
    with pytest.raises(ValueError, match="'/café' has letters beyond ASCII"):
        Rules([("/café", "x")])


def test_two_rules_that_differ_in_capitals_are_one_too_many():
    """Each would hold for the other's path."""
    with pytest.raises(ValueError, match="'/a' has two rules"):
        Rules([("/A", "x"), ("/a", "y")])


@pytest.mark.parametrize("run", [".", " ", "\t", ":$", ";", "%25", "\\", "../"])
def test_a_long_run_of_one_sign_takes_no_long_time(run):
    """The time grows with the length, not with its square: that took a minute."""
    began = time.process_time()
    needed("/A" + run * (48_000 // len(run)) + "x")
    assert time.process_time() - began < 2
