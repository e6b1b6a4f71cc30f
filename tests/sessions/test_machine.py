"""The state machine, run on every store."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.kinds import SESSION_KINDS
from tests.contracts.stores import rigged
from tests.sessions.machine import machine_on

EXAMPLES = {"memory": 100, "sqlite": 25, "valkey": 40, "wires": 40}
FEW = 15  # where a step takes longer


@pytest.mark.parametrize("name", SESSION_KINDS)
def test_the_invariants_hold(name, request, tmp_path):
    """I1, I2, I5, I6, I9 and I11 hold on every store, which does at each step what the rule says."""
    # RF-01, RF-04, RF-06, RF-10, F-22
    with rigged(name, request, tmp_path) as rig:
        run_state_machine_as_test(
            machine_on(rig),
            settings=settings(
                max_examples=EXAMPLES.get(name, FEW),
                stateful_step_count=30,
                suppress_health_check=list(HealthCheck),
            ),
        )
