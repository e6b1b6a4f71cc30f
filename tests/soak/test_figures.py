"""What a soak counts: growth, and the section of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.report import others, with_section
from tests.soak.figures import HEADING, Figures, assert_looked, section, told
from tests.soak.flat import FREE_DESCRIPTORS, Trend, assert_flat, trend

ONE = Figures(
    "sqlite",
    60.0,
    7,
    {"a lock": 3},
    requests=100,
    refused=5,
    cut=2,
    lost=0,
    ended=4,
    logouts=0,
    kept=9,
    checked=8,
    thefts=1,
    recovered_seconds=0.5,
    memory=(1048576.0, 2097152.0, 0.0),
    descriptors=(20.0, 21.0, 0.0),
)


def test_a_trend_is_of_medians_after_the_warm_up():
    """A third is left out, and a peak counts for nothing."""
    values = [900.0] * 4 + [10.0, 10.0, 99.0, 10.0] + [14.0] * 4
    found = trend([(float(at), value) for at, value in enumerate(values)])
    assert (found.before, found.after, found.growth, found.per_hour) == (10.0, 14.0, 4.0, 3600.0)


@pytest.mark.parametrize("growth", [(40 << 20, 0), (0, FREE_DESCRIPTORS + 1)])
def test_growth_fails(growth):
    """Of memory as of descriptors."""
    memory, descriptors = (Trend(100.0, 100.0 + more, 0.0) for more in growth)
    with pytest.raises(AssertionError):
        assert_flat(memory, descriptors)


@pytest.mark.parametrize("name", ["faults", "requests", "kept", "checked", "thefts"])
def test_a_soak_that_looked_at_nothing_fails(name):
    """Nothing found is good where something was looked for."""
    assert_looked(ONE)
    with pytest.raises(AssertionError):
        assert_looked(replace(ONE, **{name: {} if name == "faults" else 0}))


def test_whatever_fails_says_how_it_comes_again():
    """A failure as well as an error."""
    for kind in (AssertionError, OSError):
        with pytest.raises(kind) as failed, told(7):
            raise kind
        assert failed.value.__notes__ == ["again: SOAK_SEED=7"]


def test_the_section_takes_the_place_of_the_one_before():
    """What stands around it stays."""
    text = section([ONE], mebibytes=8, descriptors=10)
    assert "| sqlite | 60 | 100 | 5 | 2 | 0 | 0 | 9 | 8 | 1 | 0.50 s | 1.0 → 2.0 MiB | 20 → 21 |\n" in text
    page = with_section(f"# A\n\nrows\n\n{HEADING}\n\nold\n\n## Next\n\nmore\n", HEADING, text)
    assert page == f"# A\n\nrows\n\n{text.rstrip()}\n\n## Next\n\nmore\n"
    assert with_section("# A\n", HEADING, text) == f"# A\n\n{text.rstrip()}\n"
    assert others(f"# A\n\n## Tested without figures\n\nrows\n\n{text}") == f"\n{text}"
    assert others("# A\n") == ""
