"""Finding, sorting, marking, ending many: as pictures that were looked at."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.tui.screens import end_many as dialog
from roomtui.watch.bulk import end_many
from tests.tui import scene
from tests.tui.test_snapshots import ids, looks_as_before

if TYPE_CHECKING:
    from collections.abc import Callable

VIEWS = {"near": "closes:<10m", "alone": "people:1", "empty": "empty:>2m !type:go"}
SMALL, WIDE = (60, 20), (200, 50)
SIGNS = {" ": "space", ":": "colon", ">": "greater_than_sign", "<": "less_than_sign", "*": "asterisk"}


def day(**more: bool) -> scene.Stage:
    made = scene.stage(**more)  # type: ignore[arg-type] # flags of the stage, by name
    made.app.settings = replace(made.app.settings, views=VIEWS)
    return made


def crowded() -> scene.Stage:
    return scene.stage(scene.crowd(40))


def typed(text: str) -> list[str]:
    return ["slash", *(SIGNS.get(character, character) for character in text)]


STATES: dict[str, tuple[Callable[[], scene.Stage], list[str]]] = {
    "filter_opened": (day, ["slash"]),
    "filter_with_terms": (day, [*typed("people:>0 closes:>10m"), "enter"]),
    "filter_completing": (day, typed("type:g")),
    "filter_complaining": (day, typed("people:many")),
    "saved_filters": (day, ["v"]),
    "sort": (day, ["s"]),
    "sorted_by_people": (day, ["s", "p"]),
    "marked": (day, ["space", "space", "j", "V", *typed("a"), "enter"]),
    "columns": (day, ["C", "j", "j", "j", "space", "J"]),
    "end_many": (day, ["asterisk", "e"]),
    "end_many_wrong_number": (day, ["asterisk", "e", "9", "enter"]),
    "end_many_of_a_crowd": (crowded, ["asterisk", "e", "4", "0"]),
    "ended_many": (crowded, ["asterisk", "e", "4", "0", "enter"]),
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_seconds: float) -> None:
        return

    monkeypatch.setattr(dialog, "end_many", partial(end_many, sleep=at_once))


@pytest.mark.parametrize("state", STATES)
def test_live_screen_arranged(snap_compare: Any, state: str) -> None:
    made, keys = STATES[state]
    assert looks_as_before(snap_compare, made(), terminal_size=(80, 24), press=keys)


@pytest.mark.parametrize(
    ("state", "size"),
    [
        *((state, SMALL) for state in ("filter_completing", "sort", "marked", "columns", "end_many_of_a_crowd")),
        *((state, WIDE) for state in ("marked", "ended_many")),
    ],
    ids=ids,
)
def test_live_screen_arranged_in_other_sizes(snap_compare: Any, state: str, size: tuple[int, int]) -> None:
    made, keys = STATES[state]
    assert looks_as_before(snap_compare, made(), terminal_size=size, press=keys)


@pytest.mark.parametrize("state", ["marked", "sorted_by_people", "end_many"])
def test_arranged_in_ascii(snap_compare: Any, state: str) -> None:
    assert looks_as_before(snap_compare, day(ascii_only=True), terminal_size=(80, 24), press=STATES[state][1])


def test_marks_without_colours(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks_as_before(snap_compare, day(), terminal_size=(80, 24), press=STATES["marked"][1])
