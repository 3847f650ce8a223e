from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roomtui.sandbox.meter import Meter


@given(st.lists(st.integers(0, 4000), max_size=40).map(sorted))
def test_the_peak_is_the_most_arrivals_in_any_sliding_second(ticks: list[int]) -> None:
    now = 0.0
    meter = Meter(lambda: now)
    for each in ticks:
        now = each / 1024  # binary fractions, so that a second is exactly a second
        meter.arrived("GET")
    expected = max((sum(start <= at < start + 1024 for at in ticks) for start in ticks), default=0)
    assert meter.report()["peak_reads_per_second"] == expected
    assert meter.report()["peak_writes_per_second"] == 0
