"""The ended rooms, a room's timeline and what can be copied of it, as pictures that were looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.browser import Browser
from roomtui.twilio_api.errors import Refused
from tests.tui import past_scene
from tests.tui.driving import settle
from tests.tui.scene import HOSTILE, ago, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from roomtui.rooms.model import Participant

SIZES = [(60, 20), (80, 24), (200, 50)]


def size_of(size: object) -> str:
    return "x".join(map(str, size)) if isinstance(size, tuple) else str(size)


def hostile() -> past_scene.PastStage:
    rooms = [
        past_scene.ended(300 + number, name, created=ago(minutes=90 + number), minutes=60)
        for number, name in enumerate(HOSTILE)
    ]
    people: dict[str, tuple[Participant, ...]] = {
        each.sid: (person(each.sid, each.unique_name.raw[:128], ago(minutes=80), ago(minutes=50)),) for each in rooms
    }
    return past_scene.stage(past_scene.PastTwilio(rooms, people))


def refused() -> past_scene.PastStage:
    made = past_scene.stage()
    made.twilio.trouble = Refused(status=401, code=20003, message=Untrusted("Authenticate"))
    return made


def unanswered() -> past_scene.PastStage:
    made = past_scene.stage()
    made.twilio.gate.clear()
    return made


def hidden() -> past_scene.PastStage:
    return past_scene.stage(hide_personal=True)


def in_ascii() -> past_scene.PastStage:
    return past_scene.stage(ascii_only=True)


STANDUP = ["2", "j", "j", "j"]
BOARD_AND_CO = ["j", "j", "j", "j"]
SCENES: dict[str, tuple[Callable[[], past_scene.PastStage], list[str]]] = {
    "day": (past_scene.stage, STANDUP),
    "day_before": (past_scene.stage, ["2", "left"]),
    "no_room_that_day": (past_scene.stage, ["2", "left", "left"]),
    "asking": (unanswered, ["2", "left"]),
    "refused": (refused, ["2"]),
    "name": (past_scene.stage, ["2", "D", *"retro", "enter"]),
    "day_typed": (past_scene.stage, ["2", "D"]),
    "filter": (past_scene.stage, ["2", "slash", *"bob"]),
    "filter_without_match": (past_scene.stage, ["2", "slash", *"zz"]),
    "detail": (past_scene.stage, [*STANDUP, "enter"]),
    "detail_bottom": (past_scene.stage, [*STANDUP, "enter", "G"]),
    "detail_made_again": (past_scene.stage, ["2", "j", "j", "j", "j", "enter"]),
    "hostile": (hostile, ["2", "j", "j"]),
    "copy": (past_scene.stage, [*BOARD_AND_CO, "c"]),
    "copy_found": (past_scene.stage, [*BOARD_AND_CO, "c", *"curl"]),
    "json": (past_scene.stage, [*BOARD_AND_CO, "J"]),
    "json_masked": (hidden, [*BOARD_AND_CO, "J", "G"]),
    "console": (past_scene.stage, [*BOARD_AND_CO, "o"]),
}
IN_ASCII = ["day", "detail", "copy", "json"]


@pytest.mark.parametrize("size", SIZES, ids=size_of)
@pytest.mark.parametrize("name", SCENES)
def test_looks_as_before(snap_compare: Any, name: str, size: tuple[int, int]) -> None:
    make, keys = SCENES[name]
    assert _same(snap_compare, make(), keys, size)


@pytest.mark.parametrize("name", IN_ASCII)
def test_looks_as_before_in_ascii(snap_compare: Any, name: str) -> None:
    assert _same(snap_compare, in_ascii(), SCENES[name][1], (80, 24))


def _same(snap_compare: Any, made: past_scene.PastStage, keys: list[str], size: tuple[int, int]) -> bool:
    made.stage.app.browser = Browser(environ={})

    async def press_and_wait(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            for _ in range(2):  # what has come may ask for more
                await settle(pilot)
                await past_scene.read(made)
            await settle(pilot)

    same: bool = snap_compare(made.stage.app, terminal_size=size, run_before=press_and_wait)
    assert made.stage.app.return_code in {None, 0}, "the app crashed"
    return same
