"""The URL below PUBLIC_URL: wherever a prefix stands, it is there once."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.public_url import below

CASES = [
    ("https://shop.example", "", "/auth", "https://shop.example/auth"),
    ("https://shop.example/", "/shop", "/auth", "https://shop.example/shop/auth"),
    ("https://shop.example/shop", "", "/auth", "https://shop.example/shop/auth"),
    ("https://shop.example/shop/", "/shop", "/auth", "https://shop.example/shop/auth"),
    ("https://shop.example/shop", "", "/shop/auth", "https://shop.example/shop/auth"),
    ("https://shop.example/shop", "", "/shop", "https://shop.example/shop"),
    ("https://shop.example/shop", "", "/shopping/auth", "https://shop.example/shop/shopping/auth"),
    ("https://shop.example/shop", "/shop", "/shop/auth", "https://shop.example/shop/shop/auth"),
]


@pytest.mark.parametrize(("public", "root", "prefix", "expected"), CASES)
def test_a_prefix_is_in_it_once(public: str, root: str, prefix: str, expected: str):
    """Taken off by a proxy, with or without a root_path that says so, or left on."""
    assert below(public, {"root_path": root}, prefix) == expected
