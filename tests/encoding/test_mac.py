"""The prepared MAC is HMAC-SHA-256."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.mac import PreparedMac


@given(key=st.binary(max_size=200), messages=st.lists(st.binary(max_size=300), max_size=3))
def test_it_says_what_the_standard_library_says(key, messages):
    """Any key, shorter or longer than a block; any messages, one after the other."""  # RFC 2104
    mac = PreparedMac(key)
    assert [mac.digest(one) for one in messages] == [hmac.digest(key, one, "sha256") for one in messages]
