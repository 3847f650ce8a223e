"""What opening the app and its dialogs costs, counted in how often a widget is matched against the stylesheet.

That is most of what it takes, and unlike seconds it is the same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.css.stylesheet import Stylesheet

from tests.tui import scene
from tests.tui.driving import press, settle

if TYPE_CHECKING:
    import pytest
    from textual.dom import DOMNode

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
