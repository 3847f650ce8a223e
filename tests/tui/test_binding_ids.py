"""Every key of the dialogs has a name by which it can be given another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from roomtui.tui.screens.copied import CopiedScreen
from roomtui.tui.screens.copy_twiml import CopyTwimlDialog
from roomtui.tui.screens.dial_in import DialDialog
from roomtui.tui.screens.dialog import RoomDialog
from roomtui.tui.screens.help import HelpScreen
from roomtui.tui.screens.new_room import NewRoomDialog
from roomtui.tui.screens.remove_participant import _People
from roomtui.tui.widgets.button import Button
from roomtui.tui.widgets.choice import Choice
from tests.tui import scene
from tests.tui.driving import press, settle

if TYPE_CHECKING:
    from textual.dom import DOMNode

DIALOGS = [
    Button,
    Choice,
    CopiedScreen,
    CopyTwimlDialog,
    DialDialog,
    HelpScreen,
    NewRoomDialog,
    RoomDialog,
    _People,
]


@pytest.mark.parametrize("dialog", DIALOGS, ids=lambda dialog: dialog.__name__)
def test_every_key_of_a_dialog_has_an_id_of_its_own(dialog: type[DOMNode]) -> None:
    ids = [binding.id for binding in dialog.BINDINGS if isinstance(binding, Binding)]
    assert all(ids)
    assert len(ids) == len(set(ids)) == len(dialog.BINDINGS)


async def test_another_key_closes_a_dialog_and_the_one_before_does_so_no_more() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.set_keymap({"dialog.cancel": "f2", "help.close": "f3"})
        await settle(pilot)
        await press(pilot, "e", "escape")
        assert len(stage.app.screen_stack) == 2
        await press(pilot, "f2")
        assert len(stage.app.screen_stack) == 1
        await press(pilot, "question_mark", "f3")
        assert len(stage.app.screen_stack) == 1
