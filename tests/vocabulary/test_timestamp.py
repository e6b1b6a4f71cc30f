"""A time as whoever is outside reads it."""

from jwt_auth_core.timestamp import timestamp, timestamp_if_any


def test_a_time_is_a_text_in_utc():
    """By the second, as RFC 3339 has it; one that there is not is none."""
    assert timestamp(1_800_000_000) == timestamp_if_any(1_800_000_000) == "2027-01-15T08:00:00Z"
    assert timestamp_if_any(None) is None
