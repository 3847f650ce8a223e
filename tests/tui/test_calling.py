"""What the file says of alerts, on the screen and in what the terminal is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roomtui.config import AlertTable
from roomtui.rooms.alerts import AlertRule
from roomtui.rooms.query import parse
from roomtui.tui.calling import calls, notification, tone
from roomtui.tui.lines import Tone
from tests.tui import scene
from tests.tui.driving import screen_text, settle, told
from tests.tui.scene import ago, live, person, picture, room

QUIET = room(3, "Board & Co", ago(minutes=30))
CROWD = AlertTable(name="crowd", when="people:>=2", color="red", sign="$", bell=True, osc9=True)


def test_what_an_alert_asks_for_is_read_as_a_filter_and_what_is_no_filter_is_left_out() -> None:
    made, complaint = calls((CROWD, AlertTable(name="saved", when="@mine")), {"mine": "full:yes"})
    assert [(call.rule.name, call.bell, call.notify) for call in made] == [
        ("crowd", True, True),
        ("saved", False, False),
    ]
    assert complaint is None
    made, complaint = calls((AlertTable(name="\x1b[2J", when="people:many"), CROWD), {})
    assert [call.rule.name for call in made] == ["crowd"]
    assert complaint is not None
    assert complaint.startswith("The alert ^[[2J is left out: people: ")
    assert calls((AlertTable(name="all", when=" "),), {}) == ((), "The alert all is left out: it asks for nothing.")


@pytest.mark.parametrize(
    ("color", "nearest"),
    [
        (None, Tone.WARN),
        ("red", Tone.BAD),
        ("#ff0080", Tone.BAD),
        ("orange", Tone.WARN),
        ("yellow", Tone.WARN),
        ("green", Tone.GOOD),
        ("blue", Tone.TITLE),
        ("white", Tone.STRONG),
        ("no colour", Tone.WARN),
    ],
)
def test_a_colour_is_that_of_the_theme_which_is_nearest(color: str | None, nearest: Tone) -> None:
    assert tone(AlertRule("x", parse("a"), color)) is nearest


@pytest.mark.parametrize(
    ("environ", "begins", "ends"),
    [
        ({}, "\x1b]9;", "\x07"),
        ({"TERM": "tmux-256color"}, "\x1bPtmux;\x1b\x1b]9;", "\x07\x1b\\"),
        ({"TMUX": "x,1,0"}, "\x1bPtmux;", "\x1b\\"),
        ({"STY": "1.x"}, "\x1bP\x1b]9;", "\x07\x1b\\"),
    ],
)
def test_a_notification_reaches_the_terminal_outside_and_holds_nothing_of_a_strangers(
    environ: dict[str, str], begins: str, ends: str
) -> None:
    sent = notification("crowd: a\x07\x1b]52;c;aGFja2Vk\x07" + "東" * 300, environ)
    assert sent.startswith(begins)
    assert sent.endswith(ends)
    assert sent.count("\x07") == 1
    assert "crowd: a^G^[]52" in sent
    assert len(sent) < 250


async def test_a_room_that_is_called_to_attention_has_a_sign_and_an_event_and_loses_it_again() -> None:
    one, two = person(QUIET.sid, "alice", ago(minutes=5)), person(QUIET.sid, "bob", ago(minutes=4))
    stage = scene.stage(picture([live(QUIET, [one])]), alerts=(CROWD,))
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "$ Board & Co" not in screen_text(stage)
        stage.board.show(picture([live(QUIET, [one, two])]))
        await settle(pilot)
        assert "$ Board & Co" in screen_text(stage)
        assert [event.alert for event in stage.board.state.events] == ["crowd"]
        assert stage.app.alarms is not None
        stage.app.alarms.call()
        assert stage.app.alarms.shown.of(QUIET.sid) is not None
        stage.board.show(picture([live(QUIET, [two])]))
        await settle(pilot)
        assert "$ Board & Co" not in screen_text(stage)
        assert told(stage) == ""


async def test_what_time_brings_about_is_called_too_though_twilio_says_nothing_new() -> None:
    due = room(4, "nearly", ago(minutes=2))  # nobody came: it closes three minutes from now
    stage = scene.stage(picture([live(due)]), alerts=(AlertTable(name="closing", when="closes:<2m"),))
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "# nearly" not in screen_text(stage)
        stage.clock.advance(61)
        assert stage.app.alarms is not None
        stage.app.alarms.look()
        await settle(pilot)
        assert "# nearly" in screen_text(stage)
        assert stage.board.state.events[0].at - scene.NOW == timedelta(seconds=61)


async def test_an_alert_that_is_not_understood_is_said_at_the_start() -> None:
    stage = scene.stage(alerts=(AlertTable(name="odd", when="people:many"),))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "The alert odd is left out: people: " in told(stage)


def test_a_sign_that_marks_rooms_is_none_for_an_alert() -> None:
    made, complaint = calls([AlertTable(name="busy", when="people:>3", sign="*")], {})
    assert complaint == "The alert busy cannot have the sign of a mark, *: it gets #."
    assert [call.rule.sign for call in made] == ["#"]
