"""Each requirement that holds now is named by a test."""

from tests.house import requirements


def test_every_requirement_is_named_by_a_test():
    """No id of the list that holds now is without a test."""
    assert requirements.missing() == []


def test_statuses_are_known():
    """Each id of the list is due now or later."""
    assert set(requirements.listed().values()) <= {"now", "later"}
