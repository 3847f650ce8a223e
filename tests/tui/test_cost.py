"""What the screen costs, counted in what takes most of the time: unlike seconds it is the same on every machine.

Opening the app and its dialogs: how often a widget is matched against the stylesheet. A second that passes, an answer
that tells nothing new: cells drawn, strips made, texts of cells made, lines of the details.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from textual.css.stylesheet import Stylesheet
from textual.strip import Strip
from textual.widget import Widget

from roomtui.tui.app import RoomtuiApp
from roomtui.tui.columns import COLUMNS
from roomtui.tui.screens.composed import Cells
from roomtui.tui.screens.live import LiveScreen
from roomtui.watch.board import Link, LinkState
from tests.tui import scene
from tests.tui.driving import press, rooms, settle, table
from tests.tui.scene import NOW, ago, crowd, live, person, picture, room

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode
    from textual.geometry import Region

    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.tui.columns import Column, Entry, View
    from roomtui.tui.lines import Piece

# To start: 579 times with Textual's footer and styled tones. A form of 16 fields: 1,391 times.
AT_MOST = {"start": 45, "e": 25, "t": 35, "d": 40, "x": 25, "R": 25, "n": 75, "question_mark": 15, "enter": 20}
CLOSING = 5


async def test_opening_a_dialog_styles_each_of_its_widgets_about_once_and_closing_it_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    styled: list[str] = []
    apply = Stylesheet.apply

    def counted(self: Stylesheet, node: DOMNode, **options: object) -> None:
        styled.append(type(node).__name__)
        apply(self, node, **options)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(Stylesheet, "apply", counted)
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        spent = {"start": len(styled)}
        for key in (key for key in AT_MOST if key != "start"):
            styled.clear()
            await press(pilot, key)
            spent[key] = len(styled)
            styled.clear()
            await press(pilot, "escape")
            assert len(stage.app.screen_stack) == 1
            assert len(styled) <= CLOSING, (key, styled)
        assert {key: count for key, count in spent.items() if count > AT_MOST[key]} == {}


WINDOW = (200, 50)
TICKING = 10
BESIDE = 160
"""So many cells may be drawn in a second that are not of the table: how old all of it is, now and then the timeline."""
SETTLED = 12
"""After so many seconds without an answer everything is shown as old, and that takes two digits to say."""


class Spent:
    """Counts what is drawn and made while the app runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counts: Counter[str] = Counter()
        refresh, make, show_rest = Widget.refresh, Strip.__init__, LiveScreen.show_rest

        def display(_: RoomtuiApp, __: object, update: object) -> None:
            if isinstance(update, Cells):
                self.counts["cells"] += sum(strip.cell_length for _, _, strip in update.strips)
            elif update is not None:
                self.counts["updates that are not of cells"] += 1

        def made(strip: Strip, *args: object, **options: object) -> None:
            self.counts["strips"] += 1
            make(strip, *args, **options)  # type: ignore[arg-type] # as it was called

        def refreshed(widget: Widget, *regions: Region, **options: bool) -> Widget:
            self.counts["refreshes"] += 1
            return refresh(widget, *regions, **options)

        def told(screen: LiveScreen) -> None:
            self.counts["rest"] += 1
            show_rest(screen)

        monkeypatch.setattr(RoomtuiApp, "_display", display)
        monkeypatch.setattr(Strip, "__init__", made)
        monkeypatch.setattr(Widget, "refresh", refreshed)
        monkeypatch.setattr(LiveScreen, "show_rest", told)
        monkeypatch.setattr("roomtui.tui.columns.COLUMNS", tuple(self._counting(column) for column in COLUMNS))

    def _counting(self, column: Column) -> Column:
        def cell(entry: Entry, now: object, view: View) -> Piece:
            self.counts["texts"] += 1
            return column.cell(entry, now, view)  # type: ignore[arg-type] # as it was called

        return replace(column, cell=cell)


def mixed(ticking: int, still: int) -> Picture:
    """So many rooms that count down the seconds, and so many with people in them that close in a day."""
    long_lived = []
    for number in range(still):
        each = room(5000 + number, f"still-{number:05}", ago(minutes=3, seconds=20), max_participant_duration=86400)
        long_lived.append(live(each, [person(each.sid, "alice", ago(minutes=3, seconds=20))]))
    return picture([*crowd(ticking).live.values(), *long_lived])


async def second(stage: scene.Stage, pilot: object) -> None:
    stage.clock.advance(1)
    stage.app.tick()
    await settle(pilot)  # type: ignore[arg-type] # it is one


async def spent_each_second(shown: Picture, monkeypatch: pytest.MonkeyPatch, seconds: int = 12) -> Counter[str]:
    """The most of each that one of the seconds takes, once a few have passed."""
    spent, stage = Spent(monkeypatch), scene.stage(shown)
    most: Counter[str] = Counter()
    async with stage.app.run_test(size=WINDOW) as pilot:
        await settle(pilot)
        stage.board.link(Link(LinkState.PAUSED))
        await press(pilot, *["j"] * TICKING)  # the details are of a room that does not count down
        for _ in range(SETTLED):
            await second(stage, pilot)
        for _ in range(seconds):
            spent.counts.clear()
            await second(stage, pilot)
            most |= spent.counts
    monkeypatch.undo()
    return most


async def test_a_second_costs_what_ticks_and_not_what_is_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    few = await spent_each_second(mixed(TICKING, 1), monkeypatch)
    full = await spent_each_second(mixed(TICKING, 400), monkeypatch)
    closes = next(column for column in COLUMNS if column.key == "closes")
    assert few["updates that are not of cells"] == full["updates that are not of cells"] == 0
    assert few["cells"] <= TICKING * closes.width + BESIDE
    assert full["cells"] == few["cells"]
    assert max(few["strips"], full["strips"]) <= 2 * TICKING + 10


@pytest.mark.parametrize("ticking", [10, 45])
async def test_a_row_that_ticks_costs_a_few_texts_and_no_more_than_a_strip(
    ticking: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent, stage = Spent(monkeypatch), scene.stage(mixed(ticking, 1))
    async with stage.app.run_test(size=WINDOW) as pilot:
        await settle(pilot)
        for _ in range(SETTLED):
            await second(stage, pilot)
        texts = sum(placed.column.ticks for placed in table(stage)._columns())
        details = len(stage.app.screen.query_one("#detail").lines)  # type: ignore[attr-defined] # it has some
        for _ in range(12):
            spent.counts.clear()
            await second(stage, pilot)
            # A row whose text holds is looked at now and then, to see for how long it will.
            assert spent.counts["texts"] <= (ticking + 3) * texts
            # Each with its colours as the terminal has them; and what is told of the room under the cursor.
            assert spent.counts["strips"] <= 2 * ticking + 3 * details + 10


async def test_what_does_not_change_within_the_second_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    spent, stage = Spent(monkeypatch), scene.stage(mixed(0, 200))
    async with stage.app.run_test(size=WINDOW) as pilot:
        await settle(pilot)
        for _ in range(SETTLED):
            await second(stage, pilot)
        spent.counts.clear()
        for _ in range(10):
            await second(stage, pilot)
        lines, columns = table(stage).size.height, sum(each.column.ticks for each in table(stage)._columns())
        # It is looked ahead for a while, at first for a short one; without that it would be ten times all of them.
        assert spent.counts["texts"] <= 4 * lines * columns


def told_again(entries: Iterable[LiveRoom]) -> dict[str, LiveRoom]:
    """The same rooms, as they are told of a moment later."""
    again = {}
    for entry in entries:
        assert entry.roster is not None
        roster = replace(entry.roster, as_of=entry.roster.as_of.replace(microsecond=500_000))
        again[entry.room.sid] = entry.told(entry.room, roster)
    return again


async def test_an_answer_that_tells_nothing_new_is_not_drawn_and_nothing_is_made_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent, stage = Spent(monkeypatch), scene.stage(mixed(TICKING, 400))
    async with stage.app.run_test(size=WINDOW) as pilot:
        await settle(pilot)
        shown, order = stage.board.state.picture, rooms(stage)
        columns = len(table(stage)._columns())
        # Off the screen, and on it; not the one under the cursor, of which more is told.
        for sids, texts in ((order[300:320], 0), (order[20:24], 4 * columns)):
            spent.counts.clear()
            again = told_again(shown.live[sid] for sid in sids)
            shown = replace(shown, live=MappingProxyType({**shown.live, **again}))
            stage.board.show(shown, changed=frozenset(sids))
            await settle(pilot)
            assert spent.counts == ({"texts": texts} if texts else {})
        # The list is told of as often as it is read: what stands on top is looked at, but not drawn.
        spent.counts.clear()
        stage.board.show(replace(shown, as_of=NOW.replace(microsecond=1)), changed=frozenset())
        await settle(pilot)
        assert spent.counts == {"rest": 1}
