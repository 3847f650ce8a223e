from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.rooms.picture import LiveRoom
from roomtui.watch.budget import Attention, ReadBudget, rosters_worth_reading
from tests.rooms.builders import CREATED, after, participant, room, roster

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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


@settings(deadline=None)
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
            budget.spend(now)
            sent.append(now)
        assert 1 <= budget.allowed <= promise
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[promise:], strict=False))
    assert budget.total == len(sent)


@settings(deadline=None)
@given(promises, seconds)
def test_what_is_left_and_how_long_to_wait_agree(promise: int, now: float) -> None:
    budget = ReadBudget(promise)
    for urgent in (False, True):
        while budget.left(now, urgent=urgent):
            assert budget.delay(now, urgent=urgent) == 0
            budget.spend(now)
        assert 1.0 <= budget.delay(now, urgent=urgent) <= 1.2
    assert budget.spent(now) == promise
    assert budget.spent(now + 1.001) == 0


@given(st.integers(min_value=2, max_value=80))
def test_a_person_finds_a_free_slot_while_polls_fill_the_rest(promise: int) -> None:
    budget = ReadBudget(promise)
    while budget.left(0.0):
        budget.spend(0.0)
    assert budget.delay(0.0) > 0
    assert budget.delay(0.0, urgent=True) == 0
    assert budget.left(0.0, urgent=True) >= max(1, promise // 10)


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


# What is worth reading


def live(sid: str, *, minutes_left: float = 60, people: int = 1, known: bool = True) -> LiveRoom:
    """A room that closes in so many minutes after `CREATED`."""
    each = room(sid, sid=sid, limit=round(minutes_left * 60), empty=0, unused=round(minutes_left))
    present = [participant(f"{sid}-{number}") for number in range(people)]
    return LiveRoom.known(each, roster(*present) if known else None)


def worth(
    rooms: Mapping[str, LiveRoom],
    ages: Mapping[str, float],
    attention: Attention | None = None,
    *,
    busy: Collection[str] = (),
    limit: int = 100,
) -> list[str]:
    read_at = {sid: 1000.0 - age for sid, age in ages.items()}
    return rosters_worth_reading(
        rooms, read_at, attention or Attention(), now=1000.0, server_now=CREATED, busy=busy, limit=limit
    )


def rooms_of(*rooms: LiveRoom) -> dict[str, LiveRoom]:
    return {each.room.sid: each for each in rooms}


def test_the_unknown_come_first_then_who_is_looked_at_then_what_may_change_then_the_rest() -> None:
    rooms = rooms_of(
        live("rest"),
        live("closing", minutes_left=1),
        live("empty", people=0),
        live("visible"),
        live("selected"),
        live("unknown", known=False),
    )
    ages = dict.fromkeys(["rest", "closing", "visible", "selected"], 16.0) | {"empty": 15.0}
    order = worth(rooms, ages, Attention("selected", frozenset({"selected", "visible"})))
    assert set(order[:3]) == {"unknown", "visible", "selected"}
    assert order.index("selected") < order.index("visible")
    assert order[3:] == ["closing", "empty", "rest"]


def test_each_is_left_alone_while_it_is_fresh() -> None:
    rooms = rooms_of(live("rest"), live("empty", people=0), live("visible"), live("selected"))
    attention = Attention("selected", frozenset({"selected", "visible"}))
    assert worth(rooms, dict.fromkeys(rooms, 1.9), attention) == []
    assert worth(rooms, dict.fromkeys(rooms, 2.0), attention) == ["selected"]
    assert set(worth(rooms, dict.fromkeys(rooms, 4.0), attention)) == {"selected", "visible"}
    assert set(worth(rooms, dict.fromkeys(rooms, 5.0), attention)) == {"selected", "visible", "empty"}
    assert set(worth(rooms, dict.fromkeys(rooms, 15.0), attention)) == set(rooms)


def test_an_unknown_room_on_screen_goes_before_one_that_is_not() -> None:
    rooms = rooms_of(live("unseen", known=False), live("seen", known=False), live("chosen", known=False))
    assert worth(rooms, {}, Attention("chosen", frozenset({"seen", "chosen"}))) == ["chosen", "seen", "unseen"]


def test_an_unknown_room_goes_before_one_that_was_read_long_ago() -> None:
    rooms = rooms_of(live("known"), live("unknown", known=False))
    assert worth(rooms, {"known": 10_000.0}) == ["unknown", "known"]


def test_those_under_way_are_left_out_and_the_limit_is_kept() -> None:
    rooms = rooms_of(*(live(f"RM{number}") for number in range(10)))
    ages = {sid: 20.0 + number for number, sid in enumerate(rooms)}
    assert worth(rooms, ages, busy={"RM9", "RM8"}, limit=3) == ["RM7", "RM6", "RM5"]
    assert worth(rooms, ages, limit=0) == []


class Watching:
    """Spends a budget on rooms in virtual time, each roster at the cost of one read."""

    def __init__(self, rooms: dict[str, LiveRoom], promise: int, attention: Attention) -> None:
        self.rooms = rooms
        self.attention = attention
        self.budget = ReadBudget(promise)
        self.read_at: dict[str, float] = {}
        self.now = 0.0

    def go_on(self, seconds: float) -> dict[str, float]:
        """The greatest age that each roster had reached by the time it was read, or has now."""
        start, end = self.now, self.now + seconds
        oldest: dict[str, float] = {}
        while self.now < end:
            self.now += 0.25
            for sid in rosters_worth_reading(
                self.rooms,
                self.read_at,
                self.attention,
                now=self.now,
                server_now=CREATED,
                limit=min(8, self.budget.left(self.now)),
            ):
                self.budget.spend(self.now)
                oldest[sid] = max(oldest.get(sid, 0.0), self.now - self.read_at.get(sid, start))
                self.read_at[sid] = self.now
        for sid in self.rooms:
            oldest[sid] = max(oldest.get(sid, 0.0), self.now - self.read_at.get(sid, start))
        return oldest


def test_of_a_thousand_rooms_at_twenty_reads_a_second_none_starves() -> None:
    rooms = rooms_of(*(live(f"RM{number}", people=number % 5) for number in range(1000)))
    on_screen = frozenset(list(rooms)[:20])
    watching = Watching(rooms, 20, Attention("RM0", on_screen))
    first = watching.go_on(180)
    assert max(first.values()) < 120
    then = watching.go_on(300)
    assert max(then.values()) < 150, "the rest comes around, though a fifth of all is empty and read more often"
    assert then["RM0"] < 12
    assert max(then[sid] for sid in on_screen) < 24
    assert then["RM0"] <= min(then[sid] for sid in rooms if sid not in on_screen)


def test_of_more_rooms_than_a_minute_of_reads_every_one_is_read_in_its_turn() -> None:
    rooms = rooms_of(*(live(f"RM{number}") for number in range(1500)))
    on_screen = frozenset(list(rooms)[:10])
    watching = Watching(rooms, 10, Attention("RM0", on_screen))
    watching.go_on(400)
    assert watching.read_at.keys() == rooms.keys(), "those never read are not passed over for those read before"
    newcomer = live("newcomer", known=False)
    rooms["newcomer"] = newcomer
    watching.go_on(5)
    assert "newcomer" in watching.read_at


def test_a_deadline_that_comes_near_makes_a_room_worth_more() -> None:
    rooms = rooms_of(replace(live("near", minutes_left=10), listed=True), live("far"))
    read_at = dict.fromkeys(rooms, 0.0)
    near = after(minutes=9)
    chosen = rosters_worth_reading(rooms, read_at, Attention(), now=6.0, server_now=near, limit=9)
    assert chosen == ["near"]
