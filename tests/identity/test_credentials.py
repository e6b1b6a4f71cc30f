"""The Authorization header: one form is a token, another scheme is none, the rest is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_asgi.errors import InvalidBearerError
from jwt_auth_asgi.identity.credentials import authorization, bearer_token
from jwt_auth_core.errors import TokenInvalidError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
REFUSED = (InvalidBearerError, TokenInvalidError)
token68 = st.builds(str.__add__, st.text(ALPHABET, min_size=1), st.text("=", max_size=3))


def outcome(value):
    """Return the token, None, or the class of the refusal."""
    try:
        return bearer_token(value)
    except REFUSED as error:
        return type(error)


@given(token=token68, scheme=st.sampled_from([b"Bearer", b"bearer", b"BEARER", b"beARer"]))
def test_every_token68_is_read_as_it_is(token, scheme):
    """Scheme, one space, token: the token comes back unchanged."""
    # ASGI-04
    assert bearer_token(scheme + b" " + token.encode()) == token.encode()


@given(
    value=st.binary(max_size=40)
    | st.from_regex(rb"(?i)[ ,]{0,2}bearer[ ,:=\t]{0,3}[a-z,= ]{0,9}", fullmatch=True)
)
def test_any_bytes_are_a_token_another_scheme_or_a_refusal(value):
    """No bytes crash; whatever is read as a token is exactly the rest of the header."""
    # ASGI-04, ASGI-14
    found = outcome(value)
    if isinstance(found, bytes):
        assert value.lower() == b"bearer " + found.lower()
    assert not (found is None and value.lower().lstrip().startswith(b"bearer ")), value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Basic YTpi", None),
        (b"Digest a=b, c=d", None),
        (b'Digest bearer="x", c=d', None),
        (b"Basic x, Bearer y", InvalidBearerError),
        (b"Basic x,bearer", InvalidBearerError),
        (b"Bearer x, y", InvalidBearerError),
        (b", Bearer x", InvalidBearerError),
        (b"Basic", TokenInvalidError),
        (b"Basic ", TokenInvalidError),
        (b"Basic\tYTpi", TokenInvalidError),
        (b"eyJhbGciOiJub25lIn0.e30.", TokenInvalidError),
        (b"B\xe9arer x", TokenInvalidError),
        (b"", None),
        (b" \t", None),
        (b"Bearer", TokenInvalidError),
        (b"Bearer ", TokenInvalidError),
        (b",", TokenInvalidError),
    ],
)
def test_what_is_no_bearer_token(value, expected):
    """Another scheme's credentials are none of ours; what is nobody's is refused."""
    # ASGI-05
    assert outcome(value) is expected


@given(
    lines=st.lists(
        st.tuples(st.sampled_from([b"authorization", b"host", b"x"]), st.binary(max_size=9)), max_size=5
    )
)
def test_the_only_authorization_header_is_found(lines):
    """None is None, one is it, two are a refusal."""
    # ASGI-05
    values = [value for name, value in lines if name == b"authorization"]
    if len(values) > 1:
        with pytest.raises(InvalidBearerError):
            authorization({"headers": lines})
    else:
        assert authorization({"headers": lines}) == (values[0].strip(b" \t") if values else None)


def test_a_long_header_is_looked_at_quickly():
    """A header of ten megabytes takes no quadratic time."""
    for value in (b"bearer" + b" " * 10**7, b"a," * 10**6, b"x" * 10**7, b"Bearer " + b"=" * 10**7):
        assert outcome(value) in REFUSED
