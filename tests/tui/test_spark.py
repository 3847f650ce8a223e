from __future__ import annotations

from datetime import timedelta

from roomtui.rooms.history import History
from roomtui.tui.lines import ASCII, UNICODE
from roomtui.tui.spark import last_hour, spark
from tests.tui import scene
from tests.tui.driving import screen_text, settle
from tests.tui.scene import NOW, a_day, ago, live, person, picture, room


def test_a_bar_is_as_high_as_there_were_many_and_blank_where_nobody_looked() -> None:
    assert spark((0, 1, None, 50, 100), 5, UNICODE.bars) == "▁▂ ▅█"
    assert spark((0, 1, None, 50, 100), 5, ASCII.bars) == "_. =#"


def test_only_where_there_is_room_and_something_to_tell() -> None:
    history = History()
    some = [live(room(number, "a", ago(0)), [person("RM1", f"p{number}", ago(0))] * 3) for number in (1, 2, 3)]
    history.see(picture(some), NOW)
    assert [piece.text for piece in last_hour(history, NOW, 200, UNICODE)] == ["", ""]
    later = NOW + timedelta(minutes=1)
    history.see(picture([live(room(1, "a", ago(0)), [person("RM1", "bob", ago(0))])]), later)
    assert [piece.text for piece in last_hour(history, later, 200, UNICODE)] == [" █▄", " █▂"]
    assert [piece.text for piece in last_hour(history, later, 100, ASCII)] == ["", " #."]
    assert [piece.text for piece in last_hour(history, later, 80, UNICODE)] == ["", ""]


async def test_the_last_hour_stands_behind_the_numbers() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        first = screen_text(stage).splitlines()[0]
        assert "11 live  60 people" in first
        for _ in range(2):
            stage.clock.advance(60)
            stage.board.show(picture([live(room(1, "a", ago(0)), [person("RM1", "bob", ago(0))])]))
            stage.board.show(a_day())
        await settle(pilot)
        assert "11 live ███  60 people" in screen_text(stage).splitlines()[0]
