from __future__ import annotations

import pytest

from roomtui.tui.find import Haystacks, matcher
from tests.tui.scene import ago, live, person, room

ROOM = room(1, "Daily STANDUP [x]", ago(minutes=5), type="peer-to-peer", media_region="ie1")
ENTRY = live(
    ROOM, [person(ROOM.sid, "Ünal +16505550123-634a594e", ago(minutes=1))], [person(ROOM.sid, "Kim", ago(60), ago(1))]
)


@pytest.mark.parametrize("text", ["daily", "STAND", "[x]", ROOM.sid[4:12], "peer", "ie1", "ünal", "kim", "  daily "])
def test_a_room_is_found_by_what_it_is_called_and_who_is_or_was_in_it(text: str) -> None:
    matches = matcher(text, Haystacks(hide=False))
    assert matches is not None
    assert matches(ENTRY)


@pytest.mark.parametrize("text", ["weekly", "us1", "bob", ".*"])
def test_other_rooms_are_not_found(text: str) -> None:
    matches = matcher(text, Haystacks(hide=False))
    assert matches is not None
    assert not matches(ENTRY)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_typed_filters_nothing(text: str) -> None:
    assert matcher(text, Haystacks(hide=False)) is None


def test_what_is_hidden_is_not_searched() -> None:
    open_, hidden = (matcher("5550123", Haystacks(hide=hide)) for hide in (False, True))
    assert open_ is not None
    assert hidden is not None
    assert open_(ENTRY)
    assert not hidden(ENTRY)
