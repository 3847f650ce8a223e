"""Every screen, dialog and state at several sizes, as a picture that was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.picture import Picture
from roomtui.rooms.recording import EVERYTHING, RecordingRule
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Refused
from roomtui.watch.board import Link, LinkState
from tests.tui import scene
from tests.tui.driving import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.pilot import Pilot

SIZES = [(60, 20), (80, 24), (120, 40)]
ALL_SIZES = [*SIZES, (200, 50)]
BOARD_AND_CO = ["j", "j", "j", "j"]


def ids(size: object) -> str:
    return "x".join(map(str, size)) if isinstance(size, tuple) else str(size)


def stale() -> scene.Stage:
    made = scene.stage(link=Link(LinkState.TROUBLE, "Twilio does not answer", scene.NOW))
    made.clock.advance(45)
    return made


def paused() -> scene.Stage:
    made = scene.stage(link=Link(LinkState.PAUSED))
    made.clock.advance(20)
    return made


STATES: dict[str, Callable[[], scene.Stage]] = {
    "connected": lambda: scene.stage(events=scene.lately()),
    "connecting": lambda: scene.stage(Picture(), Link()),
    "stale": stale,
    "paused": paused,
    "empty": lambda: scene.stage(scene.picture([])),
    "refused": lambda: scene.stage(Picture(), scene.REFUSED),
    "read_only": lambda: scene.stage(read_only=True),
    "hidden": lambda: scene.stage(hide_personal=True),
    "hostile": lambda: scene.stage(scene.hostile()),
    "ascii": lambda: scene.stage(ascii_only=True),
    "crowd": lambda: scene.stage(scene.crowd(200)),
}

KEYS: dict[str, list[str]] = {
    "end_an_empty_room": ["e"],
    "end_a_room_with_people": [*BOARD_AND_CO, "e"],
    "end_with_the_wrong_name": [*BOARD_AND_CO, "e", "n", "o", "enter"],
    "twiml": ["t"],
    "twiml_with_hazards": [*BOARD_AND_CO, "t", "b", "o", "b"],
    "twiml_for_peer_to_peer": ["j", "j", "t"],
    "help": ["question_mark"],
    "detail": [*BOARD_AND_CO, "enter"],
    "detail_of_an_ended_room": ["G", "enter"],
    "filter": ["slash", "m", "a"],
    "filter_without_match": ["slash", "z", "z", "enter"],
    "last_room": ["G"],
    "copied": ["t", "enter", "Y"],
    "palette": ["ctrl+p"],
}

NUMBER = ["plus", *"16505550199"]


def rules_of_ones_own() -> scene.Stage:
    made = scene.stage()
    made.actions.rules = (
        RecordingRule(type="include", kind="video", publisher=Untrusted("alice")),
        RecordingRule(type="include", kind="audio"),
        RecordingRule(type="exclude", publisher=Untrusted("+16505550123-634a594e")),
    )
    return made


def everything_recorded() -> scene.Stage:
    made = scene.stage()
    made.actions.rules = EVERYTHING
    return made


def line_is_busy() -> scene.Stage:
    made = scene.stage()
    made.actions.steps = (*scene.RINGS, *scene.REFUSES)
    return made


def name_is_refused() -> scene.Stage:
    made = scene.stage()
    made.actions.failing = Refused(status=400, code=53113, message=Untrusted("Room exists"))
    return made


def hidden() -> scene.Stage:
    return scene.stage(hide_personal=True)


DIALOGS: dict[str, tuple[Callable[[], scene.Stage], list[str]]] = {
    "new_room": (scene.stage, ["n"]),
    "new_room_filled": (scene.stage, ["n", *"demo", "tab", "right", "tab", "tab", *"90m"]),
    "new_room_wrong": (scene.stage, ["n", *"retro", "tab", "tab", *"51", "tab", *"1m", "enter"]),
    "new_room_refused": (name_is_refused, ["n", *"demo", "enter"]),
    "new_room_further_down": (scene.stage, ["n", "up", "up", "up"]),
    "again": (scene.stage, ["G", "N"]),
    "again_while_it_runs": (scene.stage, [*BOARD_AND_CO, "N"]),
    "dial": (scene.stage, [*BOARD_AND_CO, "d"]),
    "dial_with_hazards": (scene.stage, ["j", "j", "d"]),
    "dial_wrong": (scene.stage, [*BOARD_AND_CO, "d", *"030", "enter"]),
    "dial_question": (scene.stage, [*BOARD_AND_CO, "d", *NUMBER, "enter"]),
    "dial_joined": (scene.stage, [*BOARD_AND_CO, "d", *NUMBER, "enter", "tab", "enter"]),
    "dial_busy": (line_is_busy, [*BOARD_AND_CO, "d", *NUMBER, "enter", "tab", "enter"]),
    "dial_masked": (hidden, [*BOARD_AND_CO, "d", *NUMBER]),
    "remove": (scene.stage, [*BOARD_AND_CO, "x"]),
    "remove_question": (scene.stage, [*BOARD_AND_CO, "x", "down", "enter"]),
    "remove_nobody": (scene.stage, ["x"]),
    "record": (scene.stage, ["R"]),
    "record_everything": (everything_recorded, [*BOARD_AND_CO, "R"]),
    "record_rules": (rules_of_ones_own, [*BOARD_AND_CO, "R"]),
    "twiml_for_a_bin": (scene.stage, [*BOARD_AND_CO, "t", "tab", *"Bye", "tab", "left"]),
    "twiml_in_python": (scene.stage, [*BOARD_AND_CO, "t", "tab", "tab", "right"]),
}
DIALOG_SIZES = [(60, 20), (80, 24), (200, 50)]


@pytest.mark.parametrize("size", ALL_SIZES, ids=ids)
@pytest.mark.parametrize("state", STATES)
def test_live_screen(snap_compare: Any, state: str, size: tuple[int, int]) -> None:
    assert looks_as_before(snap_compare, STATES[state](), terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=ids)
@pytest.mark.parametrize("dialog", KEYS)
def test_keys(snap_compare: Any, dialog: str, size: tuple[int, int]) -> None:
    assert looks_as_before(snap_compare, scene.stage(), terminal_size=size, press=KEYS[dialog])


@pytest.mark.parametrize("size", DIALOG_SIZES, ids=ids)
@pytest.mark.parametrize("dialog", DIALOGS)
def test_dialogs(snap_compare: Any, dialog: str, size: tuple[int, int]) -> None:
    made, keys = DIALOGS[dialog]
    assert looks_as_before(snap_compare, made(), terminal_size=size, press=keys)


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
def test_the_form_in_other_themes(snap_compare: Any, theme: str) -> None:
    made = scene.stage()
    made.app.theme = theme
    assert looks_as_before(snap_compare, made, terminal_size=(80, 24), press=DIALOGS["new_room_wrong"][1])


@pytest.mark.parametrize("keys", ["end_a_room_with_people", "twiml", "detail"])
def test_dialogs_in_ascii(snap_compare: Any, keys: str) -> None:
    assert looks_as_before(snap_compare, scene.stage(ascii_only=True), terminal_size=(80, 24), press=KEYS[keys])


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "ansi-light"])
def test_other_themes(snap_compare: Any, theme: str) -> None:
    made = scene.stage()
    made.app.theme = theme
    assert looks_as_before(snap_compare, made, terminal_size=(80, 24))


def test_monochrome(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks_as_before(snap_compare, scene.stage(), terminal_size=(80, 24))


@pytest.mark.parametrize("keys", [["e"], ["t"], ["enter"]], ids=lambda keys: keys[0])
def test_dialogs_with_hostile_names(snap_compare: Any, keys: list[str]) -> None:
    # The one with escape sequences in it stands third from below.
    assert looks_as_before(
        snap_compare, scene.stage(scene.hostile()), terminal_size=(80, 24), press=["G", "k", "k", *keys]
    )


def looks_as_before(
    snap_compare: Any, made: scene.Stage, *, terminal_size: tuple[int, int], press: Sequence[str] = ()
) -> bool:
    """Whether the app draws the stored picture after these keys; a picture of a crashed app is none."""

    async def press_and_wait(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press(*press)
        await settle(pilot)

    same: bool = snap_compare(made.app, terminal_size=terminal_size, run_before=press_and_wait)
    assert made.app.return_code in {None, 0}, "the app crashed"
    return same
