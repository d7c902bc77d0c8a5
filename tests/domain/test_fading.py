"""When a sum of fading categories falls under a line: the corners that rounding makes."""

from math import fsum, inf, nextafter

from chalicelib.domain.fading import Curve, first_below
from tests.domain.builders import START

KEPT = Curve(30.0, START, inf, inf)
FADING = Curve(10.0, START, 1_000_000.0, inf)


def test_sum_never_falls_below_exactly_what_does_not_fade():
    assert first_below([KEPT, FADING], 30.0, START) is None


def test_fall_is_exact_when_the_line_is_the_next_float_above_what_does_not_fade():
    """The closed estimate comes too early here: the sum rounds up to the line for another half-life."""
    line = nextafter(30.0, inf)
    at = first_below([KEPT, FADING], line, START)
    assert fsum([KEPT.at(at), FADING.at(at)]) < line
    assert fsum([KEPT.at(at - 1), FADING.at(at - 1)]) >= line


def test_fall_is_exact_when_half_lives_and_caps_differ():
    curves = [Curve(500.0, START, 1e9, 40.0), Curve(20.0, START - 5, 3e8, inf), Curve(-50.0, START, 1e8, inf)]
    at = first_below(curves, 35.0, START)
    assert fsum(curve.at(at) for curve in curves) < 35.0
    assert fsum(curve.at(at - 1) for curve in curves) >= 35.0
