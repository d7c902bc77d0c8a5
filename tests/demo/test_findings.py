"""What the demo holds the calls of its deliveries against."""

from collections.abc import Mapping

import pytest

from smarketing.demo.findings import least_of


@pytest.mark.parametrize(
    ("commands", "calls"),
    [
        ({"person": 400, "touchpoint": 600}, 1),
        ({"person": 401, "touchpoint": 600}, 2),
        ({"suppression": 3}, 0),
        # Look for them, write, look again together with what opened, and enrich that.
        ({"person": 1, "interest": 1, "twins": 1, "enrichment": 1}, 4),
        # An interest of somebody who is known: write, read it, enrich it.
        ({"interest": 1, "enrichment": 1}, 3),
    ],
)
def test_each_step_that_needs_the_answer_of_another_is_a_call(
    commands: Mapping[str, int], calls: int
) -> None:
    assert least_of(commands) == calls
