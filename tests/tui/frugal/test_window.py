"""How many bytes may be under way."""

from __future__ import annotations

from collections import deque

import pytest

from roomtui.tui.frugal.window import (
    ASK_EVERY,
    FIRST,
    FIRST_PATIENCE,
    LEAST,
    MOST,
    NO_ANSWER,
    PATIENCE,
    QUEUEING,
    REMEMBERED,
    SLOW,
    Window,
)


def test_a_terminal_that_never_answers_is_waited_for_once_and_shortly() -> None:
    window = Window()
    assert window.sent(FIRST, now=0.0)
    assert window.room(now=0.0) == 0
    assert window.overdue_in(now=0.1) == pytest.approx(FIRST_PATIENCE - 0.1)
    assert window.room(now=FIRST_PATIENCE) == FIRST, "little by little, for it may only be far away"
    assert window.room(now=NO_ANSWER) == MOST
    assert not window.sent(10 * FIRST, now=NO_ANSWER), "nor asked again before it has answered"
    assert window.room(now=60.0) == MOST


def test_what_is_under_way_takes_room_until_it_has_arrived() -> None:
    window = Window()
    window.sent(ASK_EVERY, now=0.0)
    window.answered(now=0.01)
    before = window.room(now=0.01)
    assert window.sent(ASK_EVERY, now=0.02)
    assert window.room(now=0.02) == before - ASK_EVERY
    window.answered(now=0.03)
    assert window.room(now=0.03) >= before


def test_small_frames_are_not_asked_about_one_by_one() -> None:
    window = Window()
    window.sent(1, now=0.0)
    window.answered(now=0.0)
    asked = [window.sent(ASK_EVERY // 4, now=second) for second in range(8)]
    assert asked == [False, False, False, True] * 2


def test_a_lost_answer_is_waited_for_so_long_and_no_longer() -> None:
    window = Window()
    window.sent(ASK_EVERY, now=0.0)
    window.answered(now=0.1)
    window.sent(window.room(now=1.0), now=1.0)
    assert window.room(now=1.0) == 0
    assert window.overdue_in(now=2.0) == pytest.approx(PATIENCE - 1.0)
    assert window.room(now=1.0 + PATIENCE + 0.1) == LEAST
    assert window.overdue_in(now=1.0 + PATIENCE + 0.1) is None


def test_an_answer_that_had_been_given_up_is_not_taken_for_the_next_one() -> None:
    window = Window()
    window.sent(ASK_EVERY, now=0.0)
    window.answered(now=0.2)
    window.sent(ASK_EVERY, now=1.0)
    assert window.room(now=1.0 + PATIENCE) == LEAST
    window.sent(ASK_EVERY, now=6.5)
    window.answered(now=6.51)
    assert window.room(now=6.51) == 0, "what was sent half a moment ago cannot have arrived"
    window.answered(now=6.7)
    assert window.room(now=6.7) > 0


def test_a_way_that_has_become_longer_is_known_to_be_after_a_while() -> None:
    window, now = Window(), 0.0
    for way in (0.01, 0.5):
        for _ in range(3 * int(REMEMBERED)):
            now += 1.0
            if (size := window.room(now)) and window.sent(size, now):
                window.answered(now + way)
    assert window.size > 4 * FIRST


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    window = Window()
    window.answered(now=1.0)
    assert window.size == FIRST
    assert window.room(now=1.0) == FIRST


@pytest.mark.parametrize(("rate", "delay"), [(1_000, 0.0), (1_000, 0.2), (3_000, 0.2), (10_000, 0.05)])
def test_on_a_slow_line_nothing_waits_much_longer_than_the_line_itself_takes(rate: int, delay: float) -> None:
    """Whoever wants to send all the time, simulated: after a while the newest byte is never far behind."""
    window, now, free_at = Window(), 0.0, 0.0
    window.sent(1, now=0.0)  # asked as soon as the terminal is taken over, before there is anything to show
    window.answered(now=2 * delay)
    answers: deque[float] = deque()
    waits = []
    while now < 60.0:
        while answers and answers[0] <= now:
            window.answered(answers.popleft())
        size = min(window.room(now), 400)
        if size:
            free_at = max(free_at, now) + size / rate
            waits.append((now, free_at - now))
            if window.sent(size, now):
                answers.append(free_at + 2 * delay)
        now += 0.01
    late = max(wait for at, wait in waits if at > 20.0)
    assert late < QUEUEING + 2 * delay + 1.1 * LEAST / rate + 400 / rate
    sent_late = sum(1 for at, _ in waits if at > 20.0)
    assert sent_late > 20, "and the line is used"


def test_a_window_that_is_not_made_use_of_does_not_grow() -> None:
    """An hour of ticks, then as much as there is room for: no more is under way than at the beginning."""
    window, now = Window(), 0.0
    for _ in range(3600):
        now += 1.0
        if window.sent(150, now):
            window.answered(now + 0.2)
    assert window.room(now + 0.9) <= FIRST


def test_on_a_fast_line_the_window_grows_until_it_does_not_matter() -> None:
    window, now = Window(), 0.0
    for _ in range(40):
        while (size := min(window.room(now), 3000)) > 0 and window.sent(size, now):
            pass
        now += 0.02
        for _ in range(40):
            window.answered(now)
    assert window.size > 16_000


def _slow(window: Window) -> float:
    """A window that has learnt that its line is slow; when that was."""
    now = 0.0
    while window.size >= SLOW:
        now += 1.0
        if window.sent(window.room(now), now):
            window.answered(now + 2 * QUEUEING)
    return now + 2 * QUEUEING


def test_on_a_slow_line_what_nobody_waits_for_waits_until_nothing_is_under_way_and_as_long_again() -> None:
    window = Window()
    window.sent(1, now=0.0)
    window.answered(now=0.1)
    assert window.calm_in(now=0.1) == 0.0
    now = _slow(window)
    assert window.calm_in(now) == pytest.approx(2 * QUEUEING - 0.1)
    now += 10
    assert window.calm_in(now) == 0.0
    assert window.room_for_late < window.room(now)
    assert window.sent(window.room_for_late, now), "and it is asked at once, so that it is known when it is calm again"
    assert window.calm_in(now) is None
    window.answered(now + 0.3)
    assert window.calm_in(now + 0.3) == pytest.approx(0.2)


def test_a_small_rest_of_the_window_is_not_worth_a_packet_but_never_waited_for_in_vain() -> None:
    window = Window()
    window.sent(1, now=0.0)
    window.answered(now=0.1)
    now = _slow(window)
    for _ in range(50):
        now += 1.0
        while window.room(now) >= window.worth_sending:
            window.sent(window.worth_sending, now)
        assert window.calm_in(now) is None, "an answer is under way"
        while window.calm_in(now) is None:
            window.answered(now + 0.3)


def test_a_quick_line_that_was_held_up_is_known_to_be_quick_again_by_what_ticks() -> None:
    window = Window()
    window.sent(1, now=0.0)
    window.answered(now=0.001)
    now = _slow(window) + 10
    for _ in range(60):
        now += 1.0
        if window.calm_in(now) == 0.0 and window.sent(min(window.room_for_late, 300), now):
            window.answered(now + 0.002)
    assert window.size >= SLOW
