"""The key by which an address is counted."""

from __future__ import annotations

import pytest

from jwt_auth_core.rate_limits import address_key


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_a_network_is_one_key(address, key):
    """Who has a whole /64 gains nothing by that; who has no address shares the key of all who have none."""
    assert address_key(address) == key  # RL-3
