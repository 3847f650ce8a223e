from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.watch.budget import ReadBudget, list_interval

promises = st.integers(min_value=1, max_value=80)
seconds = st.floats(min_value=0, max_value=30, allow_nan=False)


@dataclass(frozen=True)
class Ask:
    urgent: bool


@dataclass(frozen=True)
class Refusal:
    retry_after: float | None


@dataclass(frozen=True)
class Answer:
    pass


steps = st.lists(
    st.tuples(
        st.one_of(
            st.builds(Ask, st.booleans()),
            st.builds(Refusal, st.none() | st.floats(min_value=0, max_value=10)),
            st.just(Answer()),
        ),
        st.just(0.0) | st.floats(min_value=0, max_value=3),
    ),
    max_size=120,
)


@given(promises, seconds, steps)
def test_no_second_ever_has_more_reads_than_promised(
    promise: int, start: float, what: list[tuple[Ask | Refusal | Answer, float]]
) -> None:
    budget = ReadBudget(promise)
    now, held_until = start, 0.0
    sent: list[float] = []
    for step, gap in what:
        now += gap
        if isinstance(step, Refusal):
            budget.throttled(now, step.retry_after)
            held_until = max(held_until, now + (step.retry_after or 0.0))
        elif isinstance(step, Answer):
            budget.served(now)
        else:
            delay = budget.delay(now, urgent=step.urgent)
            assert 0 <= delay <= max(1.2, held_until - now), "nobody waits for longer than a window or Retry-After"
            now += delay
            assert budget.delay(now, urgent=step.urgent) == 0, "after the delay a read may go"
            assert budget.left(now, urgent=step.urgent) >= 1
            assert now >= held_until - 1e-3
            budget.spend(now, urgent=step.urgent)
            sent.append(now)
        assert 1 <= budget.allowed <= promise
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[promise:], strict=False))
    assert budget.total == len(sent)


@given(promise=promises, now=seconds, urgent=st.booleans())
def test_what_is_left_and_how_long_to_wait_agree(*, promise: int, now: float, urgent: bool) -> None:
    budget = ReadBudget(promise)
    start = now
    for _ in range(3 * promise):
        delay = budget.delay(now, urgent=urgent)
        assert (delay == 0) is (budget.left(now, urgent=urgent) > 0)
        now += delay
        budget.spend(now, urgent=urgent)
        assert budget.spent(now) <= promise
    assert now - start <= 1.2 * 3 * promise / max(1, promise - 1 - promise // 20)
    assert budget.spent(now + 1.001) == 0


@given(st.integers(min_value=2, max_value=80))
def test_a_person_finds_a_free_slot_while_polls_fill_the_rest(promise: int) -> None:
    budget = ReadBudget(promise)
    now = 0.0
    for _ in range(5 * promise):
        now += budget.delay(now)
        budget.spend(now)
        assert budget.left(now, urgent=True) >= max(1, promise // 20)


@given(st.integers(min_value=4, max_value=80))
def test_half_may_go_at_once_and_the_rest_keep_a_distance(promise: int) -> None:
    budget = ReadBudget(promise)
    instants = []
    now = 0.0
    for _ in range(4 * promise):
        now += budget.delay(now)
        budget.spend(now)
        instants.append(now)
    at_once = sum(instant == 0.0 for instant in instants)
    assert at_once == (promise - max(1, promise // 20)) // 2
    gaps = [later - earlier for earlier, later in pairwise(instants[at_once - 1 :])]
    even = 1.01 / (promise - max(1, promise // 20))
    assert min(gaps) >= 0.89 * even, "no burst"
    assert max(gaps[promise:]) <= 0.9 * even + 0.1101, "and no silence"


@given(st.integers(min_value=10, max_value=80), st.floats(min_value=0, max_value=0.4))
def test_who_could_send_nothing_for_a_moment_does_not_catch_up(promise: int, stalled: float) -> None:
    budget = ReadBudget(promise)
    now = 0.0
    for _ in range(4 * promise):
        now += budget.delay(now)
        budget.spend(now)
    instants = []
    now += stalled
    for _ in range(promise):
        now += budget.delay(now)
        budget.spend(now)
        instants.append(now)
    even = 1.01 / (promise - max(1, promise // 20))
    assert min(later - earlier for earlier, later in pairwise(instants)) >= 0.89 * even


@dataclass(frozen=True)
class Read:
    """When it is asked for after the one before, and what becomes of it then (seconds)."""

    gap: float
    urgent: bool
    connecting: float
    way_there: float
    way_back: float


a_way = st.floats(min_value=0, max_value=0.15)
a_stall = st.just(0.0) | st.floats(min_value=0, max_value=0.3) | st.floats(min_value=0, max_value=1.8)
reads = st.lists(
    st.builds(
        Read,
        gap=st.floats(min_value=0, max_value=0.3),
        urgent=st.booleans(),
        connecting=st.just(0.0) | st.floats(min_value=0, max_value=3),
        way_there=st.builds(lambda way, stall: way + stall, a_way, a_stall),
        way_back=st.one_of(a_way, st.floats(min_value=0, max_value=12)),
    ),
    max_size=120,
)


@given(promises | st.integers(min_value=1, max_value=3), reads)
def test_however_long_reads_are_on_their_way_no_more_than_promised_arrive_in_a_second(
    promise: int, asked: list[Read]
) -> None:
    budget = ReadBudget(promise)
    happens: list[tuple[float, int, str]] = []
    arrived: list[float] = []
    now = 0.0

    def until(instant: float) -> None:
        while happens and happens[0][0] <= instant:
            at, number, what = heappop(happens)
            if what == "sent":
                budget.went_out(at)
                arrived.append(at + asked[number].way_there)
                heappush(happens, (arrived[-1] + asked[number].way_back, number, "answered"))
            else:
                budget.over(at)

    for number, read in enumerate(asked):
        now += read.gap
        until(now)
        while delay := budget.delay(now, urgent=read.urgent):
            now += delay
            until(now)
        budget.let_through(now, urgent=read.urgent)
        heappush(happens, (now + read.connecting, number, "sent"))
    until(1e9)
    arrived.sort()
    assert len(arrived) == len(asked)
    assert all(later - earlier >= 1.0 for earlier, later in zip(arrived, arrived[promise:], strict=False))


def test_on_a_quick_line_hardly_anything_is_given_up_for_it_and_on_a_slow_one_what_it_takes() -> None:
    def rate(answer_after: float) -> float:
        budget = ReadBudget(20)
        under_way: deque[float] = deque()
        now = 0.0
        while now < 100:
            while under_way and under_way[0] <= now:
                budget.over(under_way.popleft())
            if delay := budget.delay(now):
                now += min(delay, 0.001)
                continue
            budget.let_through(now)
            budget.went_out(now)
            under_way.append(now + answer_after)
        return budget.total / 100

    assert rate(0.005) >= 18.3
    assert rate(0.1) >= 16.7
    assert rate(0.4) >= 13.0
    assert rate(8.0) >= 6.0, "one that does not answer is still asked"


def test_reads_that_are_never_answered_do_not_slow_down_those_that_are_for_ever() -> None:
    budget = ReadBudget(20)
    for _ in range(10):
        budget.let_through(0.0)
        budget.went_out(0.0)
    assert budget.left(3.1) == 9, "they are not waited for"
    for _ in range(10):
        budget.over(10.0)
    assert budget.left(10.0) == 9, "and that they were given up says nothing of others"
    budget.spend(10.0)
    assert budget.left(10.0 + 1.02) == 9


@given(
    promises,
    st.lists(
        st.tuples(st.booleans(), st.floats(min_value=0, max_value=0.5), st.floats(min_value=0, max_value=3)),
        max_size=150,
    ),
)
def test_however_long_connections_take_no_more_than_promised_are_ever_sent_in_a_second(
    promise: int, reads: list[tuple[bool, float, float]]
) -> None:
    budget = ReadBudget(promise)
    connecting: list[float] = []
    sent: list[float] = []
    now = 0.0

    def until(instant: float) -> None:
        connecting.sort()
        while connecting and connecting[0] <= instant:
            sent.append(connecting.pop(0))
            budget.went_out(sent[-1])

    for urgent, gap, handshake in reads:
        now += gap
        until(now)
        while delay := budget.delay(now, urgent=urgent):
            now += delay
            until(now)
        budget.let_through(now, urgent=urgent)
        connecting.append(now + handshake)
    until(1e9)
    assert len(sent) == len(reads) == budget.total
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[promise:], strict=False))


def test_a_budget_of_one_serves_everybody_in_turn() -> None:
    budget = ReadBudget(1)
    budget.spend(0.0)
    assert budget.delay(0.0) == budget.delay(0.0, urgent=True) > 0
    assert budget.left(1.2) == 1


@pytest.mark.parametrize("promise", [0, -3])
def test_no_budget_is_refused(promise: int) -> None:
    with pytest.raises(ValueError, match=f"is {promise} a second"):
        ReadBudget(promise)


def test_a_burst_of_refusals_halves_once() -> None:
    budget = ReadBudget(20)
    for refusal in range(10):
        budget.throttled(refusal * 0.05)
    assert budget.allowed == 10
    budget.throttled(5.0)
    assert budget.allowed == 5


def test_a_refusal_counts_however_lately_the_allowance_grew() -> None:
    budget = ReadBudget(20)
    budget.throttled(0.0)
    for second in range(2, 5):
        budget.served(float(second))
    grown = budget.allowed
    assert grown > 10
    budget.throttled(4.1)
    assert budget.allowed == grown // 2


def test_nothing_grows_while_refusals_go_on() -> None:
    budget = ReadBudget(20)
    for tenth in range(100):
        budget.throttled(tenth / 10)
        allowed = budget.allowed
        budget.served(tenth / 10 + 0.05)
        assert budget.allowed == allowed


def test_a_budget_that_was_refused_everything_never_falls_below_one() -> None:
    budget = ReadBudget(20)
    for second in range(0, 40, 2):
        budget.throttled(float(second))
    assert budget.allowed == 1
    assert budget.left(100.0) == 1


def test_after_refusals_of_everything_it_comes_back_without_feeling_its_way() -> None:
    budget = ReadBudget(20)
    for second in range(0, 20, 2):
        budget.throttled(float(second))
    assert budget.allowed == 1
    for second in range(20, 40):
        budget.served(float(second))
    assert budget.allowed == 20


@pytest.mark.parametrize("bursts", [1, 3, 10])
def test_the_promise_comes_back_when_twilio_is_calm(bursts: int) -> None:
    budget = ReadBudget(20)
    now = 0.0
    for _ in range(bursts):
        budget.throttled(now)
        now += 2.0
    allowed = [budget.allowed]
    end = now + 300
    while now < end:
        now += 0.1
        budget.served(now)
        allowed.append(budget.allowed)
    assert allowed[-1] == 20
    assert all(later - earlier in {0, 1} for earlier, later in pairwise(allowed)), "step by step"


def test_retry_after_holds_everything() -> None:
    budget = ReadBudget(20)
    budget.throttled(0.0, 7.5)
    budget.throttled(0.1, 2.0)
    for urgent in (False, True):
        assert budget.left(7.4, urgent=urgent) == 0
        assert budget.delay(0.5, urgent=urgent) == pytest.approx(7.0)
        assert budget.delay(7.5, urgent=urgent) == 0


@pytest.mark.parametrize("quota", [2, 5, 8, 15])
def test_settles_below_a_quota_that_is_smaller_than_the_promise(quota: int) -> None:
    budget = ReadBudget(20)
    now = 0.0
    arrived: deque[float] = deque()
    served: list[float] = []
    refused: list[float] = []
    while now < 1200:
        now += budget.delay(now)
        budget.spend(now)
        now += 0.001
        while arrived and now - arrived[0] >= 1.0:
            arrived.popleft()
        arrived.append(now)
        if len(arrived) > quota:
            refused.append(now)
            budget.throttled(now)
        else:
            served.append(now)
            budget.served(now)
    late = [instant for instant in refused if instant > 120]
    reads = sum(instant > 120 for instant in served)
    assert len(late) < reads * 0.05, "hardly any read is refused"
    assert reads > 0.5 * quota * (1200 - 120), "and the quota is made use of"


# The list


@pytest.mark.parametrize("pages", [1, 10, 100])
@pytest.mark.parametrize("promise", [1, 5, 20, 80])
@pytest.mark.parametrize("refresh", [0.5, 2.0, 60.0])
def test_the_list_takes_no_more_than_a_quarter_of_the_reads_and_comes_no_more_often_than_wished_for(
    pages: int, promise: int, refresh: float
) -> None:
    interval = list_interval(pages, promise, refresh)
    assert interval >= refresh
    assert pages / interval <= promise / 4
    assert interval == refresh or interval <= 10 * pages / promise, "and not without need"


def test_an_ordinary_list_comes_as_often_as_wished_for() -> None:
    assert list_interval(1, 20, 2.0) == 2.0
    assert list_interval(4, 20, 2.0) == 2.0
    assert list_interval(10, 20, 2.0) == 5.0
