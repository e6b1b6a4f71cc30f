"""Where a login may lead to: paths of this site, whatever somebody writes into a link."""

import pytest

from jwt_auth_asgi.http.site_path import LONGEST, path_of_ours

ELSEWHERE = [
    "",
    "a",
    "//evil",
    "/\\evil",
    "/\t/evil",
    "/\n/evil",
    "https://evil",
    "javascript:1",
    "/\0",
    "/\x7f",
]


@pytest.mark.parametrize("text", [*ELSEWHERE, "\\\\evil", " /a", "/\ud800", "/\x85", "/" + "a" * LONGEST])
def test_what_leads_elsewhere_is_no_path(text):
    """Another host, another scheme, what browsers leave out, and what is no text."""
    assert path_of_ours(text) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [("/", "/"), ("/a?b=c#d", "/a?b=c#d"), ("/käse", "/k%C3%A4se"), ("/a b", "/a%20b"), ("/a\\b", "/a%5Cb")],
)
def test_a_path_is_percent_encoded(text, path):
    """What is beyond ASCII, or no part of a path, is encoded; what is encoded already stays."""
    assert path_of_ours(text) == path
    assert path_of_ours(path) == path
