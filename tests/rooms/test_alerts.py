from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.alerts import AlertRule, Alerts, quiet
from roomtui.rooms.changes import EventKind
from roomtui.rooms.model import Roster
from roomtui.rooms.picture import LiveRoom, Picture
from roomtui.rooms.query import Verdict, parse
from tests.rooms.builders import CREATED, after, participant, room

if TYPE_CHECKING:
    from roomtui.rooms.changes import Event

CLOSING = AlertRule("closing", parse("closes:<2m"), color="red", sign="!")
CROWD = AlertRule("crowd", parse("people:>=2"))
LONG = AlertRule("long", parse("age:>1h"))


def live(sid: str, people: int | None, *, created: float = 0) -> LiveRoom:
    """A room made so many seconds after the ordinary one, with so many people since then (None: not read)."""
    made = after(created)
    present = tuple(participant(f"{sid}-{number}", joined=made) for number in range(people or 0))
    roster = None if people is None else Roster(present, (), made)
    return LiveRoom.known(room(sid, sid=sid, created=made), roster)


def picture(*rooms: LiveRoom) -> Picture:
    return Picture({each.room.sid: each for each in rooms}, (), CREATED)


def brief(events: tuple[Event, ...]) -> list[tuple[str, str | None]]:
    assert {event.kind for event in events} <= {EventKind.ALERT}
    return [(event.room_sid, event.alert) for event in events]


def test_what_begins_to_hold_is_told_once_and_for_as_long_as_it_holds_shown() -> None:
    alerts = Alerts([CROWD])
    alerts.see(picture(live("RM1", 1)), None, after(1))
    (event,) = alerts.see(picture(live("RM1", 2)), ["RM1"], after(5))
    assert (event.at, event.room_sid, event.alert, event.room_name.raw) == (after(5), "RM1", "crowd", "RM1")
    assert alerts.see(picture(live("RM1", 3)), ["RM1"], after(6)) == ()
    assert alerts.of("RM1") is CROWD
    alerts.see(picture(live("RM1", 1)), ["RM1"], after(7))
    assert alerts.of("RM1") is None


def test_what_held_before_we_looked_is_shown_and_not_told() -> None:
    alerts = Alerts([CROWD])
    assert alerts.see(Picture(), None, after(0)) == ()
    assert alerts.see(picture(live("RM1", 5), live("RM2", None)), None, after(1)) == ()
    assert alerts.of("RM1") is CROWD
    # Only now is it known how many are in the other one, and they may have been there for long.
    assert alerts.see(picture(live("RM1", 5), live("RM2", 5)), ["RM2"], after(2)) == ()
    assert alerts.of("RM2") is CROWD


def test_a_new_room_that_is_at_once_what_a_rule_asks_for_is_told() -> None:
    alerts = Alerts([CROWD])
    alerts.see(picture(), None, after(10))
    assert alerts.see(picture(live("RM1", None, created=12)), ["RM1"], after(13)) == ()
    assert brief(alerts.see(picture(live("RM1", 2, created=12)), ["RM1"], after(14))) == [("RM1", "crowd")]


def test_what_stops_and_begins_again_is_told_again_only_after_a_minute() -> None:
    alerts = Alerts([CROWD])
    few, many = picture(live("RM1", 1)), picture(live("RM1", 2))
    alerts.see(few, None, after(0))
    assert alerts.see(many, ["RM1"], after(10))
    alerts.see(few, ["RM1"], after(1000))
    assert alerts.see(many, ["RM1"], after(1059)) == ()
    assert alerts.of("RM1") is CROWD
    alerts.see(few, ["RM1"], after(1060))
    assert alerts.see(many, ["RM1"], after(1120))


def test_what_time_alone_brings_about_is_told_when_it_is_due() -> None:
    alerts = Alerts([CLOSING, LONG])
    alerts.see(picture(live("RM1", 0)), None, after(1))  # nobody came yet: it closes after five minutes
    assert alerts.due(after(179)) == ()
    assert brief(alerts.due(after(182))) == [("RM1", "closing")]
    assert alerts.due(after(183)) == ()
    alerts.see(picture(live("RM1", 1)), ["RM1"], after(200))
    assert alerts.of("RM1") is None
    assert brief(alerts.due(after(3602))) == [("RM1", "long")]


def test_of_two_rules_the_first_is_shown_and_both_are_told_in_their_order() -> None:
    alerts = Alerts([LONG, CROWD])
    alerts.see(picture(live("RM1", 1)), None, after(3590))
    alerts.see(picture(live("RM1", 2)), ["RM1"], after(3595))
    assert alerts.of("RM1") is CROWD
    alerts.due(after(3700))
    assert alerts.of("RM1") is LONG
    both = Alerts([LONG, CROWD])
    both.see(picture(live("RM1", 1), live("RM2", 1)), None, after(3590))
    told = both.see(picture(live("RM1", 2), live("RM2", 2)), None, after(3700))
    assert [event.alert for event in told] == ["long", "long", "crowd", "crowd"]


def test_a_room_that_is_gone_is_forgotten() -> None:
    alerts = Alerts([CROWD, CLOSING])
    alerts.see(picture(live("RM1", 0), live("RM2", 3)), None, after(0))
    alerts.see(picture(), ["RM1", "RM2"], after(1))
    assert alerts.due(after(500)) == ()
    assert alerts.of("RM2") is None
    assert alerts.of("RM1") is None


def test_without_rules_nothing_is_looked_at() -> None:
    alerts = Alerts([])
    assert alerts.see(picture(live("RM1", 2)), None, after(0)) == ()
    assert alerts.of("RM1") is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["RM1", "RM2", "RM3"]), st.none() | st.integers(0, 3), st.integers(0, 200)),
        max_size=30,
    )
)
def test_after_any_history_what_is_shown_is_what_the_rules_say_now(steps: list[tuple[str, int | None, int]]) -> None:
    rules = (CLOSING, CROWD, AlertRule("empty", parse("empty:>1m")))
    alerts = Alerts(rules)
    known: dict[str, LiveRoom] = {}
    now = 0
    for sid, people, wait in steps:
        now += wait
        if sid in known and people == 3:
            del known[sid]
        else:
            known[sid] = live(sid, people, created=now)
        alerts.due(after(now))
        alerts.see(picture(*known.values()), [sid], after(now))
        for room_sid, entry in known.items():
            holding = [rule for rule in rules if rule.when.judge(entry, after(now)) is Verdict.YES]
            assert alerts.of(room_sid) is (holding[0] if holding else None)


@pytest.mark.parametrize(
    ("hours", "at", "is_quiet"),
    [
        ("22:00-06:00", time(22, 0), True),
        ("22:00-06:00", time(3, 0), True),
        ("22:00-06:00", time(6, 0), False),
        ("22:00-06:00", time(21, 59, 59), False),
        ("12:00-13:30", time(13, 29), True),
        ("12:00-13:30", time(13, 30), False),
        ("00:00-00:00", time(0, 0), False),
        (None, time(3, 0), False),
    ],
)
def test_quiet_hours_may_go_past_midnight(hours: str | None, at: time, *, is_quiet: bool) -> None:
    assert quiet(hours, at) is is_quiet
