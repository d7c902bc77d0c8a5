"""Values as they were written, against the forms in which Salesforce gives them back."""

import pytest

from chalicelib.gateways.salesforce.mapping import Value
from smarketing.sync.comparing import same


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (61.3, 61.3),
        (61, 61.0),
        (None, None),
        ("", None),
        (False, None),
        (True, True),
        ("2026-03-01T12:00:00.000Z", "2026-03-01T12:00:00.000+0000"),
        ("<p><b>Score 1.0</b> on &amp;</p>", "<p><strong>Score 1.0</strong> on &amp;</p>\n"),
        ("<li>it&#x27;s</li>", "<li>it's</li>"),
    ],
)
def test_the_same_in_another_form_is_the_same(written: Value, held: Value) -> None:
    assert same(written, held)


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (61.3, 61.2),
        (0, None),
        (True, False),
        (True, None),
        ("mql", "sql"),
        ("mql", None),
        (None, "mql"),
        ("2026-03-01T12:00:00.000Z", "2026-03-01T12:00:01.000+0000"),
        ("<li><b>+5.0</b> Click</li>", "<li><b>+4.9</b> Click</li>"),
    ],
)
def test_another_value_is_a_difference(written: Value, held: Value) -> None:
    assert not same(written, held)
