"""The dialog that copies TwiML, with names and identities of strangers: shown as text, copied to the letter."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from textual import events
from textual.widgets import Input

from roomtui.rooms.twiml import IDENTITY_MAX, Language, TwimlError, snippet
from roomtui.rooms.untrusted import safe
from roomtui.tui.widgets.line_view import LineView
from tests.strangers import STRANGERS
from tests.tui import scene
from tests.tui.driving import press, screen_text, settle
from tests.tui.scene import ago, live, person, picture, room
from tests.tui.screens.test_copy_twiml import copied

_TOGETHER = 1000
"""Characters: more than a name has, so that few dialogs show them all."""


def in_xml(raw: str) -> bool:
    try:
        snippet(raw)
    except TwimlError:
        return False
    return True


def packed(parts: list[str]) -> list[str]:
    """All of these in a few texts."""
    found = [""]
    for part in parts:
        if len(found[-1]) + len(part) > _TOGETHER:
            found.append("")
        found[-1] += part
    return found


WRITABLE = packed([each.raw[:IDENTITY_MAX] for each in STRANGERS if in_xml(each.raw)])
STORM = "\u0301Q\u0316\u0317\u0318\u0319\u202e\u2066\u200b\ufe0f&\u0338"


@pytest.mark.parametrize("language", Language)
async def test_strangers_names_are_copied_to_the_letter_and_read_back_the_same(language: Language) -> None:
    steps = list(Language).index(language)
    rooms = [live(room(number, name, ago(minutes=number + 1))) for number, name in enumerate(WRITABLE, 1)]
    stage = scene.stage(picture(rooms))
    async with stage.app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        texts = set()
        for _ in rooms:
            await press(pilot, "t", "tab", "tab", *["right"] * steps)
            lines = pilot.app.screen.query_one("#snippet", LineView).lines
            shown = "\n".join("".join(piece.text for piece in pieces) for pieces in lines)
            await press(pilot, "enter", "j")
            texts.add(copied(stage))
            assert [safe(row) for row in shown.split("\n")] == copied(stage).split("\n")
    assert texts == {snippet(name, language=language) for name in WRITABLE}
    if language in {Language.XML, Language.BIN}:
        assert {ET.fromstring(text).findtext("Connect/Room") for text in texts} == set(WRITABLE)  # noqa: S314 - our own


async def test_a_stranger_s_identity_is_chosen_shown_as_text_and_copied_to_the_letter() -> None:
    ours = room(1, "Board & Co", ago(minutes=30))
    stage = scene.stage(picture([live(ours, [], [person(ours.sid, STORM, ago(minutes=20), ago(minutes=10))])]))
    async with stage.app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "down")
        assert pilot.app.screen.query_one("#identity", Input).value == STORM
        written = snippet("Board & Co", identity=STORM)
        (row,) = (each for each in written.split("\n") if "participantIdentity" in each)
        assert row[:60] in screen_text(stage)
        await press(pilot, "enter")
        assert copied(stage) == written
        await press(pilot, "Y")
        text = screen_text(stage)
        assert all(each.strip() in text for each in written.split("\n") if len(each) < 90)
    (noun,) = ET.fromstring(written)[0]  # noqa: S314 - our own
    assert noun.get("participantIdentity") == STORM


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1b[2J", "a\ud800", "a\ufffe"], ids=ascii)
async def test_what_cannot_be_written_is_said_in_words_and_not_copied(bad: str) -> None:
    stage = scene.stage(picture([live(room(1, bad, ago(minutes=4)))]))
    async with stage.app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter")
        assert stage.written == []
        assert "which XML cannot" in screen_text(stage)


@pytest.mark.parametrize("key", ["t", "slash", "n", "e", "d", "c", "ctrl+p"])
async def test_what_is_pasted_or_chosen_into_a_field_is_shown_as_text_and_kept_to_the_letter(key: str) -> None:
    """An escape sequence of a stranger's in an identity was drawn as it is, and so was what was pasted."""
    hostile = "a\x1b[31m\x9b2J\x9d52;c;QQ==\x9c\u202e\u200bz"
    ours = room(1, "Board & Co", ago(minutes=30))
    stage = scene.stage(picture([live(ours, [person(ours.sid, hostile, ago(minutes=20))], [])]))
    async with stage.app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await press(pilot, key)
        if key == "t":
            await press(pilot, "down")
        else:
            pilot.app.post_message(events.Paste(hostile))
            await settle(pilot)
        shown = screen_text(stage)
        assert any(field.value == hostile for field in pilot.app.screen.query(Input))
        assert "a?[31m?2J?52;c;QQ==???z" in shown
        assert [safe(row) for row in shown.split("\n")] == shown.split("\n")
